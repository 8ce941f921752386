"""HubSpot's live property definitions, and whether a rule fits them."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from typing import Any, TypedDict

from connectors.errors import MissingScopeError, RejectedError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.hubspot.records import Property, PropertyOption, ValidationRule
from sync.engine.check import check_mapping
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.filters import check_condition
from sync.engine.records import PropertySpec
from sync.services.property_setup import label_tag
from sync.services.rule_plan import FIELD_SPECS, RulePlan

ATTEMPTS = 3
LENGTH_RULES = {"MAX_LENGTH": "max_length", "MIN_LENGTH": "min_length"}


class Problem(TypedDict):
    """Why a rule cannot run, in a form that can be stored and told in any language."""

    code: str
    source: str
    target: str
    detail: str


class PlanUnfitError(Exception):
    """The rule cannot run as it is; `detail` is what the text of the reason `code` needs."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class PropertyCatalogue:
    """The property definitions of one HubSpot account, read once per run and completed as the run needs more.

    `executor` asks for the administrators' rules at once, for a run that is certain to need them. With `is_dry`, those
    of our own properties that the portal lacks are taken for what they will be: a preview creates none, and may come
    before the set-up that does. `finds_by_card_id` says whether contacts can be found by the card's id at all.
    """

    def __init__(self, client: HubSpotClient, executor: Executor | None = None, *, is_dry: bool = False) -> None:
        self._client = client
        early = executor.submit(client.validation_rules) if executor else None
        self._ask_for_rules = early.result if early else client.validation_rules
        self._definitions = {definition.name: definition for definition in client.properties()}
        identity = self._definitions.get(IDENTITY_PROPERTY)
        self.finds_by_card_id = identity is not None and not identity.archived
        if is_dry:
            self._definitions |= {
                name: definition
                for name, definition in SANSAN_PROPERTIES.items()
                if name not in self._definitions or self._definitions[name].archived
            }
        self._rules_loaded = False
        self.specs: dict[str, PropertySpec] = {name: as_spec(one) for name, one in self._definitions.items()}

    def check(self, plan: RulePlan) -> None:
        """Raises PlanUnfitError when a run by this plan would fail; nothing was written yet."""
        problems = [
            Problem(code=one.code, source=one.source, target=one.target, detail=one.detail)
            for one in check_mapping(plan.mappings, FIELD_SPECS, self.specs)
        ]
        problems += self._check_identity()
        if problems:
            raise PlanUnfitError("MAPPING_INVALID", problems=problems)
        faults = [
            Problem(code=fault.code, source=fault.field, target="", detail=fault.detail)
            for condition in plan.conditions
            for fault in check_condition(condition, FIELD_SPECS)
        ]
        if faults:
            raise PlanUnfitError("FILTER_INVALID", problems=faults)

    def load_validation_rules(self) -> None:
        """Adds the administrators' limits on lengths; asked for only when something is going to be written.

        A token that may not read them does not stop the run: HubSpot then refuses single records itself.
        """
        if self._rules_loaded:
            return
        self._rules_loaded = True
        try:
            found = self._ask_for_rules()
        except (MissingScopeError, RejectedError):
            return
        for name, rules in group_rules(found).items():
            if name in self._definitions:
                self.specs[name] = as_spec(self._definitions[name], rules)

    def ensure_tag_options(self, properties: Iterable[str], tag_names: Mapping[str, str]) -> None:
        """Adds the tags as options (value: tag id, label: name) where they are missing or were renamed."""
        for name in properties:
            if _needs_options(self._definitions[name], tag_names):
                self._add_options(name, tag_names)

    def _add_options(self, name: str, tag_names: Mapping[str, str]) -> None:
        """The list is replaced as a whole, so another rule may undo it at the same moment: it is looked at again."""
        for _ in range(ATTEMPTS):
            fresh = next(one for one in self._client.properties() if one.name == name)
            self._definitions[name], self.specs[name] = fresh, as_spec(fresh)
            if not _needs_options(fresh, tag_names):
                return
            self._client.replace_property_options(name, _merge_options(fresh.options, tag_names))

    def _check_identity(self) -> list[Problem]:
        identity = self._definitions.get(IDENTITY_PROPERTY)
        if identity is not None and identity.has_unique_value:
            return []
        code = "PROPERTY_MISSING" if identity is None else "PROPERTY_NOT_UNIQUE"
        return [Problem(code=code, source="id", target=IDENTITY_PROPERTY, detail="")]


def as_spec(definition: Property, limits: Mapping[str, int] | None = None) -> PropertySpec:
    """A definition as the engine takes it."""
    lengths = limits or {}
    return PropertySpec(
        name=definition.name,
        label=definition.label,
        type=definition.type,
        field_type=definition.field_type,
        options=frozenset(option.value for option in definition.options),
        read_only=definition.read_only_value,
        calculated=definition.calculated,
        archived=definition.archived,
        max_length=lengths.get("max_length"),
        min_length=lengths.get("min_length"),
    )


def group_rules(rules: Iterable[ValidationRule]) -> dict[str, dict[str, int]]:
    """Length limits by property; rules of other kinds are left for HubSpot to judge."""
    grouped: dict[str, dict[str, int]] = {}
    for rule in rules:
        limit = LENGTH_RULES.get(rule.rule_type)
        if limit and rule.arguments and rule.arguments[0].isdecimal():
            grouped.setdefault(rule.property_name, {})[limit] = int(rule.arguments[0])
    return grouped


def _merge_options(options: Iterable[PropertyOption], tag_names: Mapping[str, str]) -> list[PropertyOption]:
    merged = {option.value: option for option in options}
    for tag_id, tag_name in tag_names.items():
        known = merged.get(tag_id)
        order = known.display_order if known else len(merged)
        label = label_tag(tag_id, tag_name, {other.label for other in merged.values() if other.value != tag_id})
        merged[tag_id] = PropertyOption(label=label, value=tag_id, display_order=order)
    return list(merged.values())


def _needs_options(definition: Property, tag_names: Mapping[str, str]) -> bool:
    labels = {option.value: option.label for option in definition.options}
    return any(
        labels.get(tag_id) not in (tag_name, label_tag(tag_id, tag_name, {tag_name}))
        for tag_id, tag_name in tag_names.items()
    )
