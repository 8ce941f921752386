"""Asks for runs and keeps the queue of what is due; the database is the truth about both."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from sync.models import ACTIVE_STATUSES, RunKind, RunStatus, RunTrigger, SyncRule, SyncRun
from sync.services.leases import RunActiveError, is_abandoned
from sync.services.undoing.refusals import UndoRefusedError, find_refusal

# A queued run that no worker has taken for so long was lost with its queue; it is sent again.
PICK_UP_SECONDS = 60
# Where a preview's selection says how many cards it looks at.
SAMPLE = "sample"


class UnknownRecordsError(Exception):
    """Records that the rule has never come across cannot be re-run."""

    def __init__(self, sansan_ids: Sequence[str]) -> None:
        super().__init__(", ".join(sansan_ids))
        self.sansan_ids = tuple(sansan_ids)


def request_run(
    rule: SyncRule,
    *,
    full: bool = False,
    dry_run: bool = False,
    sample: int = 0,
    trigger: RunTrigger = RunTrigger.MANUAL,
    requested_by: str = "",
) -> SyncRun:
    """A queued run of the rule, or the interrupted one that it goes on with. `sample`: a dry run looks at so many of
    the cards only that were changed last, at most at as many as one request brings.

    Raises RunActiveError when another run of the rule is queued or under way.
    """
    kind = choose_kind(rule, full=full, dry_run=dry_run)
    wanted = SyncRun(
        rule=rule,
        kind=kind,
        dry_run=dry_run,
        reads_everything=full or rule.watermark is None,
        selection={SAMPLE: sample} if dry_run and sample else {},
        trigger=trigger,
    )
    return _settle_interrupted(rule, wanted) or _queue(wanted, rule, requested_by)


def request_retry(
    rule: SyncRule,
    *,
    code: str = "",
    sansan_ids: Sequence[str] = (),
    trigger: RunTrigger = RunTrigger.MANUAL,
    requested_by: str = "",
) -> SyncRun:
    """A queued re-run: of the given cards, else of the rule's failing records (those with the reason `code`, if any).

    Raises RunActiveError when another run of the rule is queued or under way, UnknownRecordsError for ids that are
    none of the rule's records.
    """
    asked = list(dict.fromkeys(sansan_ids))
    known = set(rule.links.filter(sansan_id__in=asked).values_list("sansan_id", flat=True))
    if unknown := [sansan_id for sansan_id in asked if sansan_id not in known]:
        raise UnknownRecordsError(unknown)
    selection = {"code": code, "sansan_ids": asked}
    wanted = SyncRun(rule=rule, kind=RunKind.RETRY, selection=selection, trigger=trigger)
    return _settle_interrupted(rule, wanted) or _queue(wanted, rule, requested_by)


def request_undo(
    run: SyncRun,
    *,
    dry_run: bool = False,
    trigger: RunTrigger = RunTrigger.MANUAL,
    requested_by: str = "",
) -> SyncRun:
    """A queued run that takes `run` back, or the interrupted one that it goes on with; a dry run only says what that
    would do.

    Raises UndoRefusedError when the run cannot be taken back, RunActiveError when another run of its rule is queued or
    under way.
    """
    refusal = find_refusal(run)
    if refusal or run.rule is None:
        raise UndoRefusedError(refusal or "RULE_DELETED")
    wanted = SyncRun(rule=run.rule, kind=RunKind.UNDO, undoes=run, dry_run=dry_run, trigger=trigger)
    return _settle_interrupted(run.rule, wanted) or _queue(wanted, run.rule, requested_by)


def cancel_run(run_id: int, *, by: str) -> SyncRun:
    """Tells a run to stop, and returns it as it is then.

    One that nobody works on yet, or any more, has ended at once. Else whoever works on it notices, records what the
    services have confirmed and ends it. A run that has ended stays as it is.
    """
    asked = {"cancel_requested_at": timezone.now(), "cancel_requested_by": by}
    runs = SyncRun.objects.filter(pk=run_id)
    waiting = runs.filter(status=RunStatus.QUEUED)
    if not waiting.update(status=RunStatus.CANCELLED, finished_at=timezone.now(), **asked):
        runs.filter(status=RunStatus.RUNNING, cancel_requested_at=None).update(**asked)
    run = runs.get()
    if run.status == RunStatus.RUNNING and is_abandoned(run):
        _close_interrupted(run)
        run.refresh_from_db()
    return run


def choose_kind(rule: SyncRule, *, full: bool, dry_run: bool) -> RunKind:
    if dry_run:
        return RunKind.PREVIEW
    if rule.watermark is None:
        return RunKind.INITIAL
    return RunKind.FULL if full else RunKind.INCREMENTAL


def claim_due_rules(now: datetime) -> list[int]:
    """Ids of the runs to send to the workers: of rules that are due, and those that were lost on the way.

    Safe to call from several schedulers: a rule's time is moved on by a conditional update, and whoever loses it
    claims nothing.
    """
    return [*_find_lost_runs(now), *(run_id for rule in _find_due_rules(now) if (run_id := _claim(rule, now)))]


def _find_due_rules(now: datetime) -> list[SyncRule]:
    return list(SyncRule.objects.filter(enabled=True, next_run_at__lte=now).order_by("next_run_at"))


def _claim(rule: SyncRule, now: datetime) -> int | None:
    with transaction.atomic():
        # The next time is counted from now, not from the time that was due: after an outage there is no burst.
        moved = SyncRule.objects.filter(pk=rule.pk, enabled=True, next_run_at=rule.next_run_at).update(
            next_run_at=now + timedelta(minutes=rule.interval_minutes)
        )
        if not moved:
            return None
        try:
            return request_run(rule, trigger=RunTrigger.SCHEDULE).pk
        except RunActiveError:
            return None


def _find_lost_runs(now: datetime) -> list[int]:
    never_taken = Q(status=RunStatus.QUEUED, created_at__lt=now - timedelta(seconds=PICK_UP_SECONDS))
    lapsed = Q(status=RunStatus.RUNNING, lease_expires_at__lt=now)
    return list(SyncRun.objects.filter(never_taken | lapsed).order_by("pk").values_list("pk", flat=True))


def _settle_interrupted(rule: SyncRule, wanted: SyncRun) -> SyncRun | None:
    """Goes on with an interrupted run of the rule where that serves what is wanted, else closes it as failed."""
    active = SyncRun.objects.filter(rule=rule, status__in=ACTIVE_STATUSES).first()
    if active is None:
        return None
    if not is_abandoned(active):
        raise RunActiveError(active)
    if _serves(active, wanted):
        return active
    _close_interrupted(active)
    return None


def _close_interrupted(run: SyncRun) -> None:
    """Ends a run that nobody works on: as cancelled if it was told to stop."""
    status, code = (RunStatus.CANCELLED, "") if run.cancel_requested_at else (RunStatus.FAILED, "RUN_INTERRUPTED")
    now = timezone.now()
    finished_at = min(run.lease_expires_at or now, now)
    own = SyncRun.objects.filter(pk=run.pk, lease_token=run.lease_token, status=RunStatus.RUNNING)
    with transaction.atomic():
        if own.update(status=status, error_code=code, finished_at=finished_at, lease_token=None):
            run.preview_links.all().delete()


def _serves(interrupted: SyncRun, wanted: SyncRun) -> bool:
    if interrupted.cancel_requested_at or wanted.kind == RunKind.RETRY:
        return False
    if wanted.kind == RunKind.INCREMENTAL:
        return interrupted.kind in (RunKind.INCREMENTAL, RunKind.INITIAL, RunKind.FULL)
    # How far an undo has come stands in its selection.
    same = (
        ("kind", "dry_run", "undoes_id") if wanted.kind == RunKind.UNDO else ("kind", "reads_everything", "selection")
    )
    return all(getattr(interrupted, name) == getattr(wanted, name) for name in same)


def _queue(run: SyncRun, rule: SyncRule, requested_by: str) -> SyncRun:
    run.rule_name = rule.name
    run.requested_by = requested_by
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        active = SyncRun.objects.filter(rule=rule, status__in=ACTIVE_STATUSES).first()
        if active is None:
            raise
        raise RunActiveError(active) from None
    return run
