"""The single twists of reading a list that changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import NotFoundError, RejectedError, RetryLaterError, UnexpectedAnswerError
from connectors.sansan.paging import MOST_REFUSALS, CardWalk
from connectors.sansan.records import Card, CardPage
from tests.connectors.sansan.shelf import Shelf, at, expire


def read_ids(shelf, start=0, end=500):
    return [card.id for batch in CardWalk(shelf, at(end)).read(at(start)) for card in batch.cards]


def quiet(shelf: Shelf) -> None:
    return


def test_the_stand_in_loses_a_card_to_who_trusts_its_tokens():
    shelf = Shelf([1, 2, 3, 4, 5, 6], events=[quiet, lambda shelf: shelf.edit(0)])

    first = shelf(at(0), at(500))
    second = shelf(at(0), at(500), page_token=first.next_page_token)

    assert "card003" not in {card.id for page in (first, second) for card in page.cards}


def test_does_not_use_the_token_where_instants_differ():
    shelf = Shelf([1, 2, 3, 4, 5, 6, 7])

    assert read_ids(shelf) == [f"card{number:03}" for number in range(7)]
    assert {token for _, _, token in shelf.asked} == {""}
    assert [start for start, _, _ in shelf.asked] == [at(0), at(3), at(5)]


def test_an_instant_across_a_page_border_is_delivered_once():
    shelf = Shelf([1, 1, 2, 2, 2, 3])

    assert read_ids(shelf) == [f"card{number:03}" for number in range(6)]


def test_a_block_larger_than_a_page_is_read_again_until_nothing_moved():
    shelf = Shelf([1] * 7 + [2, 3])

    assert read_ids(shelf) == [f"card{number:03}" for number in range(9)]
    block = [(start, end, token) for start, end, token in shelf.asked if start == at(1)]
    assert [token for _, _, token in block] == ["", "offset3", "offset6"] * 2
    assert block[-1][1] == at(2), "the second reading asks for the block alone"


def test_a_card_that_slips_past_in_a_block_is_found_by_the_next_reading():
    shelf = Shelf([1] * 7, events=[quiet, lambda shelf: shelf.edit(0)])

    assert sorted(read_ids(shelf)) == [f"card{number:03}" for number in range(7)]


def test_a_card_that_slips_past_in_two_readings_is_found_by_the_third():
    """The second reading brings nothing new, but cards that the first had seen are gone, so neither is proof."""
    events = [
        quiet,
        quiet,
        quiet,
        lambda shelf: shelf.edit(0),
        quiet,
        quiet,
        lambda shelf: (shelf.edit(1), shelf.edit(2)),
    ]
    shelf = Shelf([1] * 8, limit=2, events=events)

    assert sorted(read_ids(shelf)) == [f"card{number:03}" for number in range(8)]


def test_cards_behind_a_block_are_not_taken_from_a_page_that_may_have_slipped():
    """The page that ends the block by its token begins too late: 4 is skipped on it."""
    shelf = Shelf([1, 1, 1, 1, 2, 3, 4], events=[quiet, lambda shelf: (shelf.edit(0), shelf.edit(1))])

    assert set(read_ids(shelf)) >= {f"card{number:03}" for number in range(2, 7)}


def test_a_block_that_never_comes_to_rest_is_left_to_another_run():
    class Restless(Shelf):
        def page(self, *args):
            found = super().page(*args)
            return replace(
                found, cards=tuple(replace(card, id=f"{card.id}-{len(self.asked)}") for card in found.cards)
            )

    with pytest.raises(RetryLaterError, match="edited faster"):
        list(CardWalk(Restless([1] * 4, limit=2), at(500)).read(at(0)))


def test_the_position_waits_at_a_block_until_it_is_whole():
    shelf = Shelf([1, 2, 2, 2, 2, 2, 3], limit=2)

    positions = [(batch.position, len(batch.cards)) for batch in CardWalk(shelf, at(500)).read(at(0))]

    assert positions == [(at(2), 2), (at(2), 1), (at(2), 2), (at(2), 1), (at(3), 1)]


def test_nothing_is_nothing():
    shelf = Shelf([])

    assert list(CardWalk(shelf, at(500)).read(at(0))) == []
    assert len(shelf.asked) == 1


def test_a_period_of_one_instant_and_one_that_ended_before_it_began():
    shelf = Shelf([1, 2, 3])

    assert read_ids(shelf, start=2, end=2)[0] == "card001"
    assert read_ids(shelf, start=2, end=1) == []


def test_reads_on_behind_an_expired_token():
    shelf = Shelf([1] * 8, events=[quiet, quiet, expire])

    assert sorted(read_ids(shelf)) == sorted(shelf.cards)
    assert ("offset6") in {token for _, _, token in shelf.asked}


def test_reads_on_when_the_same_token_expires_twice():
    shelf = Shelf([1] * 8, events=[quiet, expire, quiet, expire])

    assert sorted(read_ids(shelf)) == sorted(shelf.cards)


def test_gives_up_when_tokens_expire_without_any_progress():
    shelf = Shelf([1] * 8, events=[expire] * 100)

    with pytest.raises(RejectedError, match="unknown page token"):
        read_ids(shelf)
    assert [token for _, _, token in shelf.asked[1:]] == ["", "offset3"] * MOST_REFUSALS


@pytest.mark.parametrize("error", [RejectedError("bad parameter", status=400), NotFoundError("gone", status=404)])
def test_other_refusals_pass_through(error):
    def refuse(shelf: Shelf) -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        read_ids(Shelf([1, 2, 3, 4, 5], events=[quiet, refuse]))


def test_refuses_a_page_that_leads_to_itself():
    class Circle(Shelf):
        def page(self, updated_from, updated_to, page_token):
            return CardPage((Card(id="card000", updated_at=at(1)),), next_page_token="again")

    with pytest.raises(UnexpectedAnswerError, match="same page"):
        read_ids(Circle([]))


def test_an_empty_page_that_promises_more_is_asked_for_again():
    class Slip(Shelf):
        def page(self, *args):
            found = super().page(*args)
            return replace(found, cards=()) if len(self.asked) == 2 else found

    shelf = Slip([1, 2, 3, 4, 5, 6])

    assert read_ids(shelf) == [f"card{number:03}" for number in range(6)]


def test_a_page_without_any_times_is_asked_for_again():
    class Slip(Shelf):
        def page(self, *args):
            found = super().page(*args)
            undated = tuple(replace(card, updated_at=None) for card in found.cards)
            return replace(found, cards=undated) if len(self.asked) == 2 else found

    batches = list(CardWalk(Slip([1, 2, 3, 4, 5, 6]), at(500)).read(at(0)))

    assert [card.id for batch in batches for card in batch.cards] == [f"card{number:03}" for number in range(6)]
    assert None not in [batch.position for batch in batches]


def test_empty_pages_are_walked_through_by_token_if_they_stay_empty():
    class Gaps(Shelf):
        """Pages are cut first, and what this key may not see is taken out after."""

        def page(self, *args):
            found = super().page(*args)
            return replace(found, cards=tuple(card for card in found.cards if card.id >= "card006"))

    assert read_ids(Gaps([1, 2, 3, 4, 5, 6, 7, 8, 9])) == ["card006", "card007", "card008"]


def test_without_order_the_tokens_are_followed_and_the_position_comes_last():
    class Shuffled(Shelf):
        def page(self, *args):
            found = super().page(*args)
            return replace(found, cards=found.cards[::-1])

    batches = list(CardWalk(Shuffled([1, 2, 3, 4, 5, 6, 7]), at(500)).read(at(0)))

    assert sorted(card.id for batch in batches for card in batch.cards) == [f"card{number:03}" for number in range(7)]
    assert [batch.position for batch in batches] == [None, None, at(7)]


def test_a_card_without_a_time_is_delivered_and_holds_nothing_up():
    class OneUndated(Shelf):
        def page(self, *args):
            found = super().page(*args)
            undated = tuple(replace(card, updated_at=None) if card.id == "card002" else card for card in found.cards)
            return replace(found, cards=undated)

    assert sorted(set(read_ids(OneUndated([1, 2, 3, 4, 5])))) == [f"card{number:03}" for number in range(5)]
    assert sorted(set(read_ids(OneUndated([1, 1, 1, 1, 1], limit=2)))) == [f"card{number:03}" for number in range(5)]


def test_finer_times_than_a_second_make_one_instant():
    class Finer(Shelf):
        def page(self, *args):
            found = super().page(*args)
            cards = [
                replace(card, updated_at=card.updated_at + timedelta(milliseconds=int(card.id[-3:])))
                for card in found.cards
                if card.updated_at
            ]
            return replace(found, cards=tuple(cards))

    assert sorted(read_ids(Finer([1] * 5 + [2] * 2, limit=2))) == [f"card{number:03}" for number in range(7)]


def test_remembers_no_more_than_the_current_instant():
    walk = CardWalk(Shelf(list(range(300)), limit=10), at(500))
    most = 0

    for _ in walk.read(at(0)):
        most = max(most, len(walk._delivered))

    assert most == 1
