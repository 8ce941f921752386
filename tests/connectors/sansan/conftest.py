from collections.abc import Iterator

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors.budget import NO_LIMIT
from connectors.sansan.client import SansanClient

KEY = "FAKEsandboxSansanKey000000000000"
URL = "https://sansan.example/v6.0"


@pytest.fixture
def client() -> SansanClient:
    return SansanClient(KEY, base_url=URL, budget=NO_LIMIT, sleep=lambda _: None)


@pytest.fixture
def service() -> Iterator[responses.RequestsMock]:
    """Answers in the declared order, and fails when one is not asked for."""
    with responses.RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=True) as mock:
        yield mock
