"""What HubSpot complains about, in all its forms, as issues with stable codes.

Source: https://developers.hubspot.com/docs/api-reference/error-handling; the forms differ by call and by age.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from connectors.errors import Issue

# In every answer; the items of a 207 don't repeat it. Undocumented, but many public clients read it.
CORRELATION_HEADER = "X-HubSpot-Correlation-Id"

# HubSpot's own category of these is a general one, so the code is ours.
DUPLICATE_IDS = "DUPLICATE_IDS"
GDPR_BLOCKED = "GDPR_BLOCKED"

# Told by the message alone, in older answers or always. The last three wordings are known from client code only.
CODES_BY_MESSAGE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"duplicate ids found", DUPLICATE_IDS),
        (r"already exists\. existing id", "CONFLICT"),
        (r"was not one of the allowed options", "INVALID_OPTION"),
        (r"property \S+ does not exist", "PROPERTY_DOESNT_EXIST"),
        (r"email address \S* ?is invalid", "INVALID_EMAIL"),
        (r"gdpr blacklisted", GDPR_BLOCKED),
        (r"already has that value", "CONFLICTING_UNIQUE_VALUE"),
        (r"non-unique \S+ property", "NON_UNIQUE_PROPERTY"),
    )
)
GENERAL_CODES = frozenset({"", "VALIDATION_ERROR", "BAD_REQUEST"})

EXISTING_ID = re.compile(r"existing id:\s*(\d+)|(\d+) already has that value", re.IGNORECASE)
DUPLICATES = re.compile(r"duplicate ids found in batch input:\s*\[([^\]]*)\]", re.IGNORECASE)
VALUES_NOT_VALID = re.compile(r"property values were not valid:\s*(\[.*)", re.IGNORECASE | re.DOTALL)


def read_text(value: object) -> str:
    """Texts without NUL, numbers and truth values as HubSpot writes them, anything else empty."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def read_texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or of a single value."""
    values = value if isinstance(value, list) else [value]
    return tuple(text for item in values if (text := read_text(item)))


def parse_batch_errors(errors: object, correlation_id: str = "") -> tuple[Issue, ...]:
    """The issues of a 207's `errors`."""
    return tuple(
        issue
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
        for issue in parse_error(error, correlation_id)
    )


def parse_error(error: Mapping[str, Any], correlation_id: str = "") -> Iterator[Issue]:
    """The issues of one error object: an item of a 207, or the body of a refused request.

    One for each property that it names, and for each input (trace id) it is about.
    """
    context = read_context(error)
    correlation_id = read_text(error.get("correlationId")) or correlation_id
    message = read_text(error.get("message"))
    details = list(walk_inner(error)) or [{"code": read_category(error), "message": message}]
    for trace_id in read_texts(context.get("objectWriteTraceId")) or ("",):
        for detail in details:
            yield make_issue(detail, context, message, trace_id, correlation_id)


def make_issue(
    detail: Mapping[str, Any], context: Mapping[str, Any], outer_message: str, trace_id: str, correlation_id: str
) -> Issue:
    message = read_text(detail.get("message")) or outer_message
    inner_context = read_context(detail)
    names = read_texts(detail.get("name")) or read_texts(inner_context.get("propertyName"))
    names = names or read_texts(context.get("propertyName")) or read_texts(detail.get("in"))
    return Issue(
        code=choose_code(read_text(detail.get("error")) or read_text(detail.get("code")), message),
        message=message,
        trace_id=trace_id or next(iter(read_texts(inner_context.get("objectWriteTraceId"))), ""),
        property_name=names[0] if names else "",
        ids=read_ids(context, inner_context, message),
        existing_id=find_existing_id(message),
        correlation_id=correlation_id,
    )


def walk_inner(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The single complaints inside: the JSON in the message says most, then `errors`."""
    in_message = parse_values_not_valid(read_text(error.get("message")))
    if in_message:
        yield from in_message
        return
    inner = error.get("errors")
    yield from (item for item in (inner if isinstance(inner, list) else []) if isinstance(item, dict))


def parse_values_not_valid(message: str) -> list[Mapping[str, Any]]:
    """The list behind "Property values were not valid:"; empty when there is none, or it is cut off."""
    match = VALUES_NOT_VALID.search(message)
    if not match:
        return []
    try:
        entries = orjson.loads(match[1])
    except orjson.JSONDecodeError:
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def choose_code(code: str, message: str) -> str:
    """HubSpot's code, unless it is a general one and the message says more."""
    if code not in GENERAL_CODES:
        return code
    return next((named for pattern, named in CODES_BY_MESSAGE if pattern.search(message)), code or "UNKNOWN")


def read_category(error: Mapping[str, Any]) -> str:
    return read_text(error.get("category")) or read_text(error.get("errorType"))


def read_context(error: Mapping[str, Any]) -> Mapping[str, Any]:
    context = error.get("context")
    return context if isinstance(context, dict) else {}


def read_ids(context: Mapping[str, Any], inner_context: Mapping[str, Any], message: str) -> tuple[str, ...]:
    ids = read_texts(inner_context.get("ids")) or read_texts(context.get("ids")) or read_texts(context.get("id"))
    match = DUPLICATES.search(message)
    return ids or (tuple(part.strip() for part in match[1].split(",") if part.strip()) if match else ())


def find_existing_id(message: str) -> str:
    match = EXISTING_ID.search(message)
    return (match[1] or match[2]) if match else ""
