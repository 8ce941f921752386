"""A budget that learns from the answers that somebody else draws on the same quota."""

import random
from collections.abc import Callable

import pytest

from connectors.budget import QuotaBudget, QuotaHeaders, build_hubspot_budget
from connectors.errors import QuotaExhaustedError
from connectors.places import Places, RateLimit
from tests.connectors.http.clocks import FakeTime, Roads


class Service:
    """Counts in a rolling window of 10 seconds, whoever it was, and says so as HubSpot does."""

    def __init__(self, clock: FakeTime, most: int, foreign_per_second: Callable[[float], float] = lambda _: 0) -> None:
        self.clock = clock
        self.most = most
        self.foreign_per_second = foreign_per_second
        self.own_at: list[float] = []
        self.foreign_at: list[float] = []
        self.refused = 0
        self._foreign_until = clock()

    def send(self) -> dict[str, str]:
        self._let_others_in()
        now = self.clock()
        used = self._count(now)
        is_refused = used >= self.most
        if is_refused:
            self.refused += 1
        else:
            self.own_at.append(now)
            used += 1
        return {
            "X-HubSpot-RateLimit-Max": str(self.most),
            "X-HubSpot-RateLimit-Remaining": str(self.most - used),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            **({"Refused": "yes"} if is_refused else {}),
        }

    def _let_others_in(self) -> None:
        while self._foreign_until < self.clock():
            rate = self.foreign_per_second(self._foreign_until)
            if rate and self._count(self._foreign_until) < self.most:
                self.foreign_at.append(self._foreign_until)
            self._foreign_until += 1 / rate if rate else 0.1

    def _count(self, now: float) -> int:
        return sum(1 for at in [*self.own_at, *self.foreign_at] if now - 10 < at <= now)


def make_budget(clock: FakeTime, per_10_seconds: int = 100, roads: Roads | None = None) -> QuotaBudget:
    pause = (roads or clock).pause
    return QuotaBudget([RateLimit(per_10_seconds, 10)], QuotaHeaders(), places=Places(clock), pause=pause)


def work(budget: QuotaBudget, service: Service, seconds: float, seconds_per_request: float = 0.05) -> None:
    end = service.clock() + seconds
    while service.clock() < end:
        with budget.slot(lambda: None) as slot:
            headers = service.send()
            service.clock.sleep(seconds_per_request)
            slot.learn(headers, is_refused="Refused" in headers)


def work_on_roads(service: Service, per_10_seconds: int, seconds: float, latency: float, most: int = 16) -> None:
    """Up to 16 requests at once, which take anything up to the latency to arrive and the same to be answered."""
    dice = random.Random(latency)
    roads = Roads(service.clock, most, lambda: (dice.uniform(0, latency), dice.uniform(0, latency)), service.send)
    budget = make_budget(service.clock, per_10_seconds, roads)
    end = service.clock() + seconds
    while service.clock() < end:
        roads.send(budget)


def hear(budget: QuotaBudget, headers: dict[str, str]) -> None:
    with budget.slot(lambda: None) as slot:
        slot.learn(headers)


def test_alone_it_uses_nearly_all_of_the_quota():
    clock = FakeTime()
    service = Service(clock, most=100)

    work(make_budget(clock), service, seconds=103)

    assert service.refused == 0
    assert len(service.own_at) > 10 * 100 * 0.93


@pytest.mark.parametrize("latency", [0.001, 0.15, 0.5, 2.0])
def test_alone_the_headers_never_slow_it_down(latency):
    """Answers overtake each other, and what they say is some moments old: that must not look like somebody else."""

    def count_sent(most: int, says_so: bool) -> int:
        service = Service(FakeTime(), most=most)
        send = service.send
        service.send = lambda: send() if says_so else {"Sent": str(send())}  # type: ignore[method-assign]
        work_on_roads(service, per_10_seconds=190, seconds=62, latency=latency)
        assert service.refused == 0
        return len(service.own_at)

    assert count_sent(190, says_so=True) == count_sent(190, says_so=False)


def test_slows_down_when_somebody_else_draws_on_the_quota():
    def count_refused(learns: bool) -> int:
        clock = FakeTime()
        service = Service(clock, most=100, foreign_per_second=lambda now: 6 if now > 1020 else 0)
        budget = make_budget(clock)
        if not learns:
            budget.learn = lambda *_, **__: None  # type: ignore[method-assign]
        work(budget, service, seconds=120)
        return service.refused

    assert count_refused(learns=True) <= 5
    assert count_refused(learns=False) >= 50


@pytest.mark.parametrize("latency", [0.001, 0.15, 0.5])
def test_slows_down_for_others_with_many_requests_under_way(latency):
    service = Service(FakeTime(), most=190, foreign_per_second=lambda now: 8 if now > 1020 else 0)

    work_on_roads(service, per_10_seconds=190, seconds=120, latency=latency)

    # 8 in a second are there for us to lose for the first window, and about 110 in 10 seconds remain thereafter.
    assert service.refused <= 20
    assert len(service.own_at) > 2 * 180 + 10 * 110 * 0.75


@pytest.mark.parametrize("latency", [0.001, 0.15])
def test_keeps_to_a_quota_that_is_smaller_than_configured(latency):
    clock = FakeTime()
    service = Service(clock, most=40)

    work(make_budget(clock, per_10_seconds=190), service, seconds=100)

    assert service.refused == 0
    assert len(service.own_at) > 10 * 40 * 0.85


def test_goes_on_when_the_quota_was_empty_and_no_news_came():
    clock = FakeTime()
    budget = make_budget(clock, per_10_seconds=0)
    hear(budget, {"X-HubSpot-RateLimit-Remaining": "0", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"})

    with budget.slot(lambda: None):
        assert clock() == pytest.approx(1010, abs=0.1)


def test_an_answer_that_was_overtaken_is_not_believed():
    clock = FakeTime()
    budget = make_budget(clock)
    interval = {"X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    slow = budget.slot(lambda: None)
    with slow:
        clock.sleep(1)
        hear(budget, {"X-HubSpot-RateLimit-Remaining": "50", **interval})
        slow.learn({"X-HubSpot-RateLimit-Remaining": "0", **interval})

    for _ in range(40):
        with budget.slot(lambda: None):
            pass
    assert clock() == 1001.0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-HubSpot-RateLimit-Remaining": "0"},
        {"X-HubSpot-RateLimit-Remaining": "x", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"},
        {"X-HubSpot-RateLimit-Remaining": "-1", "X-HubSpot-RateLimit-Interval-Milliseconds": "-5"},
        {"X-HubSpot-RateLimit-Daily-Remaining": "1"},
    ],
)
def test_headers_that_say_nothing_change_nothing(headers):
    clock = FakeTime()
    budget = make_budget(clock)
    hear(budget, headers)

    for _ in range(99):
        hear(budget, {})

    assert clock() == 1000.0


def test_a_spent_day_refuses_and_looks_again_later():
    clock = FakeTime()
    budget = make_budget(clock)
    hear(budget, {"X-HubSpot-RateLimit-Daily-Remaining": "0"})

    with pytest.raises(QuotaExhaustedError):
        hear(budget, {})
    clock.sleep(301)
    hear(budget, {})


def test_the_budget_of_hubspot_reads_the_headers_of_hubspot():
    budget = build_hubspot_budget(per_10_seconds=100)
    with budget.slot(lambda: None) as slot:
        slot.learn({"X-HubSpot-RateLimit-Daily-Remaining": "0"})

    with pytest.raises(QuotaExhaustedError):
        budget.slot(lambda: None).__enter__()
