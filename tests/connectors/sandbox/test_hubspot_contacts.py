from datetime import timedelta

import orjson
import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller


def make(caller: HubSpotCaller, **properties: object) -> str:
    answer = caller.call("POST", caller.contacts, {"properties": properties})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_the_account_is_shown(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.portal_id = 4711
    account = hubspot.call("GET", "/account-info/2026-09/details").json()
    assert (account["portalId"], account["timeZone"]) == (4711, "Asia/Tokyo")


@pytest.mark.parametrize("version", ["2026-09", "2026-03"])
def test_dated_and_old_paths_lead_to_the_same(sandbox: Sandbox, version: str) -> None:
    dated = HubSpotCaller(sandbox.hubspot.url, sandbox.hubspot.token, version)
    contact_id = make(dated, email="taro@example.jp")
    for path in (
        f"/crm/v3/objects/contacts/{contact_id}",
        f"/crm/objects/{version}/0-1/{contact_id}",
        "/crm/v3/properties/contacts",
        "/crm/v3/owners",
        f"/crm/owners/{version}",
        f"/crm/property-validations/{version}/0-1",
        "/account-info/v3/details",
    ):
        assert dated.call("GET", path).status_code == 200, path
    for path in ("/crm/v3/objects/companies", "/crm/objects/contacts", "/contacts/v1", "/"):
        assert dated.call("GET", path).status_code == 404, path


def test_a_contact_has_the_documented_shape(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, email=" Taro@Example.JP ", lastname="見本", numemployees_count=5)
    answer = hubspot.call(
        "GET", f"{hubspot.contacts}/{contact_id}", properties="email,company,no_such,numemployees_count"
    ).json()
    assert contact_id.isdigit()
    assert answer["properties"]["email"] == "taro@example.jp"
    assert answer["properties"]["company"] is None, "defined but empty"
    assert "no_such" not in answer["properties"], "not defined"
    assert answer["properties"]["numemployees_count"] == "5", "all values are text"
    assert answer["properties"]["hs_object_id"] == contact_id
    assert answer["createdAt"] == answer["properties"]["createdate"]
    assert answer["archived"] is False
    default = hubspot.call("GET", f"{hubspot.contacts}/{contact_id}").json()["properties"]
    assert default.keys() == {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}


def test_every_write_moves_lastmodifieddate(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.clock.freeze()
    contact_id = make(hubspot, email="taro@example.jp")
    before = sandbox.hubspot.contact(contact_id)
    sandbox.clock.advance(timedelta(seconds=5))
    hubspot.call("PATCH", f"{hubspot.contacts}/{contact_id}", {"properties": {"email": "taro@example.jp"}})
    after = sandbox.hubspot.contact(contact_id)
    assert after["createdate"] == before["createdate"]
    assert after["lastmodifieddate"] > before["lastmodifieddate"]


def test_an_update_changes_what_is_sent_and_clears_with_empty_text(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, email="taro@example.jp", lastname="見本", city="千代田区")
    answer = hubspot.call("PATCH", f"{hubspot.contacts}/{contact_id}", {"properties": {"city": "", "zip": "100"}})
    assert answer.status_code == 200
    contact = sandbox.hubspot.contact(contact_id)
    assert (contact["lastname"], contact["zip"], "city" in contact) == ("見本", "100", False)
    assert hubspot.call("PATCH", f"{hubspot.contacts}/999", {"properties": {"zip": "1"}}).status_code == 404


def test_a_contact_is_found_by_email_and_by_unique_property(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    contact_id = make(hubspot, email="taro@example.jp", hs_additional_emails="t2@example.jp", card_id="B1")
    for value, name in (("TARO@example.jp", "email"), ("t2@example.jp", "email"), ("B1", "card_id")):
        answer = hubspot.call("GET", f"{hubspot.contacts}/{value}", idProperty=name)
        assert answer.json()["id"] == contact_id, name
    assert hubspot.call("GET", f"{hubspot.contacts}/x", idProperty="lastname").status_code == 400
    assert hubspot.call("GET", f"{hubspot.contacts}/B2", idProperty="card_id").status_code == 404


def test_an_email_belongs_to_one_contact_even_as_a_secondary_one(hubspot: HubSpotCaller) -> None:
    first = make(hubspot, email="taro@example.jp", hs_additional_emails="t2@example.jp")
    for email in ("Taro@example.jp", "t2@example.jp"):
        answer = hubspot.call("POST", hubspot.contacts, {"properties": {"email": email}})
        assert answer.status_code == 409
        assert answer.json()["category"] == "CONFLICT"
        assert answer.json()["message"] == f"Contact already exists. Existing ID: {first}"
    second = make(hubspot, email="jiro@example.jp")
    path = f"{hubspot.contacts}/{second}"
    assert hubspot.call("PATCH", path, {"properties": {"email": "taro@example.jp"}}).status_code == 409
    assert hubspot.call("PATCH", path, {"properties": {"email": "jiro@example.jp"}}).status_code == 200


def test_a_freed_email_can_be_taken(hubspot: HubSpotCaller) -> None:
    first = make(hubspot, email="taro@example.jp")
    hubspot.call("PATCH", f"{hubspot.contacts}/{first}", {"properties": {"email": "new@example.jp"}})
    make(hubspot, email="taro@example.jp")


def test_a_new_contact_needs_an_email_or_a_name(hubspot: HubSpotCaller) -> None:
    assert hubspot.call("POST", hubspot.contacts, {"properties": {"company": "見本"}}).status_code == 400
    assert hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "見本"}}).status_code == 201


