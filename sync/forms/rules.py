"""Forms for sync rules and their parts; they refuse what a run would stumble over."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from connectors.sansan.fields import SANSAN_FIELDS
from sync.engine.filters import Condition, check_condition
from sync.engine.transforms import TRANSFORMS, TransformSpecError, dump_chain, parse_chain
from sync.forms.fields import JsonOrTextField, WordListField
from sync.models import FieldMapping, FilterSide, RecordFilter, SyncRule, TagSelection
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS, explain_direction
from sync.services.obstacles import find_obstacle
from sync.services.rule_plan import FIELD_SPECS
from sync.services.setting_words import tell_change

MATCHING = ("link", "email", "name_and_company")


def list_sansan_fields() -> list[tuple[str, str]]:
    is_japanese = (get_language() or "").startswith("ja")
    named = [(field.name, field.label_ja if is_japanese else field.label_en) for field in SANSAN_FIELDS.values()]
    return [("", "---------"), *named]


class RuleForm(forms.ModelForm):
    # The revision that the person has read; saving over a newer one takes having been told of it.
    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    matching = WordListField(
        words=MATCHING,
        label=_("Matching, in this order"),
        help_text=_(
            "How a card finds its contact: one or more of these, separated by commas, tried from left to right. "
            "link: the contact that it was synced to before; email: the contact with its e-mail address; "
            "name_and_company: kept, but not used yet."
        ),
    )

    class Meta:
        model = SyncRule
        fields = "__all__"  # noqa: DJ007  # the admin names them

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen_revision"] = self.instance.revision

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        seen = cleaned.get("seen_revision")
        if self.instance.pk and seen is not None and seen != self.instance.revision:
            self._tell_what_changed_since(seen)
        direction = cleaned.get("direction")
        if cleaned.get("enabled") and direction and direction not in RUNNABLE_DIRECTIONS:
            self.add_error("direction", explain_direction(direction))
        elif cleaned.get("enabled") and (obstacle := self._find_obstacle()):
            self.add_error("enabled", obstacle)
        return cleaned

    def _find_obstacle(self) -> str:
        """What keeps the rule from being switched on now."""
        return find_obstacle(self.instance) if self.instance.pk and "enabled" in self.changed_data else ""

    def _tell_what_changed_since(self, revision: int) -> None:
        changes = self.instance.setting_changes.filter(rule_revision__gt=revision)
        text = _(
            "Somebody changed this rule while you did: %(changes)s. Nothing was saved. What you entered is still "
            "here: save again to put it in place of theirs, or open the page anew to begin with what they saved."
        )
        told = " / ".join(f"{change.changed_by or '-'}: {'; '.join(tell_change(change))}" for change in changes)
        self.add_error(None, forms.ValidationError(text, params={"changes": told}))
        # The form is shown again with all that was sent; only the revision is today's.
        again = QueryDict(mutable=True)
        again.update(self.data)
        again[self.add_prefix("seen_revision")] = str(self.instance.revision)
        self.data = again


class TagForm(forms.ModelForm):
    class Meta:
        model = TagSelection
        fields = ["tag_id", "name", "type"]


class MappingForm(forms.ModelForm):
    sansan_field = forms.ChoiceField(label=_("Sansan field"), choices=list_sansan_fields, required=False)
    transform = JsonOrTextField(label=_("transform"), help_text="", widget=forms.TextInput(attrs={"size": 30}))

    class Meta:
        model = FieldMapping
        fields = ["sansan_field", "hubspot_property", "transform", "write", "direction", "enabled"]

    def clean_transform(self) -> list[Any]:
        try:
            return dump_chain(parse_chain(self.cleaned_data["transform"]))
        except TransformSpecError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chain = parse_chain(cleaned.get("transform"))
        needs_field = not chain or not TRANSFORMS[chain[0].name].takes_empty
        if needs_field and "sansan_field" in cleaned and not cleaned["sansan_field"]:
            self.add_error("sansan_field", _("Choose a field, or a transform that makes a value without one."))
        return cleaned


class FilterForm(forms.ModelForm):
    value = JsonOrTextField(label=_("value"))

    class Meta:
        model = RecordFilter
        fields = ["side", "field", "operator", "value"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or cleaned.get("side") != FilterSide.SANSAN:
            return cleaned  # what properties HubSpot has is known when a run starts
        condition = Condition(cleaned["field"], cleaned["operator"], cleaned.get("value"))
        for problem in check_condition(condition, FIELD_SPECS):
            place, message = PROBLEMS[problem.code]
            self.add_error(place, forms.ValidationError(message, params={"detail": problem.detail or "-"}))
        return cleaned


PROBLEMS = {
    "UNKNOWN_FIELD": ("field", _("No such Sansan field. Similar: %(detail)s")),
    "UNKNOWN_OPERATOR": ("operator", _("This operator does not fit the field. Those that do: %(detail)s")),
    "BAD_VALUE": ("value", _("The operator cannot use this value: %(detail)s")),
}
