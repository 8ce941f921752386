"""What an undo left as it is."""

from collections.abc import Iterator
from typing import Any

from sync.models import LogAction, RecordLog, SyncRun
from sync.reasons import describe
from sync.selectors.streams import find_log_streams, walk_oldest_first


def list_left(undo: SyncRun) -> Iterator[dict[str, Any]]:
    """The contacts that the undo left, as a whole or some of their properties, JSON-ready: `sansan_id`, `hubspot_id`,
    `name`, `reason` (a code), `message`, and the `properties` that stay (none: the contact as a whole)."""
    streams = find_log_streams(runs=[undo.pk], actions=[LogAction.EXCLUDE, LogAction.UPDATE])
    for log in walk_oldest_first(RecordLog.objects.exclude(reason_code=""), streams):
        yield {
            "sansan_id": log.sansan_id,
            "hubspot_id": log.hubspot_id,
            "name": log.name,
            "reason": log.reason_code,
            "message": describe(log.reason_code, log.reason_detail).message,
            "properties": list(log.reason_detail.get("left", {})),
        }


def find_previous_undo(run: SyncRun, *, dry_run: bool) -> SyncRun | None:
    """The newest undo of the run, or preview of one."""
    return SyncRun.objects.filter(undoes=run, dry_run=dry_run).order_by("-pk").first()
