"""The way of a card from Sansan to HubSpot, without anything going wrong."""

import pytest

from sync.models import RecordLog, SyncRun
from sync.selectors.runs import summarize_run
from tests.portal import Portal, assert_consistent


def test_a_card_becomes_a_contact(portal: Portal, add_card) -> None:
    tag_id = portal.sandbox.sansan.add_tag("展示会", "shared")
    card_id = add_card(
        lastName="山田",
        firstName="花子",
        lastNameReading="ﾔﾏﾀﾞ",
        firstNameReading="はなこ",
        email="ＨＡＮＡＫＯ＠Sample.example",
        tel="０３－１２３４－５６７８",
        countryCode="JP",
        title="部長",
        departmentName="営業部",
        companyName="㈱見本",
        street="見本町1-2-3",
        building="見本ビル4F",
        exchangeDate="2026-04-02",
        tags=["展示会"],
        memo="秘密",
    )
    run = portal.run_well()
    contact = portal.contact_of(card_id)
    assert (run.kind, run.status, run.created, run.seen) == ("initial", "succeeded", 1, 1)
    expected = {
        "lastname": "山田",
        "firstname": "花子",
        "email": "hanako@sample.example",
        "phone": "+81312345678",
        "company": "(株)見本",
        "jobtitle": "部長",
        "sansan_department": "営業部",
        "sansan_last_name_kana": "ヤマダ",
        "sansan_first_name_kana": "ハナコ",
        "sansan_exchange_date": "2026-04-02",
        "sansan_tags": tag_id,
        "sansan_card_id": card_id,
    }
    assert {name: contact[name] for name in expected} == expected
    assert contact["address"] == "見本町1-2-3 見本ビル4F"
    assert not contact.get("sansan_memo"), "the memo is off by default"
    [log] = portal.logs(card_id)
    assert (log.action, log.hubspot_id, log.changes["jobtitle"]) == ("create", contact["id"], ["", "部長"])


def test_a_second_run_writes_nothing(portal: Portal, add_card) -> None:
    for number in range(7):
        add_card(email=f"person{number}@sample.example")
    portal.run_well()
    portal.sandbox.hubspot.forget_requests()
    run = portal.run_well()
    assert (run.kind, run.unchanged) == ("incremental", run.seen)
    assert portal.sandbox.hubspot.writes == []
    assert run.requests_sansan + run.requests_hubspot <= 2


def test_a_changed_card_changes_its_contact_and_says_so(portal: Portal, add_card) -> None:
    card_id = add_card(title="課長")
    portal.run_well()
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    run = portal.run_well()
    assert (run.updated, run.failed) == (1, 0)
    assert portal.contact_of(card_id)["jobtitle"] == "部長"
    assert portal.logs(card_id)[-1].changes == {"jobtitle": ["課長", "部長"]}


def test_an_existing_contact_is_found_by_its_email_in_any_case(portal: Portal, add_card) -> None:
    existing = portal.sandbox.hubspot.add_contact(email="taro@sample.example", jobtitle="社長")
    card_id = add_card(email="Taro@Sample.Example", title="部長")
    run = portal.run_well()
    assert (run.created, run.updated) == (0, 1)
    assert portal.link(card_id).hubspot_id == existing
    assert portal.logs(card_id)[0].changes["jobtitle"] == ["社長", "部長"]


def test_an_existing_contact_is_found_by_a_secondary_address(portal: Portal, add_card) -> None:
    first = portal.sandbox.hubspot.add_contact(email="old@sample.example")
    second = portal.sandbox.hubspot.add_contact(email="taro@sample.example")
    survivor = portal.sandbox.hubspot.merge_contacts(first, second)
    card_id = add_card()
    run = portal.run_well()
    assert (run.created, run.failed) == (0, 0)
    assert portal.link(card_id).hubspot_id == survivor
    assert portal.contact_of(card_id)["email"] == "old@sample.example", "the primary address is left alone"


def test_write_policies_protect_what_people_typed(portal: Portal, add_card) -> None:
    portal.map("title", "jobtitle", write="if_empty")
    portal.map("companyName", "company", write="never")
    portal.sandbox.hubspot.add_contact(email="taro@sample.example", jobtitle="社長", company="手入力")
    card_id = add_card(title="部長", companyName="株式会社見本", departmentName="営業部")
    portal.run_well()
    contact = portal.contact_of(card_id)
    assert (contact["jobtitle"], contact["company"], contact["sansan_department"]) == ("社長", "手入力", "営業部")


def test_removed_tags_are_taken_off_and_private_ones_never_appear(portal: Portal, add_card) -> None:
    shared = portal.sandbox.sansan.add_tag("展示会", "shared")
    portal.sandbox.sansan.add_tag("ひみつ", "private")
    card_id = add_card(tags=["展示会", "ひみつ"])
    portal.run_well()
    assert portal.contact_of(card_id)["sansan_tags"] == shared
    portal.sandbox.sansan.retag_card(card_id, ["ひみつ"])
    portal.run_well(full=True)
    assert not portal.contact_of(card_id).get("sansan_tags")
    assert all("ひみつ" not in str(log.changes) for log in portal.logs())


@pytest.mark.parametrize("sandbox", [900], indirect=True)
def test_seeded_cards_end_in_a_state_with_a_reason(portal: Portal) -> None:
    run = portal.run_well()
    assert_consistent(portal)
    assert run.created > 600
    assert run.excluded > 0
    assert run.failed > 0
    assert portal.rule.links.filter(state="in_sync").count() == run.created
    assert portal.rule.links.filter(state="excluded").count() == run.excluded
    assert portal.rule.links.filter(state="failing").count() == run.failed
    assert not portal.rule.links.exclude(state="in_sync").filter(reason_code="").exists()
    summary = summarize_run(run)
    assert sum(error["count"] for error in summary["errors"]) == run.failed
    rows = RecordLog.objects.filter(run=run, superseded=False)
    assert rows.filter(action="update").count() == 0
    assert rows.filter(action="create").count() == run.created
    portal.sandbox.hubspot.forget_requests()
    portal.run_well()
    assert portal.sandbox.hubspot.writes == []
    assert SyncRun.objects.count() == 2
