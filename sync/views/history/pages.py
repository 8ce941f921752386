from typing import Any

from django.utils.translation import gettext_lazy as _

from sync.forms.change_filters import ChangeFilterForm
from sync.selectors.paging import read_cursor
from sync.selectors.setting_changes import ChangeChoice, read_change_page
from sync.services.setting_words import MOST_TOLD, describe_change
from sync.views.access import SEE_CHANGES, PortalPage


class ChangeListPage(PortalPage):
    permission_required = SEE_CHANGES
    template_name = "portal/history/list.html"
    title = _("Settings history")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ChangeFilterForm(self.request.GET)
        rule, account = form.read("rule"), form.read("account")
        choice = ChangeChoice(rule.pk if rule else None, account.pk if account else None, form.read("source"))
        page = read_change_page(choice, read_cursor(self.request.GET.get("page", "")))
        rows = []
        for change in page.rows:
            words = describe_change(change)
            rows.append((change, words[:MOST_TOLD], words[MOST_TOLD:]))
        return super().get_context_data(
            form=form, page=page, rows=rows, is_filtered=choice != ChangeChoice(), rule=rule, account=account, **kwargs
        )
