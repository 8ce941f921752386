"""Writes what became of cards: places, audit rows, counts and position, all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F

from sync.engine.outcomes import Outcome, combine, tally
from sync.engine.watermark import advance
from sync.models import LogAction, RecordLog, SyncRule, SyncRun
from sync.services.bulk_rows import BulkTable
from sync.services.leases import Lease, LeaseLostError, expire_at
from sync.services.processing.places import Place
from sync.services.processing.work import Work, Workshop

ACTIONS = {
    Outcome.CREATED: LogAction.CREATE,
    Outcome.UPDATED: LogAction.UPDATE,
    Outcome.ARCHIVED: LogAction.ARCHIVE,
    Outcome.EXCLUDED: LogAction.EXCLUDE,
    Outcome.FAILED: LogAction.FAIL,
}
LONGEST_CORRELATION_ID = 100
LOGS = BulkTable(
    RecordLog,
    [
        "run_id",
        "rule_id",
        "sansan_id",
        "hubspot_id",
        "name",
        "action",
        "superseded",
        "changes",
        "reason_code",
        "reason_detail",
        "correlation_id",
        "created_at",
    ],
)
COUNTERS = ("seen", *(outcome.value for outcome in Outcome))


# A card's outcome in the run before, None if it is new to it, and now.
Transition = tuple[Outcome | None, Outcome]


class Progress(Protocol):
    """Told of a run's counts as they grow."""

    def show(self, run: SyncRun) -> None: ...


class Recorder:
    """Records the works of one run, as long as its lease holds."""

    def __init__(
        self,
        shop: Workshop,
        lease: Lease,
        count_requests: Callable[[], tuple[int, int]],
        progress: Progress | None = None,
    ) -> None:
        """`count_requests` tells how many were sent so far to (Sansan, HubSpot)."""
        self._shop = shop
        self._lease = lease
        self._count_requests = count_requests
        self._progress = progress

    def record(
        self, works: Sequence[Work], to_revisit: Sequence[Place] = (), position: datetime | None = None
    ) -> None:
        """Writes settled works in one transaction.

        `position` moves the run, and unless this is a preview its rule, on. Raises LeaseLostError, and writes
        nothing, when the run was taken over.
        """
        displaced = [other for work in works for other in work.displaced]
        # A card can be settled and displaced at once; what happened last is told last.
        counted = [work for work in [*works, *displaced] if work.is_settled]
        transitions = [self._place_in_run(work) for work in counted]
        counts = tally(transitions)
        requests = self._count_requests()
        with transaction.atomic():
            moved = {"position": position} if position is not None else {}
            write_counts(self._lease, counts, requests, **moved)
            self._save_places(works, displaced, to_revisit)
            self._save_logs(counted, transitions)
            if position is not None and not self._shop.run.dry_run:
                self._advance_rule(position)
        show_counts(self._shop.run, counts, requests, self._progress)

    def _place_in_run(self, work: Work) -> Transition:
        """The card's outcome in this run before and now; the place remembers the latter."""
        place, run = work.place, self._shop.run
        outcome = _require_outcome(work)
        earlier = Outcome(place.seen_outcome) if place.seen_run_id == run.pk and place.seen_outcome else None
        now = combine(earlier, combine(work.inherited, outcome))
        place.seen_run_id, place.seen_outcome = run.pk, now.value
        return earlier, now

    def _save_places(self, settled: Sequence[Work], displaced: Sequence[Work], to_revisit: Sequence[Place]) -> None:
        untouched = [work for work in settled if work.outcome is Outcome.UNCHANGED and not _has_news(work)]
        skipped = {work.card_id for work in untouched} - {work.card_id for work in displaced}
        places: dict[str, Place] = {place.sansan_id: place for place in to_revisit}
        for work in [*settled, *displaced]:
            places |= {place.sansan_id: place for place in work.renamed}
            if work.card_id not in skipped:
                places[work.card_id] = work.place
        self._shop.store.save(list(places.values()))
        by_outcome: dict[str, list[str]] = {}
        for work in untouched:
            by_outcome.setdefault(work.place.seen_outcome, []).append(work.card_id)
        for outcome, card_ids in by_outcome.items():
            self._shop.store.mark_unchanged(card_ids, outcome)

    def _save_logs(self, works: Sequence[Work], transitions: Sequence[Transition]) -> None:
        """One row for each work that is told of. What the run said of a card before is marked as overtaken, so that
        the rows that are not, counted by action, agree with the run's counts."""
        overtaken = [
            work.card_id
            for work, (earlier, now) in zip(works, transitions, strict=True)
            if earlier is not None and (earlier is not now or _is_told(work))
        ]
        if overtaken:
            run = self._shop.run
            rows = RecordLog.objects.filter(run=run, rule_id=run.rule_id, sansan_id__in=overtaken)
            rows.update(superseded=True)
        told = [(work, now) for work, (_, now) in zip(works, transitions, strict=True) if _is_told(work)]
        last = {work.card_id: work for work, _ in told}
        moment = self._shop.now()
        LOGS.insert(self._make_log(work, now, moment, superseded=last[work.card_id] is not work) for work, now in told)

    def _make_log(self, work: Work, now: Outcome, moment: datetime, *, superseded: bool) -> tuple[Any, ...]:
        """The columns of LOGS."""
        run, place = self._shop.run, work.place
        return (
            run.pk,
            run.rule_id,
            work.card_id,
            place.hubspot_id,
            place.name,
            ACTIONS[now].value,
            superseded,
            work.changes,
            work.reason_code,
            work.reason_detail,
            work.correlation_id[:LONGEST_CORRELATION_ID],
            moment,
        )

    def _advance_rule(self, position: datetime) -> None:
        run = self._shop.run
        rule = SyncRule.objects.select_for_update(of=("self",)).filter(runs=run).first()
        if rule is None or run.started_at is None:
            return
        reached = advance(rule.watermark, position, run.started_at)
        SyncRule.objects.filter(pk=rule.pk).update(watermark=reached)


def write_counts(lease: Lease, counts: Mapping[str, int], requests: tuple[int, int], **moved: Any) -> None:
    """Adds to the run's counts and sets the fields in `moved`. Raises LeaseLostError when the run was taken over."""
    owned = lease.own().update(
        **{name: F(name) + counts[name] for name in COUNTERS if counts.get(name)},
        **moved,
        requests_sansan=requests[0],
        requests_hubspot=requests[1],
        lease_expires_at=expire_at(),
    )
    if not owned:
        raise LeaseLostError(f"Run {lease.run_id} was taken over.")


def show_counts(run: SyncRun, counts: Mapping[str, int], requests: tuple[int, int], progress: Progress | None) -> None:
    """Adds what was written to the run at hand, and shows it to whoever watches."""
    for name, number in counts.items():
        setattr(run, name, getattr(run, name) + number)
    run.requests_sansan, run.requests_hubspot = requests
    if progress:
        progress.show(run)


def _require_outcome(work: Work) -> Outcome:
    if work.outcome is None:
        raise ValueError(f"Card {work.card_id} has no outcome to record.")
    return work.outcome


def _is_told(work: Work) -> bool:
    """Whether the outcome gets an audit row: an exclusion only when it, or its reason, is new."""
    if work.outcome is Outcome.EXCLUDED:
        return work.earlier != (work.place.state, work.place.reason_code)
    return work.outcome is not Outcome.UNCHANGED and not work.is_repeat


def _has_news(work: Work) -> bool:
    """Whether an unchanged card's place has to be written out: it was not settled by its hash alone."""
    return bool(not work.place.is_stored or work.contact or work.displaced or work.touched)
