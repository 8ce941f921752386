"""Every page in a browser: nothing that it complains about, nothing that axe finds serious, nothing wider than the
window. The pages are those that the table of rights names, which knows every address."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.browser import DESKTOP, PHONE, Window
from tests.e2e.conftest import OpenWindow
from tests.people import Rank
from tests.portal import Portal
from tests.sync.views.access_table import list_pages
from tests.sync.views.things import make_things

pytestmark = [pytest.mark.xdist_group("browser-pages"), pytest.mark.timeout(300)]
SERIOUS = ("serious", "critical")
# Style sheets read once more would be styles in the page, which its policy forbids.
EVERYTHING: dict[str, object] = {
    "resultTypes": ["violations"],
    "preload": False,
    # The administration's search box has a picture for its label.
    "rules": {"label-title-only": {"enabled": False}},
}
ONLY_CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}
# Links change their colour gradually.
WAIT_FOR_TRANSITIONS = "() => Promise.all(document.getAnimations().map((animation) => animation.finished))"


def list_findings(page: Page, options: dict[str, object]) -> Iterator[str]:
    """What axe finds serious: the rule, and where."""
    for found in Axe().run(page, options=options).response["violations"]:
        if found["impact"] in SERIOUS:
            yield f"{found['id']}: {[node['target'] for node in found['nodes']][:4]}"


def examine(window: Window, name: str, address: str) -> Iterator[str]:
    """What is wrong with a page, in light and dark, wide and narrow."""
    if (status := window.open(address)) != 200:
        yield f"answers {status}"
        return
    page = window.page
    yield from list_findings(page, EVERYTHING)
    page.emulate_media(color_scheme="dark")
    page.evaluate(WAIT_FOR_TRANSITIONS)
    yield from (f"dark, {finding}" for finding in list_findings(page, ONLY_CONTRAST))
    page.emulate_media(color_scheme="light")
    yield from list_overflows(window)
    if page.locator("h1").count() != 1:
        yield "has not one heading"


def list_overflows(window: Window) -> Iterator[str]:
    for width in (PHONE, DESKTOP):
        window.resize(width)
        if (pixels := window.measure_overflow()) > 0:
            yield f"{pixels} pixels wider than a window of {width}"


@pytest.mark.parametrize("area", ["portal", "administration"])
def test_every_page_is_sound(open_window: OpenWindow, portal: Portal, area: str) -> None:
    window = open_window(Rank.ADMINISTRATOR)
    pages = list_pages(make_things(portal), Rank.ADMINISTRATOR)
    findings = {
        name: found
        for name, address in pages.items()
        if name.startswith("admin:") == (area == "administration") and (found := list(examine(window, name, address)))
    }
    assert findings == {}


@pytest.mark.parametrize("area", ["portal", "administration"])
def test_every_page_fits_its_window_in_japanese(open_window: OpenWindow, portal: Portal, area: str) -> None:
    window = open_window(Rank.ADMINISTRATOR, language="ja")
    overflows = {}
    for name, address in list_pages(make_things(portal), Rank.ADMINISTRATOR).items():
        if name.startswith("admin:") == (area == "administration"):
            window.open(address)
            assert window.page.locator("html").get_attribute("lang") == "ja"
            overflows[name] = list(list_overflows(window))
    assert {name: found for name, found in overflows.items() if found} == {}
