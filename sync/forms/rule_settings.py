"""Forms for a rule's plain settings."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy

from sync.forms.rules import MATCHING
from sync.models import SyncRule
from sync.services.configuration.schema import LONGEST_INTERVAL_MINUTES
from sync.services.rule_editing.settings import explain_unrunnable

MATCHING_LABELS = {
    "link": gettext_lazy("the contact that the card was synced to before"),
    "email": gettext_lazy("the contact with the card's e-mail address"),
    "name_and_company": gettext_lazy("the contact with the same name and company (kept, but not used yet)"),
}


def order_matching(chosen: Iterable[str], stored: Iterable[str]) -> list[str]:
    """The chosen ways in the order that is stored, new ones in their usual order behind them."""
    wanted = set(chosen)
    kept = [step for step in stored if step in wanted]
    return [*kept, *(step for step in MATCHING if step in wanted and step not in kept)]


class DirectionForm(forms.ModelForm):
    """Which way a rule syncs, and who wins when both sides were edited. Saved by `save_settings(form.values)`."""

    class Meta:
        model = SyncRule
        fields = ["direction", "conflict"]
        widgets = {"direction": forms.RadioSelect, "conflict": forms.RadioSelect}
        help_texts = {
            "direction": gettext_lazy("Only Sansan → HubSpot can run yet; the others are kept for later."),
            "conflict": gettext_lazy(
                "Counts for rules in both directions. From Sansan to HubSpot, each mapping says whether it overwrites."
            ),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        # The instance has the entered direction from here on, but is never saved: services do that.
        problem = explain_unrunnable(cleaned.get("direction", ""), is_enabled=self.instance.enabled)
        if problem and "direction" in cleaned:
            self.add_error("direction", problem)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RuleSettingsForm(DirectionForm):
    """All plain settings of a rule. Saved by `save_settings(form.values)`."""

    matching = forms.MultipleChoiceField(
        choices=list(MATCHING_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("How a card finds its contact"),
        help_text=gettext_lazy("Tried from top to bottom. A card that finds none makes a new contact."),
        error_messages={"required": gettext_lazy("Choose at least one way to find the contact.")},
    )

    class Meta(DirectionForm.Meta):
        fields = [
            "name",
            "interval_minutes",
            "overlap_minutes",
            "only_with_email",
            "matching",
            *DirectionForm.Meta.fields,
        ]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("interval_minutes", "overlap_minutes"):
            self.fields[name].validators.append(MaxValueValidator(LONGEST_INTERVAL_MINUTES))
            self.fields[name].widget.attrs["max"] = LONGEST_INTERVAL_MINUTES

    @property
    def values(self) -> dict[str, Any]:
        stored = self.initial.get("matching") or []
        return {**self.cleaned_data, "matching": order_matching(self.cleaned_data["matching"], stored)}
