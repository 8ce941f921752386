"""A rule's failing records by cause."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from sync.models import IS_DISMISSED, LinkState, RecordLink, SyncRule
from sync.models.orders import newest_first
from sync.reasons import ReasonText, describe

# Causes are told apart among so many of the newest failing records; with more, they are the same ones over and over.
MOST_GROUPED = 10_000
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


NONE_FAIL = Causes(groups=(), dismissed=0, is_cut=False)


def group_failures(rule: SyncRule) -> Causes:
    """The causes of the rule's failures that nobody has dismissed, and how many were."""
    sample = RecordLink.objects.filter(rule=rule, state=LinkState.FAILING).alias(age=newest_first())
    # By age and not by key, so that the index that gave the bound gives the sample as well.
    oldest = sample.order_by("age").values_list("pk", flat=True)[MOST_GROUPED - 1 : MOST_GROUPED].first()
    if oldest is not None:
        sample = sample.filter(age__lte=-oldest)
    rows = (
        sample.order_by()
        .values("reason_code")
        .annotate(open=Count("pk", filter=~IS_DISMISSED), dismissed=Count("pk", filter=IS_DISMISSED))
    )
    found = list(rows)
    total = sum(row["open"] + row["dismissed"] for row in found)
    examples = _find_examples(sample)
    groups = [_build(row["reason_code"], row["open"], examples[row["reason_code"]]) for row in found if row["open"]]
    return Causes(
        groups=tuple(sorted(groups, key=lambda group: (-group.count, group.code))),
        dismissed=sum(row["dismissed"] for row in found),
        is_cut=total >= MOST_GROUPED,
    )


def _find_examples(sample: QuerySet[RecordLink]) -> dict[str, list[RecordLink]]:
    """The newest records of each cause that nobody has dismissed. Their ids first: whole rows are too wide to sort."""
    place = Window(RowNumber(), partition_by="reason_code", order_by=newest_first())
    ids = sample.exclude(IS_DISMISSED).annotate(place=place).filter(place__lte=EXAMPLES).values_list("pk", flat=True)
    found = defaultdict(list)
    for record in RecordLink.objects.filter(pk__in=list(ids)).order_by("-pk"):
        found[record.reason_code].append(record)
    return found


def _build(code: str, count: int, examples: list[RecordLink]) -> Cause:
    detail = examples[0].reason_detail
    return Cause(code, describe(code, detail), detail, count, tuple(examples))


def count_failing(rule: SyncRule, code: str = "") -> tuple[int, int]:
    """How many records a re-run of the failing ones (with this reason) would be about, and how many of them were
    dismissed."""
    asked = Q(rule=rule, state=LinkState.FAILING)
    failing = RecordLink.objects.filter(asked & Q(reason_code=code) if code else asked)
    counts = failing.aggregate(all=Count("pk"), dismissed=Count("pk", filter=IS_DISMISSED))
    return counts["all"], counts["dismissed"]
