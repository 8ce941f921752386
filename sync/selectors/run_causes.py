"""Why records of a run did not get through, by cause; not counted further than it takes a moment."""

from collections import Counter
from dataclasses import dataclass

from sync.models import LogAction, RecordLog, SyncRun
from sync.models.orders import newest_first
from sync.reasons import ReasonText, describe
from sync.selectors.rule_counts import Count

MOST_LOOKED_AT = 3_000


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason in the words of its newest case, and how many there are."""

    action: str
    text: ReasonText
    count: Count


def list_causes(run: SyncRun, action: LogAction) -> list[Cause]:
    """Of the run's failures, or its exclusions, most frequent first. Of more than MOST_LOOKED_AT only the newest
    are looked at; the counts then say that there are more."""
    rows = RecordLog.objects.filter(run=run, action=action, superseded=False)
    # All the index's columns are named: it is walked, and nothing is sorted.
    newest = rows.alias(age=newest_first()).order_by("run_id", "action", "age")
    found = list(newest.values_list("reason_code", "pk")[: MOST_LOOKED_AT + 1])
    is_cut = len(found) > MOST_LOOKED_AT
    numbers = Counter(code for code, _ in found[:MOST_LOOKED_AT])
    examples = RecordLog.objects.in_bulk(dict(reversed(found)).values())
    details = {log.reason_code: log.reason_detail for log in examples.values()}
    return [
        Cause(action, describe(code, details[code]), Count(number, is_more=is_cut))
        for code, number in sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    ]
