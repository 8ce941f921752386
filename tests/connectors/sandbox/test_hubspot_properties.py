from typing import Any

import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller

TAGS = {
    "name": "sansan_tags",
    "label": "タグ",
    "type": "enumeration",
    "fieldType": "checkbox",
    "groupName": "contactinformation",
    "options": [{"label": "VIP", "value": "t1"}],
}


def by_name(caller: HubSpotCaller, **params: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in caller.call("GET", caller.properties, **params).json()["results"]}


def test_a_portal_starts_with_hubspots_own_properties(hubspot: HubSpotCaller) -> None:
    listed = by_name(hubspot)
    expected = (
        "email firstname lastname company jobtitle phone mobilephone fax address city state zip country website "
        "lifecyclestage hubspot_owner_id createdate lastmodifieddate hs_object_id hs_additional_emails "
        "hs_merged_object_ids"
    )
    assert set(expected.split()) <= listed.keys()
    assert {one["type"] for one in listed.values()} == {"string", "number", "bool", "date", "datetime", "enumeration"}
    assert listed["hubspotscore"]["calculated"] is True
    assert listed["hs_object_id"]["modificationMetadata"]["readOnlyValue"] is True
    assert listed["email"]["modificationMetadata"]["readOnlyValue"] is False
    assert "archived" not in listed["email"]
    assert "customer" in {option["value"] for option in listed["lifecyclestage"]["options"]}


def test_a_property_is_created_and_used(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    answer = hubspot.call("POST", hubspot.properties, TAGS)
    assert answer.status_code == 201
    shown = hubspot.call("GET", f"{hubspot.properties}/sansan_tags").json()
    assert shown == answer.json()
    assert (shown["archived"], shown["hubspotDefined"], shown["options"][0]["value"]) == (False, False, "t1")
    contact_id = sandbox.hubspot.add_contact(lastname="見本", sansan_tags="t1")
    assert sandbox.hubspot.contact(contact_id)["sansan_tags"] == "t1"
    again = hubspot.call("POST", hubspot.properties, TAGS)
    assert (again.status_code, again.json()["category"]) == (409, "OBJECT_ALREADY_EXISTS")
    assert again.json()["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"
    assert hubspot.call("GET", f"{hubspot.properties}/no_such").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Sansan"},
        {"name": "sansan-tags"},
        {"name": ""},
        {"label": ""},
        {"type": "text"},
        {"fieldType": "text"},
        {"groupName": "no_such_group"},
        {"type": "bool", "fieldType": "booleancheckbox"},
        {"options": [{"label": "VIP"}]},
        {"options": [{"label": "VIP", "value": "t1"}, {"label": "vip", "value": "t1"}]},
        {"options": [{"label": "VIP", "value": "t1"}, {"label": "VIP", "value": "t2"}]},
    ],
)
def test_a_bad_definition_is_refused(hubspot: HubSpotCaller, change: dict[str, Any]) -> None:
    before = by_name(hubspot)
    assert hubspot.call("POST", hubspot.properties, {**TAGS, **change}).status_code == 400
    assert by_name(hubspot) == before


def test_there_can_be_ten_unique_properties(hubspot: HubSpotCaller) -> None:
    text = {**TAGS, "type": "string", "fieldType": "text", "hasUniqueValue": True}
    statuses = [
        hubspot.call("POST", hubspot.properties, {**text, "name": f"u{number}"}).status_code for number in range(11)
    ]
    assert statuses == [201] * 10 + [400]


def test_options_are_replaced_as_a_whole_and_uniqueness_cannot_change(hubspot: HubSpotCaller) -> None:
    hubspot.call("POST", hubspot.properties, TAGS)
    path = f"{hubspot.properties}/sansan_tags"
    change = {"options": [{"label": "展示会", "value": "t2"}], "hasUniqueValue": True}
    answer = hubspot.call("PATCH", path, change).json()
    assert [option["value"] for option in answer["options"]] == ["t2"]
    assert (answer["label"], answer["hasUniqueValue"]) == ("タグ", False)
    refused = hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "見本", "sansan_tags": "t1"}})
    assert "t1 was not one of the allowed options: [展示会]" in refused.text


def test_hubspots_own_definitions_are_read_only_but_for_their_options(hubspot: HubSpotCaller) -> None:
    path = f"{hubspot.properties}/hs_lead_status"
    assert hubspot.call("PATCH", path, {"label": "x"}).status_code == 400
    assert hubspot.call("PATCH", path, {"options": [{"label": "新規", "value": "N"}]}).status_code == 200
    assert hubspot.call("DELETE", path).status_code == 400


