"""Where every record of a rule stands, and why."""

from collections.abc import Iterator
from typing import Any

from sync.models import LinkState, RecordLink, SyncRule
from sync.reasons import describe
from sync.selectors.streams import find_link_streams, walk_oldest_first


def list_records(rule: SyncRule, state: str = "") -> Iterator[dict[str, Any]]:
    """Every card that the rule knows, optionally of one state only; the keys are an interface that scripts rely on."""
    streams = find_link_streams(rules=[rule.pk], states=[LinkState(state)] if state else ())
    for link in walk_oldest_first(RecordLink.objects.all(), streams):
        if state and link.state != state:
            continue  # it moved on meanwhile
        yield {
            "sansan_id": link.sansan_id,
            "hubspot_id": link.hubspot_id or None,
            "name": link.name,
            "state": link.state,
            "code": link.reason_code or None,
            "message": describe(link.reason_code, link.reason_detail).message if link.reason_code else None,
            "last_synced_at": link.last_synced_at.strftime("%Y-%m-%dT%H:%M:%SZ") if link.last_synced_at else None,
        }
