"""What waits inside a run: portions for their last card, works for company, drafts for their turn."""

from concurrent.futures import Executor, Future
from datetime import UTC, datetime

import pytest

from connectors.sansan.records import Card
from sync.engine.mapping import MappedRecord
from sync.services.processing.batches import BATCH_SIZE
from sync.services.processing.drafts import MOST_AHEAD, DraftSource
from sync.services.processing.ledger import Ledger
from sync.services.processing.places import Place
from sync.services.processing.queues import LONGEST_WAIT_PORTIONS, Queues
from sync.services.processing.work import Station, Work
from sync.services.reading import Portion


def at(hour: int) -> datetime:
    return datetime(2026, 4, 1, hour, tzinfo=UTC)


def test_the_position_waits_for_the_first_portion_that_is_not_done() -> None:
    ledger = Ledger()
    first, second, third = (ledger.open(at(hour), 2) for hour in (1, 2, 3))
    second.cards_left = third.cards_left = 0
    assert ledger.close_finished() is None
    first.cards_left -= 1
    assert ledger.close_finished() is None
    first.cards_left -= 1
    assert ledger.close_finished() == at(3)
    assert ledger.close_finished() is None


def test_a_portion_without_a_position_takes_none_back() -> None:
    ledger = Ledger()
    ledger.open(at(1), 0)
    ledger.open(None, 0)
    assert ledger.close_finished() == at(1)


def add_works(queues: Queues, station: Station, count: int) -> list[Work]:
    works = [Work(f"{number}", Place(f"{number}"), MappedRecord({}), "", ("", "")) for number in range(count)]
    for work in works:
        work.station = station
        queues.add(work)
    return works


def take(queues: Queues, *, busy: tuple[Station, ...] = (), finished: bool = False, stuck: bool = False):
    return queues.take_batch(busy=busy, is_source_finished=finished, is_stuck=stuck)


def test_a_batch_waits_until_it_is_full() -> None:
    queues = Queues()
    works = add_works(queues, Station.CREATE, BATCH_SIZE - 1)
    assert take(queues) is None
    works += add_works(queues, Station.CREATE, 2)
    assert take(queues) == (Station.CREATE, works[:BATCH_SIZE])
    assert take(queues) is None


def test_the_last_cards_wait_for_nobody() -> None:
    queues = Queues()
    works = add_works(queues, Station.CREATE, 3)
    assert take(queues, finished=True) == (Station.CREATE, works)


def test_a_batch_waits_for_what_may_still_come_from_others() -> None:
    queues = Queues()
    works = add_works(queues, Station.UPDATE, 3)
    assert take(queues, finished=True, busy=(Station.READ,)) is None
    assert take(queues, finished=True, busy=(Station.UPDATE,)) == (Station.UPDATE, works)


def test_whoever_is_stuck_sends_what_there_is() -> None:
    queues = Queues()
    works = add_works(queues, Station.READ, 3)
    assert take(queues, stuck=True) == (Station.READ, works)


def test_a_batch_that_never_fills_up_goes_in_the_end() -> None:
    queues = Queues()
    works = add_works(queues, Station.FIND, 3)
    for _ in range(LONGEST_WAIT_PORTIONS):
        queues.grow_older()
    assert take(queues) is None
    queues.grow_older()
    assert take(queues) == (Station.FIND, works)


class Desk(Executor):
    """Calls lie here until they are made, the last one first."""

    def __init__(self) -> None:
        self.calls: list[tuple[Future, object, tuple]] = []

    def submit(self, call, /, *args):
        future: Future = Future()
        self.calls.append((future, call, args))
        return future

    def make_all(self) -> None:
        while self.calls:
            future, call, args = self.calls.pop()
            future.set_result(call(*args))


class Pages:
    """Ten portions of one card each."""

    def __init__(self) -> None:
        self.left = list(range(10))
        self.is_closed = False

    is_finished = property(lambda self: not self.left)

    def poll(self):
        if not self.left:
            return None
        number = self.left.pop(0)
        return Portion((Card(f"{number}", None),), at(number))

    def pending(self):
        return ()

    def close(self):
        self.is_closed = True


class Copyist:
    def draft(self, card: Card) -> str:
        return card.id


def test_drafts_keep_the_order_and_are_not_made_far_ahead() -> None:
    pages, desk = Pages(), Desk()
    drafts = DraftSource(pages, Copyist(), desk)  # type: ignore[arg-type]
    assert drafts.poll() is None
    assert len(desk.calls) == len(drafts.pending()) == MOST_AHEAD
    seen = []
    while not drafts.is_finished:
        desk.make_all()
        portion = drafts.poll()
        assert portion is not None
        seen += portion.drafts
        assert len(desk.calls) <= MOST_AHEAD
    assert seen == [f"{number}" for number in range(10)]
    drafts.close()
    assert pages.is_closed


def test_an_error_while_drafting_is_raised() -> None:
    class Failing:
        def draft(self, card: Card) -> str:
            raise ConnectionError

    class AtOnce(Executor):
        def submit(self, call, /, *args):
            future: Future = Future()
            try:
                future.set_result(call(*args))
            except ConnectionError as error:
                future.set_exception(error)
            return future

    with pytest.raises(ConnectionError):
        DraftSource(Pages(), Failing(), AtOnce()).poll()  # type: ignore[arg-type]
