"""The properties that we keep in HubSpot are such as HubSpot takes."""

import re

from connectors.hubspot.fields import SANSAN_GROUP, SANSAN_PROPERTIES
from connectors.hubspot.parsing import format_property, parse_property
from connectors.hubspot.records import Property, PropertyOption

VALID_PAIRS = {("string", "text"), ("string", "textarea"), ("enumeration", "checkbox"), ("date", "date")}


def test_names_types_and_labels_are_valid():
    for name, definition in SANSAN_PROPERTIES.items():
        assert definition.name == name
        assert re.fullmatch(r"sansan_[a-z0-9_]+", name)
        assert (definition.type, definition.field_type) in VALID_PAIRS
        assert definition.group_name == SANSAN_GROUP.name
        assert definition.label
        assert " / " in definition.description


def test_only_the_card_id_is_unique():
    unique = [name for name, definition in SANSAN_PROPERTIES.items() if definition.has_unique_value]

    assert unique == ["sansan_card_id"]


def test_a_definition_survives_the_way_out_and_back():
    option = PropertyOption("VIP", "tag2", 3)
    definition = Property("sansan_tags", "タグ", "enumeration", "checkbox", "sansan", "タグ / Tags", (option,))

    assert parse_property(format_property(definition)) == definition
