"""Those who wait for a budget: first come, first served, told every second, free to give up."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from connectors.budget import RateBudget
from connectors.places import Places, RateLimit
from tests.connectors.http.clocks import FakeTime


def do_nothing() -> None:
    return


def wait_in_line(budget: RateBudget, count: int, served: list[int]) -> list[threading.Thread]:
    """So many threads that wait for a slot, one behind the other, and behind those who wait already."""
    threads = []
    ahead = len(budget._turns)
    for number in range(count):
        waits = threading.Event()

        def stand(number: int = number, waits: threading.Event = waits) -> None:
            slot = budget.slot(do_nothing)
            waits.set()
            with slot:
                served.append(number)

        thread = threading.Thread(target=stand, daemon=True)
        thread.start()
        waits.wait()
        until_true(lambda length=ahead + number + 1: len(budget._turns) == length)
        threads.append(thread)
    return threads


def until_true(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_came_first_is_served_first():
    budget = RateBudget([RateLimit(1, 0.01)])
    served: list[int] = []

    with budget.slot(do_nothing):
        threads = wait_in_line(budget, 12, served)
    for thread in threads:
        thread.join(10)

    assert served == list(range(12))


def test_only_the_first_in_line_is_woken_by_an_answer():
    woken: list[int] = []

    def pause(turn: threading.Condition, seconds: float) -> None:
        turn.wait(60)
        woken.append(threading.get_ident())

    budget = RateBudget([RateLimit(1, 0.0)], pause=pause)
    served: list[int] = []
    with budget.slot(do_nothing):
        threads = wait_in_line(budget, 8, served)
    for thread in threads:
        thread.join(10)

    assert served == list(range(8))
    assert len(woken) <= 2 * 8


def test_a_wait_tells_the_caller_every_second():
    clock = FakeTime()
    budget = RateBudget([RateLimit(1, 60)], places=Places(clock), pause=clock.pause)
    told_at = [clock()]
    with budget.slot(do_nothing):
        pass

    with budget.slot(lambda: told_at.append(clock())):
        pass

    assert told_at[-1] >= 1060
    assert max(later - earlier for earlier, later in pairwise(told_at)) <= 1


def test_who_gives_up_leaves_the_line_to_the_next():
    class GaveUpError(Exception):
        pass

    may_give_up = threading.Event()

    def give_up() -> None:
        may_give_up.wait(10)
        raise GaveUpError

    budget = RateBudget([RateLimit(1, 0.05)])
    served: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        with budget.slot(do_nothing):
            first = pool.submit(budget.slot(give_up).__enter__)
            until_true(lambda: len(budget._turns) == 1)
            (second,) = wait_in_line(budget, 1, served)
        assert served == []
        may_give_up.set()
        assert isinstance(first.exception(timeout=10), GaveUpError)
    second.join(10)

    assert served == [0]
