"""A HubSpot property that is made from the mapping editor."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from sync.services.rule_editing.properties import NEW_PROPERTY_KINDS, NewProperty

NAME_PATTERN = r"[a-z][a-z0-9_]{0,99}"


class NewPropertyForm(forms.Form):
    """Stands inside the editor's own form, so that nothing entered there gets lost; hence the prefix."""

    prefix = "property"
    # It is sent along with the editor whether it is filled in or not: only its own button asks for it.
    use_required_attribute = False

    label = forms.CharField(
        max_length=100, label=gettext_lazy("Name on pages"), help_text=gettext_lazy("As people see it in HubSpot.")
    )
    name = forms.CharField(
        max_length=100,
        validators=[
            RegexValidator(
                rf"^{NAME_PATTERN}$",
                gettext_lazy("Only small letters, digits and underscores, beginning with a letter: sansan_rank."),
            )
        ],
        label=gettext_lazy("Internal name"),
        help_text=gettext_lazy("Small letters, digits and underscores. It can't be changed later."),
    )
    kind = forms.ChoiceField(
        choices=[(name, label) for name, (_type, _field, label) in NEW_PROPERTY_KINDS.items()],
        label=gettext_lazy("type"),
    )
    options = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Options, one a line"),
        help_text=gettext_lazy("For a dropdown only."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == "select" and not self.read_options():
            self.add_error("options", gettext_lazy("Name at least one option."))
        return cleaned

    def read_options(self) -> tuple[str, ...]:
        lines = (line.strip() for line in str(self.cleaned_data.get("options") or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    @property
    def wanted(self) -> NewProperty:
        cleaned = self.cleaned_data
        options = self.read_options() if cleaned["kind"] == "select" else ()
        return NewProperty(cleaned["name"], cleaned["label"], cleaned["kind"], options)
