"""The set-up, from the first key to the end of the first sync."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RuleSetup, RunKind, SyncRule, SyncRun
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_walks import CARD, wait_for_end
from tests.people import Rank

pytestmark = pytest.mark.xdist_group("browser-walks")
TAG = "VIP"


def expect_step(page: Page, name: str) -> None:
    expect(page.get_by_role("list", name="Steps of the set-up").locator("[aria-current=step]")).to_have_text(name)


def connect(page: Page, label: str, key: str) -> None:
    page.get_by_label(label).fill(key)
    page.get_by_role("button", name="Try it out and save").click()


def connect_sansan(page: Page, sandbox: Sandbox) -> None:
    expect_step(page, "Connect Sansan")
    connect(page, "API key", "not-a-key")
    expect(page.get_by_role("main")).to_contain_text("does not accept the API key")
    assert ConnectedAccount.objects.count() == 0
    expect(page.get_by_label("Name")).to_have_value("Sansan")
    connect(page, "API key", sandbox.sansan.api_key)
    page.get_by_role("button", name="Continue").click()


def choose_tag(page: Page) -> None:
    expect_step(page, "Choose tags")
    page.get_by_label("Only the tags selected below").check()
    page.get_by_label(TAG).check()
    page.get_by_role("button", name="Save and continue").click()


def connect_hubspot(page: Page, sandbox: Sandbox) -> None:
    expect_step(page, "Connect HubSpot")
    connect(page, "Access token", sandbox.hubspot.token)
    expect(page.get_by_role("main")).to_contain_text("Portal")
    page.get_by_role("button", name="Continue").click()


def preview(page: Page) -> None:
    expect_step(page, "Preview")
    page.get_by_role("button", name="Start the preview").click()
    expect(page.locator("#preview .stats > .good")).to_have_text("1would be created")
    page.get_by_role("button", name="Continue", exact=True).click()


def test_the_whole_set_up_leads_to_a_first_sync(open_window: OpenWindow, worker: None, services: Sandbox) -> None:
    wanted = services.sansan.add_card(**CARD, tags=[TAG])
    window = open_window(Rank.ADMINISTRATOR)
    page = window.page
    window.open(reverse("health"))
    page.get_by_role("main").get_by_role("link", name="Set up a sync").first.click()
    page.get_by_role("button", name="Start a set-up").click()
    connect_sansan(page, services)
    choose_tag(page)
    connect_hubspot(page, services)
    for step in ("Direction", "Field mapping", "Limits"):
        expect_step(page, step)
        page.get_by_role("button", name="Save and continue").click()
    preview(page)
    expect_step(page, "Review")
    assert services.hubspot.contacts() == []
    assert not SyncRule.objects.get().enabled, "something would run before the last step"

    page.get_by_label("Name").fill("VIPの名刺")
    page.get_by_role("button", name="Save and sync").click()
    wait_for_end(page)
    assert [contact["sansan_card_id"] for contact in services.hubspot.contacts()] == [wanted]
    rule = SyncRule.objects.get()
    assert (rule.name, rule.enabled) == ("VIPの名刺", True)
    assert [run.kind for run in SyncRun.objects.order_by("pk")] == [RunKind.PREVIEW, RunKind.INITIAL]
    assert RuleSetup.objects.get().finished_at is not None


def test_a_set_up_is_left_and_taken_up_again(open_window: OpenWindow, services: Sandbox) -> None:
    window = open_window(Rank.ADMINISTRATOR)
    page = window.page
    window.open(reverse("setup_start"))
    page.get_by_role("button", name="Start a set-up").click()
    connect_sansan(page, services)
    choose_tag(page)
    expect_step(page, "Connect HubSpot")
    window.open(reverse("health"))
    page.get_by_role("link", name="Go on with it").click()
    expect_step(page, "Connect HubSpot")
    page.go_back()
    page.go_forward()
    page.get_by_role("list", name="Steps of the set-up").get_by_role("link", name="Choose tags").click()
    expect(page.get_by_label(TAG)).to_be_checked()
