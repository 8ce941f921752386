"""Answers the requests about property definitions, their groups and validation rules."""

from typing import Any

from connectors.sandbox.hubspot.bodies import read_object
from connectors.sandbox.hubspot.contacts import format_ms
from connectors.sandbox.hubspot.definitions import (
    CHANGED_FIELDS,
    FIELD_TYPES,
    MAX_CUSTOM_PROPERTIES,
    MAX_UNIQUE_PROPERTIES,
    Definition,
    exists_refusal,
    make_definition,
    read_options,
)
from connectors.sandbox.hubspot.errors import no_such_path, not_found, refuse, refuse_request
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.web import Answer, Incoming


class PropertyHandlers:
    """Answers one request about contact properties."""

    def __init__(self, store: ContactStore, now_ms: int) -> None:
        self._store = store
        self._now_ms = now_ms

    def answer(self, incoming: Incoming, rest: list[str]) -> Answer:
        """Answer a request whose path goes on with `rest` after the object type; 404 for no such path."""
        match incoming.method, rest:
            case "GET", []:
                archived = incoming.value("archived") == "true"
                chosen = [one for one in self._store.definitions.values() if one.archived is archived]
                return Answer(content={"results": [one.describe() for one in chosen]})
            case "POST", []:
                return self._create(read_object(incoming))
            case _, ["groups", *names]:
                return self._answer_group(incoming, names)
            case "GET", [name]:
                return Answer(content=self._find(name, archived=incoming.value("archived") == "true").describe())
            case "PATCH", [name]:
                return self._change(self._find(name), read_object(incoming))
            case "DELETE", [name]:
                return self._archive(self._find(name))
        raise no_such_path(incoming)

    def _create(self, given: dict[str, Any]) -> Answer:
        definition = make_definition(given)
        existing = self._store.definitions.get(definition.name)
        if existing is not None and not existing.archived:
            raise exists_refusal(definition.name)
        if definition.group not in self._store.groups:
            refuse_request(f"Property group {definition.group} does not exist")
        custom = [one for one in self._store.active_definitions() if not one.hubspot_defined]
        if len(custom) >= MAX_CUSTOM_PROPERTIES:
            refuse_request(f"There can be up to {MAX_CUSTOM_PROPERTIES} custom properties")
        if definition.unique and sum(one.unique for one in custom) >= MAX_UNIQUE_PROPERTIES:
            refuse_request(f"There can be up to {MAX_UNIQUE_PROPERTIES} unique properties")
        definition.created_at = definition.updated_at = format_ms(self._now_ms)
        self._store.define(definition)
        return Answer(201, definition.describe())

    def _change(self, definition: Definition, given: dict[str, Any]) -> Answer:
        """Change what is given; `options` replaces the whole list, `hasUniqueValue` is ignored."""
        kind, field_type = given.get("type", definition.type), given.get("fieldType", definition.field_type)
        if field_type not in FIELD_TYPES.get(kind, ()):
            refuse_request(f"fieldType {field_type} is not valid for type {kind}")
        if definition.hubspot_defined and set(given) & CHANGED_FIELDS - {"options", "groupName", "displayOrder"}:
            refuse_request(f"The definition of {definition.name} is read only")
        if given.get("groupName", definition.group) not in self._store.groups:
            refuse_request(f"Property group {given['groupName']} does not exist")
        definition.type, definition.field_type = kind, field_type
        definition.label = given.get("label", definition.label)
        definition.group = given.get("groupName", definition.group)
        definition.description = given.get("description", definition.description)
        definition.hidden = given.get("hidden", definition.hidden)
        definition.form_field = given.get("formField", definition.form_field)
        definition.display_order = given.get("displayOrder", definition.display_order)
        if "options" in given:
            definition.options = read_options(given["options"] or [])
        definition.updated_at = format_ms(self._now_ms)
        self._store.definitions_version += 1
        return Answer(content=definition.describe())

    def _archive(self, definition: Definition) -> Answer:
        if definition.hubspot_defined:
            refuse_request(f"{definition.name} is defined by HubSpot and cannot be archived")
        definition.archived = True
        self._store.definitions_version += 1
        return Answer(204)

    def _find(self, name: str, *, archived: bool = False) -> Definition:
        definition = self._store.definitions.get(name)
        if definition is None or definition.archived is not archived:
            not_found()
        return definition

    def _answer_group(self, incoming: Incoming, names: list[str]) -> Answer:
        match incoming.method, names:
            case "GET", []:
                return Answer(content={"results": [self._describe_group(name) for name in self._store.groups]})
            case "POST", []:
                return self._create_group(read_object(incoming))
        if len(names) != 1 or names[0] not in self._store.groups:
            not_found()
        name = names[0]
        if incoming.method == "PATCH":
            self._store.groups[name] = read_object(incoming).get("label", self._store.groups[name])
        elif incoming.method == "DELETE":
            if any(one.group == name for one in self._store.active_definitions()):
                refuse(
                    400,
                    "VALIDATION_ERROR",
                    f"Group {name} has active properties",
                    subCategory="PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES",
                )
            del self._store.groups[name]
            return Answer(204)
        return Answer(content=self._describe_group(name))

    def _create_group(self, given: dict[str, Any]) -> Answer:
        name, label = given.get("name"), given.get("label")
        if not isinstance(name, str) or not name or not label:
            refuse_request("Invalid input JSON: name and label are required")
        if name in self._store.groups:
            refuse(409, "OBJECT_ALREADY_EXISTS", f"A property group named '{name}' already exists.")
        self._store.groups[name] = str(label)
        return Answer(201, self._describe_group(name))

    def _describe_group(self, name: str) -> dict[str, Any]:
        return {"name": name, "label": self._store.groups[name], "displayOrder": -1, "archived": False}
