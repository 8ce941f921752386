from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from dramatiq.worker import Worker
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from connectors.sandbox import Sandbox
from sync.broker import broker
from tests.e2e.browser import ABSENT, Window, find_chromium, launch, open_context
from tests.people import Rank, make_user
from tests.portal import Portal, build_portal

OpenWindow = Callable[..., Window]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests of this folder, and gone behind them."""
    executable = find_chromium()
    if executable is None:
        pytest.skip(ABSENT)
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, in which Django would refuse its database. It guards
        # coroutines that share a connection; here there are none: the loop rests while a test reads the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with launch(executable) as running:
            yield running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=0) as running:
        yield running


@pytest.fixture
def services(settings: Settings, sandbox: Sandbox) -> Sandbox:
    """The sandbox, with the settings of this process, and so of the live server, pointing at it."""
    settings.SANSAN_BASE_URL = sandbox.sansan.url
    settings.HUBSPOT_BASE_URL = sandbox.hubspot.url
    settings.SANSAN_REQUESTS_PER_SECOND = settings.SANSAN_REQUESTS_PER_MINUTE = 0
    settings.HUBSPOT_REQUESTS_PER_10_SECONDS = 0
    return sandbox


@pytest.fixture
def worker(transactional_db: None, services: Sandbox) -> Iterator[None]:
    """Works off what is queued, as a worker process does."""
    working = Worker(broker, worker_threads=1, worker_timeout=100)
    working.start()
    yield
    working.stop()
    broker.flush_all()


@pytest.fixture
def portal(transactional_db: None, services: Sandbox) -> Portal:
    return build_portal(services)


@pytest.fixture
def open_window(browser: Browser, live_server: LiveServer, services: Sandbox) -> Iterator[OpenWindow]:
    """Opens windows for people of a rank; in the end none may have complained."""
    windows: list[Window] = []

    def open_one(rank: Rank = Rank.SIGNED_OUT, **profile: object) -> Window:
        context = open_context(browser, **profile)
        if rank > Rank.SIGNED_OUT:
            client = Client()
            client.force_login(make_user(rank))
            session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        windows.append(Window(context.new_page(), live_server.url))
        return windows[-1]

    yield open_one
    complaints = [complaint for window in windows for complaint in window.complaints]
    for window in windows:
        window.page.context.close()
    assert complaints == []
