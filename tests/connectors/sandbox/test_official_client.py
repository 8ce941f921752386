"""HubSpot's own Python client, generated from the API's description, takes the sandbox's answers without complaint."""

import warnings
from datetime import datetime

import pytest

from connectors.sandbox import Fault, Sandbox

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from hubspot import HubSpot
    from hubspot.crm import contacts as contacts_api
    from hubspot.crm import owners as owners_api
    from hubspot.crm import properties as properties_api
    from hubspot.crm.contacts import models
    from hubspot.crm.properties import models as property_models


@pytest.fixture
def client(sandbox: Sandbox) -> HubSpot:
    return HubSpot(access_token=sandbox.hubspot.token, host=sandbox.hubspot.url)


def make_input(trace_id: str, **properties: str) -> models.SimplePublicObjectBatchInputForCreate:
    return models.SimplePublicObjectBatchInputForCreate(
        associations=[], object_write_trace_id=trace_id, properties=properties
    )


def test_one_contact_is_created_read_and_changed(client: HubSpot) -> None:
    basic = client.crm.contacts.basic_api
    created = basic.create(
        models.SimplePublicObjectInputForCreate(associations=[], properties={"email": "Taro@Example.JP"})
    )
    assert isinstance(created.created_at, datetime)
    assert created.properties["email"] == "taro@example.jp"

    changed = basic.update(created.id, models.SimplePublicObjectInput(properties={"jobtitle": "部長"}))
    assert changed.properties["jobtitle"] == "部長"

    read = basic.get_by_id(
        "taro@example.jp", id_property="email", properties=["jobtitle"], properties_with_history=["jobtitle"]
    )
    assert read.id == created.id
    assert read.properties["jobtitle"] == "部長"
    assert [entry.value for entry in read.properties_with_history["jobtitle"]] == ["部長"]


def test_lists_page_on(client: HubSpot, sandbox: Sandbox) -> None:
    wanted = [sandbox.hubspot.add_contact(lastname=f"見本{number}") for number in range(5)]
    first = client.crm.contacts.basic_api.get_page(limit=3, properties=["lastname"])
    second = client.crm.contacts.basic_api.get_page(limit=3, after=first.paging.next.after)
    assert [contact.id for contact in first.results + second.results] == wanted
    assert second.paging is None


def test_batches_are_created_updated_and_read(client: HubSpot) -> None:
    batch = client.crm.contacts.batch_api
    created = batch.create(
        models.BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[make_input("a", email="a@example.jp"), make_input("b", email="b@example.jp")]
        )
    )
    assert type(created) is models.BatchResponseSimplePublicObject
    ids = {contact.properties["email"]: contact.id for contact in created.results}
    assert set(ids) == {"a@example.jp", "b@example.jp"}

    updated = batch.update(
        models.BatchInputSimplePublicObjectBatchInput(
            inputs=[models.SimplePublicObjectBatchInput(id=ids["a@example.jp"], properties={"city": "千代田区"})]
        )
    )
    assert [contact.properties["city"] for contact in updated.results] == ["千代田区"]

    read = batch.read(
        models.BatchReadInputSimplePublicObjectId(
            inputs=[models.SimplePublicObjectId(id="A@example.jp"), models.SimplePublicObjectId(id="x@example.jp")],
            id_property="email",
            properties=["city"],
            properties_with_history=["city"],
        )
    )
    assert type(read) is models.BatchResponseSimplePublicObjectWithErrors
    assert [contact.id for contact in read.results] == [ids["a@example.jp"]]
    assert read.errors[0].category == "OBJECT_NOT_FOUND"
    assert read.errors[0].context == {"ids": ["x@example.jp"]}


