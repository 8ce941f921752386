"""Chains of transforms: read from a configuration, written back, run on a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

from sync.engine.records import Kind, SourceRecord, Value, classify_value
from sync.engine.transforms.catalogue import TRANSFORMS
from sync.engine.transforms.errors import TransformSpecError, ValueRejectedError
from sync.engine.transforms.options import NoOptions
from sync.engine.transforms.text import suggest_names


@dataclass(frozen=True, slots=True)
class Step:
    """One transform with its options, which are of the transform's own model."""

    name: str
    options: NoOptions


Chain: TypeAlias = tuple[Step, ...]


def parse_chain(raw: object) -> Chain:
    """Read "name", {"name": ..., **options} or a list of these; None and "" are the empty chain.

    Raises TransformSpecError with the place of the first fault: `[1].length` in a list, `length` otherwise.
    """
    if raw is None or raw == "":
        return ()
    if isinstance(raw, (list, tuple)):
        return tuple(_parse_step(item, f"[{index}]") for index, item in enumerate(raw))
    return (_parse_step(raw, ""),)


def _parse_step(raw: object, path: str) -> Step:
    if isinstance(raw, str):
        raw = {"name": raw}
    if not isinstance(raw, Mapping):
        raise TransformSpecError(path, f"a transform is a name or a mapping with a name, not {type(raw).__name__}")
    options = {key: value for key, value in raw.items() if key != "name"}
    name = raw.get("name")
    spec = TRANSFORMS.get(name) if isinstance(name, str) else None
    if spec is None:
        raise TransformSpecError(_extend(path, "name"), _explain_unknown(name))
    try:
        return Step(spec.name, spec.options_model.model_validate(options))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise TransformSpecError(_extend(path, place), f"{spec.name}: {fault['msg']}") from error


def _extend(path: str, place: str) -> str:
    return f"{path}.{place}" if path and place else path or place


def _explain_unknown(name: object) -> str:
    if not isinstance(name, str) or not name:
        return "the name of a transform is missing"
    close = suggest_names(name, TRANSFORMS) or tuple(TRANSFORMS)
    return f"no transform is called {name!r}; there is {', '.join(close)}"


def dump_chain(chain: Chain) -> list[str | dict[str, Any]]:
    """Write a chain so that JSON and YAML can hold it and `parse_chain` reads it back as it was."""
    dumped: list[str | dict[str, Any]] = []
    for step in chain:
        options = step.options.model_dump(mode="json", exclude_defaults=True)
        dumped.append({"name": step.name, **options} if options else step.name)
    return dumped


def run_chain(value: Value, chain: Chain, record: SourceRecord) -> Value:
    """Send a value through the transforms in order; an empty one ("" or ()) passes by all that need a value.

    Raises ValueRejectedError: INVALID_EMAIL, INVALID_DATE, UNKNOWN_OPTION, or TYPE_MISMATCH when a transform cannot
    take what the one before gives.
    """
    return compile_chain(chain)(value, record)


def compile_chain(chain: Chain) -> Callable[[Value, SourceRecord], Value]:
    """The same as a function of value and record, for many values."""
    steps = [(TRANSFORMS[step.name], step.options) for step in chain]

    def run(value: Value, record: SourceRecord) -> Value:
        for spec, options in steps:
            if not value and not spec.takes_empty:
                continue
            if classify_value(value) not in spec.takes:
                raise ValueRejectedError("TYPE_MISMATCH", f"{spec.name} cannot take {classify_value(value)}")
            value = spec.apply(value, options, record)
        return value

    return run


def trace_kind(kind: Kind, chain: Chain) -> Kind:
    """Tell what a chain gives when it is fed with `kind`.

    Raises TransformSpecError at the first step that cannot take what the one before gives.
    """
    for index, step in enumerate(chain):
        spec = TRANSFORMS[step.name]
        if kind not in spec.takes:
            raise TransformSpecError(f"[{index}]", f"{step.name} cannot take {kind}")
        kind = kind if spec.gives == "same" else spec.gives
    return kind
