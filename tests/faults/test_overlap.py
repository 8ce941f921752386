"""Several batches under way at a time: never two writes of one contact, nothing written that was not read before."""

from collections import Counter
from collections.abc import Callable
from threading import Lock

import pytest

from connectors.hubspot.client import HubSpotClient
from sync.services.processing.claims import Claims
from tests.portal import Portal, assert_consistent

SHARED_BY = 4
ADDRESSES = 40


class Watcher:
    """Notes which cards, addresses and contacts have a write under way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most_calls = 0
        self.doubles: list[str] = []
        self._calls = 0
        self._under_way: Counter[str] = Counter()
        self._lock = Lock()
        for name in ("create_contacts", "update_contacts"):
            monkeypatch.setattr(HubSpotClient, name, self._watch(getattr(HubSpotClient, name)))

    def _watch(self, call: Callable):
        def watched(client, inputs):
            keys = {key for one in inputs for key in (one.id, one.trace_id, one.properties.get("email", "")) if key}
            self._note(keys, +1)
            try:
                return call(client, inputs)
            finally:
                self._note(keys, -1)

        return watched

    def _note(self, keys: set[str], step: int) -> None:
        with self._lock:
            self._calls += step
            self.most_calls = max(self.most_calls, self._calls)
            self._under_way.update(dict.fromkeys(keys, step))
            self.doubles += [key for key in keys if self._under_way[key] > 1]


def add_rivals(portal: Portal, add_card) -> None:
    """Each address on four cards, far apart in the list, each exchanged later than the one before."""
    for turn in range(SHARED_BY):
        for number in range(ADDRESSES):
            add_card(
                email=f"p{number}@sample.example",
                title=f"{turn}",
                exchangeDate=f"2026-0{turn + 1}-01",
                updatedTime=f"2026-0{turn + 1}-02T09:{number:02}:00+09:00",
            )


def play_rivals(portal: Portal, add_card) -> None:
    """Each contact is created for one card and then taken over by the others, one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        watcher = Watcher(patch)
        # Long enough for the later cards to come in while the earlier ones are under way.
        portal.sandbox.hubspot.set_latency(20, up_to=60)
        add_rivals(portal, add_card)
        run = portal.run_well()
    assert watcher.doubles == []
    assert watcher.most_calls >= 3, "nothing was watched: the batches went one by one"
    assert (run.created, run.excluded) == (ADDRESSES, (SHARED_BY - 1) * ADDRESSES)
    titles = {contact["jobtitle"] for contact in portal.sandbox.hubspot.contacts()}
    assert titles == {f"{SHARED_BY - 1}"}
    assert_consistent(portal)


def test_one_contact_never_has_two_writes_under_way(portal: Portal, add_card, crowd: str) -> None:
    if crowd != "crowded":
        pytest.skip("one batch holds them all")
    play_rivals(portal, add_card)


def test_claims_that_hold_nobody_up_are_noticed(portal: Portal, add_card, crowd: str, monkeypatch) -> None:
    if crowd != "crowded":
        pytest.skip("one batch holds them all")
    monkeypatch.setattr(Claims, "is_free", lambda *_: True)
    monkeypatch.setattr(Claims, "find_owner", lambda *_: None)
    with pytest.raises(AssertionError):
        play_rivals(portal, add_card)


def test_a_card_edited_while_it_is_under_way_ends_as_it_was_last(portal: Portal, add_card, crowd: str) -> None:
    """The newer version comes with a later page, while the older one may still be on its way to HubSpot."""
    ids = [add_card(email=f"p{number}@sample.example", title="係長") for number in range(40)]
    portal.run_well()
    for turn in range(3):
        for card_id in ids:
            portal.sandbox.sansan.edit_card(card_id, title=f"課長{turn}")
        portal.run_well()
    assert {contact["jobtitle"] for contact in portal.sandbox.hubspot.contacts()} == {"課長2"}
    assert len(portal.sandbox.hubspot.contacts()) == 40
