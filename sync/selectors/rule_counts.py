"""How many records of a rule there are; not further than it takes a moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from sync.models import LinkState, RecordLink, SyncRule

# PostgreSQL counts so many along an index in some 20 ms.
MOST_COUNTED = 200_000


@dataclass(frozen=True, slots=True)
class Count:
    """`number` is exact unless `is_more`: then there are more than that."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_more else ''}"

    def __bool__(self) -> bool:
        return self.number > 0


class _Rows(Subquery):
    """How many rows a query gives that is cut somewhere: Django's own Count would count those behind the cut, too."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def count_state(rule: SyncRule, state: str) -> Count:
    """The rule's records in one state."""
    return _cap(RecordLink.objects.filter(rule=rule, state=state).order_by()[: MOST_COUNTED + 1].count())


def count_states(rule: SyncRule) -> dict[str, Count]:
    """The rule's records by state, each state of LinkState among the keys."""
    return count_states_of([rule])[rule.pk]


def count_states_of(rules: Iterable[SyncRule]) -> dict[int, dict[str, Count]]:
    """As `count_states`, of several rules at once, by the rule's key.

    Each count goes along `link_by_state` without a look at the rows, and not beyond MOST_COUNTED.
    """
    counts = [_Rows(_list_some(state)) for state in LinkState.values]
    asked = SyncRule.objects.filter(pk__in=[rule.pk for rule in rules]).order_by()
    rows = asked.values_list("pk", *counts)
    return {pk: dict(zip(LinkState.values, map(_cap, numbers), strict=True)) for pk, *numbers in rows}


def _list_some(state: str) -> QuerySet[RecordLink]:
    return RecordLink.objects.filter(rule=OuterRef("pk"), state=state).order_by().only("pk")[: MOST_COUNTED + 1]


def count_touched(rule: SyncRule) -> Count:
    """How many records a change of the mapping concerns: those in sync and those that fail."""
    states = (LinkState.IN_SYNC, LinkState.FAILING)
    counts = [count_state(rule, state) for state in states]
    number = sum(count.number for count in counts)
    return Count(min(number, MOST_COUNTED), is_more=number > MOST_COUNTED or any(one.is_more for one in counts))


def _cap(number: int) -> Count:
    return Count(min(number, MOST_COUNTED), is_more=number > MOST_COUNTED)
