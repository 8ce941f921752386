"""Answers to records: complete ones, thin ones, odd ones."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedAnswerError
from connectors.sansan.parsing import parse_card, parse_card_page, parse_page
from connectors.sansan.records import Card, Tag, User
from tests.connectors.http.odd_json import json_values
from tests.connectors.sansan.samples import make_card, make_page


def test_a_whole_card():
    card = parse_card(make_card(memo="要フォロー", secondTel="03-0000-0001", fax="03-0000-0002"))

    assert card == Card(
        id="card1",
        updated_at=datetime(2026, 4, 3, 0, 5, 40, tzinfo=UTC),
        registered_at=datetime(2026, 4, 2, 9, 20, 11, tzinfo=UTC),
        exchange_date=date(2026, 4, 2),
        company_id="company1",
        person_id="person1",
        owner=User("user1", "見本 花子", "hanako@tenant.example"),
        last_name="見本",
        first_name="太郎",
        last_name_reading="ミホン",
        first_name_reading="タロウ",
        company_name="株式会社見本",
        department_name="購買部",
        title="部長",
        email="taro@sample.example",
        tel="03-0000-0000",
        second_tel="03-0000-0001",
        fax="03-0000-0002",
        mobile="090-0000-0000",
        postal_code="100-0000",
        address="東京都千代田区見本町1-2-3 見本ビル4F",
        prefecture="東京都",
        city="千代田区",
        street="見本町1-2-3",
        building="見本ビル4F",
        country_code="JP",
        url="https://sample.example",
        memo="要フォロー",
        entry_status="completed",
        tags=(Tag("tag1", "展示会2026春", "shared"), Tag("tag2", "VIP", "public"), Tag("tag3", "秘密", "private")),
    )
    assert card.updated_at is not None
    assert card.updated_at.tzinfo is UTC


def test_a_card_of_which_only_the_id_is_known():
    assert parse_card({"id": "card1"}) == Card(id="card1", updated_at=None)
    assert parse_card(dict.fromkeys(make_card(), None) | {"id": 17}) == Card(id="17", updated_at=None)


@pytest.mark.parametrize("body", [None, [], "card", {}, {"id": ""}, {"id": None}, {"id": True}, {"id": ["card1"]}])
def test_a_card_without_an_id_is_not_one(body):
    with pytest.raises(UnexpectedAnswerError, match="a card with an id"):
        parse_card(body)


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "", "20260402T", 20, None, {}])
def test_a_bad_date_in_one_field_costs_that_field_only(text):
    card = parse_card(make_card(exchangeDate=text, registeredTime=text, updatedTime=text))

    assert (card.exchange_date, card.registered_at, card.updated_at) == (None, None, None)
    assert card.last_name == "見本"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-04-03T09:05:40+09:00", datetime(2026, 4, 3, 0, 5, 40, tzinfo=UTC)),
        ("2026-04-03T00:05:40Z", datetime(2026, 4, 3, 0, 5, 40, tzinfo=UTC)),
        ("2026-04-03T00:05:40.250Z", datetime(2026, 4, 3, 0, 5, 40, 250000, tzinfo=UTC)),
        ("2026-04-03T09:05:40", None),
        ("0001-01-01T00:00:00+09:00", None),
    ],
)
def test_times_with_any_offset_but_not_without_one(text, time):
    assert parse_card(make_card(updatedTime=text)).updated_at == time


def test_a_tag_without_an_id_does_not_cost_the_card():
    card = parse_card(make_card(tags=[{"name": "VIP"}, None, {"id": 5, "name": "展示会"}]))

    assert card.tags == (Tag("5", "展示会", ""),)


@given(value=json_values, name=st.sampled_from(sorted(make_card())))
def test_any_value_in_any_field_is_a_card_or_a_named_error(value, name):
    try:
        card = parse_card(make_card(**{name: value}))
    except UnexpectedAnswerError:
        assert name == "id"
    else:
        assert card.id


@given(items=json_values, more=json_values, token=json_values)
def test_any_answer_is_a_page_or_a_named_error(items, more, token):
    try:
        page = parse_card_page({"data": items, "hasMore": more, "nextPageToken": token})
    except UnexpectedAnswerError:
        return
    assert len(page.cards) == len(items)


@pytest.mark.parametrize(
    ("body", "token"),
    [
        ({"hasMore": False, "nextPageToken": None, "data": []}, ""),
        ({"hasMore": False, "data": []}, ""),
        ({"hasMore": False, "nextPageToken": "left over", "data": []}, ""),
        ({"hasMore": True, "nextPageToken": "t1", "data": []}, "t1"),
        ({"nextPageToken": "t1", "data": []}, "t1"),
        ({"data": []}, ""),
    ],
)
def test_there_is_a_next_page_when_the_service_says_so(body, token):
    assert parse_page(body) == ([], token)


@pytest.mark.parametrize("token", [None, "", {}])
def test_a_promise_of_more_without_a_way_to_it_is_an_error(token):
    with pytest.raises(UnexpectedAnswerError, match="nextPageToken"):
        parse_page({"hasMore": True, "nextPageToken": token, "data": []})


def test_an_unexpected_answer_shows_its_form_and_nobodys_data():
    with pytest.raises(UnexpectedAnswerError) as caught:
        parse_card_page({"items": make_page(make_card())["data"], "ok": True})

    assert "got {items: [1 × {30 keys}], ok: yes/no}" in str(caught.value)
    assert "見本" not in str(caught.value)
