"""The scenarios notice when the engine is wrong: each defect here makes one of them fail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist

from connectors.hubspot.records import Contact
from connectors.sansan.paging import CardBatch
from sync.models import LinkState
from sync.services import reading
from sync.services.processing import batches, pipeline, recording
from sync.services.processing.ledger import Ledger
from sync.services.processing.work import Work
from tests.faults import test_batch_answers as answers
from tests.faults import test_cursor as cursor
from tests.faults import test_identity as identity
from tests.portal import Portal

Plant = Callable[[pytest.MonkeyPatch], None]


class TokenReader:
    """Follows the page tokens, one page after the other."""

    def __init__(self, fetch, updated_from, updated_to, *, pool, readers):
        self._ask = lambda token: pool.submit(fetch, updated_from, updated_to, page_token=token)
        self._requests = {self._ask("")}

    @property
    def is_finished(self):
        return not self._requests

    def pending(self):
        return self._requests

    def poll(self):
        if not all(request.done() for request in self._requests):
            return None
        page = self._requests.pop().result()
        if page.next_page_token:
            self._requests.add(self._ask(page.next_page_token))
        return CardBatch(page.cards, page.cards[-1].updated_at if page.cards else None)

    def close(self):
        pass


def follow_page_tokens(patch: pytest.MonkeyPatch) -> None:
    """Cursor: trusts page tokens, as most integrations do."""
    patch.setattr(reading, "CardReader", TokenReader)


def jump_to_the_start_of_the_run(patch: pytest.MonkeyPatch) -> None:
    """Cursor: takes the run's start for the position, whatever has been read."""
    patch.setattr(recording, "advance", lambda watermark, position, started_at: started_at)


def read_without_overlap(patch: pytest.MonkeyPatch) -> None:
    """Cursor: goes on exactly where the last run stopped."""
    start_window = reading.start_window
    patch.setattr(reading, "start_window", lambda watermark, overlap: start_window(watermark, timedelta(0)))


def keep_the_hash_of_a_failure(patch: pytest.MonkeyPatch) -> None:
    """Hash: remembers what was meant to be written, not what was."""
    fail = Work.fail

    def fail_and_remember(self: Work, code: str, **detail: Any) -> None:
        fail(self, code, **detail)
        self.place.content_hash = self.content_hash
        self.place.state = LinkState.IN_SYNC
        self.place.hubspot_id = self.place.hubspot_id or f"unknown-{self.card_id}"

    patch.setattr(Work, "fail", fail_and_remember)


def take_a_207_for_success(patch: pytest.MonkeyPatch) -> None:
    """207: an answer came, so everything was written."""

    def believe(inputs, result, into):
        for entry in inputs:
            into.written[entry.trace_id] = Contact(id=entry.id or "999999999", properties={})

    patch.setattr(batches, "reconcile", believe)


def match_answers_by_position(patch: pytest.MonkeyPatch) -> None:
    """207: the first result belongs to the first input."""

    def pair(inputs, result, into):
        for entry, contact in zip(inputs, result.contacts, strict=False):
            into.written[entry.trace_id] = contact

    patch.setattr(batches, "reconcile", pair)


def advance_before_the_outcome(patch: pytest.MonkeyPatch) -> None:
    """Commit order: moves the position on to whatever has been read."""
    patch.setattr(Ledger, "close_finished", lambda self: self._entries[-1].position if self._entries else None)


def repeat_without_looking(patch: pytest.MonkeyPatch) -> None:
    """Lost answer: sends again without looking for what was made all the same."""

    def look_at_nothing(shop, works):
        yield from ()

    patch.setattr(pipeline, "find_contacts", look_at_nothing)


def people(add_card) -> list[str]:
    return [add_card(email=f"p{number}@sample.example", title="課長") for number in range(30)]


def watch_edits(portal: Portal, add_card) -> None:
    with pytest.MonkeyPatch.context() as patch:
        cursor.test_cards_edited_while_they_are_paged(portal, add_card, patch)


CASES: list[tuple[Plant, Callable[[Portal, Any], None]]] = [
    (follow_page_tokens, watch_edits),
    (follow_page_tokens, cursor.test_an_empty_page_that_promises_more_is_not_the_end),
    (jump_to_the_start_of_the_run, cursor.test_a_failed_run_goes_on_where_it_stopped),
    (read_without_overlap, cursor.test_a_card_that_appears_late_is_caught_by_the_overlap),
    (
        keep_the_hash_of_a_failure,
        lambda portal, add_card: answers.test_an_input_that_stays_omitted_fails_with_its_hash_unset(
            portal, people(add_card)
        ),
    ),
    (keep_the_hash_of_a_failure, answers.test_a_failing_record_is_tried_again_with_the_fixed_card),
    (
        take_a_207_for_success,
        lambda portal, add_card: answers.test_one_bad_record_does_not_take_the_others_down(
            portal, people(add_card), add_card
        ),
    ),
    (
        take_a_207_for_success,
        lambda portal, add_card: answers.test_silent_omission_is_noticed(
            portal, people(add_card), "batch/create", "omit"
        ),
    ),
    (
        match_answers_by_position,
        lambda portal, add_card: answers.test_half_of_the_emails_exist(portal, people(add_card)),
    ),
    (advance_before_the_outcome, cursor.test_a_failed_run_goes_on_where_it_stopped),
    (
        repeat_without_looking,
        lambda portal, add_card: answers.test_a_lost_answer_writes_nothing_twice(
            portal, people(add_card), "reset_after", "batch/create"
        ),
    ),
]


@pytest.mark.parametrize(
    ("plant", "scenario"), CASES, ids=[f"{plant.__name__}-{index}" for index, (plant, _) in enumerate(CASES)]
)
def test_a_planted_defect_is_noticed(portal: Portal, add_card, plant: Plant, scenario) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        with pytest.raises((AssertionError, ObjectDoesNotExist, KeyError)):
            scenario(portal, add_card)


def test_the_winner_depends_on_the_cards_alone(portal: Portal, add_card) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.engine.identity.rank", lambda contender: contender.card_id)
        with pytest.raises(AssertionError):
            identity.test_the_newest_exchange_date_wins_in_every_order(portal, add_card, (1, 0, 2))
