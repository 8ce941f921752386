"""What people start from any page: runs, re-runs, pauses. Doing it twice does it once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from sync.actors import queue_run
from sync.models import SyncRule, SyncRun
from sync.selectors.causes import count_failing
from sync.selectors.rule_overview import find_rules
from sync.services.leases import RunActiveError
from sync.services.obstacles import find_obstacle
from sync.services.pausing import pause_rule, resume_rule
from sync.services.runs import request_retry, request_run
from sync.views.access import RUN_RULES, PortalPage, PortalView


def start_run(request: HttpRequest, rule: SyncRule, ask: Callable[[], SyncRun]) -> HttpResponse:
    """Leads to the run of the rule that was asked for, or to the one that is under way already."""
    if obstacle := find_obstacle(rule):
        messages.error(request, obstacle)
        return redirect("rule_detail", pk=rule.pk)
    try:
        run = ask()
    except RunActiveError as error:
        text = _("This rule is at work already; here is its run. Start again when it has ended.")
        messages.warning(request, text)
        return redirect("run_detail", pk=error.run.pk)
    queue_run(run.pk)
    return redirect("run_detail", pk=run.pk)


class RunStart(PortalView):
    """Run now; with full=1 every card is read again."""

    permission_required = RUN_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(SyncRule, pk=pk)
        full = request.POST.get("full") == "1"
        return start_run(request, rule, lambda: request_run(rule, full=full, requested_by=self.username))


class RulePause(PortalView):
    permission_required = RUN_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(SyncRule, pk=pk)
        pause_rule(rule.pk, by=self.username)
        text = _("%(rule)s is paused. A run that is under way ends as usual.")
        messages.success(request, text % {"rule": rule})
        return redirect("health")


class RuleResume(PortalView):
    permission_required = RUN_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(SyncRule, pk=pk)
        if obstacle := find_obstacle(rule):
            messages.error(request, obstacle)
            return redirect("rule_detail", pk=pk)
        resume_rule(rule.pk, by=self.username)
        messages.success(request, _("%(rule)s runs by schedule again.") % {"rule": rule})
        return redirect("health")


class RuleRetry(PortalPage):
    """Re-runs failing records of a rule, all or those of one cause; says first how many they are."""

    permission_required = RUN_RULES
    template_name = "portal/health/retry.html"

    def get_title(self) -> str:
        return _("Re-run failed records")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = get_object_or_404(find_rules(), pk=kwargs["pk"])
        code = self.request.GET.get("code", "")
        count, dismissed = count_failing(rule, code)
        return super().get_context_data(rule=rule, code=code, count=count, dismissed=dismissed, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(SyncRule, pk=pk)
        code = request.POST.get("code", "")
        return start_run(request, rule, lambda: request_retry(rule, code=code, requested_by=self.username))