def test_an_archived_property_is_gone_until_its_name_is_created_again(hubspot: HubSpotCaller) -> None:
    hubspot.call("POST", hubspot.properties, TAGS)
    path = f"{hubspot.properties}/sansan_tags"
    assert hubspot.call("DELETE", path).status_code == 204
    assert hubspot.call("GET", path).status_code == 404
    assert "sansan_tags" not in by_name(hubspot)
    assert list(by_name(hubspot, archived="true")) == ["sansan_tags"]
    write = {"properties": {"lastname": "見本", "sansan_tags": "t1"}}
    assert "PROPERTY_DOESNT_EXIST" in hubspot.call("POST", hubspot.contacts, write).text
    assert hubspot.call("POST", hubspot.properties, TAGS).status_code == 201
    assert hubspot.call("POST", hubspot.contacts, write).status_code == 201


def test_groups(hubspot: HubSpotCaller) -> None:
    groups = f"{hubspot.properties}/groups"
    assert hubspot.call("POST", groups, {"name": "sansan", "label": "Sansan"}).status_code == 201
    assert hubspot.call("POST", groups, {"name": "sansan", "label": "Sansan"}).status_code == 409
    assert hubspot.call("POST", groups, {"name": "sansan"}).status_code == 400
    assert "sansan" in {one["name"] for one in hubspot.call("GET", groups).json()["results"]}
    assert hubspot.call("PATCH", f"{groups}/sansan", {"label": "名刺"}).json()["label"] == "名刺"
    hubspot.call("POST", hubspot.properties, {**TAGS, "groupName": "sansan"})
    refused = hubspot.call("DELETE", f"{groups}/sansan")
    assert refused.json()["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    hubspot.call("DELETE", f"{hubspot.properties}/sansan_tags")
    assert hubspot.call("DELETE", f"{groups}/sansan").status_code == 204
    assert hubspot.call("GET", f"{groups}/sansan").status_code == 404


def test_control_of_properties(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.set_read_only("company")
    sandbox.hubspot.set_options("hs_lead_status", ["A", {"label": "B", "value": "b"}])
    sandbox.hubspot.archive_property("jobtitle")
    listed = by_name(hubspot)
    assert listed["company"]["modificationMetadata"]["readOnlyValue"] is True
    assert [option["value"] for option in listed["hs_lead_status"]["options"]] == ["A", "b"]
    assert "jobtitle" not in listed
    for name, code in (("company", "READ_ONLY_VALUE"), ("jobtitle", "PROPERTY_DOESNT_EXIST")):
        answer = hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "見本", name: "x"}})
        assert answer.json()["errors"][0]["code"] == code
    with pytest.raises(ValueError, match="already exists"):
        sandbox.hubspot.add_property(name="email")
    with pytest.raises(LookupError):
        sandbox.hubspot.archive_property("no_such")


# --- what administrators demand ---


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (("company", "MAX_LENGTH", 5), "見本商事", "株式会社見本"),
        (("company", "MIN_LENGTH", 3), "見本商事", "見本"),
        (("zip", "REGEX", r"\d{3}-\d{4}"), "100-0001", "1000001"),
        (("zip", "ALPHANUMERIC"), "1000001", "100-0001"),
        (("company", "WHITESPACE"), "見本", "見本 "),
        (("email", "EMAIL_BLOCKED_DOMAINS", "free.example"), "a@own.example", "a@free.example"),
        (("phone", "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE"), "+81300000000", "03-0000-0000"),
    ],
)
def test_validation_rules_are_listed_and_enforced(
    hubspot: HubSpotCaller, sandbox: Sandbox, rule: tuple[Any, ...], good: str, bad: str
) -> None:
    sandbox.hubspot.set_validation_rule(*rule)
    listed = hubspot.call("GET", "/crm/property-validations/2026-09/0-1").json()
    expected = {"ruleType": rule[1], "ruleArguments": [str(one) for one in rule[2:]]}
    assert listed == [{"propertyName": rule[0], "propertyValidationRules": [expected]}]

    def write(caller: HubSpotCaller, value: str) -> int:
        body = {"properties": {"lastname": "見本", rule[0]: value}}
        return caller.call("POST", caller.contacts, body).status_code

    assert write(hubspot, good) == 201
    assert write(hubspot, bad) == 400
    older = HubSpotCaller(sandbox.hubspot.url, sandbox.hubspot.token, "2026-03")
    assert write(older, bad) == 201, "rules count only from 2026-09"


def test_required_properties(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.require_property("company")
    sandbox.hubspot.require_property("jobtitle", when=("lifecyclestage", "customer"))

    def create(**properties: str) -> int:
        return hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "見本", **properties}}).status_code

    assert create() == 400
    assert create(company="見本") == 201
    assert create(company="見本", lifecyclestage="customer") == 400
    assert create(company="見本", lifecyclestage="customer", jobtitle="部長") == 201
    old = sandbox.hubspot.add_contact(lastname="昔から")
    path = f"{hubspot.contacts}/{old}"
    assert hubspot.call("PATCH", path, {"properties": {"city": "港区"}}).status_code == 200
    assert hubspot.call("PATCH", path, {"properties": {"company": ""}}).status_code == 400
