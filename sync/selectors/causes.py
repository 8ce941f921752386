"""A rule's failing records by cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from sync.models import IS_DISMISSED, LinkState, RecordLink, SyncRule
from sync.models.orders import newest_first
from sync.reasons import ReasonText, describe

# Causes are told apart among so many of the newest failing records; with more, they are the same ones over and over.
MOST_GROUPED = 20_000
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """Records that fail for one reason. `reason` is told with the detail of the newest of them."""

    code: str
    reason: ReasonText
    detail: dict[str, object]
    count: int
    examples: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True)
class Causes:
    """Most frequent first. `is_cut`: there are more failing records than were looked at."""

    groups: tuple[Cause, ...]
    dismissed: int
    is_cut: bool

    @property
    def open_count(self) -> int:
        return sum(group.count for group in self.groups)


def group_failures(rule: SyncRule) -> Causes:
    """The causes of the rule's failures that nobody has dismissed, and how many were."""
    newest = RecordLink.objects.filter(rule=rule, state=LinkState.FAILING).order_by(newest_first())
    sample = RecordLink.objects.filter(pk__in=newest.values("pk")[:MOST_GROUPED])
    rows = (
        sample.order_by()
        .values("reason_code")
        .annotate(open=Count("pk", filter=~IS_DISMISSED), dismissed=Count("pk", filter=IS_DISMISSED), newest=Max("pk"))
    )
    found = list(rows)
    total = sum(row["open"] + row["dismissed"] for row in found)
    groups = [_build(rule, row["reason_code"], row["open"]) for row in found if row["open"]]
    return Causes(
        groups=tuple(sorted(groups, key=lambda group: (-group.count, group.code))),
        dismissed=sum(row["dismissed"] for row in found),
        is_cut=total >= MOST_GROUPED,
    )


def _build(rule: SyncRule, code: str, count: int) -> Cause:
    failing = RecordLink.objects.filter(~IS_DISMISSED, rule=rule, state=LinkState.FAILING, reason_code=code)
    examples = tuple(failing.order_by(newest_first())[:EXAMPLES])
    detail = examples[0].reason_detail if examples else {}
    return Cause(code, describe(code, detail), detail, count, examples)


def count_failing(rule: SyncRule, *, code: str = "", ids: Sequence[int] = ()) -> int:
    """How many records a re-run would be about: those named, else the failing ones (with this reason)."""
    if ids:
        return RecordLink.objects.filter(rule=rule, pk__in=ids).count()
    asked = Q(rule=rule, state=LinkState.FAILING)
    return RecordLink.objects.filter(asked & Q(reason_code=code) if code else asked).count()
