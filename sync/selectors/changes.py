"""The audit of a run, as people and scripts read it."""

from collections.abc import Iterator
from typing import Any

from sync.models import RecordLog, SyncRun
from sync.reasons import describe
from sync.selectors.streams import find_log_streams, walk_oldest_first


def list_changes(run: SyncRun) -> Iterator[dict[str, Any]]:
    """What a run did to each record it created, updated, excluded or failed; the keys are an interface for scripts."""
    for log in walk_oldest_first(RecordLog.objects.all(), find_log_streams(runs=[run.pk])):
        reason = describe(log.reason_code, log.reason_detail) if log.reason_code else None
        yield {
            "run": run.pk,
            "at": log.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "action": log.action,
            "sansan_id": log.sansan_id,
            "hubspot_id": log.hubspot_id or None,
            "name": log.name,
            "changes": {name: {"old": old, "new": new} for name, (old, new) in log.changes.items()},
            "code": log.reason_code or None,
            "message": reason.message if reason else None,
            "fix": reason.fix if reason else None,
        }
