"""What an undo did, written down: links, audit rows, counts and place, all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from sync.engine.outcomes import Outcome, tally
from sync.models import LinkState, RecordLink, RecordLog, SyncRun
from sync.services.leases import Lease
from sync.services.processing.recording import (
    ACTIONS,
    LOGS,
    LONGEST_CORRELATION_ID,
    Progress,
    show_counts,
    write_counts,
)
from sync.services.undoing.cases import Case

# Where an undo's selection says how far it has come: all contacts that were written last in this row or a newer one
# are done.
DONE_DOWN_TO = "done_down_to"


class UndoRecorder:
    """Records the cases of one undo, as long as its lease holds."""

    def __init__(
        self,
        run: SyncRun,
        lease: Lease,
        count_requests: Callable[[], tuple[int, int]],
        progress: Progress | None = None,
    ) -> None:
        """`count_requests` tells how many were sent so far to (Sansan, HubSpot)."""
        self._run = run
        self._lease = lease
        self._count_requests = count_requests
        self._progress = progress

    @property
    def done_down_to(self) -> int | None:
        place: int | None = self._run.selection.get(DONE_DOWN_TO)
        return place

    def leave_out_recorded(self, cases: Sequence[Case]) -> list[Case]:
        """Without those that were recorded before the portion was broken off."""
        cards = {case.written.card_id for case in cases}
        rows = RecordLog.objects.filter(run=self._run, sansan_id__in=cards)
        recorded = set(rows.values_list("hubspot_id", flat=True))
        return [case for case in cases if case.contact_id not in recorded]

    def record(self, cases: Sequence[Case], *, is_whole: bool, last_row: int) -> None:
        """Writes the settled cases of a portion. `is_whole`: all of it is settled, and it ended with row `last_row`.

        Of a portion that was broken off, only what leaves an audit row is recorded: the rest is looked at once more,
        and must not be counted twice. Raises LeaseLostError, and writes nothing, when the run was taken over.
        """
        kept = [case for case in cases if is_whole or case.outcome is not Outcome.UNCHANGED]
        settled = [(case, case.outcome) for case in kept if case.outcome is not None]
        counts = tally((None, outcome) for _, outcome in settled)
        if is_whole:
            self._run.selection = {**self._run.selection, DONE_DOWN_TO: last_row}
        requests = self._count_requests()
        with transaction.atomic():
            write_counts(self._lease, counts, requests, selection=self._run.selection)
            if not self._run.dry_run:
                self._follow_with_links({case.contact_id: case for case, _ in settled})
            self._save_logs(settled)
        show_counts(self._run, counts, requests, self._progress)

    def _follow_with_links(self, cases: Mapping[str, Case]) -> None:
        """An archived contact's card is excluded and keeps the hash of what was synced: it is not created again until
        that changes. A card whose contact was put back keeps its hash, too, so it is not written again until then."""
        changing = [one for one, case in cases.items() if case.outcome in (Outcome.ARCHIVED, Outcome.UPDATED)]
        links = list(RecordLink.objects.filter(rule=self._run.rule_id, hubspot_id__in=changing))
        for link in links:
            case = cases[link.hubspot_id]
            if case.outcome is Outcome.ARCHIVED:
                _exclude(link, self._run)
            else:
                former = {name: old for name, (_, old) in case.changes.items()}
                values = {**link.synced_values, **former}
                link.synced_values = {name: value for name, value in values.items() if value}
        RecordLink.objects.bulk_update(links, EXCLUSION_FIELDS)

    def _save_logs(self, settled: Sequence[tuple[Case, Outcome]]) -> None:
        moment = timezone.now()
        LOGS.insert(
            (
                self._run.pk,
                self._run.rule_id,
                case.written.card_id,
                case.contact_id,
                case.written.name,
                ACTIONS[outcome].value,
                False,
                case.changes if outcome is Outcome.UPDATED else {},
                case.reason_code,
                case.reason_detail,
                case.correlation_id[:LONGEST_CORRELATION_ID],
                moment,
            )
            for case, outcome in settled
            if outcome in ACTIONS
        )


EXCLUSION_FIELDS = [
    "hubspot_id",
    "state",
    "reason_code",
    "reason_detail",
    "winner_id",
    "failed_hash",
    "needs_revisit",
    "synced_values",
]


def _exclude(link: RecordLink, run: SyncRun) -> None:
    detail: dict[str, Any] = {"contact": link.hubspot_id, "run": run.undoes_id}
    link.hubspot_id, link.state = "", LinkState.EXCLUDED
    link.reason_code, link.reason_detail = "RUN_UNDONE", detail
    link.winner_id, link.failed_hash, link.needs_revisit, link.synced_values = "", "", False, {}
