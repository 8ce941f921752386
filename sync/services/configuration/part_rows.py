"""The rows of a rule's tags and filters."""

from collections.abc import Iterable

from sync.models import FilterSide, RecordFilter, SyncRule, TagSelection
from sync.services.configuration.definition import FilterDefinition, TagDefinition


def replace_tags(rule: SyncRule, tags: Iterable[TagDefinition]) -> None:
    """Gives a rule these tags, in their order, and no others."""
    rule.tags.all().delete()
    TagSelection.objects.bulk_create(
        TagSelection(rule=rule, position=position, tag_id=tag.tag_id, name=tag.name, type=tag.type)
        for position, tag in enumerate(tags, start=1)
    )


def replace_filters(rule: SyncRule, side: FilterSide, filters: Iterable[FilterDefinition]) -> None:
    """Gives a rule these conditions on one side, in their order, and no others."""
    rule.filters.filter(side=side).delete()
    RecordFilter.objects.bulk_create(
        RecordFilter(
            rule=rule,
            side=side,
            position=position,
            field=condition.field,
            operator=condition.operator,
            value=condition.value,
        )
        for position, condition in enumerate(filters, start=1)
    )
