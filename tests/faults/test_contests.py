"""Two cards meet at one contact by ways that an e-mail address alone does not show."""

from datetime import timedelta

import pytest

from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import PropertyOption
from connectors.sansan.client import SansanClient
from tests.portal import Portal, assert_consistent

SECOND = "b@sample.example"


def give_second_address(portal: Portal, card_id: str) -> None:
    portal.sandbox.hubspot.edit_contact(portal.link(card_id).hubspot_id, hs_additional_emails=SECOND)


def merge_with_second_address(portal: Portal, card_id: str) -> str:
    other = portal.sandbox.hubspot.add_contact(email=SECOND)
    return portal.sandbox.hubspot.merge_contacts(portal.link(card_id).hubspot_id, other)


@pytest.mark.parametrize("holder_changes", [False, True])
def test_the_holder_is_on_the_same_page(portal: Portal, add_card, holder_changes: bool) -> None:
    holder = add_card(exchangeDate="2026-01-01")
    portal.run_well()
    give_second_address(portal, holder)
    if holder_changes:
        portal.sandbox.sansan.edit_card(holder, title="部長")
    newer = add_card(email=SECOND, exchangeDate="2026-02-01")
    run = portal.run_well()
    assert (run.updated, run.excluded, run.unchanged, run.seen) == (1, 1, 0, 2)
    assert (portal.link(newer).state, portal.link(holder).reason_code) == ("in_sync", "DUPLICATE_CONTACT")
    assert_consistent(portal)


@pytest.mark.parametrize("exchanged", ["2026-01-01", "2026-03-01"])
def test_the_holders_contact_is_merged_and_followed_on_the_same_page(portal: Portal, add_card, exchanged: str) -> None:
    holder = add_card(exchangeDate="2026-02-01")
    portal.run_well()
    merge_with_second_address(portal, holder)
    portal.sandbox.sansan.edit_card(holder, title="部長")
    rival = add_card(email=SECOND, exchangeDate=exchanged)
    portal.run_well()
    winner, loser = (holder, rival) if exchanged < "2026-02-01" else (rival, holder)
    assert (portal.link(winner).state, portal.link(loser).state) == ("in_sync", "excluded")
    assert portal.contact_of(winner)["sansan_card_id"] == winner
    assert_consistent(portal)


def test_a_holder_whose_contact_was_merged_unnoticed_defends_it(portal: Portal, add_card) -> None:
    holder = add_card(exchangeDate="2026-02-01", title="社長", updatedTime="2026-02-01T00:00:00+09:00")
    portal.run_well()
    merge_with_second_address(portal, holder)
    older = add_card(email=SECOND, exchangeDate="2026-01-01", title="平社員")
    portal.run_well()
    [contact] = portal.sandbox.hubspot.contacts()
    assert contact["jobtitle"] == "社長"
    assert (portal.link(older).reason_code, portal.link(older).winner_id) == ("DUPLICATE_CONTACT", holder)


def test_a_card_edited_during_a_full_run_is_not_taken_for_gone(portal: Portal, add_card, monkeypatch) -> None:
    loser = add_card(exchangeDate="2026-01-01")
    card_id = add_card(exchangeDate="2026-02-01", title="課長")
    portal.run_well()
    cards_page, todo = SansanClient.cards_page, [True]

    def edit_first(self, *args, **options):
        if todo:
            todo.pop()
            portal.sandbox.clock.advance(timedelta(seconds=2))
            portal.sandbox.sansan.edit_card(card_id, title="部長")
            portal.sandbox.clock.advance(timedelta(seconds=-2))
        return cards_page(self, *args, **options)

    monkeypatch.setattr(SansanClient, "cards_page", edit_first)
    portal.run_well(full=True)
    assert portal.link(card_id).reason_code != "CARD_VANISHED"
    assert portal.link(loser).reason_code == "DUPLICATE_EMAIL"


@pytest.mark.parametrize("how", [{"write": "never"}, {"enabled": False}])
def test_an_address_that_is_not_written_still_finds_its_contact(portal: Portal, add_card, how) -> None:
    portal.map("email", "email", **how)
    existing = portal.sandbox.hubspot.add_contact(email="taro@sample.example", lastname="見本")
    card_id = add_card()
    told, run = portal.run_well(dry_run=True), portal.run_well()
    assert (run.created, run.updated) == (told.created, told.updated) == (0, 1)
    assert portal.link(card_id).hubspot_id == existing
    assert len(portal.sandbox.hubspot.contacts()) == 1


