"""HubSpot's JSON to records and back. HubSpot says that every field is optional; only ids and names must be there."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.answers import make_shape_error
from connectors.hubspot.issues import parse_batch_errors, read_text, read_texts
from connectors.hubspot.records import (
    Account,
    BatchResult,
    Contact,
    ContactInput,
    ContactPage,
    Owner,
    Property,
    PropertyGroup,
    PropertyOption,
    ValidationRule,
)

SERVICE = "HubSpot"


def parse_time(value: object) -> datetime | None:
    """An ISO time as UTC (HubSpot's are in UTC and say so); None for anything else."""
    try:
        time = datetime.fromisoformat(read_text(value))
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def require_object(body: object, key: str, what: str) -> dict[str, Any]:
    """The object itself if it has a text or number at `key`. Raises UnexpectedAnswerError."""
    if not isinstance(body, dict) or not read_text(body.get(key)):
        raise make_shape_error(SERVICE, f"{what} with `{key}`", body)
    return body


def require_results(body: object) -> list[Any]:
    """The items of a list answer. Raises UnexpectedAnswerError."""
    if not isinstance(body, dict) or not isinstance(results := body.get("results"), list):
        raise make_shape_error(SERVICE, "an object with a list `results`", body)
    return results


def parse_next_after(body: object) -> str:
    """The cursor of the next page, empty on the last."""
    paging = body.get("paging") if isinstance(body, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    return read_text(following.get("after")) if isinstance(following, dict) else ""


def parse_account(body: object) -> Account:
    account = require_object(body, "portalId", "account details")
    return Account(
        portal_id=read_text(account["portalId"]),
        time_zone=read_text(account.get("timeZone")),
        account_type=read_text(account.get("accountType")),
        ui_domain=read_text(account.get("uiDomain")),
    )


def parse_contact(body: object) -> Contact:
    contact = require_object(body, "id", "a contact")
    properties = contact.get("properties")
    return Contact(
        id=read_text(contact["id"]),
        properties=parse_values(properties) if isinstance(properties, dict) else {},
        created_at=parse_time(contact.get("createdAt")),
        updated_at=parse_time(contact.get("updatedAt")),
        archived=contact.get("archived") is True,
        archived_at=parse_time(contact.get("archivedAt")),
        trace_id=read_text(contact.get("objectWriteTraceId")),
        is_new=contact.get("new") if isinstance(contact.get("new"), bool) else None,
    )


def parse_values(properties: Mapping[str, object]) -> dict[str, str]:
    return {name: text for name, value in properties.items() if (text := read_text(value))}


def parse_contact_page(body: object) -> ContactPage:
    return ContactPage(
        contacts=tuple(map(parse_contact, require_results(body))),
        after=parse_next_after(body),
    )


def parse_batch(body: object, correlation_id: str = "") -> BatchResult:
    """The answer of a batch call, 200, 201 or 207. `correlation_id` is that of the whole answer."""
    if not isinstance(body, dict):
        raise make_shape_error(SERVICE, "an object with a list `results`", body)
    contacts = tuple(map(parse_contact, require_results(body)))
    correlation_id = read_text(body.get("correlationId")) or correlation_id
    issues = parse_batch_errors(body.get("errors"), correlation_id)
    return BatchResult(contacts, issues, correlation_id or next((issue.correlation_id for issue in issues), ""))


def parse_property(body: object) -> Property:
    definition = require_object(body, "name", "a property")
    metadata = definition.get("modificationMetadata")
    options = definition.get("options")
    return Property(
        name=read_text(definition["name"]),
        label=read_text(definition.get("label")),
        type=read_text(definition.get("type")),
        field_type=read_text(definition.get("fieldType")),
        group_name=read_text(definition.get("groupName")),
        description=read_text(definition.get("description")),
        options=tuple(map(parse_option, options)) if isinstance(options, list) else (),
        has_unique_value=definition.get("hasUniqueValue") is True,
        calculated=definition.get("calculated") is True,
        read_only_value=isinstance(metadata, dict) and metadata.get("readOnlyValue") is True,
        archived=definition.get("archived") is True,
        hidden=definition.get("hidden") is True,
    )


def parse_option(body: object) -> PropertyOption:
    # A value may be empty or a number; only that there is one is certain.
    if not isinstance(body, dict) or "value" not in body:
        raise make_shape_error(SERVICE, "an option with `value`", body)
    order = body.get("displayOrder")
    return PropertyOption(
        label=read_text(body.get("label")),
        value=read_text(body["value"]),
        display_order=order if isinstance(order, int) else -1,
        hidden=body.get("hidden") is True,
    )


def parse_group(body: object) -> PropertyGroup:
    group = require_object(body, "name", "a property group")
    return PropertyGroup(name=read_text(group["name"]), label=read_text(group.get("label")))


def parse_validation_rules(body: object) -> tuple[ValidationRule, ...]:
    """Rules of all properties. The answer is a list; that it may also be wrapped in `results` is a guess."""
    entries = body if isinstance(body, list) else require_results(body)
    return tuple(rule for entry in entries for rule in parse_property_rules(entry))


def parse_property_rules(body: object) -> Iterable[ValidationRule]:
    entry = require_object(body, "propertyName", "validation rules")
    rules = entry.get("propertyValidationRules")
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict):
            yield ValidationRule(
                property_name=read_text(entry["propertyName"]),
                rule_type=read_text(rule.get("ruleType")),
                arguments=read_texts(rule.get("ruleArguments")),
            )


def parse_owner(body: object) -> Owner:
    owner = require_object(body, "id", "an owner")
    return Owner(
        id=read_text(owner["id"]),
        email=read_text(owner.get("email")),
        first_name=read_text(owner.get("firstName")),
        last_name=read_text(owner.get("lastName")),
        archived=owner.get("archived") is True,
    )


def format_property(definition: Property) -> dict[str, object]:
    """The JSON that creates the property."""
    body: dict[str, object] = {
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type,
        "groupName": definition.group_name,
        "description": definition.description,
        "hidden": definition.hidden,
    }
    if definition.options:
        body["options"] = format_options(definition.options)
    if definition.has_unique_value:
        body["hasUniqueValue"] = True
    return body


def format_options(options: Iterable[PropertyOption]) -> list[dict[str, object]]:
    return [
        {
            "label": option.label,
            "value": option.value,
            "displayOrder": option.display_order,
            "hidden": option.hidden,
        }
        for option in options
    ]


def format_input(one: ContactInput) -> dict[str, object]:
    return {"properties": dict(one.properties), "objectWriteTraceId": one.trace_id}
