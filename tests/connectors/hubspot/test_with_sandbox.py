"""The client against the stand-in: nothing is written twice, whatever happens to the answer."""

from collections.abc import Iterator

import pytest

from connectors.budget import NO_LIMIT, build_hubspot_budget
from connectors.errors import (
    AnswerLostError,
    BatchRejectedError,
    CredentialsError,
    MissingScopeError,
    QuotaExhaustedError,
)
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fields import SANSAN_GROUP, SANSAN_PROPERTIES
from connectors.hubspot.records import ContactInput, PropertyOption
from connectors.hubspot.scopes import REQUIRED_SCOPES, probe_scopes
from connectors.sandbox import Fault, Sandbox

INPUTS = [
    ContactInput({"email": f"input{number}@example.jp", "lastname": f"見本{number}"}, trace_id=f"t-{number}")
    for number in range(5)
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=0) as sandbox:
        yield sandbox


@pytest.fixture(params=["2026-09", "2026-03", "v3"])
def any_version(request, sandbox: Sandbox) -> HubSpotClient:
    return connect(sandbox, api_version=request.param)


@pytest.fixture
def client(sandbox: Sandbox) -> HubSpotClient:
    return connect(sandbox)


def connect(sandbox: Sandbox, **options) -> HubSpotClient:
    options = {"budget": NO_LIMIT, "sleep": lambda _: None, "read_timeout_seconds": 0.4, **options}
    return HubSpotClient(sandbox.hubspot.token, base_url=sandbox.hubspot.url, **options)


def set_up(client: HubSpotClient) -> None:
    client.create_property_group(SANSAN_GROUP)
    for definition in SANSAN_PROPERTIES.values():
        client.create_property(definition)


def test_the_set_up_can_be_done_twice_in_every_version(any_version):
    set_up(any_version)
    any_version.replace_property_options("sansan_tags", [PropertyOption("VIP", "tag2")])
    set_up(any_version)

    defined = {definition.name: definition for definition in any_version.properties()}
    assert SANSAN_PROPERTIES.keys() <= defined.keys()
    assert defined["sansan_card_id"].has_unique_value
    assert [option.value for option in defined["sansan_tags"].options] == ["tag2"]
    assert "sansan" in {group.name for group in any_version.property_groups()}


def test_the_life_of_a_contact_in_every_version(any_version):
    set_up(any_version)
    (created,) = any_version.create_contacts([ContactInput({"email": "A@example.jp"}, "t-1")]).contacts
    update = ContactInput({"sansan_card_id": "card1", "jobtitle": "部長"}, "t-1", id=created.id)

    assert any_version.update_contacts([update]).contacts[0].id == created.id
    upsert = ContactInput({"jobtitle": "次長"}, "t-1", id="card1")
    assert any_version.upsert_contacts([upsert], "sansan_card_id").contacts[0].is_new is False
    found = any_version.read_contacts(["a@example.jp", "b@example.jp"], ["jobtitle"], id_property="email")
    assert [contact.properties["jobtitle"] for contact in found.contacts] == ["次長"]
    assert found.issues[0].ids == ("b@example.jp",)
    any_version.archive_contacts([created.id])
    assert [len(page.contacts) for page in any_version.contacts(["email"])] == [0]
    assert any_version.contact(created.id, ["email"], archived=True).archived


NOT_APPLIED = ["status_429", "status_423"]
PERHAPS_APPLIED = ["status_500", "status_502", "status_524", "reset_before", "html_error"]
APPLIED = ["reset_after", "truncated_json", "html_page"]


@pytest.mark.parametrize("kind", NOT_APPLIED)
def test_creates_once_when_the_first_try_was_refused_outright(sandbox, client, kind):
    sandbox.hubspot.add_fault(Fault(kind, path="/batch/create"))

    assert len(client.create_contacts(INPUTS).contacts) == 5
    assert len(sandbox.hubspot.written) == 5


@pytest.mark.parametrize("kind", PERHAPS_APPLIED + APPLIED)
def test_says_that_the_answer_is_lost_and_creates_nothing_twice(sandbox, client, kind):
    sandbox.hubspot.add_fault(Fault(kind, path="/batch/create"))

    with pytest.raises(AnswerLostError):
        client.create_contacts(INPUTS)
    assert len(sandbox.hubspot.written) == (5 if kind in APPLIED else 0)
    assert len(sandbox.hubspot.writes) == client.requests_sent == 1


@pytest.mark.parametrize(("kind", "written"), [("timeout_before", 0), ("timeout_after", 5)])
def test_a_silence_while_creating_is_a_lost_answer(sandbox, client, kind, written):
    sandbox.hubspot.add_fault(Fault(kind, path="/batch/create", seconds=0.6))

    with pytest.raises(AnswerLostError):
        client.create_contacts(INPUTS)
    assert len(sandbox.hubspot.written) == written


