"""Whatever people do to the cards between the pages: no card that they left alone is missed."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sansan.paging import CardWalk
from tests.connectors.sansan.shelf import Shelf, at

PERIOD_END = 500  # before the shelf's clock: an edited card leaves the period
FAR_END = 100_000  # after it: an edited card comes again

numbers = st.integers(0, 40)
edits = st.builds(lambda number: partial(Shelf.edit, number=number), numbers)
deletions = st.builds(lambda number: partial(Shelf.delete, number=number), numbers)
late_cards = st.builds(lambda second: partial(Shelf.arrive_late, second=second), st.integers(0, 6))


@st.composite
def busy_shelves(draw) -> Shelf:
    """Few seconds for many cards, so that blocks of one second span pages; at most eight disturbances."""
    seconds = draw(st.lists(st.integers(0, 6), max_size=24))
    disturbances = draw(st.lists(st.one_of(edits, edits, deletions, late_cards), max_size=8))
    pauses = draw(st.lists(st.integers(0, 4), min_size=len(disturbances), max_size=len(disturbances)))
    events = [
        event
        for disturbance, pause in zip(disturbances, pauses, strict=True)
        for event in [*[lambda _: None] * pause, disturbance]
    ]
    return Shelf(seconds, limit=draw(st.integers(1, 4)), events=events)


@settings(max_examples=400, deadline=None)
@given(shelf=busy_shelves(), end=st.sampled_from([PERIOD_END, FAR_END]))
def test_no_card_left_alone_is_missed(shelf, end):
    before = dict(shelf.cards)
    delivered: set[tuple[str, object]] = set()

    for batch in CardWalk(shelf, at(end)).read(at(0)):
        versions = {(card.id, card.updated_at) for card in batch.cards}
        assert len(versions) == len(batch.cards), "a card twice in one batch"
        delivered |= versions
        untouched = {card_id: second for card_id, second in before.items() if card_id not in shelf.touched}
        assert batch.position is not None
        owed = {(card_id, at(second)) for card_id, second in untouched.items() if at(second) < batch.position}
        assert owed <= delivered, "the position passed a card that was not delivered"

    untouched = {(card_id, at(second)) for card_id, second in before.items() if card_id not in shelf.touched}
    assert untouched <= delivered
    if end == FAR_END:
        edited = {(card_id, at(second)) for card_id, second in shelf.cards.items() if second >= 1000}
        assert edited <= delivered, "an edited card was not delivered again"


@settings(max_examples=200, deadline=None)
@given(seconds=st.lists(st.integers(0, 6), max_size=24), limit=st.integers(1, 4))
def test_a_quiet_list_is_delivered_once_and_in_order(seconds, limit):
    shelf = Shelf(seconds, limit=limit)

    cards = [card for batch in CardWalk(shelf, at(PERIOD_END)).read(at(0)) for card in batch.cards]

    assert sorted(card.id for card in cards) == sorted(shelf.cards)
    assert [card.updated_at for card in cards] == sorted(card.updated_at for card in cards)


@settings(max_examples=200, deadline=None)
@given(shelf=busy_shelves(), stop_after=st.integers(1, 6))
def test_reading_may_be_taken_up_again_at_the_position(shelf, stop_after):
    before = dict(shelf.cards)
    delivered: set[str] = set()
    position = at(0)

    for number, batch in enumerate(CardWalk(shelf, at(PERIOD_END)).read(at(0)), start=1):
        delivered |= {card.id for card in batch.cards}
        position = batch.position or position
        if number == stop_after:
            break
    for batch in CardWalk(shelf, at(PERIOD_END)).read(position):
        delivered |= {card.id for card in batch.cards}

    assert before.keys() - shelf.touched <= delivered
