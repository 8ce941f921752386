"""Several cards of one address, cards without one, and contacts that are merged or deleted."""

import itertools

import pytest

from tests.portal import Portal, assert_consistent, build_portal

THREE = (
    {"exchangeDate": "2026-03-01", "title": "old"},
    {"exchangeDate": "2026-05-01", "title": "new"},
    {"exchangeDate": None, "title": "undated"},
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_exchange_date_wins_in_every_order(portal: Portal, add_card, order: tuple[int, ...]) -> None:
    ids = {}
    for index in order:
        ids[index] = add_card(**THREE[index])
        portal.run_well()
    assert_consistent(portal)
    winner, losers = ids[1], [ids[0], ids[2]]
    [contact] = portal.sandbox.hubspot.contacts()
    assert (contact["jobtitle"], contact["sansan_card_id"]) == ("new", winner)
    assert portal.link(winner).state == "in_sync"
    for loser in losers:
        link = portal.link(loser)
        assert (link.state, link.reason_code, link.winner_id) == ("excluded", "DUPLICATE_EMAIL", winner)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_one_run_over_one_page_agrees(portal: Portal, add_card, order: tuple[int, ...]) -> None:
    ids = {index: add_card(**THREE[index]) for index in order}
    run = portal.run_well()
    assert (run.created, run.excluded, run.seen) == (1, 2, 3)
    assert portal.link(ids[1]).state == "in_sync"


def test_counts_are_the_same_when_pages_bring_the_winner_late(portal: Portal, add_card, sandbox) -> None:
    sandbox.sansan.add_card(
        lastName="旧", email="taro@sample.example", exchangeDate="2026-01-01", updatedTime="2026-01-01T00:00:00+09:00"
    )
    for number in range(320):
        add_card(email=f"p{number}@sample.example", updatedTime="2026-02-01T00:00:00+09:00")
    late = add_card(exchangeDate="2026-06-01", updatedTime="2026-06-01T00:00:00+09:00")
    run = portal.run_well()
    assert (run.created, run.updated, run.excluded, run.seen) == (321, 0, 1, 322)
    assert portal.contact_of(late)["sansan_card_id"] == late
    assert_consistent(portal)


def test_a_loser_takes_over_when_the_winner_gives_up_the_address(portal: Portal, add_card) -> None:
    loser = add_card(exchangeDate="2026-01-01", lastName="敗者")
    winner = add_card(exchangeDate="2026-02-01", lastName="勝者")
    portal.run_well()
    portal.sandbox.sansan.edit_card(winner, email="moved@sample.example")
    portal.run_well()
    assert portal.link(winner).state == portal.link(loser).state == "in_sync"
    assert portal.contact_of(winner)["email"] == "moved@sample.example"
    assert portal.contact_of(loser)["email"] == "taro@sample.example"
    assert_consistent(portal)


def test_a_loser_takes_over_when_the_winner_is_deleted(portal: Portal, add_card) -> None:
    loser = add_card(exchangeDate="2026-01-01")
    winner = add_card(exchangeDate="2026-02-01")
    portal.run_well()
    contact_id = portal.link(winner).hubspot_id
    portal.sandbox.sansan.delete_card(winner)
    portal.run_well(full=True)
    assert portal.link(winner).reason_code == "CARD_VANISHED"
    assert (portal.link(loser).state, portal.link(loser).hubspot_id) == ("in_sync", contact_id)
    assert portal.contact_of(loser)["sansan_card_id"] == loser


def test_cards_without_email_are_created_once(portal: Portal, add_card) -> None:
    portal.change_rule(only_with_email=False)
    first, second = add_card(email=""), add_card(email=None)
    portal.run_well()
    portal.rule.links.all().delete()
    portal.change_rule(watermark=None)
    run = portal.run_well()
    assert len(portal.sandbox.hubspot.contacts()) == 2
    assert (run.failed, portal.link(first).state, portal.link(second).state) == (0, "in_sync", "in_sync")


def test_reconnecting_makes_no_duplicates(portal: Portal, add_card) -> None:
    for number in range(5):
        add_card(email=f"p{number}@sample.example")
    portal.run_well()
    portal.rule.links.all().delete()
    portal.change_rule(watermark=None)
    portal.run_well()
    assert len(portal.sandbox.hubspot.contacts()) == 5
    assert_consistent(portal)


def test_a_merged_contact_is_followed(portal: Portal, add_card) -> None:
    card_id = add_card(title="課長")
    portal.run_well()
    other = portal.sandbox.hubspot.add_contact(email="other@sample.example")
    survivor = portal.sandbox.hubspot.merge_contacts(portal.link(card_id).hubspot_id, other)
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    run = portal.run_well()
    assert (run.updated, portal.link(card_id).hubspot_id) == (1, survivor)
    assert portal.contact_of(card_id)["jobtitle"] == "部長"


def test_two_linked_contacts_that_are_merged_keep_the_better_card(portal: Portal, add_card) -> None:
    older = add_card(email="a@sample.example", exchangeDate="2026-01-01")
    newer = add_card(email="b@sample.example", exchangeDate="2026-02-01")
    portal.run_well()
    survivor = portal.sandbox.hubspot.merge_contacts(portal.link(older).hubspot_id, portal.link(newer).hubspot_id)
    for card_id in (older, newer):
        portal.sandbox.sansan.edit_card(card_id, title="部長")
    portal.run_well()
    assert (portal.link(newer).state, portal.link(newer).hubspot_id) == ("in_sync", survivor)
    loser = portal.link(older)
    assert (loser.state, loser.reason_code, loser.winner_id) == ("excluded", "DUPLICATE_CONTACT", newer)


def test_a_deleted_contact_is_reported_and_not_made_again(portal: Portal, add_card) -> None:
    card_id = add_card(title="課長")
    portal.run_well()
    contact_id = portal.link(card_id).hubspot_id
    portal.sandbox.hubspot.archive_contact(contact_id)
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    run = portal.run_well()
    assert (run.excluded, run.created, portal.link(card_id).reason_code) == (1, 0, "CONTACT_DELETED")
    portal.sandbox.hubspot.restore_contact(contact_id)
    portal.sandbox.sansan.edit_card(card_id, title="社長")
    portal.run_well()
    assert (portal.link(card_id).state, portal.contact_of(card_id)["jobtitle"]) == ("in_sync", "社長")


def before_the_update_is_sent(monkeypatch: pytest.MonkeyPatch, act) -> None:
    """Calls `act` once, between reading the contacts and changing them, as a person at work in HubSpot would."""
    from connectors.hubspot.client import HubSpotClient

    update, todo = HubSpotClient.update_contacts, [act]

    def act_and_update(self, inputs):
        if todo:
            todo.pop()()
        return update(self, inputs)

    monkeypatch.setattr(HubSpotClient, "update_contacts", act_and_update)


def test_a_contact_merged_under_our_hands_is_followed(portal: Portal, add_card, monkeypatch) -> None:
    card_id, other_card = add_card(title="課長"), add_card(email="b@sample.example", title="課長")
    portal.run_well()
    loner = portal.sandbox.hubspot.add_contact(email="loner@sample.example")
    for card in (card_id, other_card):
        portal.sandbox.sansan.edit_card(card, title="部長")
    merged: list[str] = []
    mine = portal.link(card_id).hubspot_id
    before_the_update_is_sent(monkeypatch, lambda: merged.append(portal.sandbox.hubspot.merge_contacts(loner, mine)))
    run = portal.run_well()
    assert (run.updated, run.failed) == (2, 0)
    assert portal.link(card_id).hubspot_id == merged[0]
    assert {portal.contact_of(card)["jobtitle"] for card in (card_id, other_card)} == {"部長"}


def test_a_contact_deleted_under_our_hands_is_reported(portal: Portal, add_card, monkeypatch) -> None:
    card_id, other_card = add_card(title="課長"), add_card(email="b@sample.example", title="課長")
    portal.run_well()
    for card in (card_id, other_card):
        portal.sandbox.sansan.edit_card(card, title="部長")
    contact_id = portal.link(card_id).hubspot_id
    before_the_update_is_sent(monkeypatch, lambda: portal.sandbox.hubspot.archive_contact(contact_id))
    run = portal.run_well()
    assert (run.updated, run.excluded, run.failed) == (1, 1, 0)
    assert portal.link(card_id).reason_code == "CONTACT_DELETED"
    assert portal.contact_of(other_card)["jobtitle"] == "部長"


def test_a_full_run_notices_a_deleted_contact_of_an_unchanged_card(portal: Portal, add_card) -> None:
    card_id = add_card()
    portal.run_well()
    portal.sandbox.hubspot.archive_contact(portal.link(card_id).hubspot_id)
    run = portal.run_well(full=True)
    assert portal.link(card_id).reason_code == "CONTACT_DELETED"
    assert (run.seen, run.excluded) == (1, 1)
    assert portal.sandbox.hubspot.contacts() == []


def test_a_vanished_card_leaves_its_contact_and_returns(portal: Portal, add_card) -> None:
    stays, goes = add_card(), add_card(email="goes@sample.example")
    portal.run_well()
    before = portal.contact_of(goes)
    portal.sandbox.sansan.delete_card(goes)
    run = portal.run_well(full=True)
    assert (run.seen, run.unchanged, run.excluded) == (2, 1, 1)
    assert portal.link(goes).reason_code == "CARD_VANISHED"
    assert portal.sandbox.hubspot.contact(before["id"]) == before
    assert [log.reason_code for log in portal.logs(goes)] == ["", "CARD_VANISHED"]
    assert portal.run_well(full=True).excluded == 0, "reported once"
    assert portal.link(stays).state == "in_sync"


def test_two_rules_share_a_contact_without_fighting_for_its_mark(portal: Portal, add_card, sandbox) -> None:
    card_id = add_card()
    portal.run_well()
    second = build_portal(sandbox, name="second")
    run = second.run_well()
    assert (run.created, run.unchanged, run.failed) == (0, 1, 0)
    assert second.link(card_id).hubspot_id == portal.link(card_id).hubspot_id
