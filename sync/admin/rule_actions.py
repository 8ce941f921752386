"""What people do with rules, in their words."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.actors import queue_run
from sync.admin.links import link_to
from sync.models import ChangeSource, SyncRule, SyncRun
from sync.services.leases import RunActiveError
from sync.services.obstacles import find_obstacle
from sync.services.pausing import pause_rule, resume_rule
from sync.services.runs import request_retry, request_run

RUN_RULES = "sync.run_syncrule"

Rules = QuerySet[SyncRule]


def start_runs(
    modeladmin: Any, request: HttpRequest, rules: Rules, ask: Callable[[SyncRule], SyncRun], *, is_dry: bool = False
) -> None:
    """Queues a run for each rule; tells which run that is, or what is in the way."""
    for rule in rules:
        if not is_dry and (obstacle := find_obstacle(rule)):
            modeladmin.message_user(request, f"{rule}: {obstacle}", messages.ERROR)
            continue
        try:
            run = ask(rule)
        except RunActiveError as error:
            text = _("{rule} is already at work: see {run}.")
            modeladmin.message_user(request, format_html(text, rule=rule, run=link_to(error.run)), messages.WARNING)
            continue
        queue_run(run.pk)
        text = _("{rule}: {run} is queued.")
        modeladmin.message_user(request, format_html(text, rule=rule, run=link_to(run)), messages.SUCCESS)


@admin.action(permissions=["run"], description=gettext_lazy("Run now"))
def run_now(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    start_runs(modeladmin, request, rules, lambda rule: request_run(rule, requested_by=request.user.get_username()))


@admin.action(permissions=["run"], description=gettext_lazy("Run in full: read every card again"))
def run_in_full(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    by = request.user.get_username()
    start_runs(modeladmin, request, rules, lambda rule: request_run(rule, full=True, requested_by=by))


@admin.action(permissions=["run"], description=gettext_lazy("Preview: show what would happen, write nothing"))
def preview(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    by = request.user.get_username()
    start_runs(modeladmin, request, rules, lambda rule: request_run(rule, dry_run=True, requested_by=by), is_dry=True)


@admin.action(permissions=["run"], description=gettext_lazy("Re-run failed records"))
def rerun_failed(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    start_runs(modeladmin, request, rules, lambda rule: request_retry(rule, requested_by=request.user.get_username()))


@admin.action(permissions=["run"], description=gettext_lazy("Pause: run by schedule no more"))
def pause(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    for rule in rules:
        pause_rule(rule.pk, by=request.user.get_username(), source=ChangeSource.ADMIN)
        modeladmin.message_user(request, _("%(rule)s is paused.") % {"rule": rule}, messages.SUCCESS)


@admin.action(permissions=["run"], description=gettext_lazy("Resume: run by schedule again"))
def resume(modeladmin: Any, request: HttpRequest, rules: Rules) -> None:
    for rule in rules:
        if obstacle := find_obstacle(rule):
            modeladmin.message_user(request, f"{rule}: {obstacle}", messages.ERROR)
            continue
        resume_rule(rule.pk, by=request.user.get_username(), source=ChangeSource.ADMIN)
        modeladmin.message_user(request, _("%(rule)s runs by schedule again.") % {"rule": rule}, messages.SUCCESS)


RULE_ACTIONS = [run_now, run_in_full, preview, rerun_failed, pause, resume]
