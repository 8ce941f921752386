"""The runs, and the audit rows of one, as lists to page through."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from sync.models import LogAction, RecordLink, RecordLog, SyncRun
from sync.reasons import EXCLUSIONS, FAILURES
from sync.selectors.paging import AgeOrder, Cursor, Page, StreamOrder, read_page
from sync.selectors.streams import Streams, find_log_streams

RUNS_ON_A_PAGE = 50
RECORDS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class RunChoice:
    """Which runs are wanted; what is empty limits nothing."""

    rule_id: int | None = None
    kind: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """Which of a run's audit rows are wanted: of an action, with a reason; what is empty limits nothing."""

    action: str = ""
    cause: str = ""


def read_run_page(choice: RunChoice, cursor: Cursor) -> Page:
    """A page of SyncRun, newest first."""
    runs = SyncRun.objects.select_related("rule")
    if choice.rule_id is not None:
        runs = runs.filter(rule=choice.rule_id)
    if choice.kind:
        runs = runs.filter(kind=choice.kind)
    if choice.status:
        runs = runs.filter(status=choice.status)
    return read_page(runs, AgeOrder(), cursor, RUNS_ON_A_PAGE)


def choose_records(run: SyncRun, choice: RecordChoice) -> tuple[QuerySet[RecordLog], Streams]:
    """The run's audit rows that were chosen, and the way to them; counted by action they agree with its counts."""
    logs, actions = RecordLog.objects.filter(superseded=False), [choice.action] if choice.action else []
    if choice.cause:
        logs, actions = logs.filter(reason_code=choice.cause), actions or find_actions(choice.cause)
    return logs, find_log_streams(runs=[run.pk], actions=actions)


def find_actions(cause: str) -> list[str]:
    """What becomes of records with that reason: the index leads to actions, not to reasons."""
    if cause in FAILURES:
        return [LogAction.FAIL]
    return [LogAction.EXCLUDE] if cause in EXCLUSIONS else [LogAction.EXCLUDE, LogAction.FAIL]


def read_record_page(run: SyncRun, choice: RecordChoice, cursor: Cursor) -> Page:
    """A page of RecordLog, newest first."""
    logs, streams = choose_records(run, choice)
    return read_page(logs, StreamOrder(streams, RecordLog.objects.all()), cursor, RECORDS_ON_A_PAGE)


def find_record_ids(rule_id: int | None, sansan_ids: Iterable[str]) -> dict[str, int]:
    """The keys of the rule's RecordLinks by card id, as far as there are any."""
    links = RecordLink.objects.filter(rule=rule_id, sansan_id__in=list(sansan_ids))
    return dict(links.values_list("sansan_id", "pk"))
