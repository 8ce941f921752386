"""Why records of a run did not get through, by cause; not counted further than it takes a moment."""

from dataclasses import dataclass

from django.db.models import Count as CountRows
from django.db.models import Max

from sync.models import LogAction, RecordLog, SyncRun
from sync.models.orders import newest_first
from sync.reasons import ReasonText, describe
from sync.selectors.rule_counts import Count

MOST_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason in the words of one of its cases, and how many there are."""

    action: str
    text: ReasonText
    count: Count


def list_causes(run: SyncRun, action: LogAction) -> list[Cause]:
    """Of the run's failures, or its exclusions, most frequent first. Of more than MOST_LOOKED_AT only the newest
    are looked at; the counts then say that there are more."""
    rows = RecordLog.objects.filter(run=run, action=action, superseded=False)
    # All the index's columns are named: it is walked, and nothing is sorted.
    newest = rows.alias(age=newest_first()).order_by("run", "action", "age")[: MOST_LOOKED_AT + 1]
    found = list(
        RecordLog.objects.filter(pk__in=newest.values("pk"))
        .order_by()
        .values_list("reason_code")
        .annotate(number=CountRows("pk"), example=Max("pk"))
    )
    is_cut = sum(number for _, number, _ in found) > MOST_LOOKED_AT
    examples = RecordLog.objects.in_bulk([example for _, _, example in found])
    return [
        Cause(action, describe(code, examples[example].reason_detail), Count(number, is_more=is_cut))
        for code, number, example in sorted(found, key=lambda cause: (-cause[1], cause[0]))
    ]
