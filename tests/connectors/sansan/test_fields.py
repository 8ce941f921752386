"""A card under the service's own field names."""

from datetime import UTC, date, datetime
from typing import get_args

from connectors.sansan.fields import SANSAN_FIELDS, FieldType, card_tag_names, card_values
from connectors.sansan.parsing import parse_card
from connectors.sansan.records import Card, Tag
from tests.connectors.sansan.samples import make_card


def test_every_field_of_the_service_has_its_value():
    filled = make_card(secondTel="03-0000-0001", fax="03-0000-0002", memo="要フォロー")

    values = card_values(parse_card(filled))

    expected = {name: value for name, value in filled.items() if name not in ("owner", "tags", "entryStatus")}
    assert values == {
        **expected,
        "exchangeDate": date(2026, 4, 2),
        "registeredTime": datetime(2026, 4, 2, 9, 20, 11, tzinfo=UTC),
        "updatedTime": datetime(2026, 4, 3, 0, 5, 40, tzinfo=UTC),
        "ownerId": "user1",
        "ownerName": "見本 花子",
        "ownerEmail": "hanako@tenant.example",
        "tags": ("tag1", "tag2"),
    }
    assert values.keys() == SANSAN_FIELDS.keys()


def test_empty_fields_are_absent_but_the_tags_are_there():
    assert card_values(Card(id="card1", updated_at=None)) == {"id": "card1", "tags": ()}


def test_private_tags_never_count():
    card = parse_card(make_card())

    assert card_tag_names(card) == {"tag1": "展示会2026春", "tag2": "VIP"}
    assert "tag3" not in card_values(card, visible_tag_ids=["tag3"])["tags"]


def test_a_tag_of_unknown_type_counts_only_if_it_is_known_to_be_visible():
    card = Card(id="card1", updated_at=None, tags=(Tag("tag1", "展示会", ""), Tag("tag2", "VIP", "")))

    assert card_tag_names(card) == {}
    assert card_tag_names(card, visible_tag_ids={"tag2"}) == {"tag2": "VIP"}
    assert card_values(card, visible_tag_ids={"tag2"})["tags"] == ("tag2",)


def test_every_field_has_labels_and_a_known_type():
    for name, field in SANSAN_FIELDS.items():
        assert field.name == name
        assert field.label_en
        assert field.label_ja
        assert field.type in get_args(FieldType)
