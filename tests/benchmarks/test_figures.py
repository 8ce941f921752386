"""The sums of the benchmark."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.figures import Figures, compare, find_ceiling, save, write_markdown
from tests.benchmarks.trial import BOTH_LIMITS, HUBSPOT_LIMIT, NO_LIMITS

FIGURES = Figures(
    series="limited", who="Tsunagi", work="initial", database="PostgreSQL", limits="none", latency_ms=0, cards=1000,
    created=1000, updated=0, failed=0, seconds=3.0, run_seconds=2.0, ceiling_seconds=0.0, requests_sansan=4,
    requests_hubspot=12, answers_429=0, cpu_seconds=1.0, sandbox_cpu_seconds=0.5, peak_mb=100.0,
    database_bytes_per_record=900.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("contacts", "limits", "seconds"),
    [(40_000, HUBSPOT_LIMIT, 20.15), (40_000, BOTH_LIMITS, 20.15), (19_000, HUBSPOT_LIMIT, 0.15), (1, NO_LIMITS, 0)],
)
def test_the_ceiling_is_what_hubspots_limit_leaves(contacts: int, limits, seconds: float) -> None:
    assert find_ceiling(contacts, limits, 150) == pytest.approx(seconds)


def test_rates_and_requests_are_per_record() -> None:
    assert (FIGURES.cards_per_second, FIGURES.requests_per_100) == (500, 1.2)


def test_before_and_now_are_compared_by_the_speed_of_the_machines(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert compare([FIGURES], 1.0, path) == {}
    save(path, [FIGURES], "a machine", 1.0)
    twice = replace(FIGURES, run_seconds=1.0)
    assert compare([twice], 1.0, path)[FIGURES.key] == pytest.approx(2)
    assert compare([twice], 0.5, path)[FIGURES.key] == pytest.approx(1), "no faster than the machine"
    limited = replace(twice, ceiling_seconds=1.0)
    assert compare([limited], 0.5, path)[FIGURES.key] == pytest.approx(2), "a limit is the same on every machine"
    assert compare([replace(FIGURES, work="new")], 1.0, path) == {}


def test_the_table_of_the_readme() -> None:
    *_, row = write_markdown([FIGURES]).splitlines()
    assert row == "| initial | Tsunagi | none | 0 | 1,000 | 3.0 | 500 |  | 4 + 12 | 0 | 1.0 | 100 |"
