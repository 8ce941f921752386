"""The client and the reader against the stand-in: every fault on the way, and the whole list at the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from connectors.budget import NO_LIMIT, RateBudget, RateLimit
from connectors.errors import CredentialsError, NotFoundError, UnexpectedAnswerError
from connectors.sandbox import Fault, Sandbox
from connectors.sansan.client import SansanClient
from connectors.sansan.paging import CardWalk
from connectors.sansan.records import NewCard

START = datetime(2000, 1, 1, tzinfo=UTC)
BULK_IMPORT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """60 cards, and 45 more that were imported within one second."""
    with Sandbox(cards=60, seed=3) as sandbox:
        for number in range(45):
            sandbox.sansan.add_card(lastName=f"取込{number}", updatedTime=BULK_IMPORT)
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> SansanClient:
    return SansanClient(
        sandbox.sansan.api_key,
        base_url=sandbox.sansan.url,
        budget=NO_LIMIT,
        sleep=lambda _: None,
        read_timeout_seconds=0.4,
    )


def read_ids(client: SansanClient, sandbox: Sandbox) -> list[str]:
    end = sandbox.clock.now() + timedelta(minutes=1)
    fetch = partial(client.cards_page, limit=20)
    return [card.id for batch in CardWalk(fetch, end).read(START) for card in batch.cards]


@pytest.mark.parametrize("token_style", ["offset", "keyset"])
def test_reads_every_card_once(sandbox, client, token_style):
    sandbox.sansan.token_style = token_style

    ids = read_ids(client, sandbox)

    assert sorted(ids) == sorted(card["id"] for card in sandbox.sansan.cards())
    assert client.requests_sent == len(sandbox.sansan.requests)


@pytest.mark.parametrize("after", [0, 5])
@pytest.mark.parametrize(
    "fault",
    [
        "status_429",
        "status_500",
        "status_503",
        "status_524",
        "reset_before",
        "reset_after",
        "truncated_json",
        "html_page",
        "html_error",
        "empty_page",
        "null_fields",
    ],
)
def test_reads_every_card_in_spite_of_a_fault(sandbox, client, fault, after):
    sandbox.sansan.add_fault(Fault(fault, path="/bizCards", after=after))

    assert set(read_ids(client, sandbox)) == {card["id"] for card in sandbox.sansan.cards()}


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_reads_every_card_in_spite_of_a_silence(sandbox, client, fault):
    sandbox.sansan.add_fault(Fault(fault, path="/bizCards", after=2, seconds=0.6))

    assert set(read_ids(client, sandbox)) == {card["id"] for card in sandbox.sansan.cards()}


def test_reads_on_when_the_tokens_expire_in_the_middle_of_a_block(sandbox, client):
    class Forgetful:
        """Forgets its tokens before the second page that is asked for by one."""

        tokens_used = 0

        def __call__(self, *period, page_token=""):
            self.tokens_used += bool(page_token)
            if self.tokens_used == 2:
                sandbox.sansan.expire_tokens()
            return client.cards_page(*period, page_token=page_token, limit=20)

    ids = [
        card.id
        for batch in CardWalk(Forgetful(), sandbox.clock.now() + timedelta(minutes=1)).read(START)
        for card in batch.cards
    ]

    assert sorted(ids) == sorted(card["id"] for card in sandbox.sansan.cards())
    assert 400 in {seen.status for seen in sandbox.sansan.requests}


def test_edits_between_the_pages_hide_no_card(sandbox, client):
    known = {card["id"] for card in sandbox.sansan.cards()}
    victims = iter(sorted(known))

    def fetch_and_edit(*period, page_token=""):
        page = client.cards_page(*period, page_token=page_token, limit=20)
        if len(sandbox.sansan.requests) < 8:
            sandbox.sansan.edit_card(next(victims), title="次長")
        return page

    end = sandbox.clock.now() + timedelta(minutes=1)
    ids = {card.id for batch in CardWalk(fetch_and_edit, end).read(START) for card in batch.cards}

    assert ids == known


def test_a_token_that_was_garbled_is_not_a_reason_to_stop(sandbox, client):
    sandbox.sansan.add_fault(Fault("garbled_token", path="/bizCards", after=4))

    assert set(read_ids(client, sandbox)) == {card["id"] for card in sandbox.sansan.cards()}


def test_a_token_that_leads_back_to_its_own_page_ends_the_search(sandbox, client):
    sandbox.sansan.add_fault(Fault("repeated_token", path="/bizCards", times=None))

    with pytest.raises(UnexpectedAnswerError, match="same page"):
        read_ids(client, sandbox)


def test_registers_finds_and_loses_a_card(sandbox, client):
    card_id = client.register_card(NewCard(last_name="見本", email="shinki@sample.example"))

    assert [card.id for card in client.search_cards(email="shinki@sample.example")] == [card_id]
    assert client.card(card_id).last_name == "見本"
    sandbox.sansan.delete_card(card_id)
    with pytest.raises(NotFoundError):
        client.card(card_id)


def test_a_revoked_key(sandbox, client):
    assert client.me().id
    sandbox.sansan.revoke_credentials()

    with pytest.raises(CredentialsError):
        client.me()


def test_four_threads_on_one_budget_are_never_told_to_slow_down(sandbox):
    sandbox.sansan.set_limit(per_second=30)
    budget = RateBudget([RateLimit(30, 1)])

    def ask(_: int) -> None:
        client = SansanClient(sandbox.sansan.api_key, base_url=sandbox.sansan.url, budget=budget)
        for _ in range(20):
            client.me()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))

    assert len(sandbox.sansan.requests) == 80
    assert sandbox.sansan.count_429 == 0
