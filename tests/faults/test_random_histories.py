"""Random histories of edits and runs always end where the cards alone say they must."""

from collections import defaultdict
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from connectors.sandbox import Fault
from connectors.sansan.client import SansanClient
from sync.engine.identity import Contender, choose_winner
from sync.models import RecordLink, RecordLog, SyncRule, SyncRun
from tests.portal import Portal, assert_consistent

EMAILS = ["a@sample.example", "b@sample.example", "c@sample.example", ""]
DATES = ["2026-01-01", "2026-02-01", "2026-03-01", None]
FAULTS = ["reset_after", "status_503", "omit", "omit_answer", "truncated_json"]

cards = st.integers(0, 7)
contacts = st.integers(0, 5)
STEPS = (
    st.tuples(st.just("add"), st.sampled_from(EMAILS), st.sampled_from(DATES)),
    st.tuples(st.just("email"), cards, st.sampled_from(EMAILS)),
    st.tuples(st.just("date"), cards, st.sampled_from(DATES)),
    st.tuples(st.just("title"), cards, st.sampled_from(["課長", "部長", "社長"])),
    st.tuples(st.just("delete"), cards),
    st.tuples(st.just("fault"), st.sampled_from(FAULTS), st.sampled_from(["batch/create", "batch/update", ""])),
    st.tuples(st.just("run"), st.booleans()),
    st.tuples(st.just("preview"), st.booleans()),
)
HUBSPOT_STEPS = (
    st.tuples(st.just("merge"), contacts, contacts),
    st.tuples(st.just("archive"), contacts),
    st.tuples(st.just("restore"), contacts),
    st.tuples(st.just("person"), st.sampled_from(EMAILS)),
)
histories = st.lists(st.one_of(*STEPS), min_size=4, max_size=24)
wild_histories = st.lists(st.one_of(*STEPS, *HUBSPOT_STEPS), min_size=4, max_size=24)
PATIENT = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class History:
    """Plays steps on the sandbox and the product."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.sansan, self.hubspot = portal.sandbox.sansan, portal.sandbox.hubspot
        self.added = 0

    def play(self, step: tuple[Any, ...]) -> None:
        note(str(step))
        getattr(self, step[0])(*step[1:])

    def add(self, email: str, exchanged: str | None) -> None:
        self.added += 1
        number = self.added
        self.sansan.add_card(
            lastName="見本", firstName=f"{number}", email=email or None, exchangeDate=exchanged, title="課長",
            personId=f"P{number}", companyId=f"C{number}",
        )  # fmt: skip

    def email(self, index: int, email: str) -> None:
        self._edit(index, email=email or None)

    def date(self, index: int, exchanged: str | None) -> None:
        self._edit(index, exchangeDate=exchanged)

    def title(self, index: int, title: str) -> None:
        self._edit(index, title=title)

    def delete(self, index: int) -> None:
        if card_id := self._pick(index):
            self.sansan.delete_card(card_id)

    def fault(self, kind: str, path: str) -> None:
        if path or kind in ("status_503", "truncated_json"):
            self.hubspot.add_fault(Fault(kind, path=path, times=1))

    def run(self, full: bool) -> None:
        run = self.portal.run(full=full)
        assert run.error_code in ("", "SERVICE_UNAVAILABLE"), run.error_detail
        assert_consistent(self.portal)
        assert_counts_are_states(run)

    def merge(self, index: int, other: int) -> None:
        first, second = self._pick_contact(index), self._pick_contact(other)
        if first != second:
            self.hubspot.merge_contacts(first, second)

    def archive(self, index: int) -> None:
        if contact_id := self._pick_contact(index):
            self.hubspot.archive_contact(contact_id)

    def restore(self, index: int) -> None:
        archived = self.hubspot.contacts(archived=True)
        free = [one for one in archived if not self.hubspot.contact_by(sansan_card_id=one.get("sansan_card_id", ""))]
        if free:
            with suppress(ValueError):  # As in HubSpot: refused when another contact has the address by now.
                self.hubspot.restore_contact(free[index % len(free)]["id"])

    def person(self, email: str) -> None:
        if email and not self.hubspot.contact_by(email=email):
            self.hubspot.add_contact(email=email, lastname="人")

    def _pick_contact(self, index: int) -> str:
        ids = [contact["id"] for contact in self.hubspot.contacts()]
        return ids[index % len(ids)] if ids else ""

    def preview(self, full: bool) -> None:
        written = len(self.hubspot.written)
        self.portal.run(full=full, dry_run=True)
        assert len(self.hubspot.written) == written

    def _edit(self, index: int, **fields: Any) -> None:
        if card_id := self._pick(index):
            self.sansan.edit_card(card_id, **fields)

    def _pick(self, index: int) -> str:
        ids = sorted(card["id"] for card in self.sansan.cards())
        return ids[index % len(ids)] if ids else ""


def assert_counts_are_states(run: SyncRun) -> None:
    """Each count is the number of records that the run left in that state."""
    seen = RecordLink.objects.filter(seen_run_id=run.pk)
    in_sync = seen.filter(state="in_sync").count()
    assert in_sync == run.created + run.updated + run.unchanged
    assert seen.filter(state="excluded").count() == run.excluded
    assert seen.filter(state="failing").count() == run.failed
    rows = RecordLog.objects.filter(run=run, superseded=False)
    for action, count in (("create", run.created), ("update", run.updated), ("fail", run.failed)):
        assert rows.filter(action=action).count() == count, action
    assert rows.filter(action="exclude").count() <= run.excluded


def assert_settled(portal: Portal) -> None:
    """Every address is held by the card that must have it, with its values; everything else says why not."""
    by_email: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for card in portal.sandbox.sansan.cards():
        by_email[card["email"] or ""].append(card)
    for card in by_email.pop("", []):
        assert portal.link(card["id"]).reason_code == "NO_EMAIL"
    for email, rivals in by_email.items():
        winner = choose_winner(
            Contender(
                card["id"],
                date.fromisoformat(card["exchangeDate"]) if card["exchangeDate"] else None,
                portal.link(card["id"]).card_updated_at,
            )
            for card in rivals
        ).card_id
        for card in rivals:
            link = portal.link(card["id"])
            if card["id"] != winner:
                assert (link.state, link.reason_code) == ("excluded", "DUPLICATE_EMAIL"), email
                continue
            if waits_for_people(portal, link):
                continue
            assert link.state == "in_sync", (email, link.reason_code, link.reason_detail)
            contact = portal.sandbox.hubspot.contact(link.hubspot_id)
            assert (contact["email"], contact["jobtitle"]) == (email, card["title"])
            assert contact["sansan_card_id"] == card["id"]


def waits_for_people(portal: Portal, link: RecordLink) -> bool:
    """A card moved to an address that another contact has: people merge the two, and until then its old contact
    keeps the old address from the card that has it now."""
    if link.reason_code == "DUPLICATE_CONTACT":
        link = portal.link(link.winner_id)
    return link.reason_code == "EMAIL_IN_USE"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three cards to a page, so that a handful of cards meets every border."""
    cards_page = SansanClient.cards_page

    def ask_for_three(self, updated_from, updated_to, *, page_token="", limit=3):
        return cards_page(self, updated_from, updated_to, page_token=page_token, limit=limit)

    monkeypatch.setattr(SansanClient, "cards_page", ask_for_three)


