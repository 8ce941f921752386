from django import forms
from django.utils.translation import gettext_lazy as _

from sync.forms.run_filters import ALL, FilterForm
from sync.models import ChangeSource, ConnectedAccount, SyncRule


class ChangeFilterForm(FilterForm):
    """Of the changes of settings."""

    rule = forms.ModelChoiceField(
        SyncRule.objects.order_by("name"), label=_("Sync rule"), required=False, empty_label=_("all")
    )
    account = forms.ModelChoiceField(
        ConnectedAccount.objects.defer("credentials").order_by("provider", "name"),
        label=_("Connected account"),
        required=False,
        empty_label=_("all"),
    )
    source = forms.ChoiceField(label=_("Where"), choices=[ALL, *ChangeSource.choices], required=False)
