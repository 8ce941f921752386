"""The requests of an account that a service may still count: those under way, and those that were just answered."""

import math
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` in any `seconds`."""

    requests: int
    seconds: float


class Places:
    """A place is taken before a request is sent, and is free again when its window has passed since the answer.

    When between the two the service counted the request is not known, but it was not later than the answer. So this
    never allows more than the service does, however long requests are under way. Not locked: the budget does that.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.under_way = 0
        self._answered_at: deque[float] = deque()
        self._refused_at: deque[float] = deque()
        self._memory_seconds = 0.0

    def take(self, limits: Iterable[RateLimit]) -> float:
        """Takes a place if every limit has one, and returns 0; else returns after how many seconds to try again.

        That is infinity when nothing but an answer can make room.
        """
        now = self.clock()
        wait_seconds = 0.0
        for limit in limits:
            self.remember(limit.seconds)
            wait_seconds = max(wait_seconds, self._find_wait(limit, now))
        if not wait_seconds:
            self.under_way += 1
        return wait_seconds

    def settle(self) -> None:
        """The answer to one request came, or never will: its window begins."""
        now = self.clock()
        self.under_way -= 1
        self._answered_at.append(now)
        for times in (self._answered_at, self._refused_at):
            while times and times[0] + self._memory_seconds <= now:
                times.popleft()

    def note_refusal(self) -> None:
        """The answer that is about to be settled says that the request did not fit in."""
        self._refused_at.append(self.clock())

    def remember(self, seconds: float) -> None:
        """From now on answers are remembered for at least so long."""
        self._memory_seconds = max(self._memory_seconds, seconds)

    def count_taken(self, after: float, until: float = math.inf) -> int:
        """How many answers that were no refusal came in this time, by `clock`, of those that are remembered."""
        return count_within(self._answered_at, after, until) - count_within(self._refused_at, after, until)

    def _find_wait(self, limit: RateLimit, now: float) -> float:
        spare = limit.requests - self.under_way
        if spare <= 0:
            return math.inf
        if len(self._answered_at) < spare:
            return 0.0
        return max(self._answered_at[-spare] + limit.seconds - now, 0.0)


def count_within(times: deque[float], after: float, until: float) -> int:
    return max(bisect_right(times, until) - bisect_right(times, after), 0)
