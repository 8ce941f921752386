from django import forms
from django.utils.translation import gettext_lazy as _

from sync.forms.run_filters import FilterForm
from sync.models import SyncRule

PERIODS = [("7", _("the last 7 days")), ("30", _("the last 30 days")), ("90", _("the last 90 days"))]
USUAL_PERIOD = "30"


class DashboardForm(FilterForm):
    days = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    rule = forms.ModelChoiceField(
        SyncRule.objects.order_by("name"), label=_("Sync rule"), required=False, empty_label=_("all")
    )
