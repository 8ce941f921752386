"""What keeps a card out of HubSpot, and how it says so."""

import pytest

from tests.portal import Portal


def test_cards_without_an_address_are_excluded_by_default(portal: Portal, add_card) -> None:
    card_id = add_card(email=None)
    run = portal.run_well()
    assert (run.excluded, portal.link(card_id).reason_code) == (1, "NO_EMAIL")
    assert portal.run_well().excluded == 1
    assert [log.action for log in portal.logs(card_id)] == ["exclude"], "told once, not in every run"


def test_invalid_addresses_fail_before_anything_is_sent(portal: Portal, add_card) -> None:
    card_id = add_card(email="taro@@sample.example")
    run = portal.run_well()
    assert (run.status, run.failed, portal.link(card_id).reason_code) == ("partial", 1, "INVALID_EMAIL")
    assert portal.sandbox.hubspot.contacts() == []


def test_a_filter_decides_and_is_named(portal: Portal, add_card) -> None:
    portal.add_filter("companyName", "contains", "株式会社")
    passes = add_card(companyName="（株）見本")
    fails = add_card(companyName="見本商店", email="b@sample.example")
    portal.add_filter("companyName", "not_contains", "商店")
    portal.run_well()
    assert portal.link(fails).reason_code == "FILTERED"
    assert "companyName" in portal.link(fails).reason_detail["condition"]
    assert portal.link(passes).reason_code == "FILTERED", "(株) is not 株式会社: the filter compares texts"


def test_any_of_the_conditions_is_enough_when_the_rule_says_so(portal: Portal, add_card) -> None:
    portal.change_rule(filter_match="any")
    portal.add_filter("title", "equals", "部長")
    portal.add_filter("prefecture", "equals", "大阪府")
    chief, osaka, neither = (
        add_card(title="部長", email="a@sample.example"),
        add_card(prefecture="大阪府", email="b@sample.example"),
        add_card(email="c@sample.example"),
    )
    run = portal.run_well()
    assert (run.created, run.excluded) == (2, 1)
    assert [portal.link(card_id).state for card_id in (chief, osaka, neither)] == ["in_sync", "in_sync", "excluded"]


def test_a_linked_card_that_leaves_the_filter_keeps_its_contact(portal: Portal, add_card) -> None:
    portal.add_filter("title", "equals", "部長")
    card_id = add_card(title="部長", departmentName="営業部")
    portal.run_well()
    contact = portal.contact_of(card_id)
    portal.sandbox.sansan.edit_card(card_id, title="顧問", departmentName="総務部")
    run = portal.run_well()
    assert (run.excluded, portal.link(card_id).state) == (1, "excluded")
    assert portal.contact_of(card_id) == contact
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    portal.run_well()
    assert portal.contact_of(card_id)["sansan_department"] == "総務部"


def test_tags_limit_only_when_asked(portal: Portal, add_card) -> None:
    vip = portal.sandbox.sansan.add_tag("最優先", "shared")
    portal.sandbox.sansan.add_tag("その他", "public")
    portal.change_rule(sync_all_tags=False)
    portal.rule.tags.create(position=1, tag_id=vip, name="最優先", type="shared")
    tagged = add_card(tags=["最優先", "その他"])
    other = add_card(tags=["その他"], email="b@sample.example")
    portal.run_well()
    assert portal.contact_of(tagged)["sansan_tags"] == vip
    assert portal.link(other).state == "in_sync"
    portal.change_rule(only_with_these_tags=True)
    portal.run_well(full=True)
    assert (portal.link(other).state, portal.link(other).reason_code) == ("excluded", "TAG_NOT_SELECTED")


def test_tag_options_appear_with_their_tags_and_follow_renames(portal: Portal, add_card) -> None:
    tag_id = portal.sandbox.sansan.add_tag("展示会", "shared")
    card_id = add_card(tags=["展示会"])
    portal.run_well()
    portal.sandbox.sansan.rename_tag("展示会", "展示会2026")
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    portal.run_well()
    options = portal.properties()["sansan_tags"].options
    assert {option.value: option.label for option in options} == {tag_id: "展示会2026"}
    assert portal.contact_of(card_id)["sansan_tags"] == tag_id


def test_tags_that_share_a_name_stay_apart(portal: Portal, add_card) -> None:
    first = portal.sandbox.sansan.add_tag("重要", "shared")
    portal.sandbox.sansan.rename_tag("重要", "重要な人")
    second = portal.sandbox.sansan.add_tag("重要", "public")
    cards = [add_card(email="a@sample.example", tags=["重要な人"]), add_card(email="b@sample.example", tags=["重要"])]
    portal.sandbox.sansan.rename_tag("重要な人", "重要")
    run = portal.run_well()
    assert (run.created, run.failed) == (2, 0)
    assert [portal.contact_of(card_id)["sansan_tags"] for card_id in cards] == [first, second]
    labels = [option.label for option in portal.properties()["sansan_tags"].options]
    assert len(labels) == len(set(labels)) == 2
    requests = portal.run_well(full=True).requests_hubspot
    assert portal.run_well(full=True).requests_hubspot == requests


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "長" * 41}, "VALUE_TOO_LONG"),
        ({"lastName": None, "firstName": None, "email": None}, "NO_NAME"),
    ],
)
def test_what_hubspot_would_refuse_fails_with_its_reason(portal: Portal, add_card, fields, code: str) -> None:
    portal.change_rule(only_with_email=False)
    portal.sandbox.hubspot.set_validation_rule("jobtitle", "MAX_LENGTH", "40")
    good, bad = add_card(email="good@sample.example"), add_card(**fields)
    run = portal.run_well()
    assert (run.created, run.failed, portal.link(bad).reason_code) == (1, 1, code)
    assert portal.link(good).state == "in_sync"


def test_a_property_that_the_account_requires_is_named(portal: Portal, add_card) -> None:
    portal.sandbox.hubspot.require_property("jobtitle")
    good, bad = add_card(title="部長"), add_card(email="b@sample.example")
    run = portal.run_well()
    assert (run.created, run.failed) == (1, 1)
    assert portal.link(good).state == "in_sync"
    assert portal.link(bad).reason_code == "REQUIRED_PROPERTY"
