"""What people do with ticked records, and with all of a list."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.models import RecordLink, SyncRule
from sync.services.dismissals import dismiss_failures, restore_failures
from sync.services.runs import request_retry
from sync.views.access import RUN_RULES, PortalPage, PortalView
from sync.views.health.actions import start_run
from sync.views.records.pages import read_query

# SQLite takes no longer number.
LONGEST_ID = 18


class RecordActions(PortalView):
    """Re-runs, dismisses or takes back the dismissal of the records in `ids`, by `action`."""

    permission_required = RUN_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = [int(text) for text in request.POST.getlist("ids") if text.isdecimal() and len(text) <= LONGEST_ID]
        if not ids:
            messages.warning(request, _("Tick the records first that this is about."))
            return redirect(self._find_way_back())
        action: Any = {"retry": self._retry, "dismiss": self._dismiss, "restore": self._restore}.get(
            request.POST.get("action", ""), self._retry
        )
        answer: HttpResponse = action(ids)
        return answer

    def _retry(self, ids: list[int]) -> HttpResponse:
        rules = SyncRule.objects.filter(pk__in=RecordLink.objects.filter(pk__in=ids).values("rule"))
        if len(rules) != 1:
            messages.warning(self.request, _("Tick records of one sync rule; each rule has runs of its own."))
            return redirect(self._find_way_back())
        cards = RecordLink.objects.filter(pk__in=ids).values_list("sansan_id", flat=True)
        ask = partial(request_retry, rules[0], sansan_ids=list(cards), requested_by=self.username)
        return start_run(self.request, rules[0], ask)

    def _dismiss(self, ids: list[int]) -> HttpResponse:
        count = dismiss_failures(ids, by=self.username)
        text = ngettext("%(count)s failure was dismissed.", "%(count)s failures were dismissed.", count)
        messages.add_message(self.request, messages.SUCCESS if count else messages.WARNING, text % {"count": count})
        return redirect(self._find_way_back())

    def _restore(self, ids: list[int]) -> HttpResponse:
        count = restore_failures(ids)
        text = ngettext("%(count)s failure is shown again.", "%(count)s failures are shown again.", count)
        messages.success(self.request, text % {"count": count})
        return redirect(self._find_way_back())

    def _find_way_back(self) -> str:
        wanted = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, self.request.is_secure())
        return wanted if wanted and is_ours else reverse("record_list")


class ListRetry(PortalPage):
    """Re-runs the records of a rule as the filters of a list narrow them; says first how many they are."""

    permission_required = RUN_RULES
    template_name = "portal/records/retry.html"

    def get_title(self) -> str:
        return _("Re-run these records")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = get_object_or_404(SyncRule, pk=kwargs["pk"])
        cards, is_cut = self._take_cards(rule)
        way_back = f"{reverse('record_list')}?{self.request.GET.urlencode()}"
        return super().get_context_data(rule=rule, count=len(cards), is_cut=is_cut, way_back=way_back, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(SyncRule, pk=pk)
        cards, _is_cut = self._take_cards(rule)
        if not cards:
            messages.info(request, _("No record is like this any more."))
            return redirect("record_list")
        return start_run(request, rule, partial(request_retry, rule, sansan_ids=cards, requested_by=self.username))

    def _take_cards(self, rule: SyncRule) -> tuple[list[str], bool]:
        return replace(read_query(self.request), rule=rule.pk).take_cards()
