"""Records and audit rows as lines of a table, one at a time, however many there are."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import TypeVar

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sync.models import RecordLink, RecordLog, SyncRun
from sync.reasons import ReasonText, describe
from sync.selectors.record_lists import RecordQuery
from sync.selectors.run_lists import RecordChoice, choose_records
from sync.selectors.streams import walk_oldest_first

Row = list[str]
Record = TypeVar("Record")
NO_REASON = ReasonText("", "", "", "")


def name_run_columns() -> Row:
    return [
        _("Time"),
        _("Action"),
        _("Name"),
        _("Card id"),
        _("Contact id"),
        _("Changes"),
        _("Reason code"),
        _("Reason"),
        _("What to do"),
        _("HubSpot's correlation id"),
    ]


def list_run_rows(run: SyncRun, choice: RecordChoice, name_action: Callable[[str], str]) -> Iterator[Row]:
    """What the run did to each record, oldest first, in the language and zone that are active now.

    `name_action` gives the words for a LogAction.
    """
    logs, streams = choose_records(run, choice)
    zone = timezone.get_current_timezone()
    return _translate(walk_oldest_first(logs, streams), lambda log: _write_log(log, name_action(log.action), zone))


def _translate(records: Iterable[Record], write: Callable[[Record], Row]) -> Iterator[Row]:
    """The rows are read when the page's language is no longer active, so it is asked for at once."""
    language = translation.get_language()

    def write_translated(record: Record) -> Row:
        with translation.override(language):
            return write(record)

    return map(write_translated, records)


def _write_log(log: RecordLog, action: str, zone: tzinfo) -> Row:
    reason = describe(log.reason_code, log.reason_detail) if log.reason_code else NO_REASON
    changes = [f"{name}: {old or ''} → {new or ''}" for name, (old, new) in sorted(log.changes.items())]
    return [
        format_time(log.created_at, zone),
        action,
        log.name,
        log.sansan_id,
        log.hubspot_id,
        "\n".join(changes),
        reason.code,
        " ".join(filter(None, (reason.title, reason.message))),
        reason.fix,
        log.correlation_id,
    ]


def name_record_columns() -> Row:
    return [
        _("Sync rule"),
        _("State"),
        _("Name"),
        _("E-mail"),
        _("Card id"),
        _("Contact id"),
        _("Reason code"),
        _("Reason"),
        _("What to do"),
        _("Last synced"),
    ]


def list_record_rows(query: RecordQuery) -> Iterator[Row]:
    """Where each record of a list stands, in the language and zone that are active now."""
    zone = timezone.get_current_timezone()
    return _translate(query.walk(), lambda link: _write_link(link, zone))


def _write_link(link: RecordLink, zone: tzinfo) -> Row:
    reason = describe(link.reason_code, link.reason_detail) if link.reason_code else NO_REASON
    return [
        link.rule.name,
        link.get_state_display(),
        link.name,
        link.email,
        link.sansan_id,
        link.hubspot_id,
        reason.code,
        " ".join(filter(None, (reason.title, reason.message))),
        reason.fix,
        format_time(link.last_synced_at, zone) if link.last_synced_at else "",
    ]


def format_time(time: datetime, zone: tzinfo) -> str:
    """As spreadsheets of all countries read it."""
    return time.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
