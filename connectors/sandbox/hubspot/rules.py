"""What a portal's administrators demand: validation rules and required properties (enforced from 2026-09)."""

import re
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.hubspot.contacts import ContactRecord
from connectors.sandbox.hubspot.errors import REQUIRED_MISSING, RULE_BROKEN, ValueFault

NAMING_PROPERTIES = ("email", "firstname", "lastname")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A property that a contact must have, always or when another property has this value."""

    name: str
    when: tuple[str, str] | None = None

    def applies(self, values: dict[str, str]) -> bool:
        """Say whether a contact with these values needs the property."""
        return self.when is None or values.get(self.when[0]) == self.when[1]


class PortalRules:
    """The rules of one portal."""

    def __init__(self) -> None:
        self.by_property: dict[str, dict[str, tuple[str, ...]]] = {}
        self.required: list[Requirement] = []
        self.version = 0

    def describe(self) -> list[dict[str, Any]]:
        """Return the validation rules as the service shows them."""
        return [
            {
                "propertyName": name,
                "propertyValidationRules": [
                    {"ruleType": rule_type, "ruleArguments": list(arguments)} for rule_type, arguments in rules.items()
                ],
            }
            for name, rules in self.by_property.items()
        ]

    def check(self, values: dict[str, str], contact: ContactRecord | None) -> list[ValueFault]:
        """Return what is wrong with a write of these values."""
        faults = [
            ValueFault(RULE_BROKEN, name, f"{name} does not meet the rule {rule_type}{list(arguments)}")
            for name, rules in self.by_property.items()
            if values.get(name)
            for rule_type, arguments in rules.items()
            if not meets_rule(rule_type, arguments, values[name])
        ]
        if self.required:
            whole = {**(contact.values if contact else {}), **values}
            touched = set(values)
            faults += [
                ValueFault(REQUIRED_MISSING, one.name, f"{one.name} is required")
                for one in self.required
                if one.applies(whole)
                and not whole.get(one.name)
                # An update is held to what it touches, not to what was missing before.
                and (contact is None or touched & {one.name, *(one.when or ())[:1]})
            ]
        return faults


def meets_rule(rule_type: str, arguments: tuple[str, ...], value: str) -> bool:
    """Say whether a value meets a rule; a rule that the sandbox doesn't know is met."""
    first = arguments[0] if arguments else ""
    match rule_type:
        case "MAX_LENGTH":
            return len(value) <= int(first)
        case "MIN_LENGTH":
            return len(value) >= int(first)
        case "REGEX":
            return re.fullmatch(first, value) is not None
        case "ALPHANUMERIC":
            return value.replace(" ", "").isalnum()
        case "WHITESPACE":
            return value == value.strip()
        case "EMAIL_BLOCKED_DOMAINS":
            return value.rpartition("@")[2].lower() not in {one.lower() for one in arguments}
        case "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE":
            return re.fullmatch(r"\+[0-9 ().-]{7,}(?: ?ext\.? ?[0-9]+)?", value) is not None
    return True
