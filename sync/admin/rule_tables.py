"""The tables of a rule's page, which can have hundreds of rows."""

from typing import Any

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sync.forms.inputs import QuickRenderer
from sync.forms.rebasing import Identity, rebase_rows
from sync.forms.rules import FilterForm, MappingForm, TagForm
from sync.models import MAX_SELECTED_TAGS, FieldMapping, RecordFilter, TagSelection, TagType


class LabelledFormSet(BaseInlineFormSet):
    """Names each input for those who don't see the head of its column; keeps what was entered over rows that somebody
    else replaced meanwhile. `key` names the fields that make a row the same one."""

    key: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        if isinstance(self.data, QueryDict) and self.instance.pk:
            self.data = rebase_rows(self.data, str(self.prefix), self._identify_rows(), self.key)

    def _identify_rows(self) -> dict[str, Identity]:
        fields = [(name, self.form.base_fields[name]) for name in self.key]
        return {
            str(row.pk): tuple(str(field.prepare_value(getattr(row, name)) or "") for name, field in fields)
            for row in self.get_queryset()
        }

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.visible_fields():
            field.field.widget.attrs.setdefault("aria-label", field.label)


class QuickInline(admin.TabularInline):
    extra = 0
    formset = LabelledFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        return super().get_formset(request, obj, renderer=QuickRenderer(), **options)


class MappingFormSet(LabelledFormSet):
    key = ("hubspot_property",)


class FilterFormSet(LabelledFormSet):
    key = ("side", "field", "operator", "value")


class TagFormSet(LabelledFormSet):
    """Makes forms only of what is sent; what is stored is shown without them."""

    key = ("tag_id",)

    @cached_property
    def forms(self) -> list[Any]:
        return list(super().forms) if self.is_bound else []

    def write_rows(self) -> SafeString:
        """What is stored: a template that is rendered once, and filled in for each row."""
        names = ("number", "pk", "rule", "tag_id", "name")
        marks = {name: f"{{{name}}}" for name in (*names, *TagType.values)}
        types = [(value, label, marks[value]) for value, label in TagType.choices]
        page = {**marks, "types": types, "can_delete": self.can_delete, "fields": self.empty_form.fields}
        row = render_to_string("admin/sync/syncrule/_tag.html", page)
        return format_html_join("", row, (self._describe(*numbered) for numbered in enumerate(self.get_queryset())))

    def _describe(self, number: int, tag: TagSelection) -> dict[str, Any]:
        values = {"number": number, "pk": tag.pk, "rule": tag.rule_id, "tag_id": tag.tag_id, "name": tag.name}
        return {**values, **dict.fromkeys(TagType.values, ""), tag.type: SafeString(" selected")}


class TagInline(QuickInline):
    model = TagSelection
    form = TagForm
    formset = TagFormSet
    template = "admin/sync/syncrule/tags.html"
    max_num = MAX_SELECTED_TAGS
    verbose_name_plural = _("selected tags: used unless all tags are synced; at most 300, never private ones")


class MappingInline(QuickInline):
    model = FieldMapping
    form = MappingForm
    formset = MappingFormSet
    verbose_name_plural = _("field mappings: which Sansan field goes to which HubSpot property")


class FilterInline(QuickInline):
    model = RecordFilter
    form = FilterForm
    formset = FilterFormSet
    verbose_name_plural = _("filters: records that do not meet them are excluded")
