"""Mappings against live definitions: each fault by its code, and values one by one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.check import MappingProblem, check_mapping, check_value
from sync.engine.mapping import DEFAULT_CHAINS, MappingRule
from sync.engine.records import FieldSpec, PropertySpec
from sync.engine.transforms import parse_chain
from tests.engine.strategies import any_text

TYPES = {
    "lastName": "text",
    "email": "email",
    "tel": "phone",
    "exchangeDate": "date",
    "updatedTime": "datetime",
    "tags": "tags",
    "countryCode": "country",
}
FIELDS = {name: FieldSpec(name, name, type_) for name, type_ in TYPES.items()}


def define(name: str, type_: str = "string", field_type: str = "text", **details: object) -> PropertySpec:
    return PropertySpec(name, name, type_, field_type, **details)  # type: ignore[arg-type]


PROPERTIES = {
    spec.name: spec
    for spec in (
        define("lastname"),
        define("email"),
        define("phone", field_type="phonenumber"),
        define("mobile_e164", "phone_number", "phonenumber"),
        define("score", "number", "number"),
        define("met_on", "date", "date"),
        define("met_at", "datetime", "date"),
        define("vip", "bool", "booleancheckbox"),
        define("stage", "enumeration", "select", options=frozenset({"lead", "customer"})),
        define("interests", "enumeration", "checkbox", options=frozenset({"t1", "t2"})),
        define("country_pick", "enumeration", "select", options=frozenset({"JP", "US"})),
        define("short", max_length=5, min_length=2),
        define("payload", "json", "text"),
        define("old", archived=True),
        define("hs_score", "number", "calculation_equation", calculated=True),
        define("createdate", "datetime", "date", read_only=True),
        define("sansan_card_id"),
    )
}


def check(*rules: MappingRule) -> tuple[MappingProblem, ...]:
    return check_mapping(rules, FIELDS, PROPERTIES)


def codes(source: str, target: str, raw: object = None) -> list[str]:
    return [problem.code for problem in check(MappingRule(source, target, parse_chain(raw)))]


@pytest.mark.parametrize(
    ("source", "target", "raw"),
    [
        ("lastName", "lastname", "nfkc"),
        ("exchangeDate", "lastname", "date"),
        ("updatedTime", "lastname", None),
        ("tags", "lastname", "join"),
        ("tel", "phone", "phone_e164"),
        ("tel", "mobile_e164", "phone_e164"),
        ("exchangeDate", "met_on", None),
        ("updatedTime", "met_on", "date"),
        ("lastName", "met_on", "date"),
        ("updatedTime", "met_at", None),
        ("exchangeDate", "met_at", None),
        ("tags", "interests", None),
        ("tags", "interests", {"name": "option_map", "options": {"VIP": "t1"}, "otherwise": ""}),
        ("countryCode", "country_pick", "trim"),
        ("lastName", "stage", {"name": "option_map", "options": {"x": "lead"}, "otherwise": "customer"}),
        ("", "stage", {"name": "constant", "value": "lead"}),
        ("", "score", {"name": "constant", "value": "12.5"}),
        ("", "vip", {"name": "constant", "value": "true"}),
        ("", "met_on", {"name": "constant", "value": "2026-04-02"}),
        ("", "met_on", [{"name": "constant", "value": "令和8年4月2日"}, "date"]),
        ("", "lastname", {"name": "join", "fields": ["email", "tel"]}),
        ("", "short", [{"name": "constant", "value": "too long"}, {"name": "truncate", "length": 5}]),
    ],
)
def test_what_fits(source: str, target: str, raw: object) -> None:
    assert codes(source, target, raw) == []


@pytest.mark.parametrize(
    ("source", "target", "raw", "code"),
    [
        ("lastName", "score", None, "TYPE_MISMATCH"),
        ("lastName", "met_on", None, "TYPE_MISMATCH"),
        ("lastName", "vip", None, "TYPE_MISMATCH"),
        ("lastName", "stage", None, "TYPE_MISMATCH"),
        ("lastName", "payload", None, "TYPE_MISMATCH"),
        ("", "payload", {"name": "constant", "value": "{}"}, "TYPE_MISMATCH"),
        ("tags", "lastname", None, "TYPE_MISMATCH"),
        ("tags", "stage", None, "TYPE_MISMATCH"),
        ("updatedTime", "met_on", None, "TYPE_MISMATCH"),
        ("exchangeDate", "mobile_e164", None, "TYPE_MISMATCH"),
        ("tags", "lastname", "trim", "TYPE_MISMATCH"),
        ("", "score", {"name": "constant", "value": "a dozen"}, "TYPE_MISMATCH"),
        ("", "vip", {"name": "constant", "value": "yes"}, "TYPE_MISMATCH"),
        ("", "met_on", {"name": "constant", "value": "2026-02-30"}, "TYPE_MISMATCH"),
        ("", "email", [{"name": "constant", "value": "nobody"}, "email"], "TYPE_MISMATCH"),
        ("", "stage", [{"name": "constant", "value": "lead"}, "join"], "TYPE_MISMATCH"),
        ("", "stage", {"name": "constant", "value": "prospect"}, "UNKNOWN_OPTION"),
        ("lastName", "stage", {"name": "option_map", "options": {"x": "prospect"}}, "UNKNOWN_OPTION"),
        ("tags", "interests", {"name": "option_map", "options": {"x": "t9"}}, "UNKNOWN_OPTION"),
        ("", "short", {"name": "constant", "value": "too long"}, "VALUE_TOO_LONG"),
        ("", "short", {"name": "constant", "value": "x"}, "VALUE_TOO_SHORT"),
        ("", "lastname", {"name": "constant", "value": "x" * 65_537}, "VALUE_TOO_LONG"),
        ("", "lastname", {"name": "constant", "value": ""}, "WRITES_NOTHING"),
        ("", "lastname", None, "UNKNOWN_FIELD"),
        ("lastNam", "lastname", None, "UNKNOWN_FIELD"),
        ("lastName", "lastname", {"name": "join", "fields": ["firstNam"]}, "UNKNOWN_FIELD"),
        ("lastName", "last_name", None, "PROPERTY_MISSING"),
        ("lastName", "old", None, "PROPERTY_ARCHIVED"),
        ("lastName", "hs_score", None, "PROPERTY_CALCULATED"),
        ("updatedTime", "createdate", None, "PROPERTY_READ_ONLY"),
        ("lastName", "sansan_card_id", None, "RESERVED_TARGET"),
    ],
)
def test_what_does_not_fit(source: str, target: str, raw: object, code: str) -> None:
    assert codes(source, target, raw) == [code]


def test_close_matches_are_named() -> None:
    assert check(MappingRule("LASTNAME", "last_name"), MappingRule("tel", "phone")) == (
        MappingProblem("UNKNOWN_FIELD", "LASTNAME", "last_name", "LASTNAME: lastName"),
        MappingProblem("PROPERTY_MISSING", "LASTNAME", "last_name", "last_name: lastname"),
    )
    assert check(MappingRule("lastName", "zzz"))[0].detail == "zzz"


def test_an_archived_property_is_not_suggested() -> None:
    assert "old" not in check(MappingRule("lastName", "olde"))[0].detail.split(": ")[-1].split(", ")


def test_two_rules_for_one_property() -> None:
    problems = check(MappingRule("lastName", "lastname"), MappingRule("tel", "lastname"))
    assert problems == (MappingProblem("DUPLICATE_TARGET", "tel", "lastname", "lastName"),)


def test_rules_that_are_off_or_lead_elsewhere_are_not_looked_at() -> None:
    problems = check(
        MappingRule("lastName", "lastname"),
        MappingRule("nowhere", "nothing", enabled=False),
        MappingRule("nowhere", "nothing", direction="hubspot_to_sansan"),
    )
    assert problems == ()


def test_a_rule_to_match_by_may_name_a_property_that_cannot_be_written() -> None:
    rules = (MappingRule("updatedTime", "createdate", write="never"), MappingRule("lastName", "lastname"))
    assert check(*rules) == ()


@pytest.mark.parametrize(
    "rules", [(), (MappingRule("lastName", "lastname", enabled=False),), (MappingRule("tel", "phone", write="never"),)]
)
def test_a_set_that_writes_nothing(rules: tuple[MappingRule, ...]) -> None:
    assert check(*rules) == (MappingProblem("WRITES_NOTHING", "", ""),)


@pytest.mark.parametrize(
    ("target", "value", "fault"),
    [
        ("short", "山田太郎次", None),
        ("short", "山田太郎次郎", ("VALUE_TOO_LONG", "6 > 5")),
        ("short", "山田", None),
        ("short", "山", ("VALUE_TOO_SHORT", "1 < 2")),
        ("short", "", None),
        ("lastname", "x" * 65_536, None),
        ("lastname", "x" * 65_537, ("VALUE_TOO_LONG", "65537 > 65536")),
        ("stage", "lead", None),
        ("stage", "Lead", ("UNKNOWN_OPTION", "Lead")),
        ("stage", "lead;customer", ("UNKNOWN_OPTION", "lead;customer")),
        ("interests", "t1;t2", None),
        ("interests", ";t1", None),
        ("interests", "t1;t9;t8", ("UNKNOWN_OPTION", "t9;t8")),
        ("score", "-1.5e3", None),
        ("score", "1,000", ("INVALID_NUMBER", "1,000")),
        ("score", "１２", ("INVALID_NUMBER", "１２")),
        ("score", "nan", ("INVALID_NUMBER", "nan")),
        ("score", "1e999", ("INVALID_NUMBER", "1e999")),
        ("met_on", "2026-04-02", None),
        ("met_on", "1775088000000", None),
        ("met_on", "1775088000001", ("INVALID_DATE", "1775088000001")),
        ("met_on", "2026-02-30", ("INVALID_DATE", "2026-02-30")),
        ("met_on", "20260402", ("INVALID_DATE", "20260402")),
        ("met_on", "2026-04-02T00:00:00Z", ("INVALID_DATE", "2026-04-02T00:00:00Z")),
        ("met_at", "2026-04-02T00:05:40.123Z", None),
        ("met_at", "1775088000001", None),
        ("met_at", "2026-W14-4", ("INVALID_DATE", "2026-W14-4")),
        ("vip", "true", None),
        ("vip", "True", ("INVALID_BOOLEAN", "True")),
    ],
)
def test_values(target: str, value: str, fault: tuple[str, str] | None) -> None:
    assert check_value(PROPERTIES[target], value) == fault


def test_options_kept_elsewhere_cannot_be_judged() -> None:
    assert check_value(define("hubspot_owner_id", "enumeration", "select"), "123") is None


def test_a_millisecond_day_is_what_the_date_says() -> None:
    assert datetime.fromtimestamp(1_775_088_000, tz=UTC) == datetime(2026, 4, 2, tzinfo=UTC)


@given(target=st.sampled_from(sorted(PROPERTIES)), value=any_text())
def test_checking_a_value_is_total(target: str, value: str) -> None:
    fault = check_value(PROPERTIES[target], value)
    assert fault is None or fault[0].isupper()


@given(source=st.sampled_from([*TYPES, "nowhere", ""]), target=st.sampled_from([*PROPERTIES, "nothing"]))
def test_checking_a_mapping_is_total(source: str, target: str) -> None:
    chain = DEFAULT_CHAINS.get(TYPES.get(source, ""), ())
    problems = check(MappingRule(source, target, chain))
    assert all(problem.source in (source, "") and problem.code.isupper() for problem in problems)
