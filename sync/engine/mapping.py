"""From a Sansan record to HubSpot properties, rule by rule."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sync.engine.records import TAGS_FIELD, SourceRecord, Value
from sync.engine.transforms import TRANSFORMS, Chain, ValueRejectedError, compile_chain, parse_chain, write_value

WritePolicy: TypeAlias = Literal["always", "if_empty", "never"]
Direction: TypeAlias = Literal["sansan_to_hubspot", "hubspot_to_sansan", "both"]

NEVER: WritePolicy = "never"
REMEMBERED_VALUES = 1024
_NO_RECORD = SourceRecord(id="", values={})

# PostgreSQL cannot store the first, UTF-8 cannot carry the others.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_TEXT_CHAIN = parse_chain(["nfkc", "trim"])
DEFAULT_CHAINS: dict[str, Chain] = {
    "text": _TEXT_CHAIN,
    "email": parse_chain("email"),
    "phone": parse_chain("phone_e164"),
    "date": parse_chain("date"),
    "datetime": (),
    "tags": (),
    "url": _TEXT_CHAIN,
    "country": _TEXT_CHAIN,
}


@dataclass(frozen=True, slots=True)
class MappingRule:
    """One field written to one property. `chain` is what really runs: see `choose_chain` for the defaults.

    `write`: "always"; "if_empty", for whoever sees the contact to obey; "never": kept, but not mapped.
    """

    source: str
    target: str
    chain: Chain = ()
    write: WritePolicy = "always"
    direction: Direction = "sansan_to_hubspot"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Rejection:
    """A value that could not be mapped; the property is left out."""

    target: str
    source: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """What a record says about the destination, by property name.

    `values` may be written; `clears` are properties to empty, none of them in `values`.
    """

    values: Mapping[str, str]
    clears: frozenset[str] = frozenset()
    rejected: tuple[Rejection, ...] = ()


def choose_chain(raw: object, field_type: str) -> Chain:
    """Read the transforms a mapping names, or take those of the field's type when it names none.

    Raises TransformSpecError as `parse_chain` does.
    """
    return parse_chain(raw) or DEFAULT_CHAINS.get(field_type, _TEXT_CHAIN)


def select_rules(rules: Iterable[MappingRule], direction: Direction = "sansan_to_hubspot") -> tuple[MappingRule, ...]:
    """Keep the rules that are switched on and lead in `direction`."""
    return tuple(rule for rule in rules if rule.enabled and rule.direction in (direction, "both"))


class Mapper:
    """Maps records to HubSpot's strings by the rules that are on and lead to HubSpot, quickly for many records."""

    def __init__(self, rules: Iterable[MappingRule]) -> None:
        live = [rule for rule in select_rules(rules) if rule.write != NEVER]
        self._writers = tuple(
            (rule.source, rule.target, write := make_writer(rule), remember(rule, write)) for rule in live
        )

    def map(self, record: SourceRecord) -> MappedRecord:
        """Raises nothing.

        An empty value leaves its property out, so that nothing is cleared; only tags, when none is left, clear theirs.
        Dates are YYYY-MM-DD, moments ISO 8601 in UTC, several options `a;b` in sorted order.
        """
        values: dict[str, str] = {}
        clears: set[str] = set()
        rejected: list[Rejection] = []
        for source, target, write, write_remembered in self._writers:
            value = record.values.get(source) or ""
            try:
                written = write_remembered(value) if write_remembered else write(value, record)
            except ValueRejectedError as error:
                rejected.append(Rejection(target, source, error.code, error.detail))
                continue
            if written:
                values[target] = written
            elif source == TAGS_FIELD:
                clears.add(target)
        return MappedRecord(values, frozenset(clears - values.keys()), tuple(rejected))


def make_writer(rule: MappingRule) -> Callable[[Value, SourceRecord], str]:
    """What makes of a field's value the property's."""
    run = compile_chain(rule.chain)

    def write(value: Value, record: SourceRecord) -> str:
        result = run(value, record)
        return _UNSTORABLE.sub("", write_value(result)) if result else ""

    return write


def remember(rule: MappingRule, write: Callable[[Value, SourceRecord], str]) -> Callable[[Value], str] | None:
    """The same with a memory, where the value alone decides: names, companies and titles come up again and again."""
    if any(TRANSFORMS[step.name].uses_record for step in rule.chain):
        return None
    return lru_cache(REMEMBERED_VALUES)(lambda value: write(value, _NO_RECORD))
