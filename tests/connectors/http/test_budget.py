"""Plain windows: never more than allowed, never much less, no thread left behind."""

import math
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.budget import NO_LIMIT, RateBudget, build_sansan_budget
from connectors.places import Places, RateLimit
from tests.connectors.http.clocks import FakeTime, Roads, count_most_within
from tests.connectors.http.stand_in import answer

ROOT = Path(__file__).parents[3]
SANSAN_LIMITS = [RateLimit(10, 1), RateLimit(300, 60)]


def do_nothing() -> None:
    return


def spend(limits: list[RateLimit], requests: int) -> list[float]:
    """When each of so many requests was allowed, if each is answered at once."""
    clock = FakeTime()
    budget = RateBudget(limits, places=Places(clock), pause=clock.pause)
    allowed_at = []
    for _ in range(requests):
        with budget.slot(do_nothing):
            allowed_at.append(clock())
    return allowed_at


def spend_on_roads(
    limits: list[RateLimit], requests: int, travel: Callable[[], tuple[float, float]], most_under_way: int = 16
) -> list[float]:
    """When the service counted each of so many requests, up to 16 of them under way at once."""
    clock = FakeTime()
    counted_at: list[float] = []

    def count() -> dict[str, str]:
        counted_at.append(clock())
        return {}

    roads = Roads(clock, most_under_way, travel, count)
    budget = RateBudget(limits, places=Places(clock), pause=roads.pause)
    for _ in range(requests):
        roads.send(budget)
    return counted_at


def test_keeps_to_every_window_at_once():
    allowed_at = spend(SANSAN_LIMITS, 700)

    assert count_most_within(allowed_at, 1 - 1e-6) == 10
    assert count_most_within(allowed_at, 60 - 1e-6) == 300


@pytest.mark.parametrize("slowest", [0.001, 0.15, 1.0, 15.0])
def test_the_service_never_sees_more_than_it_allows_however_long_requests_take(slowest):
    """Each takes another time to arrive, and another time to be answered."""
    dice = random.Random(slowest)

    counted_at = spend_on_roads(SANSAN_LIMITS, 700, lambda: (dice.uniform(0, slowest), dice.uniform(0, slowest)))

    assert count_most_within(counted_at, 1 - 1e-6) <= 10
    assert count_most_within(counted_at, 60 - 1e-6) <= 300


def test_wastes_little_of_what_is_allowed():
    allowed_at = spend(SANSAN_LIMITS, 700)

    assert allowed_at[-1] - allowed_at[0] < 2 * 60 + 10


def test_uses_every_place_of_every_window_when_many_requests_are_under_way():
    latency = 0.15
    counted_at = spend_on_roads([RateLimit(190, 10)], 190 * 4, lambda: (latency / 2, latency / 2))

    assert count_most_within(counted_at, 10) == 190
    # The first of each window follows the first of the one before by the window and one latency.
    assert counted_at[3 * 190] - counted_at[0] == pytest.approx(3 * (10 + latency), abs=0.01)


def test_first_requests_need_not_wait():
    assert set(spend(SANSAN_LIMITS, 10)) == {1000.0}


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ([], 0),
        ([RateLimit(0, 1), RateLimit(0, 60)], 0),
        ([RateLimit(10, 1), RateLimit(0, 60)], 2),
        ([RateLimit(300, 60), RateLimit(10, 1)], 2),
        ([RateLimit(10, 1), RateLimit(5, 60)], 240),
        ([RateLimit(10, 1), RateLimit(10, 60)], 120),
        ([RateLimit(1, 1), RateLimit(300, 60)], 24),
        ([RateLimit(9, 1), RateLimit(5, 1)], 4),
    ],
)
def test_whatever_limits_an_operator_sets_are_kept(limits, seconds):
    """Zero, windows that never bind, one window twice: when is the 25th request allowed?"""
    allowed_at = spend(limits, 25)

    assert allowed_at[-1] - allowed_at[0] == pytest.approx(seconds)


def test_no_limit_never_waits(monkeypatch):
    monkeypatch.setattr(threading.Condition, "wait", lambda *_: pytest.fail("waited"))
    for budget in (NO_LIMIT, build_sansan_budget(per_second=0, per_minute=0)):
        for _ in range(1000):
            with budget.slot(do_nothing) as slot:
                slot.learn({})


def test_threads_share_one_budget():
    budget = RateBudget([RateLimit(20, 0.1)])
    allowed_at: list[float] = []

    def take(_: int) -> None:
        with budget.slot(do_nothing):
            allowed_at.append(time.monotonic())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(70)))

    assert len(allowed_at) == 70
    assert count_most_within(allowed_at, 0.1) <= 20
    assert max(allowed_at) - min(allowed_at) >= 0.3


def test_a_place_is_not_free_before_its_request_is_answered():
    clock = FakeTime()
    places = Places(clock)
    limits = [RateLimit(1, 10)]

    assert places.take(limits) == 0
    clock.sleep(60)
    assert places.take(limits) == math.inf
    places.settle()
    assert places.take(limits) == 10
    clock.sleep(10)
    assert places.take(limits) == 0


def test_an_exchange_that_fails_counts_as_well():
    clock = FakeTime()
    budget = RateBudget([RateLimit(1, 10)], places=Places(clock), pause=clock.pause)
    with pytest.raises(ConnectionError), budget.slot(do_nothing):
        raise ConnectionError

    with budget.slot(do_nothing):
        assert clock() == pytest.approx(1010)


def test_forgets_requests_that_no_window_counts_any_more():
    clock = FakeTime()
    places = Places(clock)
    budget = RateBudget([RateLimit(10, 1)], places=places, pause=clock.pause)

    for _ in range(500):
        with budget.slot(do_nothing):
            pass

    assert places.count_taken(0.0) <= 20


def test_starts_no_thread():
    before = threading.active_count()
    with build_sansan_budget().slot(do_nothing):
        pass

    assert threading.active_count() == before


def test_a_process_that_used_a_budget_ends():
    program = """
from connectors.budget import build_hubspot_budget
with build_hubspot_budget().slot(lambda: None):
    print("done")
"""

    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
    )

    assert finished.stdout == "done\n"


def test_every_send_takes_its_place_and_every_answer_is_heard(play, connect):
    class Notebook:
        def __init__(self) -> None:
            self.entered = 0
            self.left = 0
            self.heard: list[tuple[str, bool]] = []

        def slot(self, on_wait):
            return self

        def __enter__(self):
            self.entered += 1
            return self

        def __exit__(self, *_) -> None:
            self.left += 1

        def learn(self, headers, *, is_refused=False) -> None:
            assert self.left == self.entered - 1
            self.heard.append((headers.get("x-left"), is_refused))

    notebook = Notebook()
    stage = play(answer(500, {}, X_Left="7"), answer(429, {}, X_Left="6"), answer(200, {}, X_Left="5"))

    connect(stage.url, budget=notebook).call("GET", "/things", repeatable=True)

    assert notebook.entered == notebook.left == 3
    assert notebook.heard == [("7", False), ("6", True), ("5", False)]