def test_a_list_is_ascending_paged_and_at_once_complete(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.set_search_lag(60)
    ids = [make(hubspot, lastname=f"見本{number}") for number in range(11)]
    first = hubspot.call("GET", hubspot.contacts).json()
    assert [one["id"] for one in first["results"]] == ids[:10]
    assert first["paging"]["next"]["after"] == ids[10]
    second = hubspot.call("GET", hubspot.contacts, after=ids[10]).json()
    assert [one["id"] for one in second["results"]] == ids[10:]
    assert "paging" not in second
    for bad in ({"limit": 101}, {"limit": 0}, {"after": "x"}):
        assert hubspot.call("GET", hubspot.contacts, **bad).status_code == 400


def test_archived_contacts_are_listed_apart_and_vanish_after_90_days(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.clock.freeze()
    contact_id = make(hubspot, email="taro@example.jp")
    path = f"{hubspot.contacts}/{contact_id}"
    assert hubspot.call("DELETE", path).status_code == 204
    assert hubspot.call("DELETE", path).status_code == 204
    assert hubspot.call("GET", path).status_code == 404
    assert hubspot.call("GET", path, archived="true").json()["archived"] is True
    assert hubspot.call("GET", hubspot.contacts).json()["results"] == []
    listed = hubspot.call("GET", hubspot.contacts, archived="true").json()["results"]
    assert [(one["id"], bool(one["archivedAt"])) for one in listed] == [(contact_id, True)]
    sandbox.clock.advance(timedelta(days=90, seconds=1))
    assert hubspot.call("GET", hubspot.contacts, archived="true").json()["results"] == []


def test_a_contact_is_restored_unless_its_email_is_taken(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    first = sandbox.hubspot.add_contact(email="taro@example.jp")
    sandbox.hubspot.archive_contact(first)
    second = make(hubspot, email="taro@example.jp")
    with pytest.raises(ValueError, match="taken"):
        sandbox.hubspot.restore_contact(first)
    sandbox.hubspot.archive_contact(second)
    sandbox.hubspot.restore_contact(first)
    assert sandbox.hubspot.contact_by(email="taro@example.jp")["id"] == first
    with pytest.raises(ValueError, match="not in the recycle bin"):
        sandbox.hubspot.restore_contact(first)


def test_an_archived_contact_claims_nothing_even_when_edited(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    archived = sandbox.hubspot.add_contact(email="taro@example.jp")
    sandbox.hubspot.archive_contact(archived)
    sandbox.hubspot.edit_contact(archived, city="港区")
    make(hubspot, email="taro@example.jp")


def test_a_contact_deleted_for_privacy_may_not_come_back(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, email="taro@example.jp")
    answer = hubspot.call("POST", f"{hubspot.contacts}/gdpr-delete", {"objectId": contact_id})
    assert answer.status_code == 204
    hubspot.call("POST", f"{hubspot.contacts}/gdpr-delete", {"objectId": "unknown@example.jp", "idProperty": "email"})
    assert hubspot.call("GET", f"{hubspot.contacts}/{contact_id}", archived="true").status_code == 404
    for email in ("taro@example.jp", "unknown@example.jp"):
        refused = hubspot.call("POST", hubspot.contacts, {"properties": {"email": email}})
        assert (refused.status_code, "email has been GDPR blacklisted" in refused.text) == (400, True)


def test_history_tells_who_changed_a_value(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, email="taro@example.jp", jobtitle="課長")
    sandbox.hubspot.edit_contact(contact_id, jobtitle="部長")
    answer = hubspot.call("GET", f"{hubspot.contacts}/{contact_id}", propertiesWithHistory="jobtitle").json()
    history = answer["propertiesWithHistory"]["jobtitle"]
    assert [(one["value"], one["sourceType"]) for one in history] == [("部長", "CRM_UI"), ("課長", "INTEGRATION")]
    assert history[0]["updatedByUserId"]
    assert sandbox.hubspot.history(contact_id, "jobtitle") == history


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("email", "taro@@example.jp", "INVALID_EMAIL"),
        ("email", "taro.example.jp", "INVALID_EMAIL"),
        ("email", "taro@example.con", "INVALID_EMAIL"),
        ("email", "taro @example.jp", "INVALID_EMAIL"),
        ("no_such", "1", "PROPERTY_DOESNT_EXIST"),
        ("hs_object_id", "1", "READ_ONLY_VALUE"),
        ("hubspotscore", "1", "READ_ONLY_VALUE"),
        ("hs_lead_status", "Open", "INVALID_OPTION"),
        ("hs_buying_role", "CHAMPION;nobody", "INVALID_OPTION"),
        ("hs_is_contact_vip", "yes", "INVALID_OPTION"),
        ("hubspot_owner_id", "70000004", "INVALID_OPTION"),
        ("numemployees_count", "many", "INVALID_INTEGER"),
        ("work_anniversary", "2026-02-30", "INVALID_DATE"),
        ("work_anniversary", "1767225600001", "INVALID_DATE"),
        ("closedate", "tomorrow", "INVALID_DATE"),
        ("company", "長" * 65_537, "VALUE_TOO_LONG"),
    ],
)
def test_a_bad_value_is_refused_in_both_forms(hubspot: HubSpotCaller, name: str, value: str, code: str) -> None:
    answer = hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "見本", name: value}})
    body = answer.json()
    assert (answer.status_code, body["category"]) == (400, "VALIDATION_ERROR")
    prefix, _, listed = body["message"].partition(": ")
    assert prefix == "Property values were not valid"
    assert [(one["isValid"], one["error"], one["name"]) for one in orjson.loads(listed)] == [(False, code, name)]
    assert [(one["code"], one["context"]["propertyName"]) for one in body["errors"]] == [(code, [name])]
    assert body["correlationId"]


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("work_anniversary", "2026-01-01", "2026-01-01"),
        ("work_anniversary", "1767225600000", "2026-01-01"),
        ("closedate", "1767225600000", "2026-01-01T00:00:00.000Z"),
        ("closedate", "2026-01-01T09:00:00+09:00", "2026-01-01T00:00:00.000Z"),
        ("hs_is_contact_vip", True, "true"),
        ("hs_buying_role", "CHAMPION;DECISION_MAKER", "CHAMPION;DECISION_MAKER"),
        ("hubspot_owner_id", "70000001", "70000001"),
        ("numemployees_count", 12.0, "12"),
        ("company", "㈱見本　", "㈱見本　"),
    ],
)
def test_good_values_are_stored_as_hubspot_does(
    hubspot: HubSpotCaller, sandbox: Sandbox, name: str, value: object, stored: str
) -> None:
    assert sandbox.hubspot.contact(make(hubspot, lastname="見本", **{name: value}))[name] == stored


