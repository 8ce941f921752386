"""Changes of settings in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sync.engine.transforms import TRANSFORMS
from sync.models import (
    ConflictPolicy,
    ConnectedAccount,
    Direction,
    FieldDirection,
    FieldMapping,
    Match,
    SettingChange,
    SyncRule,
    TagSelection,
    TagType,
    WritePolicy,
)
from sync.services.configuration.differences import SECRET
from sync.services.rule_editing.labels import describe_condition, label_field, label_transform

MOST_TOLD = 8

LABELS: dict[str, str | Promise] = {
    "sansan": gettext_lazy("Sansan account"),
    "hubspot": gettext_lazy("HubSpot account"),
    "only_with_these_tags": gettext_lazy("only cards with these tags"),
    "filter_match": gettext_lazy("Sansan filter"),
    "hubspot_filter_match": gettext_lazy("HubSpot filter"),
    "matching": gettext_lazy("matching, in this order"),
    "tags": gettext_lazy("tags"),
    "filters": gettext_lazy("filters"),
    "hubspot_filters": gettext_lazy("HubSpot filters"),
    "mappings": gettext_lazy("field mappings"),
    SECRET: gettext_lazy("the key or token"),
    "connected": gettext_lazy("connected"),
}
# What a part of a rule is made of, as far as its model calls it by another name.
PART_LABELS: dict[str, str | Promise] = {
    "sansan": gettext_lazy("Sansan field"),
    "hubspot": gettext_lazy("HubSpot property"),
}
PART_MODELS: dict[str, type[Model]] = {"tags": TagSelection, "mappings": FieldMapping}
MATCHING_WORDS: dict[str, str | Promise] = {
    "link": gettext_lazy("earlier sync"),
    "email": gettext_lazy("e-mail address"),
    "name_and_company": gettext_lazy("name and company"),
}
CHOICES: dict[str, Iterable[tuple[Any, Any]]] = {
    "direction": Direction.choices,
    "conflict": ConflictPolicy.choices,
    "filter_match": Match.choices,
    "hubspot_filter_match": Match.choices,
    "mappings.direction": FieldDirection.choices,
    "mappings.write": WritePolicy.choices,
    "tags.type": TagType.choices,
}
GONE: dict[str, str | Promise] = {
    "rule": gettext_lazy("The sync rule was deleted"),
    "account": gettext_lazy("The connected account was deleted"),
}


@dataclass(frozen=True, slots=True)
class SettingWords:
    """One changed setting. `event` says what happened where there are no two values to name; `old` or `new` is
    empty where there is none."""

    what: str
    old: str = ""
    new: str = ""
    event: str = ""

    def __str__(self) -> str:
        if not self.event:
            return _("%(what)s: “%(old)s” became “%(new)s”") % {"what": self.what, "old": self.old, "new": self.new}
        part = self.new or self.old
        subject = f"{self.what}: {part}" if part else self.what
        return _("%(subject)s %(event)s") % {"subject": subject, "event": self.event} if subject else self.event


def describe_change(change: SettingChange) -> list[SettingWords]:
    """Every setting that was changed, in today's language."""
    return [_describe(difference) for difference in change.changes]


def tell_change(change: SettingChange) -> list[str]:
    """What a change did, a line for each setting; of very many the first ones, and how many more there are."""
    lines = [str(_describe(difference)) for difference in change.changes[:MOST_TOLD]]
    if rest := len(change.changes) - len(lines):
        lines.append(ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest})
    return lines


def _describe(difference: Mapping[str, Any]) -> SettingWords:
    setting, part, field, old, new = (
        str(difference.get(key) or "") for key in ("setting", "part", "field", "old", "new")
    )
    what = capfirst(_label_setting(setting))
    if setting in GONE and not new:
        return SettingWords("", event=str(GONE[setting]))
    if setting == SECRET:
        return SettingWords(what, event=_("was changed"))
    if part:
        return _describe_part(what, setting, part, field, old, new)
    if not (old or new):
        return SettingWords(what, event=_("stand in another order"))
    if setting in ("name", "account") and not old:
        return SettingWords("", event=_("“%(name)s” was made") % {"name": new})
    return SettingWords(what, _word(setting, old), _word(setting, new))


def _describe_part(what: str, setting: str, part: str, field: str, old: str, new: str) -> SettingWords:
    named = _name_part(setting, part)
    if not field:
        return (
            SettingWords(what, new=named, event=_("was added"))
            if new
            else SettingWords(what, named, event=_("was taken away"))
        )
    what = _("%(setting)s, %(part)s: %(field)s") % {
        "setting": what,
        "part": named,
        "field": _label_part_field(setting, field),
    }
    return SettingWords(what, _word(f"{setting}.{field}", old), _word(f"{setting}.{field}", new))


def _label_setting(setting: str) -> str:
    return str(
        LABELS.get(setting) or _name_field(SyncRule, setting) or _name_field(ConnectedAccount, setting) or setting
    )


def _label_part_field(setting: str, field: str) -> str:
    model = PART_MODELS.get(setting)
    return str(PART_LABELS.get(field) or (_name_field(model, field) if model else "") or field)


def _name_field(model: type[Model], name: str) -> str:
    names = {one.name: getattr(one, "verbose_name", "") for one in model._meta.get_fields()}
    return str(names.get(name, ""))


def _name_part(setting: str, part: str) -> str:
    """A tag by its name, a mapping by its two ends, a filter as a sentence."""
    if setting == "mappings":
        source, arrow, target = part.partition(" -> ")
        return f"{label_field(source)} → {target}" if arrow else part
    if setting in ("filters", "hubspot_filters"):
        field, _blank, condition = part.partition(" ")
        operator, _blank, value = condition.partition(" ")
        return describe_condition(field, operator, value or None)
    return part


def _word(name: str, value: str) -> str:
    """A value as people say it; `name` is a setting, or a part's setting and its field."""
    if value in ("true", "false"):
        return _("yes") if value == "true" else _("no")
    if name in CHOICES:
        return str(dict(CHOICES[name]).get(value, value))
    if name == "mappings.sansan":
        return label_field(value)
    if name == "mappings.transform":
        return _word_list(value, lambda one: label_transform(one) if one in TRANSFORMS else one) or _("automatic")
    if name == "matching":
        return _word_list(value, lambda one: str(MATCHING_WORDS.get(one, one)))
    return value or "-"


def _word_list(value: str, word: Callable[[str], str]) -> str:
    """A list as the file has it, `[link, email]`; one that holds more than names stays as it is."""
    inner = value.removeprefix("[").removesuffix("]")
    return value if "{" in inner else ", ".join(word(one) for one in inner.split(", ") if one)
