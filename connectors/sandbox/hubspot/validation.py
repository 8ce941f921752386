"""Checks property values the way HubSpot does, and stores them the way HubSpot would."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.hubspot.addresses import is_address
from connectors.sandbox.hubspot.contacts import ContactRecord, format_ms
from connectors.sandbox.hubspot.definitions import Definition
from connectors.sandbox.hubspot.errors import EMAIL_BLOCKLISTED, VALUE_TOO_LONG, ValueFault
from connectors.sandbox.hubspot.rules import PortalRules
from connectors.sandbox.hubspot.store import ContactStore

MAX_STRING = 65_536
DAY_MS = 86_400_000

Checker = Callable[[Definition, str, ContactRecord | None], str]


class ValueRefusedError(Exception):
    """One value is not valid."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Validator:
    """Checks the properties of one contact at a time against the portal's definitions and rules."""

    def __init__(self, store: ContactStore, rules: PortalRules) -> None:
        self._store = store
        self._rules = rules
        self._plain: frozenset[str] = frozenset()
        self._plain_version = (-1, -1)

    def check(
        self, given: Mapping[str, Any], contact: ContactRecord | None, *, with_rules: bool
    ) -> tuple[dict[str, str], list[ValueFault]]:
        """Return the values to store ("" clears) and what is wrong; `contact` is None for a new one."""
        plain = self._find_plain()
        values: dict[str, str] = {}
        faults: list[ValueFault] = []
        for name, value in given.items():
            if name in plain and type(value) is str and len(value) <= MAX_STRING:
                values[name] = value
                continue
            try:
                values[name] = self._check_one(name, value, contact)
            except ValueRefusedError as refused:
                faults.append(ValueFault(refused.code, name, refused.message))
        if contact is None:
            values = {name: value for name, value in values.items() if value} if "" in values.values() else values
        if with_rules:
            faults += self._rules.check(values, contact)
        return values, faults

    def _check_one(self, name: str, value: Any, contact: ContactRecord | None) -> str:
        definition = self._store.definitions.get(name)
        if definition is None or definition.archived:
            raise ValueRefusedError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if definition.read_only or definition.calculated:
            raise ValueRefusedError("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
        text = _to_text(value)
        if not text:
            return ""
        if name in ("email", "hs_additional_emails"):
            return self._check_emails(name, text)
        if name == "hubspot_owner_id":
            return self._check_owner(text)
        checker = CHECKERS.get(definition.type, _check_string)
        return checker(definition, text, contact)

    def _check_emails(self, name: str, text: str) -> str:
        emails = [text] if name == "email" else [one for one in text.split(";") if one.strip()]
        checked = []
        for email in emails:
            lowered = email.strip().lower()
            if not is_address(lowered):
                raise ValueRefusedError("INVALID_EMAIL", f"Email address {email} is invalid")
            if lowered in self._store.blocklist:
                raise ValueRefusedError(EMAIL_BLOCKLISTED, f"{email} email has been GDPR blacklisted")
            checked.append(lowered)
        return ";".join(checked)

    def _check_owner(self, text: str) -> str:
        known = [owner[0] for owner in self._store.owners if not owner[5]]
        if text not in known:
            raise ValueRefusedError("INVALID_OPTION", f"{text} was not one of the allowed options: {known}")
        return text

    def _find_plain(self) -> frozenset[str]:
        """Return the properties that take any text: nearly all there are, so they get the short way."""
        version = (self._store.definitions_version, self._rules.version)
        if version != self._plain_version:
            self._plain = frozenset(
                one.name
                for one in self._store.active_definitions()
                if one.type == "string"
                and not one.read_only
                and not one.calculated
                and one.name not in ("email", "hs_additional_emails")
            )
            self._plain_version = version
        return self._plain


def _to_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_string(definition: Definition, text: str, _: ContactRecord | None) -> str:
    if len(text) > MAX_STRING:
        raise ValueRefusedError(
            VALUE_TOO_LONG, f"{definition.name} is too long: {len(text)} characters, {MAX_STRING} allowed"
        )
    return text


def _check_number(_: Definition, text: str, __: ContactRecord | None) -> str:
    try:
        float(text)
    except ValueError:
        raise ValueRefusedError("INVALID_INTEGER", f"{text} was not a valid number.") from None
    return text


def _check_date(_: Definition, text: str, __: ContactRecord | None) -> str:
    try:
        if text.lstrip("-").isdigit() and int(text) % DAY_MS == 0:
            return datetime.fromtimestamp(int(text) / 1000, UTC).date().isoformat()
        if len(text) == len("2026-01-01"):
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except (ValueError, OverflowError):
        pass
    raise ValueRefusedError("INVALID_DATE", f"{text} was not a valid date.")


def _check_datetime(_: Definition, text: str, __: ContactRecord | None) -> str:
    try:
        if text.lstrip("-").isdigit():
            return format_ms(int(text))
        moment = datetime.fromisoformat(text)
        return format_ms(int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000))
    except (ValueError, OverflowError):
        raise ValueRefusedError("INVALID_DATE", f"{text} was not a valid date.") from None


def _check_choice(definition: Definition, text: str, contact: ContactRecord | None) -> str:
    appended = definition.field_type == "checkbox" and text.startswith(";")
    chosen = [one for one in text.split(";") if one] if definition.field_type == "checkbox" else [text]
    allowed = definition.option_values
    for one in chosen:
        if one not in allowed:
            labels = ", ".join(option["label"] for option in definition.options)
            raise ValueRefusedError("INVALID_OPTION", f"{one} was not one of the allowed options: [{labels}]")
    if appended and contact is not None:
        chosen = [*contact.values.get(definition.name, "").split(";"), *chosen]
    return ";".join(dict.fromkeys(one for one in chosen if one))


CHECKERS: dict[str, Checker] = {
    "number": _check_number,
    "date": _check_date,
    "datetime": _check_datetime,
    "enumeration": _check_choice,
    "bool": _check_choice,
}
