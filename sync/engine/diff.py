"""What has to be written to make a contact be what its card says."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

IF_EMPTY = "if_empty"
EMAIL = "email"
ADDITIONAL_EMAILS = "hs_additional_emails"

Changes = dict[str, tuple[str, str]]


def diff_contact(
    current: Mapping[str, str],
    wanted: Mapping[str, str],
    *,
    clears: Iterable[str] = (),
    policies: Mapping[str, str],
    kinds: Mapping[str, str],
) -> Changes:
    """The properties to write, each with its (old, new) value; empty when the contact already is right.

    `current` holds the contact's values, absent where empty; `policies` a write policy and `kinds` a HubSpot type per
    property. A property of `clears` is emptied; a value for a policy of `if_empty` is only written into emptiness.
    """
    changes: Changes = {}
    for name, new in wanted.items():
        old = current.get(name, "")
        if old and policies.get(name) == IF_EMPTY:
            continue
        if name == EMAIL and new in known_emails(current):
            continue
        if not is_same(old, new, kinds.get(name, "string")):
            changes[name] = (old, new)
    for name in clears:
        old = current.get(name, "")
        if old and policies.get(name) != IF_EMPTY:
            changes[name] = (old, "")
    return changes


def known_emails(current: Mapping[str, str]) -> set[str]:
    """A contact's addresses, lower-cased: writing a secondary one as the primary would only shuffle them."""
    addresses = [current.get(EMAIL, ""), *current.get(ADDITIONAL_EMAILS, "").split(";")]
    return {address.strip().lower() for address in addresses if address.strip()}


def is_same(old: str, new: str, kind: str) -> bool:
    """Whether two HubSpot values mean the same: options in any order, dates as text or as milliseconds."""
    if old == new:
        return True
    if kind == "enumeration":
        return _split_options(old) == _split_options(new)
    if kind == "date":
        return _as_iso_date(old) == _as_iso_date(new)
    if kind == "datetime":
        return _as_moment(old) == _as_moment(new) is not None
    if kind == "number":
        return _as_number(old) == _as_number(new) is not None
    return False


def _split_options(value: str) -> set[str]:
    return {option for option in value.split(";") if option}


def _as_iso_date(value: str) -> str:
    if value.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(value) / 1000, tz=UTC).date().isoformat()
    return value


def _as_moment(value: str) -> datetime | None:
    try:
        if value.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(value) / 1000, tz=UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