def test_a_leading_semicolon_appends_to_a_checkbox(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, lastname="見本", hs_buying_role="CHAMPION")
    body = {"properties": {"hs_buying_role": ";DECISION_MAKER"}}
    hubspot.call("PATCH", f"{hubspot.contacts}/{contact_id}", body)
    assert sandbox.hubspot.contact(contact_id)["hs_buying_role"] == "CHAMPION;DECISION_MAKER"


def test_the_lifecycle_stage_moves_forward_only(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = make(hubspot, lastname="見本", lifecyclestage="lead")
    path = f"{hubspot.contacts}/{contact_id}"
    for stage, expected in (("customer", "customer"), ("lead", "customer"), ("", None), ("lead", "lead")):
        hubspot.call("PATCH", path, {"properties": {"lifecyclestage": stage}})
        assert sandbox.hubspot.contact(contact_id).get("lifecyclestage") == expected


def test_companies_are_made_by_domain_if_the_portal_wants_it(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    without = make(hubspot, email="a@mihon.example.jp")
    sandbox.hubspot.company_auto_create = True
    ids = [make(hubspot, email=email) for email in ("b@mihon.example.jp", "c@mihon.example.jp", "d@reiji.example.jp")]
    companies = [sandbox.hubspot.contact(one)["associatedcompanyid"] for one in ids]
    assert (companies[0] == companies[1], companies[0] == companies[2]) == (True, False)
    assert set(sandbox.hubspot.companies()) == {"mihon.example.jp", "reiji.example.jp"}
    assert "associatedcompanyid" not in sandbox.hubspot.contact(without)


def test_owners_are_listed_and_filtered(hubspot: HubSpotCaller) -> None:
    owners = hubspot.call("GET", "/crm/owners/2026-09").json()["results"]
    assert len(owners) == 3
    by_email = hubspot.call("GET", "/crm/owners/2026-09", email=owners[1]["email"]).json()["results"]
    assert [one["id"] for one in by_email] == [owners[1]["id"]]
    (archived,) = hubspot.call("GET", "/crm/owners/2026-09", archived="true").json()["results"]
    assert (archived["userId"], archived["archived"]) == (None, True)
    page = hubspot.call("GET", "/crm/owners/2026-09", limit=2).json()
    rest = hubspot.call("GET", "/crm/owners/2026-09", limit=2, after=page["paging"]["next"]["after"]).json()
    assert [one["id"] for one in page["results"] + rest["results"]] == [one["id"] for one in owners]


def test_control_refuses_what_hubspot_would(sandbox: Sandbox) -> None:
    sandbox.hubspot.add_contact(email="taro@example.jp")
    with pytest.raises(ValueError, match="Existing ID"):
        sandbox.hubspot.add_contact(email="taro@example.jp")
    with pytest.raises(ValueError, match="does not exist"):
        sandbox.hubspot.add_contact(lastname="見本", no_such="1")
    with pytest.raises(LookupError):
        sandbox.hubspot.edit_contact("999", lastname="見本")
    assert sandbox.hubspot.written == [], "people's changes are not the client's"
    assert sandbox.hubspot.contact_by(email="nobody@example.jp") is None
