"""Tells two definitions of a rule apart, change by change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TypeVar

from django.utils.translation import gettext as _

from sync.services.configuration.definition import FilterDefinition, MappingDefinition, RuleDefinition, TagDefinition

SECRET = "credentials"  # noqa: S105  # the name of the setting, not a secret

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


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that changed. `part` names the tag, filter or mapping in which it did, `field` what of it.

    A part that was added has no old value, one that was taken away no new one, and both are empty where the parts are
    only in another order. Of SECRET neither value is ever named.
    """

    setting: str
    old: str = ""
    new: str = ""
    part: str = ""
    field: str = ""

    def __str__(self) -> str:
        """In a few words, as the file has the names: `interval_minutes 10 -> 15`, `tags +VIP`."""
        if self.setting == SECRET:
            return _("credentials changed")
        if self.field:
            return f"{self.setting} {self.part}: {self.field} {self.old} -> {self.new}"
        if self.part:
            return f"{self.setting} {'+' if self.new else '-'}{self.part}"
        if not (self.old or self.new):
            return _("%(name)s in another order") % {"name": self.setting}
        return f"{self.setting} {self.old or '-'} -> {self.new or '-'}"


def list_differences(old: RuleDefinition, new: RuleDefinition) -> list[Difference]:
    """Each change, plain settings first."""
    plain = [
        Difference(name, show(getattr(old, name)), show(getattr(new, name)))
        for name in ("name", *_PLAIN)
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
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(str(part) for part in value)}]"
    return str(value)


def _compare(name: str, old: Sequence[Part], new: Sequence[Part], identify: Callable[[Part], str]) -> list[Difference]:
    """What was taken away, added and changed; or that only the order is another."""
    before = {identify(part): part for part in old}
    after = {identify(part): part for part in new}
    found = [Difference(name, old=str(part), part=str(part)) for key, part in before.items() if key not in after]
    found += [Difference(name, new=str(part), part=str(part)) for key, part in after.items() if key not in before]
    for key, part in after.items():
        if key in before:
            found += _tell(name, before[key], part)
    if not found and tuple(old) != tuple(new):
        return [Difference(name)]
    return found


def _tell(name: str, old: Part, new: Part) -> Iterator[Difference]:
    for one in fields(new):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before != after:
            yield Difference(name, show(before), show(after), part=str(new), field=one.name)
