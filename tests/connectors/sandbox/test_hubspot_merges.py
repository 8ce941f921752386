import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller


@pytest.mark.parametrize("keeps_primary_id", [False, True])
def test_a_merge_keeps_the_primarys_values_and_both_emails(
    hubspot: HubSpotCaller, sandbox: Sandbox, keeps_primary_id: bool
) -> None:
    sandbox.hubspot.keep_primary_id = keeps_primary_id
    primary = sandbox.hubspot.add_contact(email="a@example.jp", lastname="主")
    other = sandbox.hubspot.add_contact(email="b@example.jp", lastname="従", city="港区")
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    answer = hubspot.call("POST", f"{hubspot.contacts}/merge", body)
    survivor = answer.json()["id"]
    assert answer.status_code == 200
    assert (survivor == primary) is keeps_primary_id
    assert survivor != other
    contact = sandbox.hubspot.contact(survivor)
    assert (contact["lastname"], contact["city"]) == ("主", "港区")
    assert (contact["email"], contact["hs_additional_emails"]) == ("a@example.jp", "b@example.jp")
    assert contact["hs_merged_object_ids"].split(";") == ([other] if keeps_primary_id else [primary, other])
    assert [one["id"] for one in sandbox.hubspot.contacts()] == [survivor]


def test_old_ids_lead_to_the_survivor_through_several_merges(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    ids = [sandbox.hubspot.add_contact(email=f"{name}@example.jp") for name in "abc"]
    middle = sandbox.hubspot.merge_contacts(ids[0], ids[1])
    last = sandbox.hubspot.merge_contacts(ids[2], middle)
    for old in (*ids, middle):
        assert hubspot.call("GET", f"{hubspot.contacts}/{old}").json()["id"] == last
    assert set(sandbox.hubspot.contact(last)["hs_merged_object_ids"].split(";")) == {*ids, middle}


def test_unique_values_follow_the_merge(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    primary = sandbox.hubspot.add_contact(lastname="主", card_id="B1")
    other = sandbox.hubspot.add_contact(lastname="従", card_id="B2")
    survivor = sandbox.hubspot.merge_contacts(primary, other)
    assert sandbox.hubspot.contact_by(card_id="B1")["id"] == survivor
    assert sandbox.hubspot.contact_by(card_id="B2") is None
    freed = hubspot.call("POST", hubspot.contacts, {"properties": {"lastname": "新", "card_id": "B2"}})
    assert freed.status_code == 201


def test_a_merge_needs_two_living_contacts(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = sandbox.hubspot.add_contact(lastname="見本")
    for other in (contact_id, "999999"):
        body = {"primaryObjectId": contact_id, "objectIdToMerge": other}
        assert hubspot.call("POST", f"{hubspot.contacts}/merge", body).status_code == 404
