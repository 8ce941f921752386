from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from connectors.sansan.client import SansanClient
from sync.models import SyncRun
from sync.services import reading
from sync.services.processing import batches, pipeline, queues
from tests.portal import Portal, build_portal


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Empty, unless a test asks for a number of seeded cards."""
    with Sandbox(cards=getattr(request, "param", 0)) as running:
        yield running


@pytest.fixture(params=["whole batches", "crowded"])
def crowd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> str:
    """Every scenario is played twice: as it is, and with so small portions that several batches are always under
    way, and their answers overtake each other. Scenarios that count batches of a hundred are not crowded."""
    mode: str = request.param
    if mode == "crowded":
        if request.node.get_closest_marker("counts_batches"):
            pytest.skip("counts batches of a hundred")
        monkeypatch.setattr(batches, "BATCH_SIZE", 5)
        monkeypatch.setattr(queues, "BATCH_SIZE", 5)
        monkeypatch.setattr(pipeline, "MOST_UNRECORDED", 4)
        monkeypatch.setattr(reading, "PORTION", 6)
        defaults = SansanClient.cards_page.__kwdefaults__
        monkeypatch.setattr(SansanClient.cards_page, "__kwdefaults__", {**defaults, "limit": 8})
        sandbox.hubspot.set_latency(0, up_to=6)
    return mode


@pytest.fixture
def portal(db: None, settings: Settings, sandbox: Sandbox, crowd: str) -> Portal:
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


@pytest.fixture
def chiefs(add_card) -> list[str]:
    """A dozen cards with a title."""
    return [add_card(email=f"p{number}@sample.example", title="課長") for number in range(12)]


@pytest.fixture
def first_run(portal: Portal, chiefs: list[str]) -> SyncRun:
    """The run that created a contact for each of them."""
    return portal.run_well()
