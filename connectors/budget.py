"""How many requests an account may still send, so that a limit is never hit rather than recovered from."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Condition, Lock
from types import TracebackType
from typing import Protocol, Self

from connectors.errors import QuotaExhaustedError
from connectors.places import Places, RateLimit

# The caller may want to give up, so no wait goes on for longer than this without telling it.
LONGEST_SILENCE_SECONDS = 1.0

# Left to the others who draw on the same quota, for what they send before our next answer tells us.
RESERVED_REQUESTS = 2

# When the day's quota is refilled is not in the headers, so after this long one more request may look.
SPENT_DAY_SECONDS = 300.0


class Slot(Protocol):
    """The right to one exchange."""

    def learn(self, headers: Mapping[str, str], *, is_refused: bool = False) -> None:
        """Takes note of what the answer's headers say about the quota; `is_refused`: it was a 429."""


class Budget(Protocol):
    """Asked for a slot around each exchange. Shared by all threads of a process that draw on one account."""

    def slot(self, on_wait: Callable[[], None]) -> AbstractContextManager[Slot]:
        """A slot that is entered when the request may be sent, and left when it is answered or has failed.

        Entering waits its turn, first come, first served. Meanwhile `on_wait` is called at least every second, in the
        thread that waits; it may raise to give up, and must not take long: it holds up those who come after. Raises
        QuotaExhaustedError when waiting would not help.
        """


class FreeSlot:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def learn(self, headers: Mapping[str, str], *, is_refused: bool = False) -> None:
        return


class NoLimitBudget:
    def slot(self, on_wait: Callable[[], None]) -> AbstractContextManager[Slot]:
        return FREE_SLOT


FREE_SLOT = FreeSlot()
NO_LIMIT = NoLimitBudget()


class RateBudget:
    """A budget of several rolling windows at once. A limit of 0 requests is none.

    `places` counts the requests; by default in this process's memory. Libraries for rate limits have nothing for that:
    they decide and record in one step, while here a place is held from before the request until after its answer.
    """

    def __init__(
        self,
        limits: Iterable[RateLimit],
        *,
        places: Places | None = None,
        pause: Callable[[Condition, float], object] = Condition.wait,
    ) -> None:
        self._limits = tuple(limit for limit in limits if limit.requests > 0)
        self._places = places or Places()
        self._pause = pause
        self._lock = Lock()
        # One condition for each thread that waits, so that only the one whose turn it is wakes up.
        self._turns: deque[Condition] = deque()

    def slot(self, on_wait: Callable[[], None]) -> "RateSlot":
        """See Budget."""
        return RateSlot(self, on_wait)

    def enter(self, on_wait: Callable[[], None]) -> float:
        """Waits for a place and takes it; returns when that was, by the clock of the places."""
        turn = Condition(self._lock)
        try:
            with self._lock:
                self._turns.append(turn)
            while True:
                with self._lock:
                    wait_seconds = self._take() if self._turns[0] is turn else math.inf
                    if not wait_seconds:
                        return self._places.clock()
                    self._pause(turn, min(wait_seconds, LONGEST_SILENCE_SECONDS))
                on_wait()
        finally:
            with self._lock:
                # An exception from outside, such as a worker's time limit, may come at any point.
                if turn in self._turns:
                    self._turns.remove(turn)
                self._wake_first()

    def leave(self) -> None:
        """The exchange is over."""
        with self._lock:
            self._places.settle()
            self._wake_first()

    def learn(self, headers: Mapping[str, str], sent_at: float, *, is_refused: bool) -> None:
        """Plain windows learn nothing."""

    def _take(self) -> float:
        """0 when a place was taken, else the seconds until it is worth another try."""
        return self._places.take(self._limits)

    def _wake_first(self) -> None:
        if self._turns:
            self._turns[0].notify()


