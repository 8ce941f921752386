"""What the set-up of a rule asks for beside the rule's own editors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sync.models import ConnectedAccount, Direction, SyncRule
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS


class DirectionRadios(forms.RadioSelect):
    """Directions that can't run yet are shown, but not to be chosen."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **options)
        if value not in RUNNABLE_DIRECTIONS:
            option["attrs"]["disabled"] = True
        return option


class DirectionChoiceForm(forms.Form):
    direction = forms.ChoiceField(
        choices=Direction.choices,
        widget=DirectionRadios,
        label=_("Which way does the data go?"),
        help_text=_(
            "Only Sansan → HubSpot can run yet: writing to Sansan, and deciding between two edits, are not built yet."
        ),
    )

    def clean_direction(self) -> str:
        direction: str = self.cleaned_data["direction"]
        if direction not in RUNNABLE_DIRECTIONS:
            raise forms.ValidationError(_("This direction can't run yet. Choose Sansan → HubSpot."))
        return direction


class AccountChoiceForm(forms.Form):
    """One of the accounts at a provider that exist already."""

    account = forms.ModelChoiceField(
        ConnectedAccount.objects.none(),
        label=_("Account"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose an account, or enter a new key below."),
            "invalid_choice": _("This account is no longer there. Choose another one."),
        },
    )

    def __init__(self, *args: Any, provider: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["account"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ConnectedAccount.objects.defer("credentials").filter(provider=provider)


class FinishForm(forms.ModelForm):
    """What the review still asks for."""

    class Meta:
        model = SyncRule
        fields = ["name", "interval_minutes"]
        help_texts = {
            "interval_minutes": _("After the first sync, cards that changed are synced this often."),
        }
