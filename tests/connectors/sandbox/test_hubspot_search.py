from datetime import timedelta
from typing import Any

import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return sorted(one["properties"]["lastname"] for one in answer.json()["results"])


@pytest.fixture
def people(sandbox: Sandbox) -> dict[str, str]:
    add = sandbox.hubspot.add_contact
    return {
        "A": add(
            lastname="A", company="Mihon Trading", numemployees_count="5", work_anniversary="2026-01-01",
            hs_lead_status="NEW", phone="+81 3-0000-0001", hs_buying_role="CHAMPION;DECISION_MAKER",
        ),
        "B": add(lastname="B", company="Reiji Foods", numemployees_count="12", hs_lead_status="OPEN"),
        "C": add(lastname="C", email="c@example.jp", work_anniversary="2026-06-01"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"propertyName": "company", "operator": "EQ", "value": "mihon TRADING"}, "A"),
        ({"propertyName": "company", "operator": "NEQ", "value": "mihon trading"}, "BC"),
        ({"propertyName": "company", "operator": "HAS_PROPERTY"}, "AB"),
        ({"propertyName": "company", "operator": "NOT_HAS_PROPERTY"}, "C"),
        ({"propertyName": "company", "operator": "CONTAINS_TOKEN", "value": "foods"}, "B"),
        ({"propertyName": "company", "operator": "CONTAINS_TOKEN", "value": "fo*"}, "B"),
        ({"propertyName": "company", "operator": "CONTAINS_TOKEN", "value": "ood"}, ""),
        ({"propertyName": "company", "operator": "NOT_CONTAINS_TOKEN", "value": "foods"}, "AC"),
        ({"propertyName": "company", "operator": "IN", "values": ["reiji foods", "x"]}, "B"),
        ({"propertyName": "company", "operator": "IN", "values": ["Reiji Foods"]}, ""),
        ({"propertyName": "company", "operator": "NOT_IN", "values": ["reiji foods"]}, "AC"),
        ({"propertyName": "numemployees_count", "operator": "LT", "value": "12"}, "A"),
        ({"propertyName": "numemployees_count", "operator": "LTE", "value": "12"}, "AB"),
        ({"propertyName": "numemployees_count", "operator": "GT", "value": "5"}, "B"),
        ({"propertyName": "numemployees_count", "operator": "GTE", "value": "5"}, "AB"),
        ({"propertyName": "numemployees_count", "operator": "BETWEEN", "value": "6", "highValue": "12"}, "B"),
        ({"propertyName": "numemployees_count", "operator": "IN", "values": ["5.0"]}, "A"),
        ({"propertyName": "work_anniversary", "operator": "GT", "value": "1767225600000"}, "C"),
        ({"propertyName": "hs_lead_status", "operator": "EQ", "value": "new"}, ""),
        ({"propertyName": "hs_lead_status", "operator": "EQ", "value": "NEW"}, "A"),
        ({"propertyName": "hs_buying_role", "operator": "IN", "values": ["CHAMPION"]}, "A"),
        ({"propertyName": "phone", "operator": "EQ", "value": "0300000001"}, "A"),
        ({"propertyName": "email", "operator": "EQ", "value": "C@example.jp"}, "C"),
        ({"propertyName": "hs_object_id", "operator": "GT", "value": "1001"}, "BC"),
    ],
)
def test_operators(hubspot: HubSpotCaller, people: dict[str, str], one: dict[str, Any], expected: str) -> None:
    assert names(hubspot.search(one)) == list(expected)


def test_groups_are_or_and_filters_and(hubspot: HubSpotCaller, people: dict[str, str]) -> None:
    has_company = {"propertyName": "company", "operator": "HAS_PROPERTY"}
    is_open = {"propertyName": "hs_lead_status", "operator": "EQ", "value": "OPEN"}
    has_email = {"propertyName": "email", "operator": "HAS_PROPERTY"}
    assert names(hubspot.search(has_company, is_open)) == ["B"]
    groups = [{"filters": [has_company, is_open]}, {"filters": [has_email]}]
    assert names(hubspot.call("POST", f"{hubspot.contacts}/search", {"filterGroups": groups})) == ["B", "C"]
    assert names(hubspot.search(query="reiji")) == ["B"]
    assert names(hubspot.search()) == ["A", "B", "C"]


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 7}]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 4}] * 5},
        {"filterGroups": [{"filters": [{"propertyName": "no_such", "operator": "HAS_PROPERTY"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "LIKE", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "IN", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "numemployees_count", "operator": "BETWEEN", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "numemployees_count", "operator": "GT", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "createdate", "operator": "GT", "value": "2026-01-01"}]}]},
        {"limit": 201},
        {"limit": 0},
        {"after": "x"},
        {"after": "9901", "limit": 100},
        {"sorts": ["email", "lastname"]},
        {"sorts": ["no_such"]},
        {"query": "x" * 3000},
    ],
)
def test_searches_over_a_limit_are_refused(hubspot: HubSpotCaller, body: dict[str, Any]) -> None:
    assert hubspot.call("POST", f"{hubspot.contacts}/search", body).status_code == 400


def test_results_are_sorted_and_paged(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    for number in (3, 11, 2):
        sandbox.hubspot.add_contact(lastname=str(number), numemployees_count=number)
    sort: Any
    for sort, expected in (
        ({"propertyName": "numemployees_count", "direction": "DESCENDING"}, ["11", "3", "2"]),
        ("-numemployees_count", ["11", "3", "2"]),
        ("numemployees_count", ["2", "3", "11"]),
        ("lastname", ["11", "2", "3"]),
    ):
        first = hubspot.search(sorts=[sort], limit=2).json()
        second = hubspot.search(sorts=[sort], limit=2, after=first["paging"]["next"]["after"]).json()
        assert [one["properties"]["lastname"] for one in first["results"] + second["results"]] == expected
        assert (first["total"], "paging" in second) == (3, False)


def test_chosen_properties_are_shown(hubspot: HubSpotCaller, people: dict[str, str]) -> None:
    answer = hubspot.search(properties=["company", "no_such"], limit=1).json()["results"][0]
    assert answer["properties"].keys() == {"company", "createdate", "hs_object_id", "lastmodifieddate"}
    assert (answer["id"], answer["archived"]) == (people["A"], False)


def test_search_sees_the_contacts_as_they_were(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.clock.freeze()
    sandbox.hubspot.set_search_lag(10)
    changed = sandbox.hubspot.add_contact(lastname="旧姓")
    archived = sandbox.hubspot.add_contact(lastname="削除")
    assert names(hubspot.search()) == []
    sandbox.clock.advance(timedelta(seconds=10))
    created_at = hubspot.search().json()["results"][0]["properties"]["lastmodifieddate"]
    sandbox.hubspot.edit_contact(changed, lastname="新姓")
    sandbox.hubspot.archive_contact(archived)
    assert names(hubspot.search()) == sorted(["旧姓", "削除"])
    assert hubspot.search().json()["results"][0]["properties"]["lastmodifieddate"] == created_at
    assert names(hubspot.search({"propertyName": "lastname", "operator": "EQ", "value": "新姓"})) == []
    sandbox.clock.advance(timedelta(seconds=10))
    assert names(hubspot.search()) == ["新姓"]


def test_more_than_ten_thousand_results_cannot_be_paged(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    assert hubspot.search(after="9800", limit=200).status_code == 200
    assert hubspot.search(after="9801", limit=200).status_code == 400
