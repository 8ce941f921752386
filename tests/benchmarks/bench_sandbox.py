"""How many batch/create of 100 contacts with 20 properties the sandbox takes in a second on one core.

`uv run python tests/benchmarks/bench_sandbox.py [--seconds 5] [--connections 4] [--latency-ms 0]`. The sandbox runs
in a process of its own, kept on one core; the load comes from here, on the others. Then: how long a hundred thousand
cards take to seed, and how much memory.
"""

import argparse
import asyncio
import itertools
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import orjson

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from connectors.sandbox import Sandbox  # noqa: E402

SEEDED_CARDS = 100_000
BATCH = 100
TARGET_PER_SECOND = 150
PROPERTIES = (
    "email", "firstname", "lastname", "company", "jobtitle", "phone", "mobilephone", "fax", "address", "city", "state",
    "zip", "country", "website", "salutation", "industry", "job_function", "hs_language", "annualrevenue", "message",
)  # fmt: skip


# Stands for the number of a batch in the template of its body.
NUMBER = b"NUMBER"


def make_template() -> bytes:
    """Return the body of a batch; with its number put in, each is unlike all others."""
    inputs = [
        {
            "objectWriteTraceId": f"trace-{position}",
            "properties": {
                name: f"NUMBERx{position}@bench.example.jp" if name == "email" else f"値NUMBER {position} {name}"
                for name in PROPERTIES
            },
        }
        for position in range(BATCH)
    ]
    return orjson.dumps({"inputs": inputs})


async def send(url: str, token: str, connections: int, seconds: float) -> tuple[int, float]:
    """Send batches on several connections for some seconds; returns how many and how long it took."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    template, numbers = make_template(), itertools.count()
    started = time.perf_counter()
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=connections)) as session:

        async def work() -> int:
            done = 0
            while time.perf_counter() - started < seconds:
                async with session.post(url, data=template.replace(NUMBER, b"%d" % next(numbers))) as answer:
                    body = await answer.read()
                    if answer.status != 201 or body.count(b'"createdAt"') != BATCH:
                        raise SystemExit(f"status {answer.status}: {body[:300]!r}")
                done += 1
            return done

        done = sum(await asyncio.gather(*(work() for _ in range(connections))))
    return done, time.perf_counter() - started


def read_cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Start the sandbox, load it, print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--latency-ms", type=int, default=0)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    command = [sys.executable, "manage.py", "sandbox", "--cards", "0", "--latency-ms", str(options.latency_ms)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(server.pid, cores[:1])
        os.sched_setaffinity(0, cores[1:] or cores)
        lines = [(server.stdout.readline() if server.stdout else "") for _ in range(4)]
        url, token = (re.split(r": ", line.strip(), maxsplit=1)[1] for line in lines[2:])
        path = f"{url}/crm/objects/2026-09/contacts/batch/create"
        used_before = read_cpu_seconds(server.pid)
        done, took = asyncio.run(send(path, token, options.connections, options.seconds))
        used = read_cpu_seconds(server.pid) - used_before
    finally:
        server.terminate()
        server.wait(10)
    rate = done / took
    print(f"{done} batches of {BATCH} contacts x {len(PROPERTIES)} properties in {took:.1f} s")  # noqa: T201
    print(f"{rate:.0f} batches/s by the clock (the load generator and others need time too)")  # noqa: T201
    print(f"{done / used:.0f} batches per second of its own core; target {TARGET_PER_SECOND}")  # noqa: T201
    started, before = time.perf_counter(), read_peak_megabytes()
    cards = len(Sandbox(cards=SEEDED_CARDS).sansan.store.cards)
    took, grown = time.perf_counter() - started, read_peak_megabytes() - before
    print(f"{cards} cards seeded in {took:.1f} s, {grown:.0f} MB")  # noqa: T201


def read_peak_megabytes() -> float:
    """Return the most memory that this process ever had (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
