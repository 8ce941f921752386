"""How fast an initial sync is, and how much memory it takes.

    uv run python -m tests.benchmarks.bench_sync --cards 2000 20000

Each size: a sandbox in a process of its own, a fresh SQLite file (or the database that --database-url names, which
must be empty), `apply`, then `run_sync` as a user would start it, without rate limits. The peak is the resident
memory of that one process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
accounts:
  - {name: Sansan, provider: sansan, credentials: {api_key: {env: SANSAN_API_KEY}}}
  - {name: HubSpot, provider: hubspot, credentials: {access_token: {env: HUBSPOT_TOKEN}}}
sync_rules:
  - {name: cards, sansan: Sansan, hubspot: HubSpot, direction: sansan_to_hubspot, tags: {sync: all}, mappings: default}
"""


@dataclass(frozen=True)
class Measure:
    cards: int
    kind: str
    seconds: float
    cards_per_second: float
    peak_mib: float
    cpu_seconds: float
    requests: int


def start_sandbox(cards: int, latency_ms: int) -> tuple[subprocess.Popen[str], dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", "--cards", str(cards), "--latency-ms", str(latency_ms)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said: dict[str, str] = {}
    while len(said) < 4:
        name, _, value = process.stdout.readline().partition(": ")
        if not value:
            raise SystemExit("The sandbox did not start.")
        said[name] = value.strip()
    return process, {
        "SANSAN_BASE_URL": said["Sansan"],
        "SANSAN_API_KEY": said["Sansan key"],
        "HUBSPOT_BASE_URL": said["HubSpot"],
        "HUBSPOT_TOKEN": said["HubSpot token"],
    }


def measure_run(environment: dict[str, str], kind: str, options: list[str]) -> Measure:
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_sync", "cards", "--json", *options],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        out.seek(0)
        summary = json.loads(out.read())
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"The run failed: {summary['errors']}")
    seen = summary["counts"]["seen"]
    return Measure(
        cards=seen,
        kind=kind,
        seconds=seconds,
        cards_per_second=seen / summary["duration_seconds"] if summary["duration_seconds"] else 0.0,
        peak_mib=usage.ru_maxrss / 1024,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        requests=sum(summary["requests"].values()),
    )


def measure_size(cards: int, latency_ms: int, database_url: str) -> list[Measure]:
    sandbox, addresses = start_sandbox(cards, latency_ms)
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            **addresses,
            "DATABASE_URL": database_url or f"sqlite:///{scratch}/bench.sqlite3",
            "SANSAN_REQUESTS_PER_SECOND": "0",
            "SANSAN_REQUESTS_PER_MINUTE": "0",
            "HUBSPOT_REQUESTS_PER_10_SECONDS": "0",
        }
        config = Path(scratch) / "config.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        try:
            for command in (["migrate", "-v", "0"], ["apply", str(config)]):
                subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT,
                    env=environment,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            return [
                measure_run(environment, "initial", []),
                measure_run(environment, "incremental", []),
                measure_run(environment, "full", ["--full"]),
            ]
        finally:
            sandbox.terminate()
            sandbox.wait(timeout=20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    table = Table(
        "cards", "run", "seconds", "cards/s", "peak MiB", "CPU s", "requests", title="Initial sync and after"
    )
    for cards in options.cards:
        for measure in measure_size(cards, options.latency_ms, options.database_url):
            table.add_row(
                f"{measure.cards:,}",
                measure.kind,
                f"{measure.seconds:.1f}",
                f"{measure.cards_per_second:,.0f}",
                f"{measure.peak_mib:.0f}",
                f"{measure.cpu_seconds:.1f}",
                f"{measure.requests:,}",
            )
    Console().print(table)


if __name__ == "__main__":
    main()
