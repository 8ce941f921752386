"""The page of a run, and the part of it that is asked for again and again while the run goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django_htmx.http import HttpResponseClientRefresh

from sync.forms.run_filters import RecordFilterForm
from sync.models import LogAction, RecordLog, RuleSetup, RunKind, SyncRun
from sync.reasons import ReasonText, describe
from sync.selectors.paging import Page, read_cursor
from sync.selectors.previews import judge_preview
from sync.selectors.run_causes import Cause, list_causes
from sync.selectors.run_lists import RecordChoice, find_record_ids, read_record_page
from sync.services.obstacles import find_obstacle
from sync.views.access import RUN_RULES, SEE_RUNS, PortalPage, PortalView
from sync.views.fixes import Place, list_fixes
from sync.views.runs.words import RunWords, name_action

CHANGES_SHOWN = 6
ACTION_TONES: dict[str, str] = {LogAction.CREATE: "good", LogAction.EXCLUDE: "warn", LogAction.FAIL: "bad"}


@dataclass(frozen=True, slots=True)
class Row:
    """An audit row as it is shown; `record_pk` is None when the rule knows no such card (any more)."""

    log: RecordLog
    action: str
    tone: str
    changes: list[tuple[str, Any, Any]]
    more_changes: list[tuple[str, Any, Any]]
    reason: ReasonText | None
    record_pk: int | None


class RunPart:
    """What everything about one run shares."""

    request: HttpRequest
    kwargs: dict[str, Any]
    permission_required = SEE_RUNS

    @cached_property
    def run(self) -> SyncRun:
        return get_object_or_404(SyncRun.objects.select_related("rule", "undoes"), pk=self.kwargs["pk"])

    def describe_progress(self) -> dict[str, Any]:
        words = RunWords(self.run)
        error = describe(self.run.error_code, self.run.error_detail) if self.run.error_code else None
        return {
            "run": self.run,
            "words": words,
            "told": tell_milestone(self.run),
            "error": error,
            "error_fixes": list_fixes(self.run.error_code, self.run.rule, self.run.error_detail),
            "may_run": self.request.user.has_perm(RUN_RULES),
        }


class RunDetailPage(RunPart, PortalPage):
    template_name = "portal/runs/detail.html"

    def get_title(self) -> str:
        return f"{self.run.rule_name} · {RunWords(self.run).title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, form = self.run, RecordFilterForm(self.request.GET)
        choice = RecordChoice(form.read("action"), form.read("cause"))
        page = read_record_page(run, choice, read_cursor(self.request.GET.get("page", "")))
        causes = list_causes_with_fixes(run)
        return super().get_context_data(
            **self.describe_progress(),
            causes=causes,
            choice=choice,
            cause_choices=list_cause_choices(causes, choice.cause),
            page=page,
            rows=list(draw_rows(run, page)),
            **(self.describe_preview() if run.kind == RunKind.PREVIEW else {}),
            **kwargs,
        )

    def describe_preview(self) -> dict[str, Any]:
        """Whether it can be run for real, or what keeps it from that."""
        rule = self.run.rule
        return {
            "freshness": judge_preview(self.run).name,
            "obstacle": find_obstacle(rule) if rule else "",
            "setup": RuleSetup.objects.filter(rule=rule, finished_at=None).first() if rule else None,
        }


class RunProgressPart(RunPart, PortalView):
    """Asked for every two seconds. At the end the whole page is shown anew, with its records."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.describe_progress()
        if not context["words"].is_active:
            return HttpResponseClientRefresh()
        # Read out only when there is something new to say.
        has_news = request.GET.get("told") != context["told"]
        return render(request, "portal/runs/_progress.html", {**context, "has_news": has_news})

    def handle_no_permission(self) -> Any:
        is_part = "HX-Request" in self.request.headers
        if is_part and not self.request.user.is_authenticated:
            # Whoever was signed out meanwhile gets the login as a page, not as a part of this one.
            return HttpResponseClientRefresh()
        return super().handle_no_permission()


def tell_milestone(run: SyncRun) -> str:
    """Changes only now and then, so that whoever is read it to is not talked to every two seconds."""
    magnitude = 10 ** max(0, len(str(run.seen)) - 1)
    return f"{run.status}-{run.seen // magnitude * magnitude}"


def list_causes_with_fixes(run: SyncRun) -> list[tuple[Cause, list[Place]]]:
    causes = [*list_causes(run, LogAction.FAIL), *list_causes(run, LogAction.EXCLUDE)]
    return [(cause, list_fixes(cause.text.code, run.rule)) for cause in causes]


def list_cause_choices(causes: list[tuple[Cause, list[Place]]], chosen: str) -> dict[str, str]:
    """The titles to choose from by code; of many causes only the newest are known, so the chosen one is added."""
    titles = {cause.text.code: cause.text.title for cause, _ in causes}
    return titles if not chosen or chosen in titles else {**titles, chosen: describe(chosen).title}


def draw_rows(run: SyncRun, page: Page) -> Iterator[Row]:
    record_ids = find_record_ids(run.rule_id, {log.sansan_id for log in page.rows}) if run.rule_id else {}
    for log in page.rows:
        changes = [(name, old, new) for name, (old, new) in sorted(log.changes.items())]
        yield Row(
            log=log,
            action=name_action(run, log.action),
            tone=ACTION_TONES.get(log.action, ""),
            changes=changes[:CHANGES_SHOWN],
            more_changes=changes[CHANGES_SHOWN:],
            reason=describe(log.reason_code, log.reason_detail) if log.reason_code else None,
            record_pk=record_ids.get(log.sansan_id),
        )
