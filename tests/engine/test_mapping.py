"""A card becomes HubSpot's strings; what cannot is named, and nothing is cleared by accident."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.mapping import DEFAULT_CHAINS, Mapper, MappingRule, Rejection, choose_chain, select_rules
from sync.engine.records import SourceRecord, Value
from sync.engine.transforms import TransformSpecError, parse_chain
from tests.engine.strategies import FIELD_NAMES, chains, records

EMAIL = MappingRule("email", "email", DEFAULT_CHAINS["email"])
LAST_NAME = MappingRule("lastName", "lastname", DEFAULT_CHAINS["text"])
TAGS = MappingRule("tags", "sansan_tags")


def card(**values: Value) -> SourceRecord:
    return SourceRecord(id="B1", values=values)


def test_values_are_hubspots_strings() -> None:
    rules = [
        LAST_NAME,
        EMAIL,
        TAGS,
        MappingRule("exchangeDate", "sansan_exchange_date", DEFAULT_CHAINS["date"]),
        MappingRule("updatedTime", "card_updated"),
    ]
    mapped = Mapper(rules).map(
        card(
            lastName="　ﾔﾏﾀﾞ",
            email="Ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
            tags=("t9", "t10"),
            exchangeDate=date(2026, 4, 2),
            updatedTime=datetime(2026, 4, 3, 0, 5, 40, tzinfo=UTC),
        )
    )
    assert mapped.values == {
        "lastname": "ヤマダ",
        "email": "taro@example.jp",
        "sansan_tags": "t10;t9",
        "sansan_exchange_date": "2026-04-02",
        "card_updated": "2026-04-03T00:05:40Z",
    }
    assert (mapped.clears, mapped.rejected) == (frozenset(), ())


@pytest.mark.parametrize("empty", [{}, {"lastName": ""}, {"lastName": "　\u200b"}])
def test_an_empty_field_leaves_its_property_alone(empty: dict[str, Value]) -> None:
    mapped = Mapper([LAST_NAME]).map(card(**empty))
    assert (mapped.values, mapped.clears) == ({}, frozenset())


@pytest.mark.parametrize("untagged", [{}, {"tags": ()}])
def test_a_card_without_tags_clears_them(untagged: dict[str, Value]) -> None:
    assert Mapper([LAST_NAME, TAGS]).map(card(**untagged)).clears == {"sansan_tags"}


def test_a_property_that_gets_a_value_is_not_cleared() -> None:
    fixed = MappingRule("", "sansan_tags", parse_chain({"name": "constant", "value": "t1"}))
    mapped = Mapper([fixed, TAGS]).map(card())
    assert (mapped.values, mapped.clears) == ({"sansan_tags": "t1"}, frozenset())


def test_tags_are_not_cleared_where_they_may_not_be_written() -> None:
    rule = MappingRule("tags", "sansan_tags", write="never")
    assert Mapper([rule]).map(card()).clears == frozenset()


def test_a_rejected_value_is_named_and_the_rest_is_mapped() -> None:
    mapped = Mapper([EMAIL, LAST_NAME]).map(card(email="taro＠", lastName="山田"))
    assert mapped.values == {"lastname": "山田"}
    assert mapped.rejected == (Rejection("email", "email", "INVALID_EMAIL", "taro＠"),)


def test_only_rules_that_are_on_and_lead_to_hubspot_count() -> None:
    rules = [
        MappingRule("lastName", "a", enabled=False),
        MappingRule("lastName", "b", direction="hubspot_to_sansan"),
        MappingRule("lastName", "c", direction="both"),
    ]
    assert Mapper(rules).map(card(lastName="山田")).values == {"c": "山田"}
    assert select_rules(rules, "hubspot_to_sansan") == tuple(rules[1:])


def test_a_never_rule_gives_nothing_to_write() -> None:
    rule = MappingRule("email", "email", DEFAULT_CHAINS["email"], write="never")
    mapped = Mapper([rule, LAST_NAME]).map(card(email="Taro@example.jp"))
    assert (mapped.values, mapped.clears) == ({}, frozenset())
    assert Mapper([rule]).map(card(email="taro")).rejected == ()


def test_a_fixed_value_needs_no_field() -> None:
    rule = MappingRule("", "leadsource", parse_chain({"name": "constant", "value": "Sansan"}))
    assert Mapper([rule]).map(card()).values == {"leadsource": "Sansan"}


def test_what_cannot_be_stored_never_leaves_the_engine() -> None:
    mapped = Mapper([MappingRule("lastName", "lastname", parse_chain("trim"))]).map(card(lastName="山\x00田\ud83d"))
    assert mapped.values == {"lastname": "山田"}


def test_a_mapping_without_transform_takes_that_of_its_field_type() -> None:
    assert choose_chain(None, "email") == choose_chain([], "email") == parse_chain("email")
    assert choose_chain("", "phone") == parse_chain("phone_e164")
    assert choose_chain("trim", "email") == parse_chain("trim")
    assert choose_chain(None, "number") == DEFAULT_CHAINS["text"]
    with pytest.raises(TransformSpecError):
        choose_chain("no_such_transform", "email")


def rules() -> st.SearchStrategy[list[MappingRule]]:
    def build(source: str, target: str, raw: list[Any], write: Any, direction: Any) -> MappingRule:
        return MappingRule(source, target, parse_chain(raw), write, direction)

    return st.lists(
        st.builds(
            build,
            st.sampled_from([*FIELD_NAMES, "", "nowhere"]),
            st.sampled_from(["a", "b", "c"]),
            chains(),
            st.sampled_from(["always", "if_empty", "never"]),
            st.sampled_from(["sansan_to_hubspot", "hubspot_to_sansan", "both"]),
        ),
        max_size=4,
    )


@given(record=records(), asked=rules())
def test_mapping_never_raises_and_its_parts_do_not_overlap(record: SourceRecord, asked: list[MappingRule]) -> None:
    mapped = Mapper(asked).map(record)
    assert all(mapped.values.values())
    assert not mapped.clears & mapped.values.keys()
    assert mapped.values.keys() <= {rule.target for rule in asked if rule.write != "never"}
    assert {rejection.target for rejection in mapped.rejected} <= {rule.target for rule in asked}
    for written in mapped.values.values():
        assert "\x00" not in written.encode().decode()


@given(record=records(), asked=rules())
def test_mapping_is_the_same_each_time(record: SourceRecord, asked: list[MappingRule]) -> None:
    assert Mapper(asked).map(record) == Mapper(asked).map(record)
