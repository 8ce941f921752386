"""How many requests an account may still send, so that a limit is never hit rather than recovered from."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, cast

from pyrate_limiter import AbstractBucket, InMemoryBucket, Rate, RateItem

from connectors.errors import QuotaExhaustedError

# The service counts a request when it arrives, we when it leaves: a first request that is slow to arrive (name
# look-up, TLS handshake) comes closer to the last of its window than we saw. Each window is longer by this much.
WINDOW_MARGIN_SECONDS = 0.3

# Left to the others who draw on the same quota, for what they send before our next answer tells us.
RESERVED_REQUESTS = 2

# HubSpot's window, until an answer tells another.
USUAL_WINDOW_SECONDS = 10.0

# When the day's quota is refilled is not in the headers, so after this long one more request may look.
SPENT_DAY_SECONDS = 300.0


class Budget(Protocol):
    """Asked before each request and told the headers of each answer. Shared by the threads of one process."""

    def acquire(self) -> None:
        """Blocks until the next request may be sent; raises QuotaExhaustedError when waiting would not help."""

    def learn(self, headers: Mapping[str, str]) -> None:
        """Takes note of what an answer's headers say about the quota."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` in any `seconds`; 0 requests stands for no limit."""

    requests: int
    seconds: float


class NoLimitBudget:
    def acquire(self) -> None:
        return

    def learn(self, headers: Mapping[str, str]) -> None:
        return


NO_LIMIT = NoLimitBudget()


class Clocked(Protocol):
    """The part of a bucket that pyrate-limiter leaves untyped: its time in milliseconds."""

    def now(self) -> int: ...


class RateBudget:
    """A budget of several rolling windows at once.

    `bucket` counts the requests; by default it lives in this process's memory, a shared one (Redis) may be given
    and must then hold `make_rates(limits)`. The bucket is asked directly, without pyrate-limiter's Limiter: that one
    stamps an item that had to wait with the time it planned to wake up, and starts a thread to clean up.
    """

    def __init__(
        self,
        limits: Iterable[RateLimit],
        *,
        bucket: AbstractBucket | None = None,
        margin_seconds: float = WINDOW_MARGIN_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        rates = make_rates(limits, margin_seconds)
        self._bucket = bucket or (InMemoryBucket(rates) if rates else None)
        self._sleep = sleep
        self._lock = Lock()

    def acquire(self) -> None:
        """Blocks until every window has room, then takes its place in all of them."""
        while (wait_seconds := self._try_take()) > 0:
            self._sleep(wait_seconds)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Plain windows learn nothing."""

    def _try_take(self) -> float:
        """Seconds to wait before the next try; 0 when a place was taken."""
        if self._bucket is None:
            return 0.0
        with self._lock:
            item = RateItem("request", cast(Clocked, self._bucket).now())
            self._bucket.leak(item.timestamp)
            if self._bucket.put(item):
                return 0.0
            return max(cast(int, self._bucket.waiting(item)), 1) / 1000


@dataclass(frozen=True, slots=True)
class QuotaHeaders:
    """The names of the headers that tell the state of the quota: HubSpot's."""

    remaining: str = "X-HubSpot-RateLimit-Remaining"
    interval_milliseconds: str = "X-HubSpot-RateLimit-Interval-Milliseconds"
    daily_remaining: str = "X-HubSpot-RateLimit-Daily-Remaining"


class QuotaBudget(RateBudget):
    """A budget that also believes what the answers say is left, since others may draw on the same quota.

    An answer's "remaining" is turned into a cap on our own requests in the rolling window: those already in it, plus
    what is left, less a reserve. It holds until the window has passed once without another answer.
    """

    def __init__(
        self,
        limits: Iterable[RateLimit],
        headers: QuotaHeaders,
        *,
        clock: Callable[[], float] = time.monotonic,
        bucket: AbstractBucket | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(limits, bucket=bucket, sleep=sleep)
        self._names = headers
        self._clock = clock
        self._quota_lock = Lock()
        self._sent_at: deque[float] = deque()
        self._window_seconds = USUAL_WINDOW_SECONDS + WINDOW_MARGIN_SECONDS
        self._cap = 0
        self._cap_ends_at = float("-inf")
        self._day_spent_until = float("-inf")

    def learn(self, headers: Mapping[str, str]) -> None:
        remaining = read_count(headers.get(self._names.remaining))
        interval_milliseconds = read_count(headers.get(self._names.interval_milliseconds))
        with self._quota_lock:
            now = self._clock()
            if remaining is not None and interval_milliseconds:
                self._window_seconds = interval_milliseconds / 1000 + WINDOW_MARGIN_SECONDS
                self._forget_before(now - self._window_seconds)
                self._cap = len(self._sent_at) + remaining - RESERVED_REQUESTS
                self._cap_ends_at = now + self._window_seconds
            if read_count(headers.get(self._names.daily_remaining)) == 0:
                self._day_spent_until = now + SPENT_DAY_SECONDS

    def _try_take(self) -> float:
        with self._quota_lock:
            now = self._clock()
            if now < self._day_spent_until:
                raise QuotaExhaustedError("The account's daily quota of requests is used up", code="DAILY_QUOTA")
            wait_seconds = self._find_wait(now) or super()._try_take()
            if not wait_seconds:
                self._sent_at.append(now)
            return wait_seconds

    def _find_wait(self, now: float) -> float:
        self._forget_before(now - self._window_seconds)
        if now >= self._cap_ends_at or len(self._sent_at) < self._cap:
            return 0.0
        room_at = self._sent_at[0] + self._window_seconds if self._sent_at else self._cap_ends_at
        return max(min(room_at, self._cap_ends_at) - now, 0.001)

    def _forget_before(self, time: float) -> None:
        while self._sent_at and self._sent_at[0] <= time:
            self._sent_at.popleft()


def read_count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def make_rates(limits: Iterable[RateLimit], margin_seconds: float = WINDOW_MARGIN_SECONDS) -> list[Rate]:
    """The limits as pyrate-limiter wants them: widened by the margin, and only those that can ever bind."""
    widened = (
        Rate(limit.requests, round((limit.seconds + margin_seconds) * 1000)) for limit in limits if limit.requests > 0
    )
    binding: list[Rate] = []
    for rate in sorted(widened, key=lambda rate: (rate.interval, rate.limit)):
        # A short window that allows as much as a longer one never stops anybody, nor does a long window that the
        # shorter one cannot fill.
        while binding and binding[-1].limit >= rate.limit and binding[-1].interval < rate.interval:
            binding.pop()
        if not binding or rate.limit / rate.interval < binding[-1].limit / binding[-1].interval:
            binding.append(rate)
    return binding


def build_sansan_budget(*, per_second: int = 10, per_minute: int = 300) -> Budget:
    """Sansan's limits; 0 takes one off. Public sources name one of the two each, so both are kept."""
    return RateBudget([RateLimit(per_second, 1), RateLimit(per_minute, 60)])


def build_hubspot_budget(*, per_10_seconds: int = 100) -> Budget:
    """HubSpot's limit for an account, and what its answers say of the quota; 0 leaves only the latter.

    Source: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    """
    return QuotaBudget([RateLimit(per_10_seconds, 10)], QuotaHeaders())
