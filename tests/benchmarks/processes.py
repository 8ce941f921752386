"""What processes use, and the machine that they run on."""

import os
import platform
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

WATCH_EVERY_SECONDS = 0.02
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Where /proc/PID/stat has a process's own times, counted from behind the command's name.
OWN_TIMES = slice(11, 13)


@dataclass(frozen=True)
class Usage:
    cpu_seconds: float
    peak_mb: float


def watch(pid: int) -> tuple[int, Usage]:
    """Waits for a child to end; returns its wait status, and what it used.

    The peak is asked for while it runs: the one that the kernel reports in the end counts our own memory, too, which
    the child had until it became the other program.
    """
    peak_kb = 0
    while True:
        ended, status, resources = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, Usage(resources.ru_utime + resources.ru_stime, peak_kb * 1024 / 1e6)
        peak_kb = max(peak_kb, int((_find_line(f"/proc/{pid}/status", "VmHWM") or "0").split()[0]))
        time.sleep(WATCH_EVERY_SECONDS)


def read_cpu_seconds(pid: int) -> float:
    """What a living process has used so far."""
    return sum(map(int, _read_stat(pid)[OWN_TIMES])) / TICKS_PER_SECOND


def _read_stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def measure_machine() -> float:
    """Seconds that a fixed piece of Python takes here and now: rates of two machines are compared by it."""
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        words = {str(number): number for number in range(200_000)}
        sum(words[str(number)] for number in range(200_000))
        best = min(best, time.perf_counter() - started)
    return best


def describe_machine() -> str:
    """Processor, cores, memory and versions, in one line."""
    model = _find_line("/proc/cpuinfo", "model name")
    memory_gib = int(_find_line("/proc/meminfo", "MemTotal").split()[0]) / 2**20
    return (
        f"{model or platform.machine()}, {len(os.sched_getaffinity(0))} cores, {memory_gib:.0f} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


def _find_line(path: str, name: str) -> str:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def measure_database(url: str) -> int:
    """The size of a database in bytes."""
    if url.startswith("sqlite:///"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            pages = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return int(pages.fetchone()[0])
    with psycopg.connect(url.replace("postgres://", "postgresql://")) as server:
        row = server.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0
