"""Each call: what is asked, and what comes of the answer."""

from datetime import UTC, date, datetime, timedelta, timezone

import orjson
import pytest
from responses.matchers import header_matcher, query_param_matcher

from connectors.budget import NO_LIMIT
from connectors.errors import (
    AnswerLostError,
    CredentialsError,
    MissingScopeError,
    NotFoundError,
    RejectedError,
    RetryLaterError,
    UnexpectedAnswerError,
)
from connectors.sansan.client import SansanClient
from connectors.sansan.records import NewCard, Tag, User
from tests.connectors.sansan.conftest import KEY, URL
from tests.connectors.sansan.samples import make_card, make_page

PERIOD = {"updated_from": datetime(2026, 4, 1, tzinfo=UTC), "updated_to": datetime(2026, 4, 2, tzinfo=UTC)}


def test_me_asks_with_the_key(client, service):
    service.get(
        f"{URL}/me",
        json={"id": "user1", "name": "見本 花子", "email": "hanako@tenant.example"},
        match=[header_matcher({"X-Sansan-Api-Key": KEY})],
    )

    assert client.me() == User(id="user1", name="見本 花子", email="hanako@tenant.example")
    assert client.requests_sent == 1


def test_me_falls_back_to_the_tags_where_there_is_no_me(client, service):
    service.get(f"{URL}/me", status=404, json={})
    service.get(f"{URL}/tags", json=make_page(), match=[query_param_matcher({"limit": "1"})])

    assert client.me() == User(id="", name="", email="")


@pytest.mark.parametrize("body", [{}, [], {"item": {"name": "見本 花子"}}])
def test_me_takes_what_it_gets(client, service, body):
    service.get(f"{URL}/me", json=body)

    assert client.me().name == ("見本 花子" if body else "")


def test_a_wrong_key_is_a_credentials_error_with_a_hint(client, service):
    service.get(f"{URL}/me", status=401, json={"message": f"bad key {KEY}"})

    with pytest.raises(CredentialsError, match="key is unknown") as caught:
        client.me()
    assert KEY not in str(caught.value)


def test_tags_reads_all_pages_of_public_and_shared_ones(client, service):
    asked = {"range": "all", "type": ["public", "shared"], "limit": "100"}
    first = {"id": "tag1", "name": "展示会", "type": "shared", "owner": {"id": "user1", "name": "見本 花子"}}
    service.get(f"{URL}/tags", json=make_page(first, token="t1"), match=[query_param_matcher(asked)])
    service.get(
        f"{URL}/tags",
        json=make_page({"id": "tag2", "name": "VIP", "type": "public"}),
        match=[query_param_matcher({**asked, "nextPageToken": "t1"})],
    )

    assert list(client.tags()) == [
        Tag("tag1", "展示会", "shared", User("user1", "見本 花子")),
        Tag("tag2", "VIP", "public"),
    ]


def test_a_tag_without_an_id_is_not_what_was_expected(client, service):
    service.get(f"{URL}/tags", json=make_page({"name": "VIP"}))

    with pytest.raises(UnexpectedAnswerError, match=r"a tag with an id, got \{name: text\}"):
        list(client.tags())


def test_a_page_of_cards_is_asked_for_in_japanese_time(client, service):
    asked = {
        "updatedFrom": "2026-04-01T09:30:15+09:00",
        "updatedTo": "2026-04-02T00:00:00+09:00",
        "range": "all",
        "includeTags": "true",
        "orderBy": "updatedAt",
        "orderDirection": "asc",
        "limit": "300",
    }
    service.get(f"{URL}/bizCards", json=make_page(make_card(), token="t1"), match=[query_param_matcher(asked)])

    page = client.cards_page(
        datetime(2026, 4, 1, 0, 30, 15, 999999, tzinfo=UTC),
        datetime(2026, 4, 1, 17, 0, tzinfo=timezone(timedelta(hours=2))),
    )

    assert [card.id for card in page.cards] == ["card1"]
    assert page.next_page_token == "t1"
    assert "%2B09%3A00" in str(service.calls[0].request.url)


def test_a_further_page_is_asked_for_with_the_same_conditions(client, service):
    service.get(f"{URL}/bizCards", json=make_page(make_card()))
    service.get(f"{URL}/bizCards", json=make_page(make_card()))

    client.cards_page(**PERIOD, limit=50)
    client.cards_page(**PERIOD, limit=50, page_token="t/1=")

    first, second = (call.request.params for call in service.calls)
    assert second == {**first, "nextPageToken": "t/1="}


def test_a_time_without_a_zone_is_refused(client):
    with pytest.raises(ValueError, match="time zone"):
        client.cards_page(datetime(2026, 4, 1), datetime(2026, 4, 2, tzinfo=UTC))  # noqa: DTZ001


def test_search_sends_the_given_conditions_with_every_page(client, service):
    asked = {
        "email": "taro+x@sample.example",
        "tagId": ["tag1", "tag2"],
        "includePastBizCards": "true",
        "range": "all",
        "includeTags": "true",
        "limit": "300",
    }
    service.get(f"{URL}/bizCards/search", json=make_page(make_card(), token="t1"), match=[query_param_matcher(asked)])
    service.get(
        f"{URL}/bizCards/search",
        json=make_page(make_card(id="card2")),
        match=[query_param_matcher({**asked, "nextPageToken": "t1"})],
    )

    found = client.search_cards(email="taro+x@sample.example", tag_ids=["tag1", "tag2"], include_past=True)

    assert [card.id for card in found] == ["card1", "card2"]


