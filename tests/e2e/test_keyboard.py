"""Without a mouse: every control can be reached, in the order of the page, and one sees where one is."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from sync.models import SyncRun
from tests.e2e.conftest import OpenWindow
from tests.people import PASSWORD, Rank, make_user
from tests.portal import Portal
from tests.sync.views.things import make_things

pytestmark = pytest.mark.xdist_group("browser-walks")
# Each control is numbered in the order of the page; a closed part of the page has none that can be reached.
NUMBER_CONTROLS = """() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const isReached = (one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0;
  const isStop = (one) => one.type !== "radio" || one.checked;
  const ordered = [...document.querySelectorAll(kinds)].filter((one) => isReached(one) && isStop(one));
  ordered.forEach((one, number) => { one.dataset.number = number; });
  return ordered.length;
}"""
DESCRIBE_FOCUS = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const isRinged = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {number: Number(one.dataset.number ?? -1), html: one.outerHTML.slice(0, 120), isRinged};
}"""
MOST_CONTROLS = 120


def walk_through(page: Page) -> list[dict[str, object]]:
    """Presses the tab key from the top to the end of the page; what had the focus, in this order."""
    count = min(page.evaluate(NUMBER_CONTROLS), MOST_CONTROLS)
    assert count > 0
    stops = []
    for _ in range(count):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(DESCRIBE_FOCUS))
    return stops


@pytest.mark.parametrize("name", ["health", "record_list", "run_list", "rule_list", "rule_mapping", "rule_tags"])
def test_the_tab_key_goes_through_the_page(open_window: OpenWindow, portal: Portal, name: str) -> None:
    make_things(portal)
    window = open_window(Rank.OPERATOR)
    window.open(reverse(name, args=[portal.rule.pk] if name in ("rule_mapping", "rule_tags") else []))
    stops = walk_through(window.page)
    assert [stop["number"] for stop in stops] == list(range(len(stops))), stops
    assert [stop["html"] for stop in stops if not stop["isRinged"]] == []


def test_one_skips_to_the_content(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.VIEWER)
    window.open(reverse("health"))
    page = window.page
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_one_logs_in_and_runs_a_rule(open_window: OpenWindow, portal: Portal) -> None:
    make_user(Rank.OPERATOR)
    window = open_window()
    window.open(reverse("health"))
    page = window.page
    page.get_by_label("Username").focus()
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Run now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(portal.rule.name)
    assert SyncRun.objects.get().requested_by == "operator"
