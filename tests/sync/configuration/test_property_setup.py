"""The HubSpot properties that rules need of their own."""

import pytest

from connectors.errors import ConnectorError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.hubspot.records import Property
from connectors.sandbox import Fault, Sandbox
from connectors.sansan.records import Tag
from sync.models import ConnectedAccount
from sync.services.connections import open_hubspot
from sync.services.property_setup import (
    PropertySetup,
    PropertySetupError,
    create_properties,
    find_missing,
    list_needed,
    make_tag_options,
    plan_setup,
)


@pytest.fixture
def client(services: Sandbox) -> HubSpotClient:
    return open_hubspot(
        ConnectedAccount(name="HubSpot", provider="hubspot", credentials={"access_token": services.hubspot.token})
    )


def set_up(client: HubSpotClient, *targets: str, tags: tuple[Tag, ...] = ()) -> list[str]:
    """What one set-up created."""
    live = {found.name: found for found in client.properties()}
    setup = plan_setup(client, find_missing(targets, live, tags))
    create_properties(client, setup)
    return [made.name for made in setup.properties]


def test_only_what_mappings_target_is_needed_and_always_the_card_id() -> None:
    assert [needed.name for needed in list_needed([])] == ["sansan_card_id"]
    assert [needed.name for needed in list_needed(["email", "sansan_memo", "sansan_tags"])] == [
        "sansan_card_id",
        "sansan_tags",
        "sansan_memo",
    ]


def test_properties_are_made_once(client: HubSpotClient, sandbox: Sandbox) -> None:
    assert set_up(client, "sansan_department", "email") == ["sansan_card_id", "sansan_department"]
    made = sandbox.hubspot.property_definition("sansan_card_id")
    assert (made["hasUniqueValue"], made["groupName"], made["type"]) == (True, "sansan", "string")
    sandbox.hubspot.forget_requests()
    assert set_up(client, "sansan_department") == []
    assert sandbox.hubspot.writes == []


def test_the_group_is_not_made_again(client: HubSpotClient) -> None:
    set_up(client)
    live = {found.name: found for found in client.properties()}
    assert plan_setup(client, find_missing(["sansan_owner"], live)).group is None


def test_every_property_of_ours_is_accepted(client: HubSpotClient) -> None:
    assert set_up(client, *SANSAN_PROPERTIES) == list(SANSAN_PROPERTIES)
    assert set_up(client, *SANSAN_PROPERTIES) == []


def test_tags_become_options_with_labels_of_their_own() -> None:
    tags = (
        Tag("t3", "VIP", "public"),
        Tag("t1", "VIP", "shared"),
        Tag("t2", "休眠", "public"),
        Tag("t9", "秘密", "private"),
    )
    assert [(option.value, option.label) for option in make_tag_options(tags)] == [
        ("t1", "VIP"),
        ("t3", "VIP (t3)"),
        ("t2", "休眠"),
    ]


def test_the_tags_property_has_them(client: HubSpotClient, sandbox: Sandbox) -> None:
    set_up(client, "sansan_tags", tags=(Tag("t2", "休眠", "public"), Tag("t1", "VIP", "shared")))
    options = sandbox.hubspot.property_definition("sansan_tags")["options"]
    assert [(option["value"], option["label"]) for option in options] == [("t1", "VIP"), ("t2", "休眠")]


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ({"name": "sansan_card_id"}, "without the setting for unique values"),
        ({"name": "sansan_owner", "type": "number", "fieldType": "number"}, "of type number/number, but string/text"),
        ({"name": "sansan_tags", "type": "enumeration", "fieldType": "select"}, "but enumeration/checkbox is needed"),
        ({"name": "sansan_exchange_date"}, "of type string/text, but date/date is needed"),
    ],
)
def test_a_property_in_the_way_is_named(
    client: HubSpotClient, sandbox: Sandbox, definition: dict[str, str], told: str
) -> None:
    sandbox.hubspot.add_property(**definition)
    with pytest.raises(PropertySetupError) as caught:
        set_up(client, definition["name"])
    (problem,) = caught.value.problems
    assert definition["name"] in problem
    assert told in problem


def test_a_text_property_may_be_an_area_or_a_line(client: HubSpotClient, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="sansan_memo", fieldType="text")
    assert set_up(client, "sansan_memo") == ["sansan_card_id"]


def test_a_read_only_property_is_named(client: HubSpotClient, sandbox: Sandbox) -> None:
    set_up(client, "sansan_owner")
    sandbox.hubspot.set_read_only("sansan_owner")
    with pytest.raises(PropertySetupError, match="does not allow values to be written to its property sansan_owner"):
        set_up(client, "sansan_owner")


def test_without_the_scope_nothing_is_made(client: HubSpotClient, sandbox: Sandbox) -> None:
    sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    with pytest.raises(PropertySetupError, match=r"lacks the scope crm\.schemas\.contacts\.write"):
        set_up(client, "sansan_owner")
    assert not any(group.name == "sansan" for group in client.property_groups())
    assert not any(found.name.startswith("sansan_") for found in client.properties())


def test_a_property_that_somebody_made_meanwhile_is_taken_or_named(client: HubSpotClient, sandbox: Sandbox) -> None:
    wanted: tuple[Property, ...] = list_needed(["sansan_owner"])
    setup: PropertySetup = plan_setup(client, wanted)
    sandbox.hubspot.add_property(name="sansan_owner")
    sandbox.hubspot.add_property(name="sansan_card_id", hasUniqueValue=True)
    create_properties(client, setup)
    sandbox.hubspot.archive_property("sansan_owner")
    sandbox.hubspot.add_property(name="sansan_owner", type="number", fieldType="number")
    with pytest.raises(PropertySetupError, match="sansan_owner of type number"):
        create_properties(client, setup)


def test_a_broken_set_up_is_completed_by_the_next(client: HubSpotClient, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("status_503", path="/crm/properties/", method="POST", times=None, after=2))
    with pytest.raises(ConnectorError):
        set_up(client, "sansan_owner", "sansan_department")
    sandbox.hubspot.clear_faults()
    assert set_up(client, "sansan_owner", "sansan_department") == ["sansan_department", "sansan_owner"]
