"""What the commands show on a terminal, and how they end."""

import sys
from itertools import islice
from types import TracebackType
from typing import NoReturn

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sync.models import RunKind, RunStatus, SyncRule, SyncRun
from sync.reasons import describe
from sync.selectors.runs import count_run, list_failures
from sync.selectors.undoing import list_left
from sync.services.leases import RunActiveError

EXIT_FAILED, EXIT_USAGE, EXIT_PARTIAL = 1, 2, 3
MOST_LEFT_NAMED = 50
EXIT_STATUS = {RunStatus.SUCCEEDED: 0, RunStatus.PARTIAL: EXIT_PARTIAL}


def find_rule(name: str) -> SyncRule:
    """The rule of that name. Raises CommandError (exit 2) naming the rules there are."""
    rule = SyncRule.objects.filter(name=name).first()
    if rule is None:
        known = ", ".join(SyncRule.objects.values_list("name", flat=True)) or _("none yet: see the command 'apply'")
        raise CommandError(
            _("There is no sync rule called '%(name)s'. Rules: %(known)s.") % {"name": name, "known": known},
            returncode=EXIT_USAGE,
        )
    return rule


def refuse_active(error: RunActiveError) -> NoReturn:
    raise CommandError(
        _("Run %(run)s of this rule is under way. Wait until it has ended, then try again.") % {"run": error.run.pk},
        returncode=EXIT_FAILED,
    ) from None


class RunProgress:
    """A run's counts while it goes on: a live line on a terminal, a plain line now and then elsewhere."""

    PLAIN_EVERY = 5000

    def __init__(self, run: SyncRun) -> None:
        console = Console(stderr=True)
        self._live = sys.stderr.isatty()
        self._shown = run.seen
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.fields[counts]}", style="dim"),
            TimeElapsedColumn(),
            console=console,
            disable=not self._live,
        )
        self._task = self._bar.add_task(f"{run.rule_name} · {run.get_kind_display()}", total=None, counts="")

    def __enter__(self) -> "RunProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, run: SyncRun) -> None:
        if self._live:
            self._bar.update(self._task, counts=format_counts(run))
        elif run.seen - self._shown >= self.PLAIN_EVERY:
            self._shown = run.seen
            print(format_counts(run), file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal


def format_counts(run: SyncRun) -> str:
    counts = {name: f"{number:,}" for name, number in count_run(run).items()}
    if run.kind == RunKind.UNDO:
        text = _(
            "%(seen)s contacts: %(archived)s archived, %(updated)s put back, %(unchanged)s back already, "
            "%(excluded)s left, %(failed)s failed"
        )
        return text % counts
    text = _(
        "%(seen)s seen: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, "
        "%(excluded)s excluded, %(failed)s failed"
    )
    return text % counts


def report_run(run: SyncRun, out: OutputWrapper) -> None:
    """Says in words what a run did, what failed and what to do about it."""
    heading = _("Run %(run)s (%(kind)s): %(status)s") % {
        "run": run.pk,
        "kind": run.get_kind_display(),
        "status": run.get_status_display(),
    }
    out.write(heading)
    out.write("  " + format_counts(run))
    if run.error_code:
        text = describe(run.error_code, run.error_detail)
        out.write(f"  {text.title} [{text.code}]\n  {text.message}\n  → {text.fix}")
    for failure in list_failures(run):
        text = describe(failure["code"])
        out.write(f"  {failure['count']:,} × {text.title} [{failure['code']}]: {failure['message']}\n    → {text.fix}")
    if run.kind == RunKind.UNDO:
        report_left(run, out)


def report_left(undo: SyncRun, out: OutputWrapper) -> None:
    """Names what an undo left, and why; of many only the first, the others are in the JSON and in the portal."""
    left = list_left(undo)
    for one in islice(left, MOST_LEFT_NAMED):
        out.write(
            "  "
            + _("Left: %(name)s (contact %(contact)s): %(message)s")
            % {
                "name": one["name"] or one["sansan_id"],
                "contact": one["hubspot_id"],
                "message": one["message"],
            }
        )
    if more := sum(1 for _one in left):
        out.write("  " + _("… and %(count)s more; --json names all") % {"count": f"{more:,}"})
