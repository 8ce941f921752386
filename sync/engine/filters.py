"""Conditions that decide whether a record syncs."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias

from sync.engine.records import TAGS_FIELD, FieldSpec, Kind, SourceRecord, Value, classify_type
from sync.engine.transforms.dates import read_date
from sync.engine.transforms.text import fold_text, suggest_names

Match: TypeAlias = Literal["all", "any"]

_TEXT_OPERATORS = ("equals", "not_equals", "contains", "not_contains", "starts_with", "ends_with")
_LIST_OPERATORS = ("in", "not_in")
_TAG_OPERATORS = ("has", "has_not")
_EMPTINESS = ("is_empty", "is_not_empty")
_DATE_OPERATORS = ("equals", "before", "after", "on_or_before", "on_or_after", "within_days", *_EMPTINESS)
OPERATORS: dict[Kind, tuple[str, ...]] = {
    "text": (*_TEXT_OPERATORS, *_LIST_OPERATORS, *_EMPTINESS),
    "date": _DATE_OPERATORS,
    "datetime": _DATE_OPERATORS,
    "tags": (*_TAG_OPERATORS, *_EMPTINESS),
}
MOST_DAYS = 36_500

_SEPARATORS = re.compile("[,，、\n]")


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is a text, a number or date where it fits, or a list of texts (in, not_in, has, has_not)."""

    field: str
    operator: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`failed` names the conditions that kept the record out; empty when it passed."""

    passed: bool
    failed: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionProblem:
    """UNKNOWN_FIELD (`detail`: close matches), UNKNOWN_OPERATOR (`detail`: those that fit) or BAD_VALUE."""

    code: str
    field: str
    detail: str = ""


def judge(record: SourceRecord, conditions: Iterable[Condition], match: Match = "all", *, now: datetime) -> Verdict:
    """Judge a record by all or any of the conditions; without conditions it passes. Raises nothing.

    Texts are compared after NFKC, without case and surrounding space; tags by id or name. `now` is aware and brings
    the time zone in which a moment's day is told. What a condition cannot judge (an operator that does not fit, a
    date that is none) it does not let pass.
    """
    asked = tuple(conditions)
    failed = tuple(condition for condition in asked if not _is_met(record, condition, now))
    passed = len(failed) < len(asked) if match == "any" and asked else not failed
    return Verdict(passed, () if passed else failed)


def check_condition(condition: Condition, fields: Mapping[str, FieldSpec]) -> tuple[ConditionProblem, ...]:
    """Find what is wrong with a condition on these fields, for when it is saved."""
    spec = fields.get(condition.field)
    if spec is None:
        close = ", ".join(suggest_names(condition.field, fields))
        return (ConditionProblem("UNKNOWN_FIELD", condition.field, close),)
    kind = classify_type(spec.type)
    if condition.operator not in OPERATORS[kind]:
        return (ConditionProblem("UNKNOWN_OPERATOR", condition.field, ", ".join(OPERATORS[kind])),)
    if not _is_usable(condition, kind):
        shown = "" if condition.value is None else str(condition.value)
        return (ConditionProblem("BAD_VALUE", condition.field, shown),)
    return ()


def _is_usable(condition: Condition, kind: Kind) -> bool:
    value = condition.value
    if condition.operator in _EMPTINESS:
        return True
    if condition.operator == "within_days":
        return _read_days(value) is not None
    if kind in ("date", "datetime"):
        return read_date(value, UTC) is not None
    if isinstance(value, (list, tuple)):
        takes_list = condition.operator in (*_LIST_OPERATORS, *_TAG_OPERATORS)
        return takes_list and bool(value) and all(_read_text(item) for item in value)
    return bool(_read_list(value) if condition.operator in _LIST_OPERATORS else _read_text(value))


def _is_met(record: SourceRecord, condition: Condition, now: datetime) -> bool:
    value = record.values.get(condition.field) or ""
    operator = condition.operator
    if operator in _EMPTINESS:
        return _is_empty(value) == (operator == "is_empty")
    if operator in _TAG_OPERATORS:
        wanted = _read_tags(condition.value)
        held = _list_tags(record, condition.field, value)
        return bool(wanted) and wanted.isdisjoint(held) == (operator == "has_not")
    if isinstance(value, tuple):
        return False
    if isinstance(value, date) or (operator in _DATE_OPERATORS and operator != "equals"):
        return _compare_dates(value, condition, now)
    return _compare_texts(fold_text(value), operator, condition.value)


def _is_empty(value: Value) -> bool:
    return not (fold_text(value) if isinstance(value, str) else value)


def _compare_texts(text: str, operator: str, value: object) -> bool:
    if operator in _LIST_OPERATORS:
        listed = _read_list(value)
        return bool(listed) and (text in listed) == (operator == "in")
    test = _TEXT_TESTS.get(operator)
    wanted = _read_text(value)
    return test is not None and bool(wanted) and test(text, wanted)


def _compare_dates(value: Value, condition: Condition, now: datetime) -> bool:
    zone = now.tzinfo or UTC
    day = read_date(value, zone)
    if day is None:
        return False
    if condition.operator == "within_days":
        return _is_recent(day, condition.value, now.date())
    test = _DATE_TESTS.get(condition.operator)
    limit = read_date(condition.value, zone)
    return test is not None and limit is not None and test(day, limit)


def _is_recent(day: date, value: object, today: date) -> bool:
    """Not more days ago than asked; a day still to come is recent, too, or a card dated ahead would never enter."""
    days = _read_days(value)
    return days is not None and today - day <= timedelta(days=days)


def _read_days(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        days = int(value)
    except ValueError:
        return None
    return days if 0 <= days <= MOST_DAYS else None


def _read_text(value: object) -> str:
    return "" if value is None or isinstance(value, (list, tuple, dict)) else fold_text(str(value))


def _read_list(value: object) -> frozenset[str]:
    """Read a list, or a text with entries between commas or on lines of their own."""
    items = value if isinstance(value, (list, tuple)) else _SEPARATORS.split("" if value is None else str(value))
    return frozenset(text for text in map(_read_text, items) if text)


def _read_tags(value: object) -> frozenset[str]:
    return _read_list(value) if isinstance(value, (list, tuple)) else _read_list([value])


def _list_tags(record: SourceRecord, field: str, value: Value) -> set[str]:
    held = set(value) if isinstance(value, tuple) else set(str(value).split(";"))
    held |= {record.tag_labels[tag] for tag in held if tag in record.tag_labels}
    if field == TAGS_FIELD:
        held |= record.tag_ids | record.tag_names
    return {fold_text(tag) for tag in held}


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda text, wanted: text == wanted,
    "not_equals": lambda text, wanted: text != wanted,
    "contains": lambda text, wanted: wanted in text,
    "not_contains": lambda text, wanted: wanted not in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
_DATE_TESTS: dict[str, Callable[[date, date], bool]] = {
    "equals": lambda day, limit: day == limit,
    "before": lambda day, limit: day < limit,
    "after": lambda day, limit: day > limit,
    "on_or_before": lambda day, limit: day <= limit,
    "on_or_after": lambda day, limit: day >= limit,
}
