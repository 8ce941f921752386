"""What fields, transforms and conditions are called, in today's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from connectors.sansan.fields import SANSAN_FIELDS
from sync.engine.transforms import TRANSFORMS, dump_chain, parse_chain

ARROW = "→"

OPERATOR_WORDS: dict[str, str | Promise] = {
    "equals": gettext_lazy("is"),
    "not_equals": gettext_lazy("is not"),
    "contains": gettext_lazy("contains"),
    "not_contains": gettext_lazy("does not contain"),
    "starts_with": gettext_lazy("begins with"),
    "ends_with": gettext_lazy("ends with"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "is_empty": gettext_lazy("is empty"),
    "is_not_empty": gettext_lazy("is not empty"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
    "on_or_before": gettext_lazy("is on or before"),
    "on_or_after": gettext_lazy("is on or after"),
    "within_days": gettext_lazy("is not more days ago than"),
    "has": gettext_lazy("has one of"),
    "has_not": gettext_lazy("has none of"),
}


def is_japanese() -> bool:
    return (get_language() or "").startswith("ja")


def label_field(name: str) -> str:
    """A Sansan field; one that does not exist is called by its name."""
    field = SANSAN_FIELDS.get(name)
    if field is None:
        return name
    return field.label_ja if is_japanese() else field.label_en


def label_transform(name: str) -> str:
    spec = TRANSFORMS[name]
    return spec.label_ja if is_japanese() else spec.label_en


def describe_chain(raw: object) -> str:
    """A chain of transforms, step by step. Raises TransformSpecError."""
    return f" {ARROW} ".join(_describe_step(step) for step in dump_chain(parse_chain(raw)))


def _describe_step(step: str | Mapping[str, Any]) -> str:
    if isinstance(step, str):
        return label_transform(step)
    options = ", ".join(_describe_option(value) for key, value in step.items() if key != "name")
    return f"{label_transform(step['name'])} ({options})"


def _describe_option(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(label_field(str(one)) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {ARROW} {mapped}" for key, mapped in value.items())
    return f"“{value}”" if isinstance(value, str) else str(value)


def describe_condition(field: str, operator: str, value: object) -> str:
    """A condition on a card's field, or on a HubSpot property, which is called by its name."""
    words = str(OPERATOR_WORDS.get(operator, operator))
    listed = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    shown = ", ".join(map(str, listed))
    has_value = bool(shown) and operator not in ("is_empty", "is_not_empty")
    text = _("%(field)s %(operator)s “%(value)s”") if has_value else _("%(field)s %(operator)s")
    return text % {"field": label_field(field), "operator": words, "value": shown}
