"""What the pages of rules show."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sync.models import TagType
from sync.services.rule_editing.tags import TagOption
from sync.services.setting_words import tell_change

register = template.Library()


@register.simple_tag
def tag_boxes(options: Iterable[TagOption], is_ticked: bool) -> SafeString:
    """A box for each tag; written without a template for each, as there can be hundreds."""
    types = {str(value): str(label) for value, label in TagType.choices}
    mark = SafeString(" checked") if is_ticked else ""
    rows = (
        (option.tag_id, mark, option.name, types.get(option.type, option.type), _write_note(option.note))
        for option in options
    )
    return format_html_join(
        "",
        '<label class="tag"><input type="checkbox" name="tags" value="{}"{}> <bdi>{}</bdi>'
        ' <span class="pill">{}</span>{}</label>',
        rows,
    )


def _write_note(note: str) -> SafeString:
    return format_html(' <span class="quiet">{}</span>', note) if note else SafeString("")


register.filter("tell_change", tell_change)
