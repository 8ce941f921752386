"""What was measured: as a table for people, as JSON for later, held against what was measured before."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.trial import Limits

BASELINE = Path(__file__).with_name("baseline.json")
SECONDS_PER_WINDOW = 10
COLUMNS = (
    *(
        "series",
        "who",
        "work",
        "database",
        "limits",
        "ms",
        "cards",
        "created",
        "updated",
        "failed",
        "s",
        "run s",
        "cards/s",
    ),
    *("× ceiling", "requests", "per 100", "429", "CPU s", "sandbox CPU s", "peak MB", "bytes/record", "× baseline"),
)


@dataclass(frozen=True)
class Figures:
    """One command. `seconds` is the whole process; the rate is of the run alone, as the run itself says."""

    series: str
    who: str
    work: str
    database: str
    limits: str
    latency_ms: int
    cards: int
    created: int
    updated: int
    failed: int
    seconds: float
    run_seconds: float
    ceiling_seconds: float
    requests_sansan: int
    requests_hubspot: int
    answers_429: int
    cpu_seconds: float
    sandbox_cpu_seconds: float
    peak_mb: float
    database_bytes_per_record: float

    @property
    def key(self) -> tuple[str, ...]:
        return self.series, self.who, self.work

    @property
    def cards_per_second(self) -> float:
        return self.cards / self.run_seconds if self.run_seconds else 0.0

    @property
    def requests_per_100(self) -> float:
        """Requests to HubSpot per 100 records written or read there."""
        written = self.created + self.updated
        return self.requests_hubspot / written * 100 if written else 0.0


def find_ceiling(contacts: int, limits: Limits, latency_ms: int) -> float:
    """Seconds that so many new contacts take if nothing but HubSpot's limit holds them up; 0 without a limit."""
    if not limits.hubspot_per_10_seconds:
        return 0.0
    batches = math.ceil(contacts / 100)
    return (batches - 1) // limits.hubspot_per_10_seconds * SECONDS_PER_WINDOW + latency_ms / 1000


def print_table(figures: Sequence[Figures], machine: str, ratios: dict[tuple[str, ...], float]) -> None:
    table = Table(*COLUMNS, title=machine)
    for one in figures:
        ceiling = f"{one.seconds / one.ceiling_seconds:.2f}" if one.ceiling_seconds else ""
        ratio = ratios.get(one.key)
        table.add_row(
            *(one.series, one.who, one.work, one.database, one.limits, str(one.latency_ms), f"{one.cards:,}"),
            *(f"{one.created:,}", f"{one.updated:,}", f"{one.failed:,}", f"{one.seconds:.1f}"),
            *(
                f"{one.run_seconds:.1f}",
                f"{one.cards_per_second:,.0f}",
                ceiling,
                f"{one.requests_sansan} + {one.requests_hubspot}",
            ),
            *(f"{one.requests_per_100:.2f}", str(one.answers_429), f"{one.cpu_seconds:.1f}"),
            *(f"{one.sandbox_cpu_seconds:.1f}", f"{one.peak_mb:.0f}", f"{one.database_bytes_per_record:,.0f}"),
            f"{ratio:.2f}" if ratio else "",
        )
    # As wide as the table is: it is read in files, too.
    Console(width=240).print(table)


def write_markdown(figures: Iterable[Figures]) -> str:
    """The table in short, as the README shows it."""
    heads = (
        "work",
        "who",
        "limits",
        "ms",
        "cards",
        "s",
        "cards/s",
        "× ceiling",
        "requests",
        "429",
        "CPU s",
        "peak MB",
    )
    rows = [
        (
            *(one.work if one.database == "PostgreSQL" else f"{one.work}, {one.database}", one.who, one.limits),
            *(str(one.latency_ms), f"{one.cards:,}", f"{one.seconds:.1f}", f"{one.cards_per_second:,.0f}"),
            f"{one.seconds / one.ceiling_seconds:.2f}" if one.ceiling_seconds else "",
            *(f"{one.requests_sansan} + {one.requests_hubspot}", str(one.answers_429)),
            *(f"{one.cpu_seconds:.1f}", f"{one.peak_mb:.0f}"),
        )
        for one in figures
    ]
    lines = [heads, ["---"] * 3 + ["---:"] * (len(heads) - 3), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def save(path: Path, figures: Iterable[Figures], machine: str, machine_seconds: float) -> None:
    rows = [json.dumps({**asdict(one), "cards_per_second": round(one.cards_per_second)}) for one in figures]
    head = json.dumps({"machine": machine, "machine_seconds": round(machine_seconds, 4)}, ensure_ascii=False)
    # A line for each, so that a change shows as what it is.
    path.write_text(f'{head[:-1]}, "figures": [\n' + ",\n".join(rows) + "\n]}\n", encoding="utf-8")


def compare(figures: Iterable[Figures], machine_seconds: float, path: Path = BASELINE) -> dict[tuple[str, ...], float]:
    """How many times as fast as in the baseline, by the rate and, without limits, by the speed of the machines."""
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    before = {one.key: one for one in map(read_figures, content["figures"])}
    slower_machine = machine_seconds / content["machine_seconds"]
    ratios = {}
    for one in figures:
        earlier = before.get(one.key)
        if earlier and earlier.cards_per_second:
            by_machine = 1.0 if one.ceiling_seconds else slower_machine
            ratios[one.key] = one.cards_per_second / earlier.cards_per_second * by_machine
    return ratios


def read_figures(saved: dict[str, Any]) -> Figures:
    return Figures(**{name: value for name, value in saved.items() if name != "cards_per_second"})
