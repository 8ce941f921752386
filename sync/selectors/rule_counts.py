"""How many records of a rule there are; not further than it takes a moment."""

from dataclasses import dataclass

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


def count_state(rule: SyncRule, state: str) -> Count:
    """The rule's records in one state."""
    return _cap(RecordLink.objects.filter(rule=rule, state=state).order_by()[: MOST_COUNTED + 1].count())


def count_states(rule: SyncRule) -> dict[str, Count]:
    """The rule's records by state, each state of LinkState among the keys."""
    return {state: count_state(rule, state) for state in LinkState.values}


def count_touched(rule: SyncRule) -> Count:
    """How many records a change of the mapping concerns: those in sync and those that fail."""
    states = (LinkState.IN_SYNC, LinkState.FAILING)
    counts = [count_state(rule, state) for state in states]
    number = sum(count.number for count in counts)
    return Count(min(number, MOST_COUNTED), is_more=number > MOST_COUNTED or any(one.is_more for one in counts))


def _cap(number: int) -> Count:
    return Count(min(number, MOST_COUNTED), is_more=number > MOST_COUNTED)
