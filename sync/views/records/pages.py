import json
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from connectors.sansan.links import SEARCH_PAGE
from sync.forms.record_filters import RecordListForm
from sync.models import RecordLink
from sync.reasons import describe
from sync.selectors.paging import read_cursor
from sync.selectors.record_lists import RecordQuery
from sync.selectors.record_page import find_others, mask_secrets, read_history
from sync.views.access import RUN_RULES, SEE_RECORDS, PortalPage
from sync.views.fixes import find_contact_address, list_fixes
from sync.views.runs.words import name_action


def read_query(request: HttpRequest) -> RecordQuery:
    """What the address asks a list for."""
    form = RecordListForm(request.GET)
    rule = form.read("rule")
    return RecordQuery(
        rule=rule.pk if rule else None,
        state=form.read("state"),
        cause=form.read("cause"),
        dismissed=form.read("dismissed"),
        text=form.read("q").strip(),
    )


class RecordListPage(PortalPage):
    permission_required = SEE_RECORDS
    template_name = "portal/records/list.html"
    title = _("Records")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = read_query(self.request)
        page = query.read(read_cursor(self.request.GET.get("page", "")))
        rows = [(record, _name_reason(record)) for record in page.rows]
        return super().get_context_data(
            form=RecordListForm(self.request.GET),
            rows=rows,
            page=page,
            query=query,
            is_filtered=query != RecordQuery(),
            may_run=self.request.user.has_perm(RUN_RULES),
            **kwargs,
        )


class RecordDetailPage(PortalPage):
    permission_required = SEE_RECORDS
    template_name = "portal/records/detail.html"

    def get_title(self) -> str:
        return str(self.record)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.record = record = get_object_or_404(RecordLink.objects.select_related("rule"), pk=kwargs["pk"])
        code, detail = record.reason_code, record.reason_detail
        page = read_history(record, read_cursor(self.request.GET.get("page", "")))
        return super().get_context_data(
            record=record,
            reason=describe(code, detail) if code else None,
            fixes=list_fixes(code, record.rule, detail),
            contact_address=find_contact_address(record.rule, record.hubspot_id),
            card_address=SEARCH_PAGE,
            others=find_others(record),
            page=page,
            history=[
                (
                    log,
                    name_action(log.run, log.action),
                    describe(log.reason_code, log.reason_detail) if log.reason_code else None,
                    _write_payload(log.reason_detail),
                )
                for log in page.rows
            ],
            payload=_write_payload(detail),
            may_run=self.request.user.has_perm(RUN_RULES),
            **kwargs,
        )


def _name_reason(record: RecordLink) -> str:
    return describe(record.reason_code, record.reason_detail).title if record.reason_code else ""


def _write_payload(detail: dict[str, Any]) -> str:
    return json.dumps(mask_secrets(detail), ensure_ascii=False, indent=2) if detail else ""