def test_a_batch_is_upserted(client: HubSpot, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    existing = sandbox.hubspot.add_contact(lastname="見本", card_id="B1")
    answer = client.crm.contacts.batch_api.upsert(
        models.BatchInputSimplePublicObjectBatchInputUpsert(
            inputs=[
                models.SimplePublicObjectBatchInputUpsert(
                    id=card_id, id_property="card_id", properties={"lastname": name}, object_write_trace_id=card_id
                )
                for card_id, name in (("B1", "旧"), ("B2", "新"))
            ]
        )
    )
    assert type(answer) is models.BatchResponseSimplePublicUpsertObject
    assert {contact.properties["lastname"]: contact.new for contact in answer.results} == {"旧": False, "新": True}
    assert sandbox.hubspot.contact(existing)["lastname"] == "旧"


def test_a_partly_refused_batch_parses(client: HubSpot) -> None:
    answer = client.crm.contacts.batch_api.create(
        models.BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[make_input("good", email="a@example.jp"), make_input("bad", email="a@example.con")]
        )
    )
    assert type(answer) is models.BatchResponseSimplePublicObjectWithErrors
    assert (len(answer.results), answer.num_errors) == (1, 1)
    assert answer.errors[0].context == {"objectWriteTraceId": ["bad"]}
    assert answer.errors[0].errors[0].code == "INVALID_EMAIL"


def test_search(client: HubSpot, sandbox: Sandbox) -> None:
    wanted = sandbox.hubspot.add_contact(email="taro@example.jp", company="株式会社見本")
    sandbox.hubspot.add_contact(email="jiro@example.jp", company="例示商事")
    found = client.crm.contacts.search_api.do_search(
        models.PublicObjectSearchRequest(
            filter_groups=[
                models.FilterGroup(
                    filters=[models.Filter(property_name="company", operator="EQ", value="株式会社見本")]
                )
            ],
            sorts=["-createdate"],
            properties=["email"],
            limit=10,
        )
    )
    assert (found.total, [contact.id for contact in found.results]) == (1, [wanted])


def test_properties_are_listed_and_created(client: HubSpot) -> None:
    core = client.crm.properties.core_api
    before = core.get_all("contacts").results
    assert {"email", "lifecyclestage", "hs_object_id"} <= {one.name for one in before}
    made = core.create(
        "contacts",
        property_models.PropertyCreate(
            name="tags",
            label="タグ",
            type="enumeration",
            field_type="checkbox",
            group_name="contactinformation",
            options=[property_models.OptionInput(label="VIP", value="t1", hidden=False, display_order=0)],
        ),
    )
    assert [option.value for option in made.options] == ["t1"]
    assert made.modification_metadata.read_only_value is False
    assert len(core.get_all("contacts").results) == len(before) + 1


def test_owners(client: HubSpot) -> None:
    owners = client.crm.owners.owners_api.get_page()
    assert "hanako.eigyo@tenant.example" in {owner.email for owner in owners.results}
    assert all(owner.user_id for owner in owners.results)


def test_refusals_are_its_own_exceptions(client: HubSpot, sandbox: Sandbox) -> None:
    basic = client.crm.contacts.basic_api
    with pytest.raises(contacts_api.exceptions.ApiException) as refused:
        basic.create(
            models.SimplePublicObjectInputForCreate(associations=[], properties={"email": "a@example.jp", "no": "1"})
        )
    assert refused.value.status == 400
    assert '\\"error\\":\\"PROPERTY_DOESNT_EXIST\\"' in refused.value.body

    sandbox.hubspot.add_contact(email="a@example.jp")
    with pytest.raises(contacts_api.exceptions.ApiException) as conflict:
        basic.create(models.SimplePublicObjectInputForCreate(associations=[], properties={"email": "A@example.jp"}))
    assert conflict.value.status == 409

    sandbox.hubspot.add_fault(Fault("missing_scope", path="/owners"))
    with pytest.raises(owners_api.exceptions.ApiException) as forbidden:
        client.crm.owners.owners_api.get_page()
    assert forbidden.value.status == 403

    sandbox.hubspot.expire_credentials()
    with pytest.raises(properties_api.exceptions.ApiException) as expired:
        client.crm.properties.core_api.get_all("contacts")
    assert expired.value.status == 401
