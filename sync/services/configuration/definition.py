"""What a sync rule is, in plain values: the same form for what the file asks for and what the database holds."""

from dataclasses import dataclass
from typing import Any

from sync.engine.defaults import DEFAULT_MAPPINGS
from sync.engine.mapping import DEFAULT_CHAINS, MappingRule
from sync.engine.transforms import Chain, TransformSpecError, dump_chain, parse_chain
from sync.models import ConnectedAccount, FieldMapping, FilterSide, RecordFilter, SyncRule, TagSelection
from sync.services.rule_plan import FIELD_SPECS


@dataclass(frozen=True, slots=True)
class TagDefinition:
    tag_id: str
    name: str
    type: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class MappingDefinition:
    """`transform` is as JSON holds it, empty where the transforms are those that suit the field anyway."""

    sansan: str
    hubspot: str
    transform: list[Any]
    write: str
    direction: str
    enabled: bool

    def __str__(self) -> str:
        return f"{self.sansan} -> {self.hubspot}" if self.sansan else self.hubspot


@dataclass(frozen=True, slots=True)
class FilterDefinition:
    field: str
    operator: str
    value: Any

    def __str__(self) -> str:
        return f"{self.field} {self.operator}" + ("" if self.value is None else f" {self.value}")


@dataclass(frozen=True, slots=True)
class RuleDefinition:
    """A rule without its state (watermark, next run, links). Accounts stand by name, durations are in minutes."""

    name: str
    sansan: str
    hubspot: str
    direction: str
    enabled: bool
    interval_minutes: int
    overlap_minutes: int
    sync_all_tags: bool
    tags: tuple[TagDefinition, ...]
    only_with_these_tags: bool
    only_with_email: bool
    matching: tuple[str, ...]
    conflict: str
    filter_match: str
    filters: tuple[FilterDefinition, ...]
    hubspot_filter_match: str
    hubspot_filters: tuple[FilterDefinition, ...]
    mappings: tuple[MappingDefinition, ...]


def dump_transform(chain: Chain, field: str) -> list[Any]:
    """The chain as JSON holds it, empty when the field would get the same one without being asked."""
    spec = FIELD_SPECS.get(field)
    return [] if chain == DEFAULT_CHAINS[spec.type if spec else "text"] else dump_chain(chain)


def define_mapping(rule: MappingRule) -> MappingDefinition:
    return MappingDefinition(
        sansan=rule.source,
        hubspot=rule.target,
        transform=dump_transform(rule.chain, rule.source),
        write=rule.write,
        direction=rule.direction,
        enabled=rule.enabled,
    )


def define_default_mappings() -> tuple[MappingDefinition, ...]:
    return tuple(define_mapping(rule) for rule in DEFAULT_MAPPINGS)


def read_definition(rule: SyncRule) -> RuleDefinition:
    """What the database holds of a rule."""
    filters = list(rule.filters.all())
    return RuleDefinition(
        name=rule.name,
        sansan=_read_account_name(rule.sansan_account_id),
        hubspot=_read_account_name(rule.hubspot_account_id),
        direction=rule.direction,
        enabled=rule.enabled,
        interval_minutes=rule.interval_minutes,
        overlap_minutes=rule.overlap_minutes,
        sync_all_tags=rule.sync_all_tags,
        tags=tuple(_read_tag(tag) for tag in rule.tags.all()),
        only_with_these_tags=rule.only_with_these_tags,
        only_with_email=rule.only_with_email,
        matching=tuple(rule.matching),
        conflict=rule.conflict,
        filter_match=rule.filter_match,
        filters=tuple(_read_filter(one) for one in filters if one.side == FilterSide.SANSAN),
        hubspot_filter_match=rule.hubspot_filter_match,
        hubspot_filters=tuple(_read_filter(one) for one in filters if one.side == FilterSide.HUBSPOT),
        mappings=tuple(_read_mapping(mapping) for mapping in rule.mappings.all()),
    )


def _read_account_name(account_id: int) -> str:
    """Without the credentials: a lost key must not hide what is configured."""
    return ConnectedAccount.objects.values_list("name", flat=True).get(pk=account_id)


def _read_tag(tag: TagSelection) -> TagDefinition:
    return TagDefinition(tag.tag_id, tag.name, tag.type)


def _read_filter(condition: RecordFilter) -> FilterDefinition:
    return FilterDefinition(condition.field, condition.operator, condition.value)


def _read_mapping(mapping: FieldMapping) -> MappingDefinition:
    try:
        chain = parse_chain(mapping.transform)
        transform = dump_transform(chain, mapping.sansan_field) if chain else []
    except TransformSpecError:
        # Written by another version: it differs from whatever the file says, and is replaced by that.
        transform = list(mapping.transform)
    return MappingDefinition(
        sansan=mapping.sansan_field,
        hubspot=mapping.hubspot_property,
        transform=transform,
        write=mapping.write,
        direction=mapping.direction,
        enabled=mapping.enabled,
    )
