"""Conditions by type: what passes, what does not, what is refused when it is saved."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.filters import OPERATORS, Condition, ConditionProblem, check_condition, judge
from sync.engine.records import FieldSpec, SourceRecord, classify_type
from tests.engine.strategies import FIELD_NAMES, any_text, records

TOKYO = timezone(timedelta(hours=9))
NOW = datetime(2026, 4, 12, 8, 0, tzinfo=TOKYO)
CARD = SourceRecord(
    id="B1",
    values={
        "companyName": " ＡＢＣ㈱　",
        "title": "部長",
        "email": "taro@example.jp",
        "exchangeDate": date(2026, 4, 2),
        "updatedTime": datetime(2026, 4, 1, 16, 0, tzinfo=UTC),
        "tags": ("t1", "t2"),
    },
    tag_ids=frozenset({"t1", "t2"}),
    tag_names=frozenset({"展示会2026春", "ＶＩＰ"}),
)
FIELDS = {
    name: FieldSpec(name, name, type_)
    for name, type_ in {
        "companyName": "text",
        "email": "email",
        "exchangeDate": "date",
        "updatedTime": "datetime",
        "tags": "tags",
        "tel": "phone",
    }.items()
}


def passes(field: str, operator: str, value: object = None) -> bool:
    return judge(CARD, [Condition(field, operator, value)], now=NOW).passed


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("companyName", "equals", "abc(株)", True),
        ("companyName", "equals", "ａｂｃ", False),
        ("companyName", "not_equals", "ABC(株)", False),
        ("companyName", "not_equals", "xyz", True),
        ("companyName", "contains", "㈱", True),
        ("companyName", "contains", "有限", False),
        ("companyName", "not_contains", "㈱", False),
        ("companyName", "not_contains", "有限", True),
        ("companyName", "starts_with", "ab", True),
        ("companyName", "starts_with", "bc", False),
        ("companyName", "ends_with", "(株)", True),
        ("companyName", "ends_with", "abc", False),
        ("title", "in", ["課長", "部長"], True),
        ("title", "in", "課長、 部長", True),
        ("title", "in", ["課長"], False),
        ("title", "not_in", "課長\n部長", False),
        ("title", "not_in", ["課長"], True),
        ("title", "is_empty", None, False),
        ("title", "is_not_empty", None, True),
        ("fax", "is_empty", None, True),
        ("fax", "is_not_empty", None, False),
        ("fax", "contains", "03", False),
        ("fax", "not_contains", "03", True),
        ("fax", "not_equals", "03", True),
        ("fax", "not_in", ["03"], True),
    ],
)
def test_text(field: str, operator: str, value: object, expected: bool) -> None:
    assert passes(field, operator, value) is expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("exchangeDate", "equals", "2026-04-02", True),
        ("exchangeDate", "equals", "2026年4月2日", True),
        ("exchangeDate", "equals", date(2026, 4, 3), False),
        ("exchangeDate", "before", "2026-04-03", True),
        ("exchangeDate", "before", "2026-04-02", False),
        ("exchangeDate", "after", "2026-04-01", True),
        ("exchangeDate", "after", "2026-04-02", False),
        ("exchangeDate", "on_or_before", "2026-04-02", True),
        ("exchangeDate", "on_or_before", "2026-04-01", False),
        ("exchangeDate", "on_or_after", "2026-04-02", True),
        ("exchangeDate", "on_or_after", "2026-04-03", False),
        ("exchangeDate", "within_days", 10, True),
        ("exchangeDate", "within_days", "１０", True),
        ("exchangeDate", "within_days", 9, False),
        ("exchangeDate", "is_empty", None, False),
        ("exchangeDate", "is_not_empty", None, True),
        ("updatedTime", "equals", "2026-04-02", True),
        ("updatedTime", "before", "2026-04-02", False),
        ("registeredTime", "is_empty", None, True),
        ("registeredTime", "before", "2026-04-02", False),
        ("registeredTime", "within_days", 10, False),
    ],
)
def test_dates(field: str, operator: str, value: object, expected: bool) -> None:
    assert passes(field, operator, value) is expected


def test_today_is_that_of_the_zone() -> None:
    early = datetime(2026, 4, 12, 0, 30, tzinfo=TOKYO)
    within = [Condition("exchangeDate", "within_days", 9)]
    assert not judge(CARD, within, now=early).passed
    assert judge(CARD, within, now=early.astimezone(UTC)).passed


def test_a_card_dated_ahead_is_recent() -> None:
    ahead = SourceRecord(id="B2", values={"exchangeDate": date(2026, 4, 20)})
    assert judge(ahead, [Condition("exchangeDate", "within_days", 0)], now=NOW).passed


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("has", "t1", True),
        ("has", "vip", True),
        ("has", "展示会２０２６春", True),
        ("has", "展示会", False),
        ("has", ["t9", "t2"], True),
        ("has_not", "t1", False),
        ("has_not", "VIP ", False),
        ("has_not", "t9", True),
        ("has_not", ["t9", "t2"], False),
        ("is_empty", None, False),
        ("is_not_empty", None, True),
    ],
)
def test_tags(operator: str, value: object, expected: bool) -> None:
    assert passes("tags", operator, value) is expected


def test_a_card_without_tags() -> None:
    bare = SourceRecord(id="B3", values={"tags": ()})
    assert judge(bare, [Condition("tags", "is_empty"), Condition("tags", "has_not", "t1")], now=NOW).passed
    assert not judge(bare, [Condition("tags", "has", "t1")], now=NOW).passed


@pytest.mark.parametrize(
    "condition",
    [
        Condition("companyName", "resembles", "abc"),
        Condition("companyName", "contains", ""),
        Condition("companyName", "not_contains", None),
        Condition("companyName", "in", []),
        Condition("companyName", "not_in", "、"),
        Condition("companyName", "equals", ["abc"]),
        Condition("companyName", "before", "2026-04-02"),
        Condition("exchangeDate", "contains", "2026"),
        Condition("exchangeDate", "not_equals", "2026-04-02"),
        Condition("exchangeDate", "before", "someday"),
        Condition("exchangeDate", "within_days", -1),
        Condition("exchangeDate", "within_days", True),
        Condition("exchangeDate", "within_days", 10**9),
        Condition("tags", "contains", "t1"),
        Condition("tags", "has_not", ""),
    ],
)
def test_what_cannot_be_judged_keeps_the_record_out_and_is_refused_when_saved(condition: Condition) -> None:
    assert not judge(CARD, [condition], now=NOW).passed
    assert check_condition(condition, FIELDS)


def test_all_any_and_none() -> None:
    good = Condition("companyName", "contains", "abc")
    bad = Condition("email", "is_empty")
    assert judge(CARD, [], now=NOW).passed
    assert judge(CARD, [], "any", now=NOW).passed
    both = judge(CARD, [good, bad], "all", now=NOW)
    assert (both.passed, both.failed) == (False, (bad,))
    either = judge(CARD, [good, bad], "any", now=NOW)
    assert (either.passed, either.failed) == (True, ())
    neither = judge(CARD, [bad, bad], "any", now=NOW)
    assert (neither.passed, neither.failed) == (False, (bad, bad))


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (Condition("companyname", "contains", "x"), ("UNKNOWN_FIELD", "companyName")),
        (Condition("zzz", "contains", "x"), ("UNKNOWN_FIELD", "")),
        (Condition("email", "has", "x"), ("UNKNOWN_OPERATOR", ", ".join(OPERATORS["text"]))),
        (Condition("tags", "equals", "x"), ("UNKNOWN_OPERATOR", "has, has_not, is_empty, is_not_empty")),
        (Condition("exchangeDate", "on_or_after", "2026-13-01"), ("BAD_VALUE", "2026-13-01")),
        (Condition("tel", "starts_with", None), ("BAD_VALUE", "")),
        (Condition("tel", "in", ["03", ""]), ("BAD_VALUE", "['03', '']")),
    ],
)
def test_a_wrong_condition_is_named(condition: Condition, problem: tuple[str, str]) -> None:
    assert check_condition(condition, FIELDS) == (ConditionProblem(problem[0], condition.field, problem[1]),)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("tel", "starts_with", "03"),
        Condition("tel", "contains", 3),
        Condition("tel", "in", "03, 06"),
        Condition("tags", "has", ["t1", "VIP"]),
        Condition("updatedTime", "within_days", "30"),
        Condition("exchangeDate", "before", date(2026, 4, 2)),
        Condition("exchangeDate", "is_empty"),
    ],
)
def test_a_right_condition_has_no_problem(condition: Condition) -> None:
    assert check_condition(condition, FIELDS) == ()


def conditions() -> st.SearchStrategy[Condition]:
    operators = sorted({operator for listed in OPERATORS.values() for operator in listed})
    raw: st.SearchStrategy[Any] = st.one_of(
        any_text(), st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.lists(any_text(), max_size=3)
    )
    return st.builds(Condition, st.sampled_from([*FIELD_NAMES, "nowhere"]), st.sampled_from([*operators, "?"]), raw)


@given(record=records(), asked=st.lists(conditions(), max_size=4), match=st.sampled_from(["all", "any"]))
def test_judging_is_total_and_says_why(record: SourceRecord, asked: list[Condition], match: Any) -> None:
    verdict = judge(record, asked, match, now=NOW)
    assert verdict.passed == (not verdict.failed)
    assert set(map(id, verdict.failed)) <= set(map(id, asked))


@given(asked=conditions())
def test_checking_a_condition_is_total(asked: Condition) -> None:
    codes = {problem.code for problem in check_condition(asked, FIELDS)}
    assert codes <= {"UNKNOWN_FIELD", "UNKNOWN_OPERATOR", "BAD_VALUE"}


OPPOSITES = [
    ("equals", "not_equals"),
    ("contains", "not_contains"),
    ("in", "not_in"),
    ("has", "has_not"),
    ("is_empty", "is_not_empty"),
]


@pytest.mark.parametrize(("operator", "opposite"), OPPOSITES)
@given(record=records(), field=st.sampled_from(["lastName", "tags"]), value=any_text())
def test_of_two_opposites_never_both_pass(
    operator: str, opposite: str, record: SourceRecord, field: str, value: str
) -> None:
    first = judge(record, [Condition(field, operator, value)], now=NOW).passed
    second = judge(record, [Condition(field, opposite, value)], now=NOW).passed
    assert not (first and second)
    spec = {field: FieldSpec(field, field, "tags" if field == "tags" else "text")}
    held = record.values.get(field, () if field == "tags" else "")
    fits = isinstance(held, tuple) == (classify_type(spec[field].type) == "tags") and isinstance(held, (str, tuple))
    if fits and not check_condition(Condition(field, operator, value), spec):
        assert first != second
