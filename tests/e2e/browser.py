"""Debian's Chromium, driven by Playwright, and an eye on everything that it complains about."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ABSENT = "there is no Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM"
DESKTOP, PHONE = 1280, 390
HEIGHT = 900
# A page that does not come, or a run that does not end: the machine may be busy.
PATIENCE_MS = 20_000
# The console tells of a violation, too, but not of those that are only reported.
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) => {
  const what = event.sample || event.target;
  console.error(`Policy of pages: ${event.violatedDirective} forbids ${event.blockedURI}: ${what}`);
});
"""
FIND_WIDEST = """() => {
  const reach = (one) => one.getBoundingClientRect().right;
  const isFree = (one) => one === document.body || (getComputedStyle(one).overflowX === "visible" && isFreeIn(one));
  const isFreeIn = (one) => isFree(one.parentElement);
  const all = [...document.body.querySelectorAll("*")].filter(isFreeIn);
  return all.sort((one, other) => reach(other) - reach(one))[0].outerHTML.slice(0, 160);
}"""


def find_chromium() -> str | None:
    """Where it is; None when there is none on this machine."""
    named = os.environ.get("CHROMIUM")
    candidates = (named,) if named else ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in candidates if (found := shutil.which(name))), None)


@contextmanager
def launch(executable: str) -> Iterator[Browser]:
    """A browser without windows."""
    # Its own sandbox does not work as root, and containers have little shared memory. It sees our own pages only.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """A page of one person, with all that it complained about: errors, and violations of the policy of pages."""

    page: Page
    root: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.add_init_script(WATCH_POLICY)
        self.page.set_default_timeout(PATIENCE_MS)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text} ({message.location['url']})")

    def open(self, path: str) -> int:
        """Goes there; returns the status of the answer."""
        answer = self.page.goto(self.root + path)
        assert answer is not None
        return answer.status

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def measure_overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def find_widest(self) -> str:
        """What reaches farthest out of the window."""
        return str(self.page.evaluate(FIND_WIDEST))


def open_context(
    browser: Browser, *, language: str = "en", scheme: str = "light", width: int = DESKTOP
) -> BrowserContext:
    """A browser's profile of its own: language, colours, size; in the zone of Japan."""
    return browser.new_context(
        locale={"ja": "ja-JP", "en": "en-GB"}[language],
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": HEIGHT},
        timezone_id="Asia/Tokyo",
        # Nothing that moves: a picture is of what a page comes to rest at.
        reduced_motion="reduce",
    )
