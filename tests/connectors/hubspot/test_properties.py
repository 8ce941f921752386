"""Property definitions, groups, options and rules: what is asked, and what comes of the answer."""

import pytest
from responses.matchers import json_params_matcher

from connectors.errors import (
    BatchRejectedError,
    RejectedError,
)
from connectors.hubspot.fields import SANSAN_GROUP, SANSAN_PROPERTIES
from connectors.hubspot.records import (
    Property,
    PropertyGroup,
    PropertyOption,
    ValidationRule,
)
from tests.connectors.hubspot.conftest import PROPERTIES, URL

TAGS = {
    "name": "sansan_tags",
    "label": "Sansanタグ",
    "type": "enumeration",
    "fieldType": "checkbox",
    "groupName": "sansan",
    "description": "タグ / Tags",
    "options": [{"label": "VIP", "value": "tag2", "displayOrder": 3, "hidden": False}, {"value": "tag3"}],
    "hasUniqueValue": False,
    "calculated": False,
    "hidden": False,
    "modificationMetadata": {"archivable": True, "readOnlyDefinition": False, "readOnlyValue": False},
}


def test_properties_with_options_and_what_may_be_written(client, service):
    read_only = {
        "name": "createdate",
        "type": "datetime",
        "fieldType": "date",
        "modificationMetadata": {"readOnlyValue": True},
    }
    score = {
        "name": "score",
        "type": "number",
        "fieldType": "calculation_equation",
        "calculated": True,
        "archived": True,
    }
    service.get(PROPERTIES, json={"results": [TAGS, read_only, score, {"name": "bare"}]})

    tags, created, scored, bare = client.properties()

    assert tags == Property(
        name="sansan_tags",
        label="Sansanタグ",
        type="enumeration",
        field_type="checkbox",
        group_name="sansan",
        description="タグ / Tags",
        options=(PropertyOption("VIP", "tag2", 3), PropertyOption("", "tag3")),
    )
    assert created.read_only_value
    assert scored.calculated
    assert scored.archived
    assert bare == Property(name="bare", label="", type="", field_type="")


def test_creates_a_property(client, service):
    service.post(
        PROPERTIES,
        status=201,
        json={"name": "sansan_card_id", "type": "string", "fieldType": "text", "hasUniqueValue": True},
        match=[
            json_params_matcher(
                {
                    "name": "sansan_card_id",
                    "hasUniqueValue": True,
                    "groupName": "sansan",
                    "type": "string",
                    "fieldType": "text",
                },
                strict_match=False,
            )
        ],
    )

    created = client.create_property(SANSAN_PROPERTIES["sansan_card_id"])

    assert created.has_unique_value


def test_creating_a_property_that_exists_returns_it(client, service):
    refusal = {"category": "OBJECT_ALREADY_EXISTS", "subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS"}
    service.post(PROPERTIES, status=409, json=refusal)
    service.get(f"{PROPERTIES}/sansan_tags", json=TAGS)

    assert client.create_property(SANSAN_PROPERTIES["sansan_tags"]).options[0].value == "tag2"


def test_creating_a_property_is_repeated_when_its_answer_is_lost(client, service):
    service.post(PROPERTIES, status=502, body="<html>")
    service.post(PROPERTIES, status=409, json={"category": "OBJECT_ALREADY_EXISTS"})
    service.get(f"{PROPERTIES}/sansan_tags", json=TAGS)

    assert client.create_property(SANSAN_PROPERTIES["sansan_tags"]).name == "sansan_tags"


def test_a_property_that_cannot_be_created(client, service):
    service.post(PROPERTIES, status=400, json={"category": "VALIDATION_ERROR", "message": "bad name"})

    with pytest.raises(RejectedError, match="bad name") as caught:
        client.create_property(SANSAN_PROPERTIES["sansan_tags"])
    assert not isinstance(caught.value, BatchRejectedError)


@pytest.mark.parametrize("status", [201, 409])
def test_makes_sure_that_the_group_exists(client, service, status):
    service.post(
        f"{PROPERTIES}/groups",
        status=status,
        json={"name": "sansan", "label": "Sansan"},
        match=[json_params_matcher({"name": "sansan", "label": "Sansan"})],
    )

    client.create_property_group(SANSAN_GROUP)


def test_property_groups(client, service):
    service.get(f"{PROPERTIES}/groups", json={"results": [{"name": "sansan", "label": "Sansan", "displayOrder": 1}]})

    assert client.property_groups() == (PropertyGroup("sansan", "Sansan"),)


def test_replaces_options(client, service):
    options = [{"label": "VIP", "value": "tag2", "displayOrder": -1, "hidden": False}]
    service.patch(f"{PROPERTIES}/sansan_tags", json=TAGS, match=[json_params_matcher({"options": options})])

    assert client.replace_property_options("sansan_tags", [PropertyOption("VIP", "tag2")]).name == "sansan_tags"


@pytest.mark.parametrize("wrap", [lambda rules: rules, lambda rules: {"results": rules}])
def test_validation_rules(client, service, wrap):
    rules = [
        {"propertyName": "jobtitle", "propertyValidationRules": [{"ruleType": "MAX_LENGTH", "ruleArguments": ["40"]}]},
        {"propertyName": "zip", "propertyValidationRules": [{"ruleType": "ALPHANUMERIC"}, None, {"ruleArguments": 5}]},
        {"propertyName": "city"},
    ]
    service.get(f"{URL}/crm/property-validations/2026-09/0-1", json=wrap(rules))

    assert client.validation_rules() == (
        ValidationRule("jobtitle", "MAX_LENGTH", ("40",)),
        ValidationRule("zip", "ALPHANUMERIC"),
        ValidationRule("zip", "", ("5",)),
    )


def test_a_version_without_validation_rules_has_none(client, service):
    service.get(f"{URL}/crm/property-validations/2026-09/0-1", status=404, body="<html>not here")

    assert client.validation_rules() == ()
