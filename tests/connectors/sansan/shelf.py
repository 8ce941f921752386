"""A card list in memory whose page tokens are mere offsets, and which is edited between the pages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from connectors.errors import RejectedError
from connectors.sansan.records import Card, CardPage

EPOCH = datetime(2026, 4, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


class Shelf:
    """Cards by id with the second of their last update. `events` are run one before each page, in order."""

    def __init__(
        self,
        seconds: Sequence[int],
        *,
        limit: int = 3,
        events: Sequence[Callable[["Shelf"], None]] = (),
        now: int = 1000,
    ) -> None:
        self.cards = {f"card{number:03}": second for number, second in enumerate(seconds)}
        self.touched: set[str] = set()
        self.limit = limit
        self.now = now
        self.asked: list[tuple[datetime, datetime, str]] = []
        self._events = list(events)

    def __call__(self, updated_from: datetime, updated_to: datetime, *, page_token: str = "") -> CardPage:
        assert updated_from < updated_to, "the service refuses an empty period"
        assert len(self.asked) < 400, "it never ends"
        self.asked.append((updated_from, updated_to, page_token))
        if self._events:
            self._events.pop(0)(self)
        return self.page(updated_from, updated_to, page_token)

    def page(self, updated_from: datetime, updated_to: datetime, page_token: str) -> CardPage:
        listed = sorted(
            (second, card_id) for card_id, second in self.cards.items() if updated_from <= at(second) <= updated_to
        )
        start = int(page_token.removeprefix("offset") or 0)
        end = start + self.limit
        return CardPage(
            cards=tuple(Card(id=card_id, updated_at=at(second)) for second, card_id in listed[start:end]),
            next_page_token=f"offset{end}" if end < len(listed) else "",
        )

    def edit(self, number: int) -> None:
        """Somebody changes the card: it moves to the end of the list."""
        if card_id := self._pick(number):
            self.now += 1
            self.cards[card_id] = self.now

    def delete(self, number: int) -> None:
        if card_id := self._pick(number):
            del self.cards[card_id]

    def arrive_late(self, second: int) -> None:
        """A card becomes visible with a time that lies before what was read already."""
        card_id = f"late{len(self.touched):03}"
        self.touched.add(card_id)
        self.cards[card_id] = second

    def _pick(self, number: int) -> str:
        ids = sorted(self.cards)
        if not ids:
            return ""
        self.touched.add(ids[number % len(ids)])
        return ids[number % len(ids)]


def expire(shelf: Shelf) -> None:
    """Before this page all tokens given so far lose their worth."""
    if shelf.asked[-1][2]:
        raise RejectedError("unknown page token", status=400)
