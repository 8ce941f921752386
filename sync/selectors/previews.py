"""Whether what a preview tells still holds."""

from datetime import timedelta
from enum import Enum

from django.utils import timezone

from sync.models import RunStatus, SyncRun

FRESH_FOR = timedelta(hours=24)


class Freshness(Enum):
    FRESH = "fresh"
    UNFINISHED = "unfinished"
    OLD = "old"
    SETTINGS_CHANGED = "settings changed"
    RULE_GONE = "rule gone"


def judge_preview(preview: SyncRun) -> Freshness:
    """Whether a run of today would do what the preview has told, as far as it is up to us."""
    if preview.rule is None:
        return Freshness.RULE_GONE
    if preview.status not in (RunStatus.SUCCEEDED, RunStatus.PARTIAL) or preview.finished_at is None:
        return Freshness.UNFINISHED
    # Settings are read when the run starts; what changed since it was asked for may not have got into it.
    if preview.rule.setting_changes.filter(changed_at__gt=preview.started_at or preview.created_at).exists():
        return Freshness.SETTINGS_CHANGED
    return Freshness.FRESH if timezone.now() - preview.finished_at < FRESH_FOR else Freshness.OLD
