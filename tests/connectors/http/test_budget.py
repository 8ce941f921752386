"""Plain windows: never more than allowed, never much less, no thread left behind."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.budget import NO_LIMIT, RateBudget, RateLimit, build_sansan_budget, make_rates
from tests.connectors.http.clocks import FakeTime, FakeTimeBucket, count_most_within
from tests.connectors.http.stand_in import answer

ROOT = Path(__file__).parents[3]


def spend(limits: list[RateLimit], requests: int) -> list[float]:
    """When each of so many requests was allowed."""
    clock = FakeTime()
    budget = RateBudget(limits, bucket=FakeTimeBucket(make_rates(limits), clock), sleep=clock.sleep)
    allowed_at = []
    for _ in range(requests):
        budget.acquire()
        allowed_at.append(clock())
    return allowed_at


def test_keeps_to_every_window_at_once():
    allowed_at = spend([RateLimit(10, 1), RateLimit(300, 60)], 700)

    # As the service sees it: with requests that take up to a quarter of a second to arrive.
    assert count_most_within(allowed_at, 1.25) <= 10
    assert count_most_within(allowed_at, 60.25) <= 300


def test_wastes_little_of_what_is_allowed():
    allowed_at = spend([RateLimit(10, 1), RateLimit(300, 60)], 700)

    assert allowed_at[-1] - allowed_at[0] < 2 * 60.3 + 100 / 10 * 1.4


def test_first_requests_need_not_wait():
    assert set(spend([RateLimit(10, 1), RateLimit(300, 60)], 10)) == {1000.0}


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ([], []),
        ([RateLimit(0, 1), RateLimit(0, 60)], []),
        ([RateLimit(10, 1), RateLimit(0, 60)], [(10, 1300)]),
        ([RateLimit(300, 60), RateLimit(10, 1)], [(10, 1300), (300, 60300)]),
        ([RateLimit(10, 1), RateLimit(5, 60)], [(5, 60300)]),
        ([RateLimit(10, 1), RateLimit(10, 60)], [(10, 60300)]),
        ([RateLimit(1, 1), RateLimit(300, 60)], [(1, 1300)]),
        ([RateLimit(5, 1), RateLimit(290, 60)], [(5, 1300)]),
        ([RateLimit(9, 1), RateLimit(5, 1)], [(5, 1300)]),
    ],
)
def test_leaves_out_windows_that_never_bind(limits, kept):
    """The library refuses them, and an operator may well set such limits."""
    rates = make_rates(limits)

    assert [(rate.limit, rate.interval) for rate in rates] == kept
    if kept:
        RateBudget(limits).acquire()


def test_no_limit_never_waits(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept"))
    for budget in (NO_LIMIT, build_sansan_budget(per_second=0, per_minute=0)):
        for _ in range(1000):
            budget.acquire()
            budget.learn({})


def test_threads_share_one_budget():
    budget = RateBudget([RateLimit(20, 0.1)], margin_seconds=0.05)
    allowed_at: list[float] = []

    def take(_: int) -> None:
        budget.acquire()
        allowed_at.append(time.monotonic())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(70)))

    assert len(allowed_at) == 70
    assert count_most_within(allowed_at, 0.1) <= 20
    assert max(allowed_at) - min(allowed_at) >= 0.44


def test_forgets_requests_that_no_window_counts_any_more():
    clock = FakeTime()
    bucket = FakeTimeBucket(make_rates([RateLimit(10, 1)]), clock)
    budget = RateBudget([RateLimit(10, 1)], bucket=bucket, sleep=clock.sleep)

    for _ in range(500):
        budget.acquire()

    assert bucket.count() <= 20


def test_starts_no_thread():
    before = threading.active_count()
    build_sansan_budget().acquire()

    assert threading.active_count() == before


def test_a_process_that_used_a_budget_ends():
    program = "from connectors.budget import build_hubspot_budget as b; b().acquire(); print('done')"

    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
    )

    assert finished.stdout == "done\n"


def test_every_send_takes_its_place_and_every_answer_is_heard(play, connect):
    class Notebook:
        def __init__(self) -> None:
            self.acquired = 0
            self.heard: list[str] = []

        def acquire(self) -> None:
            self.acquired += 1

        def learn(self, headers) -> None:
            self.heard.append(headers.get("x-left"))

    notebook = Notebook()
    stage = play(answer(500, {}, X_Left="7"), answer(429, {}, X_Left="6"), answer(200, {}, X_Left="5"))

    connect(stage.url, budget=notebook).call("GET", "/things", repeatable=True)

    assert notebook.acquired == 3
    assert notebook.heard == ["7", "6", "5"]
