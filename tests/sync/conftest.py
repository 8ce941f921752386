from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from tests.portal import Portal, build_portal
from tests.sync.installation import Installation


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=0) as running:
        yield running


@pytest.fixture
def services(settings: Settings, sandbox: Sandbox) -> Sandbox:
    """The sandbox, with the settings pointing at it."""
    settings.SANSAN_BASE_URL = sandbox.sansan.url
    settings.HUBSPOT_BASE_URL = sandbox.hubspot.url
    settings.SANSAN_REQUESTS_PER_SECOND = 0
    settings.SANSAN_REQUESTS_PER_MINUTE = 0
    settings.HUBSPOT_REQUESTS_PER_10_SECONDS = 0
    return sandbox


@pytest.fixture
def portal(db: None, services: Sandbox) -> Portal:
    return build_portal(services)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own, used from outside through its commands."""
    installed = Installation(tmp_path)
    yield installed
    installed.end_all()
