"""Contact search: late by a lag, capped at 10,000 results, strict about its limits."""

import fnmatch
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from connectors.sandbox.hubspot.contacts import COMPUTED, DEFAULT_SHOWN, ContactRecord, describe, format_ms
from connectors.sandbox.hubspot.definitions import Definition
from connectors.sandbox.hubspot.errors import refuse_request
from connectors.sandbox.hubspot.reading import ALWAYS_SHOWN, DEFAULT_PAGE
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.web import Answer

# HubSpot's own pages disagree about the first three; these are the guide's, and the strictest.
MAX_GROUPS = 5
MAX_FILTERS_IN_GROUP = 6
MAX_FILTERS = 18
MAX_PAGE = 200
MAX_RESULTS = 10_000
MAX_BODY_CHARACTERS = 3_000
PHONES = {"phone", "mobilephone", "fax"}
QUERIED = ("firstname", "lastname", "email", "phone", "company", "hs_additional_emails", "mobilephone")

WITH_VALUE = {"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"}
WITH_VALUES = {"IN", "NOT_IN"}
WITHOUT = {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}


class SeenContact:
    """A contact as the search index knows it: perhaps as it was a while ago."""

    __slots__ = ("_values", "contact", "updated_ms")

    def __init__(self, contact: ContactRecord, values: dict[str, str], seen_at_ms: int) -> None:
        self.contact = contact
        self._values = values
        self.updated_ms = contact.updated_ms
        if contact.updated_ms > seen_at_ms:
            times = [change.at_ms for change in contact.changes if change.at_ms <= seen_at_ms]
            self.updated_ms = max(times, default=contact.created_ms)

    def read(self, name: str) -> str | None:
        """Return the value of a property, None when empty."""
        if name == "lastmodifieddate":
            return format_ms(self.updated_ms)
        computed = COMPUTED.get(name)
        return computed(self.contact) if computed else self._values.get(name)

    def describe(self, names: list[str]) -> dict[str, Any]:
        """Return the contact as the service shows it."""
        properties = {name: self.read(name) for name in names}
        return {**describe(self.contact, properties), "updatedAt": format_ms(self.updated_ms), "archived": False}


Test = Callable[[SeenContact], bool]


class ContactSearch:
    """Runs one search over the contacts as they were at `seen_at_ms`."""

    def __init__(self, store: ContactStore, seen_at_ms: int) -> None:
        self._store = store
        self._seen_at_ms = seen_at_ms

    def run(self, body: Any, body_characters: int) -> Answer:
        """Answer a search request; refuses with 400 what is over a limit or asks for an unknown property."""
        if not isinstance(body, dict):
            refuse_request("Invalid input JSON")
        if body_characters > MAX_BODY_CHARACTERS:
            refuse_request(f"The request body must not be longer than {MAX_BODY_CHARACTERS} characters")
        limit, offset = _read_page(body)
        tests = self._read_groups(body.get("filterGroups") or [])
        query = str(body.get("query") or "").lower().split()
        found = [
            seen
            for seen in self._list_seen()
            if (not tests or any(all(test(seen) for test in group) for group in tests)) and _meets_query(seen, query)
        ]
        self._sort(found, body.get("sorts") or [])
        names = self._known([*(body.get("properties") or DEFAULT_SHOWN), *ALWAYS_SHOWN])
        page = found[offset : offset + limit]
        content: dict[str, Any] = {"total": len(found), "results": [seen.describe(names) for seen in page]}
        if offset + limit < len(found):
            content["paging"] = {"next": {"after": str(offset + limit)}}
        return Answer(content=content)

    def _list_seen(self) -> Iterator[SeenContact]:
        for number in self._store.ordered_ids:
            contact = self._store.contacts[number]
            values = contact.values_at(self._seen_at_ms)
            if values is not None and (not contact.archived_ms or contact.archived_ms > self._seen_at_ms):
                yield SeenContact(contact, values, self._seen_at_ms)

    def _known(self, names: list[str]) -> list[str]:
        return [name for name in dict.fromkeys(names) if name in self._store.definitions]

    def _read_groups(self, groups: list[Any]) -> list[list[Test]]:
        counts = [len(group.get("filters") or ()) for group in groups]
        if len(groups) > MAX_GROUPS or max(counts, default=0) > MAX_FILTERS_IN_GROUP or sum(counts) > MAX_FILTERS:
            refuse_request(
                f"Too many filters: up to {MAX_GROUPS} groups of {MAX_FILTERS_IN_GROUP}, {MAX_FILTERS} in all"
            )
        return [[self._read_filter(one) for one in group.get("filters") or ()] for group in groups]

    def _read_filter(self, one: dict[str, Any]) -> Test:
        name, operator = str(one.get("propertyName", "")), str(one.get("operator", ""))
        definition = self._store.definitions.get(name)
        if definition is None or definition.archived:
            refuse_request(f"There was a problem with the request: property {name} does not exist")
        if operator not in WITH_VALUE | WITH_VALUES | WITHOUT:
            refuse_request(f"Invalid operator {operator}")
        if operator in WITH_VALUE and one.get("value") is None:
            refuse_request(f"operator {operator} requires value")
        if operator in WITH_VALUES and not isinstance(one.get("values"), list):
            refuse_request(f"operator {operator} requires values")
        if operator == "BETWEEN" and one.get("highValue") is None:
            refuse_request("operator BETWEEN requires highValue")
        return make_test(definition, operator, one)

    def _sort(self, found: list[SeenContact], sorts: list[Any]) -> None:
        if len(sorts) > 1:
            refuse_request("Only one sort is allowed")
        if not sorts:
            return
        name, descending = _read_sort(sorts[0])
        definition = self._store.definitions.get(name)
        if definition is None:
            refuse_request(f"There was a problem with the request: property {name} does not exist")
        keyed = [(seen.read(name), seen) for seen in found]
        empty = [seen for value, seen in keyed if value is None]
        full = [(to_comparable(_kind(definition), value), seen) for value, seen in keyed if value is not None]
        full.sort(key=lambda pair: pair[0], reverse=descending)
        ordered = [seen for _, seen in full]
        found[:] = [*ordered, *empty] if descending else [*empty, *ordered]


