"""Tells two definitions of a rule apart, change by change."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

from django.utils.translation import gettext as _

from sync.services.configuration.definition import FilterDefinition, MappingDefinition, RuleDefinition, TagDefinition

Part = TypeVar("Part", TagDefinition, FilterDefinition, MappingDefinition)

_PLAIN = (
    "sansan",
    "hubspot",
    "direction",
    "enabled",
    "interval_minutes",
    "overlap_minutes",
    "sync_all_tags",
    "only_with_these_tags",
    "only_with_email",
    "matching",
    "conflict",
    "filter_match",
    "hubspot_filter_match",
)


def list_differences(old: RuleDefinition, new: RuleDefinition) -> list[str]:
    """Each change in a few words: `interval_minutes 10 -> 15`, `tags +VIP`."""
    plain = [
        f"{name} {show(getattr(old, name))} -> {show(getattr(new, name))}"
        for name in _PLAIN
        if getattr(old, name) != getattr(new, name)
    ]
    return [
        *plain,
        *_compare("tags", old.tags, new.tags, attrgetter("tag_id")),
        *_compare("filters", old.filters, new.filters, str),
        *_compare("hubspot_filters", old.hubspot_filters, new.hubspot_filters, str),
        *_compare("mappings", old.mappings, new.mappings, attrgetter("hubspot")),
    ]


def show(value: object) -> str:
    """A value as the file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(str(part) for part in value)}]"
    return str(value)


def _compare(name: str, old: Sequence[Part], new: Sequence[Part], identify: Callable[[Part], str]) -> list[str]:
    """What was taken away, added and changed; or that only the order is another."""
    before = {identify(part): part for part in old}
    after = {identify(part): part for part in new}
    changes = [f"{name} -{part}" for key, part in before.items() if key not in after]
    changes += [f"{name} +{part}" for key, part in after.items() if key not in before]
    changes += [
        f"{name} {_tell_apart(before[key], part)}"
        for key, part in after.items()
        if key in before and before[key] != part
    ]
    if not changes and tuple(old) != tuple(new):
        changes.append(_("%(name)s in another order") % {"name": name})
    return changes


def _tell_apart(old: Part, new: Part) -> str:
    """Two versions of one part: what it is, and the fields in which they differ."""
    differing = [field.name for field in fields(new) if getattr(old, field.name) != getattr(new, field.name)]
    told = ", ".join(f"{field} {show(getattr(old, field))} -> {show(getattr(new, field))}" for field in differing)
    return f"{new}: {told}"
