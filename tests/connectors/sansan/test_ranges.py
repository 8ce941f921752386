"""Several readers of one period: whatever the order of the answers, and whatever people do to the cards meanwhile."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import RejectedError
from connectors.sansan.paging import CardBatch
from connectors.sansan.ranges import CardReader
from connectors.sansan.records import Card
from tests.connectors.sansan.shelf import Shelf, at
from tests.connectors.sansan.test_paging_properties import PERIOD_END, busy_shelves


class Post(Executor):
    """Requests lie here until `answer` has one of them done."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future, object, tuple]] = []
        self.most_waiting = 0

    def submit(self, call, /, *args):
        future: Future = Future()
        self.waiting.append((future, call, args))
        self.most_waiting = max(self.most_waiting, len(self.waiting))
        return future

    def answer(self, number: int) -> None:
        future, call, args = self.waiting.pop(number % len(self.waiting))
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call(*args))
        except Exception as error:
            future.set_exception(error)


def read(shelf: Shelf, start: datetime, choices: list[int], *, readers: int = 3):
    """Each batch; `choices` say which of the requests under way is answered next, 0 once they are used up."""
    post = Post()
    reader = CardReader(shelf, start, at(PERIOD_END), pool=post, readers=readers)
    choices = list(choices)
    while not reader.is_finished:
        batch = reader.poll()
        assert len(post.waiting) <= readers
        if batch is not None:
            yield batch
        elif post.waiting:
            post.answer(choices.pop(0) if choices else 0)
    assert not reader.pending()


def identify(card: Card) -> tuple[str, object]:
    return card.id, card.updated_at


spread_shelves = st.builds(
    lambda seconds, limit: Shelf(seconds, limit=limit), st.lists(st.integers(0, 400), max_size=60), st.integers(1, 4)
)
orders = st.lists(st.integers(0, 7), max_size=80)


@settings(max_examples=300, deadline=None)
@given(shelf=st.one_of(busy_shelves(), spread_shelves), choices=orders, readers=st.integers(1, 5))
def test_no_card_left_alone_is_missed(shelf, choices, readers):
    before = dict(shelf.cards)
    delivered: set[tuple[str, object]] = set()
    position = None

    for batch in read(shelf, at(0), choices, readers=readers):
        delivered |= set(map(identify, batch.cards))
        position = batch.position
        untouched = {card_id: second for card_id, second in before.items() if card_id not in shelf.touched}
        if position is not None:
            owed = {(card_id, at(second)) for card_id, second in untouched.items() if at(second) < position}
            assert owed <= delivered, "the position passed a card that was not delivered"

    untouched = {(card_id, at(second)) for card_id, second in before.items() if card_id not in shelf.touched}
    assert untouched <= delivered
    if delivered and not shelf.touched:
        assert position == max(at(second) for second in before.values()), "the position stopped short"


@settings(max_examples=200, deadline=None)
@given(shelf=spread_shelves, choices=orders, readers=st.integers(1, 5))
def test_a_quiet_list_is_delivered_once(shelf, choices, readers):
    ids = [card.id for batch in read(shelf, at(0), choices, readers=readers) for card in batch.cards]

    assert sorted(ids) == sorted(shelf.cards)


@settings(max_examples=200, deadline=None)
@given(shelf=st.one_of(busy_shelves(), spread_shelves), choices=orders, stop_after=st.integers(1, 6))
def test_reading_may_be_taken_up_again_at_the_position(shelf, choices, stop_after):
    before = dict(shelf.cards)
    delivered: set[str] = set()
    position = at(0)

    for number, batch in enumerate(read(shelf, at(0), choices), start=1):
        delivered |= {card.id for card in batch.cards}
        position = batch.position or position
        if number == stop_after:
            break
    for batch in read(shelf, position, choices):
        delivered |= {card.id for card in batch.cards}

    assert before.keys() - shelf.touched <= delivered


def test_a_quiet_period_costs_one_request():
    shelf = Shelf([1, 2])

    assert [len(batch.cards) for batch in read(shelf, at(0), [])] == [2]
    assert len(shelf.asked) == 1


def test_nothing_is_nothing():
    assert list(read(Shelf([]), at(0), [])) == []


def test_many_pages_are_asked_for_at_the_same_time():
    post = Post()
    reader = CardReader(Shelf(list(range(400)), limit=5), at(0), at(PERIOD_END), pool=post, readers=4)

    while not reader.is_finished:
        if reader.poll() is None and post.waiting:
            post.answer(0)

    assert post.most_waiting == 4


def test_splitting_costs_few_pages_more():
    shelf = Shelf(list(range(395)), limit=5)
    seen = [card.id for batch in read(shelf, at(0), [], readers=4) for card in batch.cards]

    assert len(seen) == 395
    # One reader needs 98 pages: each but the first begins with the last instant of the one before.
    assert len(shelf.asked) <= 98 * 1.15


def test_an_error_of_one_reader_is_raised():
    class Refusing(Shelf):
        def page(self, updated_from, updated_to, page_token):
            if updated_from > at(100):
                raise RejectedError("no", status=400)
            return super().page(updated_from, updated_to, page_token)

    with pytest.raises(RejectedError):
        list(read(Refusing(list(range(300)), limit=5), at(0), [], readers=3))


def test_threads_read_the_same():
    shelf = Shelf([number // 3 for number in range(300)], limit=10)
    batches: list[CardBatch] = []
    with ThreadPoolExecutor(4) as pool:
        reader = CardReader(shelf, at(0), at(PERIOD_END), pool=pool, readers=4)
        while not reader.is_finished:
            if batch := reader.poll():
                batches.append(batch)

    assert sorted(card.id for batch in batches for card in batch.cards) == sorted(shelf.cards)
