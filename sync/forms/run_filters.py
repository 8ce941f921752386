from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sync.models import LogAction, RunKind, RunStatus, SyncRule

ALL: tuple[str, Any] = ("", _("all"))


class FilterForm(forms.Form):
    """Narrows a list; what an address asks for that is not to be had limits nothing."""

    def read(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class RunFilterForm(FilterForm):
    rule = forms.ModelChoiceField(
        SyncRule.objects.order_by("name"), label=_("Sync rule"), required=False, empty_label=_("all")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[ALL, *RunKind.choices], required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[ALL, *RunStatus.choices], required=False)


class RecordFilterForm(FilterForm):
    """Of the records of a run."""

    action = forms.ChoiceField(choices=[ALL, *LogAction.choices], required=False)
    # Codes that other versions wrote are among them, so any is taken.
    cause = forms.CharField(max_length=60, required=False)
