"""A rule's failing records by cause."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q

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
        .annotate(
            open=Count("pk", filter=~IS_DISMISSED),
            dismissed=Count("pk", filter=IS_DISMISSED),
            oldest=Min("pk", filter=~IS_DISMISSED),
        )
    )
    found = list(rows)
    total = sum(row["open"] + row["dismissed"] for row in found)
    groups = [_build(rule, row["reason_code"], row["open"], row["oldest"]) for row in found if row["open"]]
    return Causes(
        groups=tuple(sorted(groups, key=lambda group: (-group.count, group.code))),
        dismissed=sum(row["dismissed"] for row in found),
        is_cut=total >= MOST_GROUPED,
    )


def _build(rule: SyncRule, code: str, count: int, oldest: int) -> Cause:
    failing = RecordLink.objects.filter(~IS_DISMISSED, rule=rule, state=LinkState.FAILING, reason_code=code)
    # Without the bound, the search for a third example where there are two would go through all that fail.
    failing = failing.alias(age=newest_first()).filter(age__lte=-oldest)
    examples = tuple(failing.order_by("age")[:EXAMPLES])
    detail = examples[0].reason_detail if examples else {}
    return Cause(code, describe(code, detail), detail, count, examples)


def count_failing(rule: SyncRule, code: str = "") -> tuple[int, int]:
    """How many records a re-run of the failing ones (with this reason) would be about, and how many of them were
    dismissed."""
    asked = Q(rule=rule, state=LinkState.FAILING)
    failing = RecordLink.objects.filter(asked & Q(reason_code=code) if code else asked)
    counts = failing.aggregate(all=Count("pk"), dismissed=Count("pk", filter=IS_DISMISSED))
    return counts["all"], counts["dismissed"]
