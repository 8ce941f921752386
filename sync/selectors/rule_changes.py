"""Changes of a rule's settings in words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sync.models import SettingChange, SyncRule

MOST_TOLD = 8

LABELS: dict[str, str | Promise] = {
    "sansan": gettext_lazy("Sansan account"),
    "hubspot": gettext_lazy("HubSpot account"),
    "only_with_these_tags": gettext_lazy("only cards with these tags"),
    "filter_match": gettext_lazy("Sansan filter"),
    "hubspot_filter_match": gettext_lazy("HubSpot filter"),
    "tags": gettext_lazy("tags"),
    "filters": gettext_lazy("filters"),
    "hubspot_filters": gettext_lazy("HubSpot filters"),
    "mappings": gettext_lazy("field mappings"),
}


def tell_setting_change(change: SettingChange) -> list[str]:
    """What a change did, a line for each setting; of very many the first ones, and how many more there are."""
    lines = [_tell(difference) for difference in change.changes[:MOST_TOLD]]
    if rest := len(change.changes) - len(lines):
        lines.append(ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest})
    return lines


def _tell(difference: dict[str, Any]) -> str:
    setting, part = _label(str(difference.get("setting", ""))), str(difference.get("part", ""))
    old, new = _show(difference.get("old")), _show(difference.get("new"))
    if part and difference.get("field"):
        text = _("%(setting)s, %(part)s: “%(old)s” became “%(new)s”")
    elif part:
        text = _("%(setting)s: %(part)s added") if difference.get("new") else _("%(setting)s: %(part)s taken away")
    elif not (difference.get("old") or difference.get("new")):
        text = _("%(setting)s: changed")
    else:
        text = _("%(setting)s: “%(old)s” became “%(new)s”")
    return text % {"setting": capfirst(setting), "part": part.replace("->", "→"), "old": old, "new": new}


def _label(setting: str) -> str:
    if setting in LABELS:
        return str(LABELS[setting])
    names = {field.name: getattr(field, "verbose_name", field.name) for field in SyncRule._meta.get_fields()}
    return str(names.get(setting, setting))


def _show(value: object) -> str:
    words = {"true": _("yes"), "false": _("no"), "": "-"}
    return words.get(str(value), str(value))
