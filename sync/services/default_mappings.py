"""The field mappings that a rule has unless it names its own."""

from sync.models import FieldMapping, SyncRule
from sync.services.configuration.definition import define_default_mappings


def add_default_mappings(rule: SyncRule) -> None:
    """Gives a rule without mappings the default ones."""
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
        for position, mapping in enumerate(define_default_mappings(), start=1)
    )
