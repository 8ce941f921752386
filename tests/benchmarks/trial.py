"""One installation to measure: stand-ins in a process of their own, a fresh database, and the commands of a user."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.benchmarks.processes import Usage, read_cpu_seconds, watch

ROOT = Path(__file__).resolve().parents[2]
RULE = "cards"
CONFIG = f"""
accounts:
  - {{name: Sansan, provider: sansan, credentials: {{api_key: {{env: SANSAN_API_KEY}}}}}}
  - {{name: HubSpot, provider: hubspot, credentials: {{access_token: {{env: HUBSPOT_TOKEN}}}}}}
sync_rules:
  - {{name: {RULE}, sansan: Sansan, hubspot: HubSpot, tags: {{sync: all}}, mappings: default}}
"""
ENDED_WELL = (0, 3)


@dataclass(frozen=True)
class Limits:
    """What the stand-ins allow and the product is told; 0 is no limit."""

    name: str
    hubspot_per_10_seconds: int = 0
    sansan_per_second: int = 0
    sansan_per_minute: int = 0

    @property
    def longest_window_seconds(self) -> int:
        return 60 if self.sansan_per_minute else 10 if self.hubspot_per_10_seconds else 0


NO_LIMITS = Limits("none")
HUBSPOT_LIMIT = Limits("HubSpot", 190)
BOTH_LIMITS = Limits("both", 190, 10, 300)


@dataclass(frozen=True)
class Finished:
    """A command that has ended: what it printed, and what it used."""

    answer: Mapping[str, Any]
    seconds: float
    usage: Usage
    sandbox_cpu_seconds: float


@dataclass
class Trial:
    sandbox: subprocess.Popen[str]
    environment: dict[str, str]
    config: Path

    def manage(self, *arguments: str) -> None:
        """Runs a command that is not measured."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, stdout=subprocess.DEVNULL)
        if done.returncode not in ENDED_WELL:
            raise SystemExit(f"{' '.join(arguments)} failed with status {done.returncode}.")

    def set_up(self) -> None:
        self.manage("migrate", "-v", "0")
        self.manage("apply", str(self.config))

    def measure(self, *arguments: str, **environment: str) -> Finished:
        """Runs a Python program that prints one JSON object."""
        for service in ("SANSAN", "HUBSPOT"):
            self.control(service, "forget_requests")
        sandbox_before = read_cpu_seconds(self.sandbox.pid)
        started = time.monotonic()
        with tempfile.TemporaryFile("w+") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
            status, usage = watch(process.pid)
            seconds = time.monotonic() - started
            out.seek(0)
            printed = out.read()
        if os.waitstatus_to_exitcode(status) not in ENDED_WELL:
            raise SystemExit(f"{' '.join(arguments)} failed: {printed}")
        sandbox_cpu = read_cpu_seconds(self.sandbox.pid) - sandbox_before
        return Finished(json.loads(printed), seconds, usage, sandbox_cpu)

    def control(self, service: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Calls a control method of a stand-in ("SANSAN" or "HUBSPOT")."""
        body = {"method": method, "args": args, "kwargs": kwargs}
        answer = requests.post(f"{self._origin(service)}/_sandbox/call", json=body, timeout=120)
        answer.raise_for_status()
        return answer.json()["result"]

    def count_requests(self, service: str) -> Mapping[str, Any]:
        """What the stand-in saw since the last measurement began."""
        answer = requests.get(f"{self._origin(service)}/_sandbox/requests", timeout=120)
        answer.raise_for_status()
        counted: Mapping[str, Any] = answer.json()
        return counted

    def create_contacts(self, contacts: Sequence[Mapping[str, str]]) -> None:
        """Puts contacts into HubSpot, as if somebody had imported them."""
        url = f"{self.environment['HUBSPOT_BASE_URL']}/crm/objects/2026-09/contacts/batch/create"
        headers = {"Authorization": f"Bearer {self.environment['HUBSPOT_TOKEN']}"}
        with requests.Session() as session:
            for start in range(0, len(contacts), 100):
                inputs = [{"properties": dict(contact)} for contact in contacts[start : start + 100]]
                session.post(url, json={"inputs": inputs}, headers=headers, timeout=60).raise_for_status()

    def _origin(self, service: str) -> str:
        return self.environment[f"{service}_BASE_URL"].removesuffix("/v6.0")


@contextmanager
def open_trial(cards: int, *, plain: bool, latency_ms: int, limits: Limits, database_url: str) -> Iterator[Trial]:
    """Stand-ins with so many cards, and an installation that has run nothing yet; SQLite unless an address is given.

    The latency begins when all is set up, which takes many small requests.
    """
    with tempfile.TemporaryDirectory() as scratch, start_sandbox(cards, limits, plain=plain) as (sandbox, addresses):
        config = Path(scratch) / "config.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        environment = {
            **os.environ,
            **addresses,
            "DATABASE_URL": database_url or f"sqlite:///{scratch}/bench.sqlite3",
            "SANSAN_REQUESTS_PER_SECOND": str(limits.sansan_per_second),
            "SANSAN_REQUESTS_PER_MINUTE": str(limits.sansan_per_minute),
            "HUBSPOT_REQUESTS_PER_10_SECONDS": str(limits.hubspot_per_10_seconds),
        }
        trial = Trial(sandbox, environment, config)
        trial.set_up()
        for service in ("SANSAN", "HUBSPOT"):
            trial.control(service, "set_latency", latency_ms)
        # Those requests count against the quota, and are none of what is measured.
        time.sleep(limits.longest_window_seconds)
        yield trial


@contextmanager
def start_sandbox(
    cards: int, limits: Limits, *, plain: bool
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    options = {
        "--cards": cards,
        "--requests-per-10-seconds": limits.hubspot_per_10_seconds,
        "--sansan-per-second": limits.sansan_per_second,
        "--sansan-per-minute": limits.sansan_per_minute,
    }
    words = [*(["--plain"] if plain else []), *(str(word) for option in options.items() for word in option)]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process, read_addresses(process)
    finally:
        process.terminate()
        process.wait(timeout=60)


def read_addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the sandbox prints when it answers, as the variables that the product reads."""
    said: dict[str, str] = {}
    while process.stdout and len(said) < 4:
        name, _, value = process.stdout.readline().partition(": ")
        if not value:
            raise SystemExit("The sandbox did not start.")
        said[name] = value.strip()
    return {
        "SANSAN_BASE_URL": said["Sansan"],
        "SANSAN_API_KEY": said["Sansan key"],
        "HUBSPOT_BASE_URL": said["HubSpot"],
        "HUBSPOT_TOKEN": said["HubSpot token"],
    }
