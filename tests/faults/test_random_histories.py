"""Random histories of edits and runs always end where the cards alone say they must."""

from collections import defaultdict
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
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(EMAILS), st.sampled_from(DATES)),
        st.tuples(st.just("email"), cards, st.sampled_from(EMAILS)),
        st.tuples(st.just("date"), cards, st.sampled_from(DATES)),
        st.tuples(st.just("title"), cards, st.sampled_from(["課長", "部長", "社長"])),
        st.tuples(st.just("delete"), cards),
        st.tuples(st.just("fault"), st.sampled_from(FAULTS), st.sampled_from(["batch/create", "batch/update", ""])),
        st.tuples(st.just("run"), st.booleans()),
        st.tuples(st.just("preview"), st.booleans()),
    ),
    min_size=4,
    max_size=24,
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
        self.portal.run(full=full)
        assert_consistent(self.portal)

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
            if link.reason_code == "EMAIL_IN_USE":
                continue  # Its own contact and the address's are two: people have to merge them.
            assert link.state == "in_sync", (email, link.reason_code, link.reason_detail)
            contact = portal.sandbox.hubspot.contact(link.hubspot_id)
            assert (contact["email"], contact["jobtitle"]) == (email, card["title"])
            assert contact["sansan_card_id"] == card["id"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three cards to a page, so that a handful of cards meets every border."""
    cards_page = SansanClient.cards_page

    def ask_for_three(self, updated_from, updated_to, *, page_token="", limit=3):
        return cards_page(self, updated_from, updated_to, page_token=page_token, limit=limit)

    monkeypatch.setattr(SansanClient, "cards_page", ask_for_three)


@pytest.mark.timeout(600)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=steps)
def test_any_history_settles(portal: Portal, small_pages: None, history: list[tuple[Any, ...]]) -> None:
    forget_everything(portal)
    player = History(portal)
    for step in history:
        player.play(step)
    portal.sandbox.hubspot.clear_faults()
    portal.run_well(full=True)
    portal.retry()
    portal.run_well(full=True)
    assert_consistent(portal)
    assert_settled(portal)
    written = len(portal.sandbox.hubspot.written)
    portal.run_well()
    portal.run_well(full=True)
    assert len(portal.sandbox.hubspot.written) == written, "a quiet system writes nothing"


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
