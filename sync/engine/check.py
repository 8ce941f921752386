"""Mappings and values held against the live property definitions, before anything is written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.mapping import NEVER, MappingRule, select_rules
from sync.engine.records import FieldSpec, Kind, PropertySpec, SourceRecord, classify_type
from sync.engine.transforms import (
    TRANSFORMS,
    Chain,
    TransformSpecError,
    ValueRejectedError,
    run_chain,
    trace_kind,
    write_value,
)
from sync.engine.transforms.options import ConstantOptions, JoinOptions, OptionMapOptions
from sync.engine.transforms.text import suggest_names
from sync.engine.value_check import Fault, check_value

__all__ = ["MappingProblem", "check_mapping", "check_value"]

# What HubSpot's own data sync lets through from an app into a property of each type. Into the types below, text goes
# only by a table or a fixed value, because then each value can be checked beforehand; countries are such a table.
# https://knowledge.hubspot.com/data-sync/understand-your-data-sync-field-mappings
_FITTING: dict[str, frozenset[Kind]] = {
    "string": frozenset({"text", "date", "datetime"}),
    "phone_number": frozenset({"text"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date", "datetime"}),
}
_BY_TABLE = frozenset({"enumeration", "number", "bool"})
_FOR_EACH_VALUE = frozenset({"VALUE_TOO_LONG", "VALUE_TOO_SHORT", "UNKNOWN_OPTION"})
_BLANK = SourceRecord(id="", values={})


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """Why a mapping cannot run. `detail` is close matches, a value or a type, in no language."""

    code: str
    source: str
    target: str
    detail: str = ""


def check_mapping(
    rules: Iterable[MappingRule], fields: Mapping[str, FieldSpec], properties: Mapping[str, PropertySpec]
) -> tuple[MappingProblem, ...]:
    """Find everything that would make a run with these rules fail; rules that are off are not looked at.

    `fields` are the source's by name, `properties` the destination's by name, archived ones included. Codes:
    UNKNOWN_FIELD, PROPERTY_MISSING, PROPERTY_ARCHIVED, PROPERTY_READ_ONLY, PROPERTY_CALCULATED, TYPE_MISMATCH,
    VALUE_TOO_LONG, VALUE_TOO_SHORT, UNKNOWN_OPTION, DUPLICATE_TARGET, RESERVED_TARGET, WRITES_NOTHING.
    """
    live = select_rules(rules)
    problems: list[MappingProblem] = []
    first_source: dict[str, str] = {}
    for rule in live:
        faults = (*_check_source(rule, fields), *_check_target(rule, fields, properties))
        problems += (MappingProblem(code, rule.source, rule.target, detail) for code, detail in faults)
        if rule.target in first_source:
            problems.append(MappingProblem("DUPLICATE_TARGET", rule.source, rule.target, first_source[rule.target]))
        first_source.setdefault(rule.target, rule.source)
    if all(rule.write == NEVER for rule in live):
        problems.append(MappingProblem("WRITES_NOTHING", "", ""))
    return tuple(problems)


def _check_source(rule: MappingRule, fields: Mapping[str, FieldSpec]) -> Iterator[Fault]:
    needs_source = bool(rule.source) or not rule.chain or not TRANSFORMS[rule.chain[0].name].takes_empty
    asked = [rule.source] if needs_source else []
    for step in rule.chain:
        asked += step.options.fields if isinstance(step.options, JoinOptions) else ()
    for name in asked:
        if name not in fields:
            yield "UNKNOWN_FIELD", _name_close(name, fields)


def _name_close(name: str, known: Iterable[str]) -> str:
    return f"{name}: {', '.join(suggest_names(name, known))}".removesuffix(": ")


def _check_target(
    rule: MappingRule, fields: Mapping[str, FieldSpec], properties: Mapping[str, PropertySpec]
) -> Iterator[Fault]:
    spec = properties.get(rule.target)
    if rule.target == IDENTITY_PROPERTY:
        yield "RESERVED_TARGET", rule.target
    elif spec is None:
        live = (name for name, candidate in properties.items() if not candidate.archived)
        yield "PROPERTY_MISSING", _name_close(rule.target, live)
    elif spec.archived:
        yield "PROPERTY_ARCHIVED", rule.target
    elif spec.calculated and rule.write != NEVER:
        yield "PROPERTY_CALCULATED", rule.target
    elif spec.read_only and rule.write != NEVER:
        yield "PROPERTY_READ_ONLY", rule.target
    elif not rule.source or rule.source in fields:
        yield from _check_fit(rule, fields[rule.source].type if rule.source else "text", spec)


def _check_fit(rule: MappingRule, source_type: str, spec: PropertySpec) -> Iterator[Fault]:
    try:
        kind = trace_kind(classify_type(source_type), rule.chain)
        outputs = _list_outputs(rule.chain)
    except (TransformSpecError, ValueRejectedError) as error:
        yield "TYPE_MISMATCH", str(error)
        return
    if not _is_fitting(kind, source_type, spec, is_closed=outputs is not None):
        yield "TYPE_MISMATCH", f"{kind} → {spec.type}"
    elif outputs is not None:
        yield from _check_outputs(outputs, spec)


def _is_fitting(kind: Kind, source_type: str, spec: PropertySpec, *, is_closed: bool) -> bool:
    if kind == "tags":
        return spec.type == "enumeration" and spec.field_type == "checkbox"
    if kind == "text" and is_closed:
        return spec.type in _FITTING or spec.type in _BY_TABLE
    if spec.type == "enumeration":
        return kind == "text" and source_type == "country"
    return kind in _FITTING.get(spec.type, frozenset())


def _list_outputs(chain: Chain) -> tuple[str, ...] | None:
    """List all that a chain can give when a fixed value or a table decides it, else None.

    Raises ValueRejectedError when a later step refuses one of them.
    """
    for index in reversed(range(len(chain))):
        options = chain[index].options
        if isinstance(options, JoinOptions):
            return None
        if isinstance(options, ConstantOptions):
            given = [options.value]
        elif isinstance(options, OptionMapOptions):
            given = [*options.options.values(), options.otherwise or ""]
        else:
            continue
        return tuple(dict.fromkeys(write_value(run_chain(value, chain[index + 1 :], _BLANK)) for value in given))
    return None


def _check_outputs(outputs: tuple[str, ...], spec: PropertySpec) -> Iterator[Fault]:
    if not any(outputs):
        yield "WRITES_NOTHING", ""
    for value in outputs:
        fault = check_value(spec, value)
        if fault and fault[0] in _FOR_EACH_VALUE:
            yield fault
        elif fault:
            yield "TYPE_MISMATCH", f"{fault[0]}: {value}"
