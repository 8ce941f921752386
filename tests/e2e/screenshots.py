"""Photographs every page of the portal and the administration, and makes the README's pictures.

    uv run python -m tests.e2e.screenshots [--only NAME] [--readme] [FOLDER]

Starts all that it needs by itself: the stand-ins for Sansan and HubSpot, a database in a scratch folder, the server
and a browser; plays two weeks of syncing; and takes each page in both languages, light and dark, wide and narrow. Ends
with 1 if a page does not come, or a browser complains.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sandbox import Sandbox
from tests.e2e.browser import ABSENT, DESKTOP, PHONE, Window, find_chromium, launch, open_context

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).resolve().parents[2] / ".github" / "images"
CARDS = 240
LANGUAGES, SCHEMES, WIDTHS = ("ja", "en"), ("light", "dark"), (DESKTOP, PHONE)
# The first thing of a long page says it all.
TALLEST = 2400
README_HEIGHT = 800
# What stands in the README, by the names of the addresses; the picture is called as the page.
README_PAGES = ("health", "rule_mapping", "record_detail", "dashboard")


@contextmanager
def prepare_django(folder: Path, sandbox: Sandbox) -> Iterator[None]:
    """A fresh, migrated database in the folder, and the settings pointing at the stand-ins."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": f"sqlite:///{folder / 'photographed.sqlite3'}",
        "REDIS_URL": "",
        "DEBUG": "true",
        "SECRET_KEY": "only-for-pictures",
        "SANSAN_BASE_URL": sandbox.sansan.url,
        "HUBSPOT_BASE_URL": sandbox.hubspot.url,
        "SANSAN_REQUESTS_PER_SECOND": "0",
        "SANSAN_REQUESTS_PER_MINUTE": "0",
        # Playwright's event loop is in this thread; see the fixture `browser` of the tests.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    call_command("migrate", verbosity=0)
    yield


@contextmanager
def serve() -> Iterator[str]:
    """The portal on a free port, with its static files; gives its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://{thread.host}:{thread.port}"
    finally:
        thread.terminate()


def list_addresses(things: dict[str, object]) -> dict[str, str]:
    """Every page that an administrator of the integration may read, and some of them in a further state."""
    from django.urls import NoReverseMatch, reverse

    from tests.people import Rank
    from tests.sync.views.access_table import list_pages

    further = {
        "record_list-failing": ("record_list", None, f"?rule={things['rule'].pk}&state=failing"),
        "record_detail-changed": ("record_detail", things["changed_record"], ""),
        "run_detail-preview": ("run_detail", things["preview_run"], ""),
        "run_detail-retry": ("run_detail", things["retry_run"], ""),
        "run_detail-broken": ("run_detail", things["broken_run"], ""),
        "account_detail-hubspot": ("account_detail", things["hubspot_account"], ""),
    }
    pages = {"login": reverse("login"), **list_pages(things, Rank.ADMINISTRATOR)}
    for name, (view, thing, query) in further.items():
        try:
            pages[name] = reverse(view, args=[thing.pk] if thing else []) + query
        except NoReverseMatch:
            continue
    return pages


def make_session() -> dict[str, str]:
    """The cookie of an administrator of the integration."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


class Photographer:
    """Goes round in the browser with that cookie; keeps count, and what was wrong."""

    def __init__(self, browser: "Browser", root: str, cookie: dict[str, str]) -> None:
        self._browser = browser
        self._root = root
        self._cookie = cookie
        self.count = 0
        self.complaints: list[str] = []

    @contextmanager
    def open_window(self, *, is_signed_in: bool = True, **profile: object) -> Iterator[Window]:
        context = open_context(self._browser, **profile)
        if is_signed_in:
            context.add_cookies([{**self._cookie, "url": self._root}])
        window = Window(context.new_page(), self._root)
        yield window
        self.complaints += window.complaints
        context.close()

    def take_all(self, pages: dict[str, str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for language, scheme, width in product(LANGUAGES, SCHEMES, WIDTHS):
            ending = f"{language}-{scheme}-{width}.png"
            for is_signed_in in (False, True):
                chosen = {name: address for name, address in pages.items() if (name != "login") == is_signed_in}
                look = {"language": language, "scheme": scheme, "width": width}
                with self.open_window(is_signed_in=is_signed_in, **look) as window:
                    for name, address in chosen.items():
                        window.open(address)
                        self._take(window, width, folder / f"{re.sub('[^a-z_-]', '_', name)}-{ending}")

    def _take(self, window: Window, width: int, file: Path) -> None:
        height = min(window.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        whole = {"x": 0, "y": 0, "width": width, "height": height}
        window.page.screenshot(path=file, full_page=True, clip=whole)
        self.count += 1

    def take_for_readme(self, pages: dict[str, str]) -> None:
        IMAGES.mkdir(parents=True, exist_ok=True)
        with self.open_window(language="ja") as window:
            window.page.set_viewport_size({"width": DESKTOP, "height": README_HEIGHT})
            for name in README_PAGES:
                window.open(pages[name])
                window.page.screenshot(path=IMAGES / f"{name}.png")
                self.count += 1


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"), metavar="FOLDER")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--readme", action="store_true", help=f"make the README's pictures instead, in {IMAGES.name}")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    executable = find_chromium()
    if executable is None:
        sys.exit(ABSENT)
    with (
        tempfile.TemporaryDirectory() as scratch,
        Sandbox(cards=CARDS) as sandbox,
        prepare_django(Path(scratch), sandbox),
    ):
        from tests.e2e.stage import set_stage

        pages = list_addresses(set_stage(sandbox))
        cookie = make_session()
        with serve() as root, launch(executable) as browser:
            photographer = Photographer(browser, root, cookie)
            if options.readme:
                photographer.take_for_readme(pages)
            else:
                chosen = {name: address for name, address in pages.items() if options.only in name}
                photographer.take_all(chosen, options.folder)
    sys.stdout.write(f"{photographer.count} pictures in {IMAGES if options.readme else options.folder}\n")
    if photographer.complaints:
        sys.exit("\n".join(dict.fromkeys(photographer.complaints)))


if __name__ == "__main__":
    main()
