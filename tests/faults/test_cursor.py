"""The position that loses nothing: ties, late cards, edits while paging, tokens that expire."""

from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock

import pytest

from connectors.errors import RejectedError
from connectors.sandbox import Fault
from connectors.sansan.client import SansanClient
from tests.portal import Portal, assert_consistent

TIE = "2026-03-01T09:00:00+09:00"


def add_many(add_card, count: int, prefix: str = "p", **fields: object) -> list[str]:
    return [add_card(email=f"{prefix}{number}@sample.example", **fields) for number in range(count)]


def after_each_page(monkeypatch: pytest.MonkeyPatch, act) -> None:
    """Calls `act(number of pages read)` between two pages, as a person at work in Sansan would."""
    cards_page = SansanClient.cards_page
    turns = Lock()
    numbers = count(1)

    def read_and_act(self, *period, **options):
        with turns:
            page = cards_page(self, *period, **options)
            act(next(numbers))
            return page

    monkeypatch.setattr(SansanClient, "cards_page", read_and_act)


@pytest.mark.parametrize("style", ["offset", "keyset"])
def test_ties_across_page_borders(portal: Portal, add_card, style: str) -> None:
    portal.sandbox.sansan.token_style = style
    add_many(add_card, 250, "early", updatedTime="2026-02-28T09:00:00+09:00")
    add_many(add_card, 700, "tie", updatedTime=TIE)
    add_many(add_card, 20, "late", updatedTime="2026-03-01T09:00:01+09:00")
    run = portal.run_well()
    assert (run.seen, run.created) == (970, 970)
    assert_consistent(portal)


def test_cards_edited_while_they_are_paged(portal: Portal, add_card, monkeypatch) -> None:
    ids = [
        add_card(
            email=f"p{number}@sample.example", updatedTime=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        )
        for number in range(900)
    ]

    def edit(pages: int) -> None:
        for card_id in ids[(pages - 1) * 40 : pages * 40] if pages <= 6 else ():
            portal.sandbox.sansan.edit_card(card_id, title="編集済")

    with monkeypatch.context() as patch:
        after_each_page(patch, edit)
        portal.run_well()
    portal.run_well()
    assert portal.rule.links.filter(state="in_sync").count() == 900
    edited = [contact for contact in portal.sandbox.hubspot.contacts() if contact.get("jobtitle") == "編集済"]
    assert len(edited) >= 120


def test_a_card_that_appears_late_is_caught_by_the_overlap(portal: Portal, add_card) -> None:
    now = datetime.now(UTC)
    add_card(email="first@sample.example", updatedTime=now - timedelta(minutes=1))
    portal.run_well()
    late = add_card(email="late@sample.example", updatedTime=now - timedelta(minutes=8))
    portal.run_well()
    assert portal.link(late).state == "in_sync"


def test_an_expired_page_token_costs_nothing(portal: Portal, add_card, monkeypatch) -> None:
    add_many(add_card, 800, updatedTime=TIE)
    portal.sandbox.sansan.add_fault(Fault("garbled_token", path="/bizCards", times=2, after=1))
    run = portal.run_well()
    assert (run.seen, run.created) == (800, 800)


def test_an_empty_page_that_promises_more_is_not_the_end(portal: Portal, add_card) -> None:
    add_many(add_card, 5, updatedTime=TIE)
    portal.sandbox.sansan.add_fault(Fault("empty_page", path="/bizCards", times=1))
    assert portal.run_well().created == 5


def test_the_position_never_passes_the_start_of_the_run(portal: Portal, add_card) -> None:
    add_card(updatedTime=datetime.now(UTC) + timedelta(seconds=0))
    portal.sandbox.clock.advance(timedelta(hours=3))
    ahead = add_card(email="ahead@sample.example")
    run = portal.run_well()
    assert run.watermark is not None
    assert run.watermark <= run.started_at
    portal.sandbox.sansan.edit_card(ahead, title="部長")
    assert run.started_at is not None


def test_a_clock_ahead_of_ours_loses_nothing(portal: Portal, add_card) -> None:
    add_card()
    portal.run_well()
    portal.sandbox.clock.advance(timedelta(hours=3))
    ahead = add_card(email="ahead@sample.example")
    portal.run_well()
    assert not portal.rule.links.filter(sansan_id=ahead).exists(), "not in the period yet by our clock"
    portal.sandbox.clock.advance(timedelta(hours=-3))
    portal.sandbox.sansan.edit_card(ahead, title="部長")
    portal.run_well()
    assert portal.link(ahead).state == "in_sync"


@pytest.mark.counts_batches
def test_a_failed_run_goes_on_where_it_stopped(portal: Portal, add_card) -> None:
    for number in range(900):
        add_card(
            email=f"p{number}@sample.example",
            updatedTime=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        )
    portal.sandbox.hubspot.add_fault(Fault("status_503", path="batch/create", times=None, after=6))
    failed = portal.run()
    assert (failed.status, failed.error_code) == ("failed", "SERVICE_UNAVAILABLE")
    assert 500 < failed.created < 700, "what was done is kept"
    portal.sandbox.hubspot.clear_faults()
    portal.sandbox.hubspot.forget_requests()
    run = portal.run_well()
    assert run.created == 900 - failed.created
    assert len(portal.sandbox.hubspot.contacts()) == 900
    assert len([seen for seen in portal.sandbox.hubspot.writes if "batch/create" in seen.path]) <= 4


def test_a_service_that_takes_no_period_into_the_future_is_asked_without(
    portal: Portal, add_card, monkeypatch
) -> None:
    cards_page = SansanClient.cards_page

    def refuse_the_future(self, updated_from, updated_to, **options):
        if updated_to > datetime.now(UTC) + timedelta(minutes=2):
            raise RejectedError("updatedTo is in the future", status=400)
        return cards_page(self, updated_from, updated_to, **options)

    monkeypatch.setattr(SansanClient, "cards_page", refuse_the_future)
    card_id = add_card()
    portal.run_well()
    portal.run_well(full=True)
    assert portal.link(card_id).state == "in_sync"
