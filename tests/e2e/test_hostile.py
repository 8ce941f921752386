"""Names that are scripts, turn the direction of reading or have 500 characters; thousands of tags and properties: no
script runs, and no page becomes wider than a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sync.models import ConnectedAccount, SyncRun
from tests.e2e.browser import PHONE, Window
from tests.e2e.conftest import OpenWindow
from tests.people import Rank
from tests.portal import Portal
from tests.sync.views.access_table import list_pages
from tests.sync.views.things import make_things

pytestmark = pytest.mark.xdist_group("browser-pages")
SCRIPT = "<script>isTakenOver = 1</script><img src=x onerror='isTakenOver = 1'>"
TURNED = "\u202e社会式株\u2067"
LONG = "長" * 250 + "W" * 250
TAGS, PROPERTIES = 5_000, 1_000


def make_hostile_cards(portal: Portal) -> None:
    """Cards as only a mischievous person would write them, of which some fail."""
    portal.sandbox.sansan.add_tag(f"{SCRIPT[:40]}{TURNED}")
    for number, text in enumerate((SCRIPT, TURNED, LONG, "W" * 500)):
        for email in (f"hostile{number}@sample.example", f"{number}@@{text}"):
            portal.sandbox.sansan.add_card(
                lastName=text, firstName=text, companyName=text, title=text, memo=text, email=email
            )
    portal.run_well()
    for card in portal.sandbox.sansan.cards():
        portal.sandbox.sansan.edit_card(card["id"], title=f"{SCRIPT}{LONG}")
    portal.run_well()


def name_hostilely(portal: Portal) -> None:
    portal.change_rule(name=f"{SCRIPT}{TURNED}"[:100])
    SyncRun.objects.update(requested_by=SCRIPT[:150])
    for account in ConnectedAccount.objects.all():
        ConnectedAccount.objects.filter(pk=account.pk).update(
            name=f"{account.pk}{'W' * 50}{SCRIPT[:40]}", external_name=f"{SCRIPT}{LONG}"[:200]
        )
    portal.add_filter("companyName", "contains", SCRIPT + LONG)


def test_no_name_takes_a_page_over(open_window: OpenWindow, portal: Portal) -> None:
    make_hostile_cards(portal)
    things = make_things(portal)
    name_hostilely(portal)
    changed = portal.rule.links.exclude(name="見本 太郎").first()
    pages = list_pages(things, Rank.ADMINISTRATOR) | {
        "record_detail of a hostile card": reverse("record_detail", args=[changed.pk]),
        "run_detail of hostile cards": reverse("run_detail", args=[portal.rule.runs.exclude(seen=2).latest("pk").pk]),
    }
    window = open_window(Rank.ADMINISTRATOR, width=PHONE)
    findings = {name: found for name, address in pages.items() if (found := look_at(window, address))}
    assert findings == {}


def look_at(window: Window, address: str) -> list[str]:
    assert window.open(address) == 200, address
    found = []
    if window.page.evaluate("'isTakenOver' in window"):
        found.append("a script ran")
    if pixels := window.measure_overflow():
        found.append(f"{pixels} pixels wider than a phone: {window.find_widest()}")
    return found


def test_thousands_of_tags_can_be_searched(open_window: OpenWindow, portal: Portal) -> None:
    for number in range(TAGS):
        portal.sandbox.sansan.add_tag(f"展示会タグ{number:04}")
    window = open_window(Rank.OPERATOR, width=PHONE)
    window.open(reverse("rule_tags", args=[portal.rule.pk]))
    window.page.get_by_role("searchbox").fill("展示会タグ4321")
    window.page.get_by_role("searchbox").press("Enter")
    expect(window.page.get_by_label("展示会タグ4321")).to_be_visible()
    expect(window.page.get_by_label("展示会タグ4322")).to_be_hidden()
    assert window.measure_overflow() == 0


def test_a_property_is_chosen_among_a_thousand(open_window: OpenWindow, portal: Portal) -> None:
    for number in range(PROPERTIES):
        portal.sandbox.hubspot.add_property(name=f"custom_{number:04}", label=f"独自{number:04}{LONG[:60]}")
    portal.sandbox.sansan.add_card(lastName="見本", email="taro@sample.example", memo="要見積")
    window = open_window(Rank.OPERATOR, width=PHONE)
    page = window.page
    window.open(reverse("rule_mapping", args=[portal.rule.pk]))
    assert window.measure_overflow() == 0
    row = page.locator("tr", has=page.locator("input[value=jobtitle]"))
    row.get_by_label("HubSpot property").fill("custom_0999")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Sync all records anew")).to_be_visible()
    assert portal.rule.mappings.filter(hubspot_property="custom_0999").exists()