class RateSlot:
    def __init__(self, budget: RateBudget, on_wait: Callable[[], None]) -> None:
        self._budget = budget
        self._on_wait = on_wait
        self._sent_at = 0.0

    def __enter__(self) -> Self:
        self._sent_at = self._budget.enter(self._on_wait)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._budget.leave()

    def learn(self, headers: Mapping[str, str], *, is_refused: bool = False) -> None:
        self._budget.learn(headers, self._sent_at, is_refused=is_refused)


@dataclass(frozen=True, slots=True)
class QuotaHeaders:
    """The names of the headers that tell the state of the quota: HubSpot's."""

    most: str = "X-HubSpot-RateLimit-Max"
    remaining: str = "X-HubSpot-RateLimit-Remaining"
    interval_milliseconds: str = "X-HubSpot-RateLimit-Interval-Milliseconds"
    daily_remaining: str = "X-HubSpot-RateLimit-Daily-Remaining"


class QuotaBudget(RateBudget):
    """A budget that also believes what the answers say is left, since others may draw on the same quota.

    What an answer says is turned into a cap on our own places in the window. It holds until that has passed once
    without another answer. The cap is the whole quota as long as our own requests can account for all that is used.
    """

    def __init__(
        self,
        limits: Iterable[RateLimit],
        headers: QuotaHeaders,
        *,
        places: Places | None = None,
        pause: Callable[[Condition, float], object] = Condition.wait,
    ) -> None:
        super().__init__(limits, places=places, pause=pause)
        self._names = headers
        self._cap = RateLimit(0, 0.0)
        self._cap_ends_at = -math.inf
        self._newest_sent_at = -math.inf
        self._day_spent_until = -math.inf

    def learn(self, headers: Mapping[str, str], sent_at: float, *, is_refused: bool) -> None:
        """Takes note of an answer to a request that was sent at this time, by the clock of the places."""
        most = read_count(headers.get(self._names.most))
        remaining = read_count(headers.get(self._names.remaining))
        interval_milliseconds = read_count(headers.get(self._names.interval_milliseconds))
        with self._lock:
            now = self._places.clock()
            if is_refused:
                self._places.note_refusal()
            if read_count(headers.get(self._names.daily_remaining)) == 0:
                self._day_spent_until = now + SPENT_DAY_SECONDS
            # Answers overtake each other; an older one knows less.
            if remaining is not None and interval_milliseconds and sent_at >= self._newest_sent_at:
                self._newest_sent_at = sent_at
                seconds = interval_milliseconds / 1000
                self._places.remember(2 * seconds)
                self._cap = RateLimit(self._find_cap(most, remaining, sent_at, seconds), seconds)
                self._cap_ends_at = now + seconds

    def _find_cap(self, most: int | None, remaining: int, sent_at: float, seconds: float) -> int:
        """The service counted at a moment between the sending and now: which of our requests it saw is not certain."""
        places = self._places
        # What was refused took up nothing; where it counts all the same, this is merely careful.
        seen_at_most = places.under_way + places.count_taken(sent_at - seconds)
        if most is not None and most - remaining <= seen_at_most:
            return most
        seen_at_least = 1 + places.count_taken(places.clock() - seconds, sent_at)
        return seen_at_least + remaining - RESERVED_REQUESTS

    def _take(self) -> float:
        now = self._places.clock()
        if now < self._day_spent_until:
            raise QuotaExhaustedError("The account's daily quota of requests is used up", code="DAILY_QUOTA")
        cap_ends_in = self._cap_ends_at - now
        if cap_ends_in <= 0:
            return super()._take()
        return min(self._places.take((*self._limits, self._cap)), cap_ends_in)


def read_count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def build_sansan_budget(*, per_second: int = 10, per_minute: int = 300) -> Budget:
    """Sansan's limits; 0 takes one off. Public sources name one of the two each, so both are kept."""
    return RateBudget([RateLimit(per_second, 1), RateLimit(per_minute, 60)])


def build_hubspot_budget(*, per_10_seconds: int = 100) -> Budget:
    """HubSpot's limit for an account, and what its answers say of the quota; 0 leaves only the latter.

    Source: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    """
    return QuotaBudget([RateLimit(per_10_seconds, 10)], QuotaHeaders())
