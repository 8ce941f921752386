"""How far a run has come, while the cards of several portions are under way at the same time."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, eq=False)
class Entry:
    """A portion of cards: how many are not recorded yet, and the position that is reached when none is left."""

    position: datetime | None
    cards_left: int


class Ledger:
    """The portions in the order in which they came. The position follows the last one before the first unfinished."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()

    def open(self, position: datetime | None, cards: int) -> Entry:
        entry = Entry(position, cards)
        self._entries.append(entry)
        return entry

    def close_finished(self) -> datetime | None:
        """Strikes off the portions that are finished, and returns the position that they lead to, if any."""
        position = None
        while self._entries and not self._entries[0].cards_left:
            position = self._entries.popleft().position or position
        return position
