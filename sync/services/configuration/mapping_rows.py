"""The rows of a rule's field mappings."""

from collections.abc import Iterable

from sync.models import FieldMapping, SyncRule
from sync.services.configuration.definition import MappingDefinition, define_default_mappings


def add_default_mappings(rule: SyncRule) -> None:
    """Gives a rule without mappings the default ones."""
    save_mappings(rule, define_default_mappings())


def save_mappings(rule: SyncRule, mappings: Iterable[MappingDefinition]) -> None:
    """Stores the mappings in their order, beside those that the rule has."""
    FieldMapping.objects.bulk_create(
        FieldMapping(
            rule=rule,
            position=position,
            sansan_field=mapping.sansan,
            hubspot_property=mapping.hubspot,
            transform=mapping.transform,
            write=mapping.write,
            direction=mapping.direction,
            enabled=mapping.enabled,
        )
        for position, mapping in enumerate(mappings, start=1)
    )