def test_search_by_names_leaves_the_other_conditions_out(client, service):
    service.get(f"{URL}/bizCards/search", json=make_page())

    assert list(client.search_cards(name="見本", company_name="株式会社")) == []
    assert service.calls[0].request.params == {
        "name": "見本",
        "companyName": "株式会社",
        "range": "all",
        "includeTags": "true",
        "limit": "300",
    }


def test_search_refuses_to_go_round_in_circles(client, service):
    service.get(f"{URL}/bizCards/search", json=make_page(make_card(), token="t1"))
    service.get(f"{URL}/bizCards/search", json=make_page(make_card(), token="t1"))

    with pytest.raises(UnexpectedAnswerError, match="same page"):
        list(client.search_cards(email="taro@sample.example"))


@pytest.mark.parametrize("wrap", [lambda card: card, lambda card: {"item": card}])
def test_one_card_is_read_bare_or_wrapped(client, service, wrap):
    service.get(
        f"{URL}/bizCards/a%2Fb%3F",
        json=wrap(make_card(id="a/b?")),
        match=[query_param_matcher({"includeTags": "true"})],
    )

    assert client.card("a/b?").id == "a/b?"


def test_a_card_that_is_gone(client, service):
    service.get(f"{URL}/bizCards/card9", status=404, json={"error": [{"code": "not_found"}]})

    with pytest.raises(NotFoundError) as caught:
        client.card("card9")
    assert caught.value.code == "not_found"


def test_register_sends_what_is_not_empty(client, service):
    service.post(f"{URL}/bizCards", status=201, json={"id": "card7"})
    card = NewCard(
        last_name="見本",
        first_name="太郎",
        exchange_date=date(2026, 4, 2),
        second_tel="03-0000-0001",
        country_code="AUTO",
        tag_ids=("tag1",),
    )

    assert client.register_card(card) == "card7"
    assert orjson.loads(service.calls[0].request.body) == {
        "lastName": "見本",
        "firstName": "太郎",
        "exchangeDate": "2026-04-02",
        "secondTel": "03-0000-0001",
        "countryCode": "AUTO",
        "tagIds": ["tag1"],
    }


def test_register_does_not_send_again_what_may_have_been_registered(client, service):
    service.post(f"{URL}/bizCards", status=500, json={})

    with pytest.raises(AnswerLostError):
        client.register_card(NewCard(company_name="株式会社見本"))
    assert client.requests_sent == 1


@pytest.mark.parametrize("body", [{}, {"item": {}}, [], {"id": None}])
def test_register_without_an_id_in_the_answer_is_a_lost_answer(client, service, body):
    service.post(f"{URL}/bizCards", status=201, json=body)

    with pytest.raises(AnswerLostError):
        client.register_card(NewCard(last_name="見本"))


def test_register_wants_a_name(client):
    with pytest.raises(ValueError, match="name"):
        client.register_card(NewCard(email="taro@sample.example"))


def test_waits_as_long_as_the_body_of_a_429_says(service):
    rests: list[float] = []
    client = SansanClient(KEY, base_url=URL, budget=NO_LIMIT, sleep=rests.append)
    service.get(f"{URL}/me", status=429, json={"error": [{"code": "too_many_requests"}], "retry_after": 3})
    service.get(f"{URL}/me", json={"id": "user1"})

    client.me()

    assert 3 <= sum(rests) <= 3.25


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ({"statusCode": 400, "message": "limit is out of range", "error": [{"code": "E01"}]}, "E01", "limit is out"),
        ({"error": [{"code": "E01", "message": "limit"}, {"code": "E02", "message": "range"}]}, "E01", "limit; range"),
        ({"errors": [{"message": "limit"}]}, "", "limit"),
        ({"error": "limit"}, "", "limit"),
        ({"error": {"code": "E03"}}, "E03", "E03"),
        ({"error": [None, 5], "message": 7}, "", "7"),
        (["limit"], "", '["limit"]'),
    ],
)
def test_error_bodies_of_any_form_are_read(client, service, body, code, text):
    service.get(f"{URL}/bizCards", status=400, json=body)

    with pytest.raises(RejectedError) as caught:
        client.cards_page(**PERIOD)
    assert caught.value.code == code
    assert text in str(caught.value)


def test_an_error_that_is_a_page_is_quoted_in_part(client, service):
    service.get(f"{URL}/bizCards", status=400, body="<html>" + "x" * 5000)

    with pytest.raises(RejectedError) as caught:
        client.cards_page(**PERIOD)
    assert "<html>xxx" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_refused_right_says_what_it_may_be(client, service):
    service.get(f"{URL}/tags", status=403, json={})

    with pytest.raises(MissingScopeError, match="Data Hub"):
        list(client.tags())


def test_a_service_that_stays_unwell(client, service):
    for _ in range(5):
        service.get(f"{URL}/me", status=503)

    with pytest.raises(RetryLaterError):
        client.me()
    assert client.requests_sent == 5


def test_shows_no_key(client):
    assert repr(client) == "SansanClient(HttpClient('Sansan', 'https://sansan.example/v6.0'))"
    assert KEY not in repr(client)


@pytest.mark.parametrize("key", ["", "  ", "ＡＢＣＤ１２３４"])
def test_a_key_that_cannot_be_one_is_refused_at_once(key):
    with pytest.raises(CredentialsError):
        SansanClient(key, budget=NO_LIMIT)


def test_a_pasted_key_may_have_spaces_around_it(service):
    service.get(f"{URL}/me", json={}, match=[header_matcher({"X-Sansan-Api-Key": KEY})])

    SansanClient(f" {KEY}\n", base_url=URL, budget=NO_LIMIT).me()
