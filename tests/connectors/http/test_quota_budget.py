"""A budget that learns from the answers that somebody else draws on the same quota."""

from collections.abc import Callable

import pytest

from connectors.budget import QuotaBudget, QuotaHeaders, RateLimit, build_hubspot_budget, make_rates
from connectors.errors import QuotaExhaustedError
from tests.connectors.http.clocks import FakeTime, FakeTimeBucket


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
        if used >= self.most:
            self.refused += 1
        else:
            self.own_at.append(now)
            used += 1
        return {
            "X-HubSpot-RateLimit-Max": str(self.most),
            "X-HubSpot-RateLimit-Remaining": str(self.most - used),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }

    def _let_others_in(self) -> None:
        while self._foreign_until < self.clock():
            rate = self.foreign_per_second(self._foreign_until)
            if rate and self._count(self._foreign_until) < self.most:
                self.foreign_at.append(self._foreign_until)
            self._foreign_until += 1 / rate if rate else 0.1

    def _count(self, now: float) -> int:
        return sum(1 for at in [*self.own_at, *self.foreign_at] if now - 10 < at <= now)


def make_budget(clock: FakeTime, per_10_seconds: int = 100) -> QuotaBudget:
    limits = [RateLimit(per_10_seconds, 10)]
    bucket = FakeTimeBucket(make_rates(limits), clock) if per_10_seconds else None
    return QuotaBudget(limits, QuotaHeaders(), clock=clock, bucket=bucket, sleep=clock.sleep)


def work(budget: QuotaBudget, service: Service, seconds: float, seconds_per_request: float = 0.05) -> None:
    end = service.clock() + seconds
    while service.clock() < end:
        budget.acquire()
        headers = service.send()
        service.clock.sleep(seconds_per_request)
        budget.learn(headers)


def test_alone_it_uses_nearly_all_of_the_quota():
    clock = FakeTime()
    service = Service(clock, most=100)

    work(make_budget(clock), service, seconds=103)

    assert service.refused == 0
    assert len(service.own_at) > 10 * 100 * 0.93


def test_slows_down_when_somebody_else_draws_on_the_quota():
    def count_refused(learns: bool) -> int:
        clock = FakeTime()
        service = Service(clock, most=100, foreign_per_second=lambda now: 6 if now > 1020 else 0)
        budget = make_budget(clock)
        if not learns:
            budget.learn = lambda _: None  # type: ignore[method-assign]
        work(budget, service, seconds=120)
        return service.refused

    assert count_refused(learns=True) <= 5
    assert count_refused(learns=False) >= 100


def test_keeps_to_a_quota_that_is_smaller_than_configured():
    clock = FakeTime()
    service = Service(clock, most=40)

    work(make_budget(clock, per_10_seconds=190), service, seconds=100)

    assert service.refused == 0
    assert len(service.own_at) > 10 * 40 * 0.85


def test_goes_on_when_the_quota_was_empty_and_no_news_came():
    clock = FakeTime()
    budget = make_budget(clock, per_10_seconds=0)
    budget.learn({"X-HubSpot-RateLimit-Remaining": "0", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"})

    budget.acquire()

    assert clock() == pytest.approx(1010.3, abs=0.1)


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
    budget.learn(headers)

    for _ in range(100):
        budget.acquire()

    assert clock() == 1000.0


def test_a_spent_day_refuses_and_looks_again_later():
    clock = FakeTime()
    budget = make_budget(clock)
    budget.acquire()
    budget.learn({"X-HubSpot-RateLimit-Daily-Remaining": "0"})

    with pytest.raises(QuotaExhaustedError):
        budget.acquire()
    clock.sleep(301)
    budget.acquire()


def test_the_budget_of_hubspot_reads_the_headers_of_hubspot():
    budget = build_hubspot_budget(per_10_seconds=100)
    budget.learn({"X-HubSpot-RateLimit-Daily-Remaining": "0"})

    with pytest.raises(QuotaExhaustedError):
        budget.acquire()
