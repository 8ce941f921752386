"""Coming in, being refused, going."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.browser import Window
from tests.e2e.conftest import OpenWindow
from tests.people import PASSWORD, Rank, make_user
from tests.portal import Portal

pytestmark = pytest.mark.xdist_group("browser-walks")
# There is a page for it, and yet the console tells of each.
REFUSAL = "Failed to load resource: the server responded with a status of 403 (Forbidden)"


def forgive_refusals(window: Window) -> int:
    """Takes the refusals that a test provoked from what the browser complained about; returns how many there were."""
    others = [complaint for complaint in window.complaints if REFUSAL not in complaint]
    count = len(window.complaints) - len(others)
    window.complaints[:] = others
    return count


def test_one_comes_in_by_the_form_and_goes(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window()
    page = window.page
    make_user(Rank.VIEWER)
    window.open(reverse("rule_detail", args=[portal.rule.pk]))
    page.get_by_label("Username").fill("viewer")
    page.get_by_label("Password").fill("a wrong one")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#content")).to_contain_text("correct username and password")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(portal.rule.name)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_viewer_is_refused_what_operators_do(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.VIEWER)
    assert window.open(reverse("health")) == 200
    expect(window.page.get_by_role("button", name="Run now")).to_have_count(0)
    assert window.open(reverse("admin:sync_syncrule_add")) == 403
    expect(window.page.get_by_role("main")).to_contain_text("does not allow")
    assert forgive_refusals(window) == 1


def test_a_stranger_reads_why_the_pages_are_closed(open_window: OpenWindow, portal: Portal) -> None:
    window = open_window(Rank.STRANGER)
    assert window.open(reverse("health")) == 403
    assert portal.rule.name not in window.page.content()
    assert forgive_refusals(window) == 1
