"""What the editors of a rule do beyond plain forms: rows that answer, a counter, and entries that a lost session
does not take along."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Route, expect

from tests.e2e.conftest import OpenWindow
from tests.people import PASSWORD, Rank
from tests.portal import Portal

pytestmark = pytest.mark.xdist_group("browser-walks")
CARD = {"lastName": "見本", "firstName": "太郎", "title": "課長", "email": "taro@sample.example"}


def test_a_row_answers_while_it_is_edited(open_window: OpenWindow, portal: Portal) -> None:
    portal.sandbox.sansan.add_card(**CARD)
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_mapping", args=[portal.rule.pk]))
    row = page.locator("tr", has=page.locator("input[value=jobtitle]"))
    row.get_by_label("transform").select_option(label="Cut to a length")
    length = row.get_by_label("Longest length in characters")
    length.fill("1")
    length.press("Tab")
    expect(row.locator(".example")).to_have_text(re.compile(r"課長\s*→\s*課\s*$"))
    row.get_by_label("Sansan field").select_option(label="Exchange date")
    expect(row).to_contain_text("“Cut to a length” can't be used on this kind of field (date).")
    row.get_by_label("transform").select_option(label="What suits the field")
    expect(row.get_by_label("HubSpot property")).to_have_attribute("list", "fits-date")
    expect(page.locator("#fits-date option[value=sansan_exchange_date]")).to_be_attached()


def test_what_is_entered_while_a_row_is_asked_about_stays(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_mapping", args=[portal.rule.pk]))
    row = page.locator("#mapping tbody tr").nth(5)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/mapping/", hold)
    with page.expect_request("**/mapping/"):
        row.get_by_label("write").select_option(label="only if empty")
    row.get_by_label("HubSpot property").fill("company")
    for route in asked:
        route.continue_()
    page.unroute("**/mapping/")
    row.get_by_label("HubSpot property").press("Tab")
    expect(row).to_contain_text("another mapping goes to")
    expect(row.get_by_label("write")).to_have_value("if_empty")


def test_a_moved_row_keeps_what_was_entered(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_mapping", args=[portal.rule.pk]))
    rows = page.locator("#mapping tbody tr")
    expect(rows).to_have_count(23)
    rows.nth(22).get_by_label("write").select_option(label="never")
    position = rows.nth(22).get_by_label("position")
    position.fill("1")
    position.press("Tab")
    expect(rows.nth(0).get_by_label("HubSpot property")).to_have_value("sansan_memo")
    expect(rows.nth(0).get_by_label("write")).to_have_value("never")
    expect(rows).to_have_count(23)


def test_tags_are_found_while_one_types_and_counted_while_one_ticks(open_window: OpenWindow, portal: Portal) -> None:
    for name in ("得意先A", "得意先B", "展示会2027"):
        portal.sandbox.sansan.add_tag(name, "shared")
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_tags", args=[portal.rule.pk]))
    page.get_by_label("Only the tags selected below").check()
    page.get_by_label("展示会2027").check()
    expect(page.locator("#tag-counter")).to_have_text("1/300")
    page.get_by_label("Search tags").press_sequentially("得意先")
    expect(page.locator("#tags-found")).to_contain_text("2 more tags found")
    expect(page.get_by_label("展示会2027")).to_be_checked()
    page.get_by_role("button", name="Select all found").click()
    expect(page.locator("#tag-counter")).to_have_text("3/300")


def test_another_field_brings_another_kind_of_value(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_filters", args=[portal.rule.pk]))
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("field").select_option(label="Exchange date")
    expect(page.get_by_label("value")).to_have_attribute("type", "date")
    page.get_by_label("operator").select_option(label="is not more days ago than")
    expect(page.get_by_label("days", exact=True)).to_have_attribute("type", "number")


def test_a_lost_session_loses_nothing(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.OPERATOR)
    page = window.page
    window.open(reverse("rule_settings", args=[portal.rule.pk]))
    page.get_by_label("Interval in minutes").fill("25")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Username").fill(Rank.OPERATOR.name.lower())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("Interval in minutes")).to_have_value("10")
    page.get_by_role("button", name="Put it back into the page").click()
    expect(page.get_by_label("Interval in minutes")).to_have_value("25")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    portal.rule.refresh_from_db()
    assert portal.rule.interval_minutes == 25
    expect(page.get_by_role("button", name="Put it back into the page")).to_be_hidden()
