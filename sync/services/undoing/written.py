"""What a run wrote to its contacts, from its audit rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from sync.engine.diff import Changes
from sync.models import LogAction, RecordLink, RecordLog, RunKind, SyncRun

WRITES = (LogAction.CREATE.value, LogAction.UPDATE.value)


@dataclass(slots=True)
class Written:
    """All that the run did to one contact. `changes` holds the value from before its first write and that of its last
    one; `writers` the other runs that have written since and were not taken back, by property."""

    contact_id: str
    card_id: str
    name: str
    last_row: int
    is_created: bool = False
    changes: Changes = field(default_factory=dict)
    writers: dict[str, set[int]] = field(default_factory=dict)
    is_shared: bool = False  # a card of another rule is linked with it, too
    was_archived: bool = False  # by an earlier undo of the same run


@dataclass(frozen=True, slots=True)
class Touched:
    """A contact and the audit rows of what the run wrote to it, oldest first."""

    contact_id: str
    rows: tuple[int, ...]


def list_touched(run: SyncRun, *, before: int | None) -> list[Touched]:
    """The contacts that the run wrote to, the one written last first: so an address that it moved from one contact to
    another is free again when the former owner gets it back. Only those whose last row is older than row `before`."""
    rows: dict[str, tuple[int, ...]] = {}
    written = _list_writes(RecordLog.objects.filter(run=run)).exclude(hubspot_id="").order_by("pk")
    for pk, contact_id in written.values_list("pk", "hubspot_id").iterator():
        rows[contact_id] = (*rows.get(contact_id, ()), pk)
    touched = [Touched(contact_id, pks) for contact_id, pks in rows.items() if before is None or pks[-1] < before]
    return sorted(touched, key=lambda one: one.rows[-1], reverse=True)


def load_written(run: SyncRun, touched: Sequence[Touched]) -> list[Written]:
    """What the run wrote to these contacts, and what has happened to them since; in the order given."""
    logs = RecordLog.objects.in_bulk([pk for one in touched for pk in one.rows])
    found = {one.contact_id: _sum_up([logs[pk] for pk in one.rows]) for one in touched}
    cards = {log.sansan_id for log in logs.values()}
    cards |= _note_holders(run, found)
    _note_later_writers(run, found, cards)
    _note_earlier_archiving(run, found, cards)
    return list(found.values())


def _sum_up(logs: Sequence[RecordLog]) -> Written:
    last = logs[-1]
    written = Written(last.hubspot_id, last.sansan_id, last.name, last.pk)
    for log in logs:
        written.is_created = written.is_created or log.action == LogAction.CREATE
        for name, (old, new) in log.changes.items():
            first = written.changes[name][0] if name in written.changes else old
            written.changes[name] = (first, new)
    return written


def _note_holders(run: SyncRun, found: dict[str, Written]) -> set[str]:
    """The cards that are linked with the contacts now: what other runs wrote is found by way of them."""
    links = RecordLink.objects.filter(hubspot_id__in=list(found)).exclude(hubspot_id="")
    cards = set()
    for card_id, contact_id, rule_id in links.values_list("sansan_id", "hubspot_id", "rule_id"):
        cards.add(card_id)
        if rule_id != run.rule_id:
            found[contact_id].is_shared = True
    return cards


def _note_later_writers(run: SyncRun, found: dict[str, Written], cards: set[str]) -> None:
    """A write that was taken back itself counts no more, so runs can be taken back one after the other."""
    rows = _list_writes(RecordLog.objects.filter(sansan_id__in=cards, hubspot_id__in=list(found)))
    rows = rows.filter(pk__gt=min(one.last_row for one in found.values()), run__dry_run=False).exclude(run=run)
    for log in rows.select_related("run").order_by("pk"):
        written = found[log.hubspot_id]
        if log.pk < written.last_row:
            continue
        for name in log.changes:
            writers = written.writers.setdefault(name, set())
            if log.run.kind == RunKind.UNDO:
                writers.discard(log.run.undoes_id or 0)
            else:
                writers.add(log.run_id)


def _note_earlier_archiving(run: SyncRun, found: dict[str, Written], cards: set[str]) -> None:
    archived = RecordLog.objects.filter(sansan_id__in=cards, action=LogAction.ARCHIVE, run__undoes=run)
    archived = archived.filter(hubspot_id__in=list(found), run__dry_run=False)
    for contact_id in archived.values_list("hubspot_id", flat=True):
        found[contact_id].was_archived = True


def _list_writes(logs: QuerySet[RecordLog]) -> QuerySet[RecordLog]:
    return logs.filter(action__in=WRITES)
