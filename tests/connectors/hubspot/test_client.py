"""Account, owners and contacts one by one or all: what is asked, and what comes of the answer."""

from datetime import UTC, datetime

import orjson
import pytest
from responses.matchers import header_matcher, query_param_matcher

from connectors.budget import NO_LIMIT
from connectors.errors import (
    CredentialsError,
    MissingScopeError,
    NotFoundError,
    QuotaExhaustedError,
    UnexpectedAnswerError,
)
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import (
    Account,
    Contact,
    Owner,
)
from tests.connectors.hubspot.conftest import CONTACTS, TOKEN, URL


def test_account_asks_with_the_token(client, service):
    service.get(
        f"{URL}/account-info/2026-09/details",
        json={"portalId": 62515, "timeZone": "Asia/Tokyo", "accountType": "STANDARD", "uiDomain": "app.hubspot.com"},
        match=[header_matcher({"Authorization": f"Bearer {TOKEN}"})],
    )

    assert client.account() == Account("62515", "Asia/Tokyo", "STANDARD", "app.hubspot.com")
    assert client.requests_sent == 1


@pytest.mark.parametrize(
    ("version", "path"), [("v3", "/crm/v3/objects/contacts/1"), ("2026-03", "/crm/objects/2026-03/contacts/1")]
)
def test_the_version_chooses_the_paths(service, version, path):
    service.get(URL + path, json={"id": "1", "properties": {}})

    HubSpotClient(TOKEN, base_url=f"{URL}/", api_version=version, budget=NO_LIMIT).contact("1", ["email"])


def test_an_unknown_version_is_refused():
    with pytest.raises(ValueError, match="2026-09, 2026-03, v3"):
        HubSpotClient(TOKEN, api_version="v2", budget=NO_LIMIT)


def test_reads_all_pages_of_contacts(client, service):
    asked = {"limit": "100", "properties": "email,lastname", "archived": "false"}
    one = {
        "id": "1",
        "properties": {"email": "a@example.jp", "lastname": None, "city": ""},
        "updatedAt": "2026-04-03T00:05:40.123Z",
    }
    service.get(
        CONTACTS,
        json={"results": [one], "paging": {"next": {"after": "2", "link": "ignored"}}},
        match=[query_param_matcher(asked)],
    )
    service.get(CONTACTS, json={"results": [{"id": 2}]}, match=[query_param_matcher({**asked, "after": "2"})])

    first, second = client.contacts(["email", "lastname"])

    updated_at = datetime(2026, 4, 3, 0, 5, 40, 123000, tzinfo=UTC)
    assert first.contacts == (Contact("1", {"email": "a@example.jp"}, updated_at=updated_at),)
    assert first.after == "2"
    assert second.contacts == (Contact("2", {}),)
    assert second.after == ""


def test_refuses_to_go_round_in_circles(client, service):
    for _ in range(2):
        service.get(CONTACTS, json={"results": [], "paging": {"next": {"after": "2"}}})

    with pytest.raises(UnexpectedAnswerError, match="same page"):
        list(client.contacts(["email"]))


def test_archived_contacts_on_request(client, service):
    service.get(CONTACTS, json={"results": [{"id": "1", "archived": True}]})

    (page,) = client.contacts([], archived=True)

    assert service.calls[0].request.params["archived"] == "true"
    assert page.contacts[0].archived


def test_one_contact_by_record_id_follows_a_merge(client, service):
    service.get(
        f"{CONTACTS}/51",
        json={"id": "77", "properties": {"email": "a@example.jp"}},
        match=[query_param_matcher({"properties": "email", "archived": "false"})],
    )

    assert client.contact("51", ["email"]).id == "77"


def test_one_contact_by_a_unique_property(client, service):
    service.get(
        f"{CONTACTS}/a%2Bb%40example.jp",
        json={"id": "77"},
        match=[query_param_matcher({"properties": "email", "archived": "false", "idProperty": "email"})],
    )

    assert client.contact("a+b@example.jp", ["email"], id_property="email").id == "77"


