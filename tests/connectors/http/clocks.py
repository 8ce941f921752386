"""A time that passes only when somebody waits, and requests that are under way in it."""

import heapq
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Condition

from connectors.budget import Budget, Slot


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds += seconds

    def pause(self, turn: Condition, seconds: float) -> None:
        """In place of `Condition.wait`, for a single thread that nobody wakes up."""
        self.sleep(seconds)


class Roads:
    """Up to `most` requests under way at once, as if threads sent them.

    `travel` tells of each request after how many seconds it is counted by the service, and answered thereafter;
    `arrive` counts it and returns the headers of the answer, with one named `Refused` if it is a 429.
    """

    def __init__(
        self,
        clock: FakeTime,
        most: int,
        travel: Callable[[], tuple[float, float]],
        arrive: Callable[[], dict[str, str]],
    ) -> None:
        self.clock = clock
        self._most = most
        self._travel = travel
        self._arrive = arrive
        self._under_way = 0
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def send(self, budget: Budget) -> None:
        """Sends one request as soon as a thread is free and the budget allows it."""
        while self._under_way >= self._most:
            self._pass_time_until(self._events[0][0])
        slot = budget.slot(lambda: None)
        entered = slot.__enter__()
        self._under_way += 1
        there_after, back_after = self._travel()
        there_at = self.clock() + there_after
        self._plan(there_at, lambda: self._turn_round(slot, entered, there_at + back_after))

    def pause(self, turn: Condition, seconds: float) -> None:
        """In place of `Condition.wait`: others are answered meanwhile, and the first answer ends the wait."""
        until = self.clock() + seconds
        turn.release()
        try:
            self._pass_time_until(min(until, self._events[0][0]) if self._events else until)
        finally:
            turn.acquire()

    def _turn_round(self, slot: AbstractContextManager[Slot], entered: Slot, back_at: float) -> None:
        headers = self._arrive()
        self._plan(back_at, lambda: self._come_back(slot, entered, headers))

    def _come_back(self, slot: AbstractContextManager[Slot], entered: Slot, headers: dict[str, str]) -> None:
        entered.learn(headers, is_refused="Refused" in headers)
        slot.__exit__(None, None, None)
        self._under_way -= 1

    def _plan(self, at: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), happen))

    def _pass_time_until(self, end: float) -> None:
        while self._events and self._events[0][0] <= end:
            at, _, happen = heapq.heappop(self._events)
            self.clock.seconds = max(at, self.clock.seconds)
            happen()
        self.clock.seconds = max(end, self.clock.seconds)


def count_most_within(times: list[float], seconds: float) -> int:
    """The most of these times that lie within any span of so many seconds."""
    return max(sum(1 for later in times if earlier <= later < earlier + seconds) for earlier in times)
