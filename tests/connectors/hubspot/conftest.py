from collections.abc import Iterator

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors.budget import NO_LIMIT
from connectors.hubspot.client import HubSpotClient

TOKEN = "pat-FAKE-sandbox-not-a-real-token"
URL = "https://hubspot.example"
CONTACTS = f"{URL}/crm/objects/2026-09/contacts"
PROPERTIES = f"{URL}/crm/properties/2026-09/contacts"


@pytest.fixture
def client() -> HubSpotClient:
    return HubSpotClient(TOKEN, base_url=URL, budget=NO_LIMIT, sleep=lambda _: None)


@pytest.fixture
def service() -> Iterator[responses.RequestsMock]:
    """Answers in the declared order, and fails when one is not asked for."""
    with responses.RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=True) as mock:
        yield mock
