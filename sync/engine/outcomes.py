"""What a run did to a card, and how the counts follow."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    ARCHIVED = "archived"  # only by an undo
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    FAILED = "failed"


# A card created by this run and touched again by it still is one that this run created.
_STRENGTH = {Outcome.CREATED: 3, Outcome.UPDATED: 2, Outcome.UNCHANGED: 1}


def combine(earlier: Outcome | None, later: Outcome) -> Outcome:
    """A card's one outcome in a run that came across it twice."""
    if earlier is None or later not in _STRENGTH or earlier not in _STRENGTH:
        return later
    return earlier if _STRENGTH[earlier] >= _STRENGTH[later] else later


def tally(transitions: Iterable[tuple[Outcome | None, Outcome]]) -> Counter[str]:
    """Changes of a run's counts for (outcome so far in this run or None, outcome now) pairs.

    Keys are the outcomes and `seen`; `seen` always changes by the sum of the others, so the counts keep adding up.
    """
    counts: Counter[str] = Counter()
    for earlier, now in transitions:
        if earlier is None:
            counts["seen"] += 1
        else:
            counts[earlier.value] -= 1
        counts[now.value] += 1
    return counts
