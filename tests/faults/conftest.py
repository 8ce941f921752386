from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from tests.portal import Portal, build_portal


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Empty, unless a test asks for a number of seeded cards."""
    with Sandbox(cards=getattr(request, "param", 0)) as running:
        yield running


@pytest.fixture
def portal(db: None, settings: Settings, sandbox: Sandbox) -> Portal:
    settings.SANSAN_BASE_URL = sandbox.sansan.url
    settings.HUBSPOT_BASE_URL = sandbox.hubspot.url
    settings.SANSAN_REQUESTS_PER_SECOND = 0
    settings.SANSAN_REQUESTS_PER_MINUTE = 0
    settings.HUBSPOT_REQUESTS_PER_10_SECONDS = 0
    settings.CONNECTOR_OPTIONS = {"read_timeout_seconds": 1.0, "sleep": lambda _: None}
    return build_portal(sandbox)


CARD = {"lastName": "見本", "firstName": "太郎", "companyName": "株式会社見本", "email": "taro@sample.example"}


@pytest.fixture
def add_card(sandbox: Sandbox):
    """Adds a card to Sansan that differs from the sample in what is given."""
    return lambda **fields: sandbox.sansan.add_card(**{**CARD, **fields})