def make_test(definition: Definition, operator: str, one: dict[str, Any]) -> Test:
    """Return the test that a filter means. An empty property meets only the negative operators."""
    name = definition.name
    if operator in WITHOUT:
        wanted = operator == "HAS_PROPERTY"
        return lambda seen: (seen.read(name) is not None) is wanted
    if operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"):
        positive = {"NEQ": "EQ", "NOT_IN": "IN", "NOT_CONTAINS_TOKEN": "CONTAINS_TOKEN"}[operator]
        test = make_test(definition, positive, one)
        return lambda seen: not test(seen)
    if operator == "CONTAINS_TOKEN":
        wanted_tokens = str(one["value"]).lower().split()
        return lambda seen: _has_tokens(seen.read(name) or "", wanted_tokens)
    if operator == "IN":
        return _make_in_test(definition, [str(value) for value in one["values"]])
    return _make_comparison(definition, operator, one)


def _make_in_test(definition: Definition, wanted: list[str]) -> Test:
    name = definition.name
    if definition.type == "enumeration":
        return lambda seen: not set(wanted).isdisjoint((seen.read(name) or "").split(";"))
    if _kind(definition) == "string":
        # Stored text is compared in lower case, so a value given in capitals never matches.
        return lambda seen: (seen.read(name) or "").lower() in wanted
    keys = {read_operand(_kind(definition), value) for value in wanted}
    return lambda seen: (value := seen.read(name)) is not None and to_comparable(_kind(definition), value) in keys


def _make_comparison(definition: Definition, operator: str, one: dict[str, Any]) -> Test:
    name, kind = definition.name, _kind(definition)
    low = read_operand(kind, str(one["value"]))
    high = read_operand(kind, str(one["highValue"])) if operator == "BETWEEN" else low
    compare: dict[str, Callable[[Any], bool]] = {
        "EQ": lambda value: bool(value == low),
        "LT": lambda value: bool(value < low),
        "LTE": lambda value: bool(value <= low),
        "GT": lambda value: bool(value > low),
        "GTE": lambda value: bool(value >= low),
        "BETWEEN": lambda value: bool(low <= value <= high),
    }
    meets = compare[operator]
    return lambda seen: (value := seen.read(name)) is not None and meets(to_comparable(kind, value))


def _kind(definition: Definition) -> str:
    if definition.name == "hs_object_id":
        return "number"
    return "phone" if definition.name in PHONES else definition.type


def to_comparable(kind: str, value: str) -> Any:
    """Return a stored value in a form that compares as HubSpot would."""
    if kind == "number":
        return float(value)
    if kind in ("date", "datetime"):
        return _to_ms(value)
    if kind == "phone":
        # Area code and local number decide; the country code is left out.
        digits = re.sub(r"\D", "", value)
        return digits.removeprefix("81") if value.strip().startswith("+81") else digits.removeprefix("0")
    return value if kind == "enumeration" else value.lower()


def read_operand(kind: str, value: str) -> Any:
    """Return a filter's value; times must be epoch milliseconds, the only form that HubSpot documents."""
    if kind in ("date", "datetime"):
        if not value.lstrip("-").isdigit():
            refuse_request(f"{value} was not a valid long.")
        return int(value)
    try:
        return to_comparable(kind, value)
    except ValueError:
        refuse_request(f"{value} was not a valid number.")


@cache
def _to_ms(value: str) -> int:
    if "T" in value:
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    day = date.fromisoformat(value)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _has_tokens(value: str, wanted: list[str]) -> bool:
    tokens = [token for token in re.split(r"[^\w*]+", value.lower()) if token]
    whole = value.lower()
    return all(any(fnmatch.fnmatchcase(token, pattern) for token in (*tokens, whole)) for pattern in wanted)


def _meets_query(seen: SeenContact, words: list[str]) -> bool:
    if not words:
        return True
    texts = [(seen.read(name) or "").lower() for name in QUERIED]
    return all(any(word in text for text in texts) for word in words)


def _read_page(body: dict[str, Any]) -> tuple[int, int]:
    limit, after = body.get("limit", DEFAULT_PAGE), str(body.get("after") or "0")
    if not isinstance(limit, int) or not 0 < limit <= MAX_PAGE:
        refuse_request(f"limit must be between 1 and {MAX_PAGE}")
    if not after.isdigit():
        refuse_request("after must be an integer")
    if int(after) + limit > MAX_RESULTS:
        refuse_request(f"Paging past {MAX_RESULTS} results is not possible")
    return limit, int(after)


def _read_sort(sort: Any) -> tuple[str, bool]:
    if isinstance(sort, dict):
        return str(sort.get("propertyName", "")), sort.get("direction") == "DESCENDING"
    return str(sort).removeprefix("-"), str(sort).startswith("-")