def test_a_conflict_over_another_unique_value_never_touches_its_owner(portal: Portal, add_card) -> None:
    definition = {"label": "No", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    portal.sandbox.hubspot.add_property(name="member_no", hasUniqueValue=True, **definition)
    portal.map("memo", "member_no")
    person = portal.sandbox.hubspot.add_contact(email="other@sample.example", lastname="別人", member_no="77")
    before = portal.sandbox.hubspot.contact(person)
    card_id = add_card(memo="77")
    run = portal.run_well()
    assert (run.failed, portal.link(card_id).reason_code) == (1, "VALUE_REJECTED")
    assert portal.sandbox.hubspot.contact(person) == before


def test_tag_options_that_another_rule_undid_are_added_again(portal: Portal, add_card, monkeypatch) -> None:
    mine = portal.sandbox.sansan.add_tag("自分", "shared")
    theirs = portal.sandbox.sansan.add_tag("別の規則", "shared")
    card_id = add_card(tags=["自分"])
    replace, todo = HubSpotClient.replace_property_options, [True]

    def replace_and_undo(self, name, options):
        answer = replace(self, name, options)
        if todo:
            todo.pop()
            replace(self, name, [PropertyOption(label="別の規則", value=theirs, display_order=0)])
        return answer

    monkeypatch.setattr(HubSpotClient, "replace_property_options", replace_and_undo)
    run = portal.run_well()
    assert (run.created, run.failed, portal.link(card_id).state) == (1, 0, "in_sync")
    assert {option.value for option in portal.properties()["sansan_tags"].options} == {mine, theirs}


@pytest.mark.parametrize(
    "fields",
    [
        {"lastName": "見\x00本"},
        {"email": "ta\x00ro@@sample.example"},
        {"personId": "P" * 80},
        {"companyName": "見\x00本", "lastName": None, "firstName": None},
    ],
)
def test_text_that_no_database_stores_stops_nothing(portal: Portal, add_card, fields) -> None:
    add_card(**{"email": "a@sample.example", **fields})
    good = add_card(email=SECOND)
    assert portal.run().error_code == ""
    assert portal.link(good).state == "in_sync"


def test_a_card_that_fails_and_is_fixed_within_a_run_is_no_error_of_it(portal: Portal, add_card, monkeypatch) -> None:
    from sync.selectors.runs import summarize_run
    from tests.faults.test_cursor import add_many, after_each_page

    add_many(add_card, 320, updatedTime="2026-02-01T00:00:00+09:00")
    bad = add_card(email="taro@@sample.example", updatedTime="2026-01-01T00:00:00+09:00")

    def fix(pages: int) -> None:
        if pages == 1:
            portal.sandbox.sansan.edit_card(bad, email="taro@sample.example", updatedTime="2026-03-01T00:00:00+09:00")

    after_each_page(monkeypatch, fix)
    run = portal.run_well()
    assert (run.failed, run.created, summarize_run(run)["errors"]) == (0, 321, [])


def test_a_rule_that_matches_by_link_alone_adopts_nobody(portal: Portal, add_card) -> None:
    portal.change_rule(matching=["link"])
    person = portal.sandbox.hubspot.add_contact(email="taro@sample.example", jobtitle="社長")
    card_id = add_card(title="部長")
    told, run = portal.run_well(dry_run=True), portal.run_well()
    assert portal.sandbox.hubspot.contact(person)["jobtitle"] == "社長"
    assert (run.failed, portal.link(card_id).reason_code) == (1, "EMAIL_IN_USE")
    assert told.updated == 0


def test_losers_are_told_of_a_new_winner(portal: Portal, add_card) -> None:
    first = add_card(exchangeDate="2026-01-01")
    second = add_card(exchangeDate="2026-02-01")
    portal.run_well()
    third = add_card(exchangeDate="2026-03-01", updatedTime="2026-01-01T00:00:00+09:00")
    run = portal.run_well(full=True)
    assert [portal.link(card_id).winner_id for card_id in (first, second, third)] == [third, third, ""]
    assert (run.seen, run.excluded, run.updated) == (3, 2, 1)


@pytest.mark.parametrize("question", ["find_sharing_email", "find_holders", "find_losers"])
def test_a_page_is_looked_up_by_index(portal: Portal, django_assert_num_queries, question: str) -> None:
    from django.db import connection

    from sync.models import SyncRun
    from sync.services.processing.link_store import RealLinks

    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by how full the table is")
    run = SyncRun.objects.create(rule=portal.rule, rule_name="x", kind="full")
    with django_assert_num_queries(1) as captured:
        getattr(RealLinks(run), question)([f"p{number}" for number in range(300)])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + captured.captured_queries[0]["sql"])
        plan = str(cursor.fetchall())
    assert any(index in plan for index in ("link_by_email", "link_one_per_contact", "link_by_winner")), plan
