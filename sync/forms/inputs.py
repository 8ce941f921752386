"""The inputs of a rule's tables, of which there can be thousands: Django's, written without a template for each."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def write_input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, flatatt(widget["attrs"])
    )


def write_select(widget: Mapping[str, Any]) -> SafeString:
    options = format_html_join("", '<option value="{}"{}>{}</option>', list_options(widget))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options)


def list_options(widget: Mapping[str, Any]) -> Iterator[tuple[Any, str, Any]]:
    for _group, options, _index in widget["optgroups"]:
        for option in options:
            yield option["value"], flatatt(option["attrs"]) if option["attrs"] else "", option["label"]


WRITERS: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    "django/forms/widgets/text.html": write_input,
    "django/forms/widgets/number.html": write_input,
    "django/forms/widgets/hidden.html": write_input,
    "django/forms/widgets/checkbox.html": write_input,
    "django/forms/widgets/select.html": write_select,
}


class QuickRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = WRITERS.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)
