"""Property definitions: their shape, the rules for making one, and what a portal has from the start."""

from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.hubspot.errors import error_answer, refuse, refuse_request
from connectors.sandbox.web import RefusalError

FIELD_TYPES = {
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "string": {"text", "textarea", "html", "phonenumber", "file", "calculation_equation"},
    "phone_number": {"phonenumber", "text"},
    "number": {"number", "calculation_equation"},
}
MAX_UNIQUE_PROPERTIES = 10
MAX_CUSTOM_PROPERTIES = 1_000
CREATED_FIELDS = {
    "name", "label", "type", "fieldType", "groupName", "description", "options", "displayOrder", "hidden",
    "formField", "hasUniqueValue", "externalOptions", "dataSensitivity", "referencedObjectType",
    "calculationFormula", "showCurrencySymbol", "currencyPropertyName", "numberDisplayHint", "textDisplayHint",
}  # fmt: skip
CHANGED_FIELDS = CREATED_FIELDS - {"name", "hasUniqueValue", "dataSensitivity"}


@dataclass(slots=True)
class Definition:
    """One contact property."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = "contactinformation"
    description: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    unique: bool = False
    read_only: bool = False
    calculated: bool = False
    hubspot_defined: bool = False
    archived: bool = False
    hidden: bool = False
    form_field: bool = True
    display_order: int = -1
    created_at: str = "2024-01-01T00:00:00.000Z"
    updated_at: str = "2024-01-01T00:00:00.000Z"

    @property
    def option_values(self) -> frozenset[str]:
        """The internal values of the options."""
        return frozenset(option["value"] for option in self.options)

    def describe(self) -> dict[str, Any]:
        """Return the definition as the service shows it; HubSpot's own lack `archived`."""
        described = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": self.options,
            "displayOrder": self.display_order,
            "calculated": self.calculated,
            "externalOptions": self.name == "hubspot_owner_id",
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": self.hubspot_defined,
            "formField": self.form_field,
            "dataSensitivity": "non_sensitive",
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "modificationMetadata": {
                "archivable": not self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyValue": self.read_only,
            },
        }
        return described if self.hubspot_defined else {**described, "archived": self.archived}


def make_definition(given: dict[str, Any]) -> Definition:
    """Return a new custom property; refuses with 400 what HubSpot would refuse."""
    for name in ("name", "label", "type", "fieldType", "groupName"):
        if not isinstance(given.get(name), str) or not given[name]:
            refuse_request(f"Invalid input JSON: {name} is required")
    if (
        not given["name"].isascii()
        or not given["name"].replace("_", "").isalnum()
        or given["name"].lower() != given["name"]
    ):
        refuse_request(f"{given['name']}: a property name has lower-case letters, digits and underscores only")
    if given["fieldType"] not in FIELD_TYPES.get(given["type"], ()):
        refuse_request(f"fieldType {given['fieldType']} is not valid for type {given['type']}")
    options = read_options(given.get("options") or [])
    if given["type"] == "bool" and {option["value"] for option in options} != {"true", "false"}:
        message = "Boolean properties must have exactly two options, true and false"
        refuse(400, "VALIDATION_ERROR", message, errors=[{"message": message, "code": "INVALID_BOOLEAN_OPTION"}])
    return Definition(
        name=given["name"],
        label=given["label"],
        type=given["type"],
        field_type=given["fieldType"],
        group=given["groupName"],
        description=given.get("description") or "",
        options=options,
        unique=bool(given.get("hasUniqueValue")),
        hidden=bool(given.get("hidden")),
        form_field=bool(given.get("formField")),
        display_order=given.get("displayOrder", -1),
    )


def read_options(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return options with all their fields; refuses with 400 when one lacks its label or a value comes twice."""
    options = []
    for number, option in enumerate(given):
        if not isinstance(option, dict) or not option.get("label") or not str(option.get("value", "")):
            refuse_request("Invalid input JSON: an option needs a label and a value")
        options.append(
            {
                "label": option["label"],
                "value": str(option["value"]),
                "displayOrder": option.get("displayOrder", number),
                "hidden": bool(option.get("hidden")),
                "description": option.get("description") or "",
            }
        )
    for key in ("value", "label"):
        if len({option[key] for option in options}) < len(options):
            refuse_request(f"Property option {key}s must be unique")
    return options


def exists_refusal(name: str) -> RefusalError:
    """Return the refusal of a property whose name is taken."""
    message = f"A property named '{name}' already exists."
    return RefusalError(
        error_answer(409, "OBJECT_ALREADY_EXISTS", message, subCategory="Properties.PROPERTY_WITH_NAME_EXISTS")
    )
