from collections.abc import Iterator

import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller, SansanCaller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=0) as running:
        yield running


@pytest.fixture
def sansan(sandbox: Sandbox) -> SansanCaller:
    return SansanCaller(sandbox.sansan.url, sandbox.sansan.api_key)


@pytest.fixture
def hubspot(sandbox: Sandbox) -> HubSpotCaller:
    return HubSpotCaller(sandbox.hubspot.url, sandbox.hubspot.token)
