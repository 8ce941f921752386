"""What people do of a morning, from end to end, with a worker that does what they ask for."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from sync.models import LinkState, RunKind, SyncRun
from tests.e2e.conftest import OpenWindow
from tests.people import Rank
from tests.portal import Portal

pytestmark = pytest.mark.xdist_group("browser-walks")
CARD = {
    "lastName": "見本",
    "firstName": "太郎",
    "companyName": "見本商事株式会社",
    "departmentName": "経理部",
    "title": "課長",
    "email": "taro@sample.example",
}
BAD_ADDRESS = "hanako@@sample.example"


def wait_for_end(page: Page) -> None:
    """Stays on a run's page until it says that the run has ended; the page itself asks again and again."""
    expect(page).to_have_url(re.compile(r"/runs/\d+/"))
    expect(page.get_by_role("region", name="Result", exact=True)).to_be_visible()


def test_a_failing_record_is_understood_mended_and_synced(
    open_window: OpenWindow, portal: Portal, worker: None
) -> None:
    portal.sandbox.sansan.add_card(**CARD)
    failing = portal.sandbox.sansan.add_card(**{**CARD, "firstName": "花子", "email": BAD_ADDRESS})
    portal.run_well()
    window = open_window(Rank.OPERATOR)
    page = window.page

    window.open(reverse("health"))
    rule = page.get_by_role("region", name=portal.rule.name)
    expect(rule).to_contain_text(f"{BAD_ADDRESS} is not a valid e-mail address.")
    rule.get_by_role("link", name="見本 花子").click()
    state = page.get_by_role("region", name="State")
    expect(state).to_contain_text("failing")
    expect(state).to_contain_text("Sansan")

    portal.sandbox.sansan.edit_card(failing, email="hanako@sample.example")
    page.get_by_role("button", name="Re-run").click()
    wait_for_end(page)
    window.open(reverse("record_detail", args=[portal.link(failing).pk]))
    expect(page.get_by_role("region", name="State")).to_contain_text("in sync")
    assert portal.contact_of(failing)["email"] == "hanako@sample.example"
    window.open(reverse("health"))
    expect(page.get_by_role("main")).not_to_contain_text(BAD_ADDRESS)


def test_a_mapping_is_edited_previewed_and_run(open_window: OpenWindow, portal: Portal, worker: None) -> None:
    card = portal.sandbox.sansan.add_card(**CARD)
    portal.run_well()
    assert portal.contact_of(card)["jobtitle"] == "課長"
    window = open_window(Rank.OPERATOR)
    page = window.page

    window.open(reverse("rule_mapping", args=[portal.rule.pk]))
    row = page.locator("tr", has=page.locator("input[value=jobtitle]"))
    row.get_by_label("Sansan field").select_option(value="departmentName")
    expect(row).to_contain_text("経理部")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Preview first").click()
    page.get_by_role("button", name="Start the preview").click()
    wait_for_end(page)
    would_be = page.get_by_role("row").filter(has_text="jobtitle")
    expect(would_be).to_contain_text("課長")
    expect(would_be).to_contain_text("経理部")
    assert portal.contact_of(card)["jobtitle"] == "課長", "a preview wrote something"

    page.get_by_role("button", name="Run for real").click()
    wait_for_end(page)
    assert portal.contact_of(card)["jobtitle"] == "経理部"
    kinds = [run.kind for run in SyncRun.objects.order_by("pk")]
    assert kinds == [RunKind.INITIAL, RunKind.PREVIEW, RunKind.FULL]


def test_a_double_click_runs_once(open_window: OpenWindow, portal: Portal, worker: None) -> None:
    portal.sandbox.sansan.add_card(**CARD)
    window = open_window(Rank.OPERATOR)
    window.open(reverse("health"))
    window.page.get_by_role("button", name="Run now").dblclick()
    wait_for_end(window.page)
    assert SyncRun.objects.count() == 1


def test_a_run_is_taken_back_as_far_as_nobody_edited_since(
    open_window: OpenWindow, portal: Portal, worker: None
) -> None:
    untouched = portal.sandbox.sansan.add_card(**CARD)
    edited = portal.sandbox.sansan.add_card(**{**CARD, "firstName": "花子", "email": "hanako@sample.example"})
    run = portal.run_well()
    portal.sandbox.hubspot.edit_contact(portal.link(edited).hubspot_id, jobtitle="部長")
    window = open_window(Rank.OPERATOR)
    page = window.page

    window.open(reverse("run_detail", args=[run.pk]))
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("row").filter(has_text="花子")).to_contain_text("部長")
    assert len(portal.sandbox.hubspot.contacts()) == 2, "its preview wrote something"
    page.get_by_role("button", name="Take it back").click()
    wait_for_end(page)
    assert [contact["sansan_card_id"] for contact in portal.sandbox.hubspot.contacts()] == [edited]
    assert portal.link(untouched).state == LinkState.EXCLUDED
