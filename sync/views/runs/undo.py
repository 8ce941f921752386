"""Taking a run back: first a preview of it, then the real thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from sync.actors import queue_run
from sync.models import LogAction, RunStatus, SyncRun
from sync.reasons import describe
from sync.selectors.paging import Page, read_cursor
from sync.selectors.run_lists import RecordChoice, read_record_page
from sync.selectors.undoing import find_previous_undo
from sync.services.leases import RunActiveError
from sync.services.runs import request_undo
from sync.services.undoing.refusals import REFUSALS, UndoRefusedError, find_refusal
from sync.views.access import RUN_RULES, PortalPage
from sync.views.runs.detail import Row, draw_rows
from sync.views.runs.words import RunWords

SHOWN = (LogAction.ARCHIVE.value, LogAction.UPDATE.value, LogAction.EXCLUDE.value, LogAction.FAIL.value)
ENDED_WELL = (RunStatus.SUCCEEDED, RunStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class LeftProperty:
    """A property that keeps its value, why, and the values: the present one, the run's, and the one before it."""

    name: str
    why: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ContactRow:
    row: Row
    left: list[LeftProperty]


class UndoRun(PortalPage):
    """Shows what taking the run back would do, and does it when that has been seen."""

    permission_required = RUN_RULES
    template_name = "portal/runs/undo.html"

    @cached_property
    def run(self) -> SyncRun:
        return get_object_or_404(SyncRun.objects.select_related("rule"), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return _("Take back: %(run)s") % {"run": RunWords(self.run).title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = find_previous_undo(self.run, dry_run=True)
        undo = find_previous_undo(self.run, dry_run=False)
        if preview and undo and undo.pk > preview.pk:
            preview = None  # it tells of the time before
        refusal = find_refusal(self.run)
        return super().get_context_data(
            run=self.run,
            undo=undo,
            undo_words=RunWords(undo) if undo else None,
            undo_ended_well=undo is not None and undo.status in ENDED_WELL,
            refusal=str(REFUSALS[refusal]) if refusal else "",
            **(self.describe_preview(preview) if preview else {}),
            **kwargs,
        )

    def describe_preview(self, preview: SyncRun) -> dict[str, Any]:
        shown = self.request.GET.get("show", "")
        choice = RecordChoice(shown if shown in SHOWN else "")
        page = read_record_page(preview, choice, read_cursor(self.request.GET.get("page", "")))
        error = describe(preview.error_code, preview.error_detail) if preview.error_code else None
        return {
            "preview": preview,
            "words": RunWords(preview),
            "error": error,
            "is_ready": preview.status in ENDED_WELL,
            "does_nothing": not (preview.archived or preview.updated),
            "shown": choice.action,
            "page": page,
            "rows": list(draw_contacts(preview, page)),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_real = request.POST.get("step") == "undo"
        try:
            return self.undo() if is_real else self.look()
        except UndoRefusedError as error:
            messages.error(request, str(error))
        except RunActiveError as error:
            if error.run.undoes_id == self.run.pk:
                # It is there already, as after a double click.
                return self.show(error.run)
            text = _("Run #%(run)s of this rule is under way. Try again when it is done.")
            messages.warning(request, text % {"run": error.run.pk})
        return redirect("run_undo", pk=self.run.pk)

    def look(self) -> HttpResponse:
        preview = request_undo(self.run, dry_run=True, requested_by=self.username)
        queue_run(preview.pk)
        return self.show(preview)

    def undo(self) -> HttpResponse:
        """Only after a preview, and once for each: what is sent twice leads to the undo that the first one started."""
        seen = find_previous_undo(self.run, dry_run=True)
        done = find_previous_undo(self.run, dry_run=False)
        if done and seen and done.pk > seen.pk:
            return self.show(done)
        if seen is None or seen.status not in ENDED_WELL:
            messages.warning(self.request, _("Look at the preview first, then take the run back."))
            return redirect("run_undo", pk=self.run.pk)
        undo = request_undo(self.run, requested_by=self.username)
        queue_run(undo.pk)
        return self.show(undo)

    def show(self, undo: SyncRun) -> HttpResponse:
        if undo.dry_run:
            return redirect("run_undo", pk=self.run.pk)
        return redirect("run_detail", pk=undo.pk)


def draw_contacts(preview: SyncRun, page: Page) -> Iterator[ContactRow]:
    for row in draw_rows(preview, page):
        left = row.log.reason_detail.get("left", {})
        yield ContactRow(
            row,
            [
                LeftProperty(name, describe(one["code"], {**one, "properties": name}).message, one)
                for name, one in sorted(left.items())
            ],
        )