def test_a_contact_that_is_gone(client, service):
    service.get(f"{CONTACTS}/51", status=404, json={"category": "OBJECT_NOT_FOUND", "message": "resource not found"})

    with pytest.raises(NotFoundError) as caught:
        client.contact("51", [])
    assert caught.value.code == "OBJECT_NOT_FOUND"


def test_owners_of_all_pages(client, service):
    one = {"id": "41", "email": "hanako@example.jp", "firstName": "花子", "lastName": "見本", "archived": False}
    service.get(f"{URL}/crm/owners/2026-09", json={"results": [one], "paging": {"next": {"after": "42"}}})
    service.get(f"{URL}/crm/owners/2026-09", json={"results": [{"id": "42", "archived": True}]})

    assert list(client.owners()) == [
        Owner("41", "hanako@example.jp", "花子", "見本"),
        Owner("42", "", archived=True),
    ]


@pytest.mark.parametrize("body", [[], {}, {"results": {}}, {"results": [{"properties": {}}]}, "OK"])
def test_answers_of_another_form_are_shown_by_their_form(client, service, body):
    service.get(CONTACTS, json=body)

    with pytest.raises(UnexpectedAnswerError, match="HubSpot: expected"):
        list(client.contacts(["email"]))


def test_an_expired_token(client, service):
    message = f"The OAuth token {TOKEN} used to make this call expired 75 second(s) ago."
    body = {"category": "EXPIRED_AUTHENTICATION", "message": message, "correlationId": "c-1"}
    service.get(f"{URL}/account-info/2026-09/details", status=401, json=body)

    with pytest.raises(CredentialsError, match="expired 75 second") as caught:
        client.account()
    assert (caught.value.code, caught.value.correlation_id) == ("EXPIRED_AUTHENTICATION", "c-1")
    assert TOKEN not in str(caught.value)


def test_a_missing_scope_is_named(client, service):
    scopes = ["crm.objects.contacts.read", "crm.objects.contacts.sensitive.read"]
    body = {"category": "MISSING_SCOPES", "errors": [{"context": {"requiredGranularScopes": scopes}}]}
    service.get(f"{CONTACTS}/1", status=403, json=body)

    with pytest.raises(MissingScopeError) as caught:
        client.contact("1", [])
    assert caught.value.scopes == tuple(scopes)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "You have reached your daily limit.", "errorType": "RATE_LIMIT", "policyName": "DAILY"},
        {"message": "You have reached your daily limit.", "category": "RATE_LIMITS"},
    ],
)
def test_a_spent_day_stops_at_once(client, service, body):
    service.get(f"{CONTACTS}/1", status=429, json=body)

    with pytest.raises(QuotaExhaustedError):
        client.contact("1", [])


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (
            {"policyName": "TEN_SECONDLY_ROLLING", "message": "You have reached your ten_secondly_rolling limit."},
            {},
            10,
        ),
        ({"policyName": "SECONDLY", "message": "You have reached your secondly limit."}, {}, 1),
        ({"message": "You have reached your secondly limit."}, {}, 1),
        ({"policyName": "TEN_SECONDLY_ROLLING"}, {"Retry-After": "3"}, 3),
    ],
)
def test_waits_as_the_limit_asks(service, body, headers, seconds):
    rests: list[float] = []
    client = HubSpotClient(TOKEN, base_url=URL, budget=NO_LIMIT, sleep=rests.append)
    service.get(f"{CONTACTS}/1", status=429, json=body, headers=headers)
    service.get(f"{CONTACTS}/1", json={"id": "1"})

    client.contact("1", [])

    assert seconds <= sum(rests) <= seconds + 0.25


def test_shows_no_token(client):
    assert repr(client) == "HubSpotClient(HttpClient('HubSpot', 'https://hubspot.example'))"


def test_what_is_sent_is_valid_json_of_the_texts(client, service):
    service.post(f"{CONTACTS}/batch/archive", status=204)

    client.archive_contacts(["1", "2", "1"])

    assert orjson.loads(service.calls[0].request.body) == {"inputs": [{"id": "1"}, {"id": "2"}]}
