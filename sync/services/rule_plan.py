"""A rule's configuration as the engine takes it, read once per run."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sansan.fields import SANSAN_FIELDS
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.diff import ADDITIONAL_EMAILS, EMAIL
from sync.engine.filters import Condition, Match
from sync.engine.mapping import Direction, MappingRule, WritePolicy, choose_chain, select_rules
from sync.engine.records import TAGS_FIELD, FieldSpec
from sync.models import FieldMapping, FilterSide, SyncRule

MERGED_IDS = "hs_merged_object_ids"

FIELD_SPECS: dict[str, FieldSpec] = {
    name: FieldSpec(name=name, label=field.label_en, type=field.type) for name, field in SANSAN_FIELDS.items()
}


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a rule does with each card."""

    mappings: tuple[MappingRule, ...]
    conditions: tuple[Condition, ...]
    match: Match
    only_with_email: bool
    only_with_tags: bool
    matches_by_email: bool
    selected_tag_ids: frozenset[str] | None  # None: every public and shared tag
    policies: Mapping[str, str]
    # What has to be known of a contact before it is changed.
    properties_to_read: tuple[str, ...]
    # Properties whose options are tag ids; a transform makes something else of the tags.
    tag_properties: frozenset[str]


def plan_rule(rule: SyncRule) -> RulePlan:
    """Reads the rule's parts; the plan stays the same while a run lasts. Raises TransformSpecError when a stored
    transform is not in the catalogue."""
    mappings = select_rules(build_mapping(mapping) for mapping in rule.mappings.all())
    match: Match = rule.filter_match  # type: ignore[assignment]  # the choices of the model field
    written = tuple(mapping for mapping in mappings if mapping.write != "never")
    policies = {mapping.target: mapping.write for mapping in written}
    return RulePlan(
        mappings=written,
        conditions=tuple(
            Condition(condition.field, condition.operator, condition.value)
            for condition in rule.filters.filter(side=FilterSide.SANSAN)
        ),
        match=match,
        only_with_email=rule.only_with_email,
        only_with_tags=rule.only_with_these_tags,
        matches_by_email=EMAIL in rule.matching,
        selected_tag_ids=None if rule.sync_all_tags else frozenset(rule.tags.values_list("tag_id", flat=True)),
        policies=policies,
        properties_to_read=tuple(sorted({*policies, EMAIL, ADDITIONAL_EMAILS, MERGED_IDS, IDENTITY_PROPERTY})),
        tag_properties=frozenset(
            mapping.target for mapping in written if mapping.source == TAGS_FIELD and not mapping.chain
        ),
    )


def build_mapping(mapping: FieldMapping) -> MappingRule:
    field = FIELD_SPECS.get(mapping.sansan_field)
    write: WritePolicy = mapping.write  # type: ignore[assignment]  # the choices of the model field
    direction: Direction = mapping.direction  # type: ignore[assignment]  # likewise
    return MappingRule(
        source=mapping.sansan_field,
        target=mapping.hubspot_property,
        chain=choose_chain(mapping.transform, field.type if field else "text"),
        write=write,
        direction=direction,
        enabled=mapping.enabled,
    )
