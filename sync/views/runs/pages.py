"""The list of runs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sync.forms.run_filters import RunFilterForm
from sync.reasons import describe
from sync.selectors.paging import read_cursor
from sync.selectors.run_lists import RunChoice, read_run_page
from sync.views.access import SEE_RUNS, PortalPage
from sync.views.runs.words import RunWords


class RunListPage(PortalPage):
    permission_required = SEE_RUNS
    template_name = "portal/runs/list.html"
    title = _("History")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RunFilterForm(self.request.GET)
        rule = form.read("rule")
        choice = RunChoice(rule.pk if rule else None, form.read("kind"), form.read("status"))
        page = read_run_page(choice, read_cursor(self.request.GET.get("page", "")))
        rows = [
            (run, RunWords(run), describe(run.error_code, run.error_detail).title if run.error_code else "")
            for run in page.rows
        ]
        return super().get_context_data(
            form=form, rows=rows, page=page, is_filtered=choice != RunChoice(), rule=rule, **kwargs
        )
