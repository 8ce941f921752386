"""One value held against the definition of its property."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sync.engine.records import PropertySpec

Fault: TypeAlias = tuple[str, str]

# https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
LONGEST_STRING = 65_536

_DAY_MILLISECONDS = 86_400_000
_MILLISECONDS = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_value(spec: PropertySpec, value: str) -> Fault | None:
    """Hold one value against a property: (code, detail), or None when it may be written; "" clears and always may.

    Codes: VALUE_TOO_LONG and VALUE_TOO_SHORT (`detail`: length and limit in characters), UNKNOWN_OPTION,
    INVALID_NUMBER, INVALID_DATE, INVALID_BOOLEAN (`detail`: the value).
    Source: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
    """
    if not value:
        return None
    test = _TESTS.get(spec.type)
    return _check_length(spec, value) or (test(spec, value) if test else None)


def _check_length(spec: PropertySpec, value: str) -> Fault | None:
    longest = LONGEST_STRING if spec.max_length is None else spec.max_length
    if len(value) > longest:
        return "VALUE_TOO_LONG", f"{len(value)} > {longest}"
    if spec.min_length is not None and len(value) < spec.min_length:
        return "VALUE_TOO_SHORT", f"{len(value)} < {spec.min_length}"
    return None


def _check_options(spec: PropertySpec, value: str) -> Fault | None:
    if not spec.options:
        # A property that takes its options from elsewhere (owners) lists none, so nothing can be said of its values.
        return None
    chosen = value.split(";") if spec.field_type == "checkbox" else [value]
    unknown = [option for option in chosen if option and option not in spec.options]
    return ("UNKNOWN_OPTION", ";".join(unknown)) if unknown else None


def _check_number(_: PropertySpec, value: str) -> Fault | None:
    is_number = _NUMBER.fullmatch(value) and math.isfinite(float(value))
    return None if is_number else ("INVALID_NUMBER", value)


def _check_boolean(_: PropertySpec, value: str) -> Fault | None:
    return None if value in ("true", "false") else ("INVALID_BOOLEAN", value)


def _check_day(_: PropertySpec, value: str) -> Fault | None:
    """YYYY-MM-DD, or midnight UTC in milliseconds."""
    if _MILLISECONDS.fullmatch(value):
        is_day = int(value) % _DAY_MILLISECONDS == 0
    else:
        is_day = len(value) == len("YYYY-MM-DD") and _is_iso(value)
    return None if is_day else ("INVALID_DATE", value)


def _check_moment(_: PropertySpec, value: str) -> Fault | None:
    """ISO 8601, a day alone included, or milliseconds."""
    return None if _MILLISECONDS.fullmatch(value) or _is_iso(value) else ("INVALID_DATE", value)


def _is_iso(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return _DAY.match(value) is not None


_TESTS: dict[str, Callable[[PropertySpec, str], Fault | None]] = {
    "enumeration": _check_options,
    "number": _check_number,
    "bool": _check_boolean,
    "date": _check_day,
    "datetime": _check_moment,
}
