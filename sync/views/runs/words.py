"""Runs in the words of their pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.models import ACTIVE_STATUSES, LogAction, RunKind, RunStatus, RunTrigger, SyncRun

Words = Mapping[str, str | Promise]

DONE: Words = {
    "created": gettext_lazy("created"),
    "updated": gettext_lazy("updated"),
    "archived": gettext_lazy("archived"),
    "unchanged": gettext_lazy("unchanged"),
    "excluded": gettext_lazy("excluded"),
    "failed": gettext_lazy("failed"),
}
PLANNED: Words = {
    "created": gettext_lazy("would be created"),
    "updated": gettext_lazy("would be updated"),
    "archived": gettext_lazy("would be archived"),
    "unchanged": gettext_lazy("would stay unchanged"),
    "excluded": gettext_lazy("would be excluded"),
    "failed": gettext_lazy("would fail"),
}
# An undo takes no record out of the sync: it leaves some as they are.
UNDONE: Words = {
    **DONE,
    "updated": gettext_lazy("put back"),
    "unchanged": gettext_lazy("back already"),
    "excluded": gettext_lazy("left as it is"),
}
UNDO_PLANNED: Words = {
    **PLANNED,
    "updated": gettext_lazy("would be put back"),
    "unchanged": gettext_lazy("back already"),
    "excluded": gettext_lazy("would be left as it is"),
}

# The audit rows behind a counter; of what stays unchanged there are none.
ACTIONS = {
    "created": LogAction.CREATE,
    "updated": LogAction.UPDATE,
    "archived": LogAction.ARCHIVE,
    "excluded": LogAction.EXCLUDE,
    "failed": LogAction.FAIL,
}
TONES = {"created": "good", "failed": "bad", "excluded": "warn"}
STATUS_TONES = {
    RunStatus.QUEUED: "busy",
    RunStatus.RUNNING: "busy",
    RunStatus.SUCCEEDED: "good",
    RunStatus.PARTIAL: "warn",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "",
}
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Counter:
    """One of a run's counts: its share of the bar in percent, and the action of the audit rows behind it, if any."""

    name: str
    label: str
    count: int
    start: str
    width: str
    action: str
    tone: str

    @property
    def number(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class RunWords:
    """What templates show of a run beside its fields."""

    run: SyncRun

    @property
    def title(self) -> str:
        return _("%(kind)s #%(number)s") % {"kind": self.kind, "number": self.run.pk}

    @property
    def kind(self) -> str:
        """In words that a heading can begin with."""
        return str(KINDS[RunKind(self.run.kind)])

    @property
    def is_active(self) -> bool:
        return self.run.status in ACTIVE_STATUSES

    @property
    def is_stopping(self) -> bool:
        return self.is_active and self.run.cancel_requested_at is not None

    @property
    def status(self) -> str:
        if self.is_stopping:
            return _("stopping")
        if self.run.dry_run and self.run.status == RunStatus.PARTIAL:
            return _("some records would fail")
        return self.run.get_status_display()

    @property
    def tone(self) -> str:
        return "warn" if self.is_stopping else STATUS_TONES[RunStatus(self.run.status)]

    @property
    def asked_by(self) -> str:
        """Who or what asked for the run."""
        run = self.run
        if run.requested_by:
            return run.requested_by
        return _("schedule") if run.trigger == RunTrigger.SCHEDULE else _("command")

    @property
    def duration(self) -> str:
        if self.run.started_at is None:
            return ""
        end = self.run.finished_at or timezone.now()
        return format_duration(max(0.0, (end - self.run.started_at).total_seconds()))

    @property
    def seen(self) -> str:
        return f"{self.run.seen:,}"

    @property
    def counters(self) -> list[Counter]:
        """In the order in which they stand in the bar."""
        labels, start, found = choose_words(self.run), 0.0, []
        for name in DONE:
            count = getattr(self.run, name)
            # Only an undo archives contacts, and it creates none.
            if name == ("created" if self.run.kind == RunKind.UNDO else "archived"):
                continue
            width = 100 * count / self.run.seen if self.run.seen else 0.0
            found.append(
                Counter(
                    name=name,
                    label=str(labels[name]),
                    count=count,
                    start=f"{start:.3f}",
                    width=f"{width:.3f}",
                    action=ACTIONS[name].value if name in ACTIONS else "",
                    tone=TONES.get(name, "") if count else "",
                )
            )
            start += width
        return found

    @property
    def actions(self) -> list[tuple[str, str]]:
        """The actions of audit rows, in words, to choose from."""
        return [(one.action, one.label) for one in self.counters if one.action]

    @property
    def sample(self) -> int:
        """How many cards a preview looked at at most; 0 for all."""
        return int(self.run.selection.get("sample", 0))


KINDS: dict[RunKind, str | Promise] = {
    RunKind.INITIAL: gettext_lazy("First run"),
    RunKind.INCREMENTAL: gettext_lazy("Run over the changes"),
    RunKind.FULL: gettext_lazy("Full run"),
    RunKind.RETRY: gettext_lazy("Re-run"),
    RunKind.PREVIEW: gettext_lazy("Preview"),
    RunKind.UNDO: gettext_lazy("Undo"),
}


def choose_words(run: SyncRun) -> Words:
    if run.kind == RunKind.UNDO:
        return UNDO_PLANNED if run.dry_run else UNDONE
    return PLANNED if run.dry_run else DONE


def name_action(run: SyncRun, action: str) -> str:
    """What the run did to a record, or would do."""
    name = next((name for name, one in ACTIONS.items() if one == action), "")
    return str(choose_words(run).get(name, action))


def format_duration(seconds: float) -> str:
    if seconds < MINUTE:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"}
    if seconds < HOUR:
        minutes, rest = divmod(round(seconds), MINUTE)
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    hours, minutes = divmod(round(seconds / MINUTE), 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