@pytest.mark.timeout(600)
@PATIENT
@given(history=histories)
def test_any_history_settles(portal: Portal, small_pages: None, history: list[tuple[Any, ...]]) -> None:
    play(portal, history)
    assert_settled(portal)
    assert_quiet(portal)


@pytest.mark.timeout(600)
@PATIENT
@given(history=wild_histories)
def test_whatever_people_do_in_hubspot_the_books_are_right(
    portal: Portal, small_pages: None, history: list[tuple[Any, ...]]
) -> None:
    play(portal, history)
    assert_quiet(portal)


def play(portal: Portal, history: list[tuple[Any, ...]]) -> None:
    """Plays the steps, then lets everything settle."""
    forget_everything(portal)
    player = History(portal)
    for step in history:
        player.play(step)
    portal.sandbox.hubspot.clear_faults()
    portal.run_well(full=True)
    portal.retry()
    assert_counts_are_states(portal.run_well(full=True))
    assert_consistent(portal)


def assert_quiet(portal: Portal) -> None:
    """Nobody edits anything, so nothing is written."""
    written = len(portal.sandbox.hubspot.written)
    portal.run_well()
    assert_counts_are_states(portal.run_well(full=True))
    assert len(portal.sandbox.hubspot.written) == written


def forget_everything(portal: Portal) -> None:
    """As new, for the next history."""
    portal.sandbox.hubspot.clear_faults()
    for card in portal.sandbox.sansan.cards():
        portal.sandbox.sansan.delete_card(card["id"])
    for contact in portal.sandbox.hubspot.contacts():
        portal.sandbox.hubspot.archive_contact(contact["id"])
    for model in (RecordLog, RecordLink, SyncRun):
        model.objects.all().delete()
    SyncRule.objects.update(watermark=None)
