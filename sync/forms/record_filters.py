from django import forms
from django.utils.translation import gettext_lazy as _

from sync.forms.run_filters import ALL, FilterForm
from sync.models import LinkState, SyncRule
from sync.reasons import EXCLUSIONS, FAILURES


def list_causes() -> list[tuple[str, object]]:
    reasons = {**FAILURES, **EXCLUSIONS}
    return [ALL, *((code, reason.title) for code, reason in reasons.items())]


class RecordListForm(FilterForm):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=320,
        help_text=_("A card id, a contact id or an e-mail address in full, or the beginning of a name."),
        widget=forms.SearchInput,
    )
    rule = forms.ModelChoiceField(
        SyncRule.objects.order_by("name"), label=_("Sync rule"), required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), choices=[ALL, *LinkState.choices], required=False)
    cause = forms.ChoiceField(label=_("Cause"), choices=list_causes, required=False)
    dismissed = forms.ChoiceField(
        label=_("Dismissed"), choices=[ALL, ("no", _("not dismissed")), ("yes", _("dismissed"))], required=False
    )
