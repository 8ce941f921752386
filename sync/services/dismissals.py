"""Failures that people have looked at and want to see no more, until they fail anew."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.utils import timezone

from sync.models import IS_DISMISSED, LinkState, RecordLink


def dismiss_failures(links: Iterable[int], *, by: str) -> int:
    """Dismisses those of the records that are failing, and returns how many. A card that changes, or is mapped
    otherwise, and fails again shows up again."""
    return _select(links).update(dismissed_hash=F("failed_hash"), dismissed_by=by, dismissed_at=timezone.now())


def restore_failures(links: Iterable[int]) -> int:
    """Takes dismissals back, and returns of how many records."""
    return _select(links).filter(IS_DISMISSED).update(dismissed_hash="", dismissed_by="", dismissed_at=None)


def _select(links: Iterable[int]) -> QuerySet[RecordLink]:
    return RecordLink.objects.filter(pk__in=list(links), state=LinkState.FAILING)