@pytest.mark.parametrize("kind", NOT_APPLIED + PERHAPS_APPLIED + APPLIED)
def test_updates_are_repeated_until_they_are_confirmed(sandbox, client, kind):
    contact_id = sandbox.hubspot.add_contact(email="a@example.jp")
    sandbox.hubspot.add_fault(Fault(kind, path="/batch/update"))

    result = client.update_contacts([ContactInput({"lastname": "新"}, "t-1", id=contact_id)])

    assert [contact.id for contact in result.contacts] == [contact_id]
    assert sandbox.hubspot.contact(contact_id)["lastname"] == "新"


def test_every_refused_input_is_named_by_its_trace_id(sandbox, client):
    in_the_way = sandbox.hubspot.add_contact(email="input3@example.jp")
    bad = [
        ContactInput({"email": "no address"}, "t-email"),
        ContactInput({"email": "c@example.jp", "nonsense": "x"}, "t-name"),
        INPUTS[3],
    ]

    result = client.create_contacts([*INPUTS[:2], *bad])

    assert {contact.properties["email"] for contact in result.contacts} == {"input0@example.jp", "input1@example.jp"}
    assert {(issue.trace_id, issue.code, issue.property_name, issue.existing_id) for issue in result.issues} == {
        ("t-email", "INVALID_EMAIL", "email", ""),
        ("t-name", "PROPERTY_DOESNT_EXIST", "nonsense", ""),
        ("t-3", "CONFLICT", "", in_the_way),
    }


def test_a_unique_value_in_use_names_its_holder(sandbox, client):
    set_up(client)
    holder = sandbox.hubspot.add_contact(email="a@example.jp", sansan_card_id="card1")

    result = client.create_contacts([ContactInput({"email": "b@example.jp", "sansan_card_id": "card1"}, "t-1")])

    (issue,) = result.issues
    assert (issue.code, issue.property_name, issue.existing_id) == (
        "CONFLICTING_UNIQUE_VALUE",
        "sansan_card_id",
        holder,
    )


@pytest.mark.parametrize(
    ("kind", "code"), [("reject_whole_batch", "VALIDATION_ERROR"), ("conflict_whole_batch", "CONFLICT")]
)
def test_a_whole_batch_can_be_refused(sandbox, client, kind, code):
    sandbox.hubspot.add_fault(Fault(kind, path="/batch/create"))

    with pytest.raises(BatchRejectedError) as caught:
        client.create_contacts(INPUTS)
    assert caught.value.issues
    assert caught.value.correlation_id
    assert sandbox.hubspot.written == []


def test_an_input_that_was_left_out_is_in_neither_list(sandbox, client):
    sandbox.hubspot.add_fault(Fault("omit", path="/batch/create", match={"email": "input2@example.jp"}))

    result = client.create_contacts(INPUTS)

    assert "input2@example.jp" not in {contact.properties["email"] for contact in result.contacts}
    assert result.issues == ()


def test_a_merged_contact_is_followed_by_reading_and_left_out_by_updating(sandbox, client):
    first = sandbox.hubspot.add_contact(email="a@example.jp")
    second = sandbox.hubspot.add_contact(email="b@example.jp")
    survivor = sandbox.hubspot.merge_contacts(first, second)

    assert client.contact(first, ["email"]).id == survivor
    result = client.update_contacts([ContactInput({"lastname": "新"}, "t-1", id=second)])
    assert (result.contacts, result.issues) == ((), ())


@pytest.mark.parametrize("scope", sorted(set(REQUIRED_SCOPES) - {"crm.schemas.contacts.read"}))
def test_finds_the_scope_that_is_missing(sandbox, client, scope):
    sandbox.hubspot.remove_scope(scope)

    assert probe_scopes(client).missing == (scope,)
    assert sandbox.hubspot.written == []


def test_does_not_miss_a_scope_that_another_one_stands_in_for(sandbox, client):
    """HubSpot lets contact scopes read the definitions of properties too."""
    sandbox.hubspot.remove_scope("crm.schemas.contacts.read")

    assert probe_scopes(client).missing == ()


def test_a_missing_scope_is_named(sandbox, client):
    sandbox.hubspot.remove_scope("crm.objects.contacts.write")

    with pytest.raises(MissingScopeError) as caught:
        client.create_contacts(INPUTS)
    assert "crm.objects.contacts.write" in caught.value.scopes


def test_tokens_that_do_not_work_any_more(sandbox, client):
    assert client.account().portal_id
    sandbox.hubspot.expire_credentials()

    with pytest.raises(CredentialsError, match="expired"):
        client.account()


def test_the_daily_quota_stops_the_client_before_the_service_has_to(sandbox):
    sandbox.hubspot.set_limit(per_day=3)
    client = connect(sandbox, budget=build_hubspot_budget())

    for _ in range(3):
        client.account()
    with pytest.raises(QuotaExhaustedError):
        client.account()

    assert client.requests_sent == 3
    assert sandbox.hubspot.count_429 == 0


def test_a_spent_day_is_known_by_the_answer_too(sandbox, client):
    sandbox.hubspot.add_fault(Fault("status_429_daily"))

    with pytest.raises(QuotaExhaustedError):
        client.account()
    assert client.requests_sent == 1
