"""Reads the cards of a period so that nothing unchanged is missed while people edit cards between the pages.

A page token may be a mere offset into the list "updated in this period, oldest first". A card that is edited leaves
its place in that list, all behind it move up, and the next page by token skips as many. So each next page is asked for
anew, from the last instant seen on. Only where more cards than a page holds share one instant is the token used; such
a block is read until two readings in a row saw the same cards. That is proof enough: a reading skips a card only if
one that it had already seen left the block meanwhile, and then the next reading does not see that one.

An instant is a second here, as the service takes no finer bounds.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from connectors.errors import RejectedError, RetryLaterError, UnexpectedAnswerError
from connectors.sansan.records import Card, CardPage

SECOND = timedelta(seconds=1)

# A block shrinks whenever it is edited while it is read; one that never comes to rest is left to another run.
MOST_BLOCK_READINGS = 10
# A token may be bad by chance, also twice in a row; so many refusals without a new card in between are no chance.
MOST_REFUSALS = 3

Version = tuple[str, datetime | None]


class Fetch(Protocol):
    def __call__(self, updated_from: datetime, updated_to: datetime, *, page_token: str = "") -> CardPage: ...


@dataclass(frozen=True, slots=True)
class CardBatch:
    """Cards to work on. All that was updated before `position` came with this batch or earlier ones: it is where
    reading may be taken up again, itself included. None while nothing is certain. `is_last`: the walk ends with it.
    """

    cards: tuple[Card, ...]
    position: datetime | None
    is_last: bool = False


class TokenRefusedError(Exception):
    """The page token was refused, most likely because it expired."""

    def __init__(self, reason: RejectedError) -> None:
        super().__init__(reason.message)
        self.reason = reason


class CardWalk:
    """The cards updated in a period, both ends included to the second, oldest first, at most a page at a time.

    `fetch` is `SansanClient.cards_page`. Its errors pass through, except that the service may refuse a page token
    (400): the page is then asked for without it; raised is only what goes on `MOST_REFUSALS` times without a new card.
    A card that is edited meanwhile is delivered again if it is still in the period. Should the service not keep the
    order, the pages are followed by their tokens, and the position is None up to the last.
    Raises UnexpectedAnswerError when a page leads to itself, RetryLaterError when a block never comes to rest.
    Remembers the ids of no more than the current instant.
    Source of the parameters: https://docs.ap.sansan.com/ja/api/openapi/index.html
    """

    def __init__(self, fetch: Fetch, updated_to: datetime) -> None:
        self._fetch = fetch
        self._updated_to = updated_to
        self._instant: datetime | None = None
        self._delivered: set[Version] = set()
        self._refusals = 0

    def shorten(self, updated_to: datetime) -> None:
        """Moves the end nearer, in the midst of reading too; a page that is under way may still pass it."""
        self._updated_to = updated_to

    def read(self, start: datetime) -> Iterator[CardBatch]:
        """Walks from `start`, whole seconds."""
        next_start: datetime | None = start
        while next_start is not None and next_start <= self._updated_to:
            try:
                next_start = yield from self._read_from(next_start)
            except TokenRefusedError as refusal:
                self._refusals += 1
                if self._refusals >= MOST_REFUSALS:
                    raise refusal.reason from None

    def _read_from(self, start: datetime) -> Generator[CardBatch, None, datetime | None]:
        """Delivers a page, or a whole block, and returns the instant to go on from; None at the end."""
        # A token is good for the very period that it was given for, and the end may be moved meanwhile.
        updated_to = self._updated_to
        page = self._ask(start, updated_to)
        if not is_in_order(page, start):
            page = self._ask_again(start, updated_to)
        if not is_in_order(page, start):
            yield from self._follow_tokens(start, updated_to, page)
            return None
        last = max([start, *list_instants(page.cards)])
        if page.next_page_token and last == start:
            yield from self._read_block(start, updated_to, page)
            return start + SECOND
        yield from self._deliver(page.cards, last, is_last=not page.next_page_token)
        return last if page.next_page_token else None

    def _ask_again(self, start: datetime, updated_to: datetime) -> CardPage:
        """An odd page may be a slip of the service; pages that stay empty are walked through by their tokens."""
        page = self._ask(start, updated_to)
        while not page.cards and page.next_page_token:
            page = self._ask(start, updated_to, page.next_page_token)
        return page

    def _read_block(self, instant: datetime, updated_to: datetime, page: CardPage) -> Iterator[CardBatch]:
        """Delivers every card of one instant; `page` is the first of it."""
        seen_before: set[Version] | None = None
        for _ in range(MOST_BLOCK_READINGS):
            seen: set[Version] = set()
            one_page = yield from self._read_block_once(instant, updated_to, page, seen)
            if one_page or seen == seen_before:
                return
            seen_before = seen
            updated_to = instant + SECOND
            page = self._ask(instant, updated_to)
        raise RetryLaterError(
            f"Sansan's cards of {instant.isoformat()} are edited faster than they can be read", code="RESTLESS_CARDS"
        )

    def _read_block_once(
        self, instant: datetime, updated_to: datetime, page: CardPage, seen: set[Version]
    ) -> Generator[CardBatch, None, bool]:
        """Delivers what is new in the block, notes what is there, and returns whether it fitted into one page."""
        one_page = True
        while True:
            cards = [card for card in page.cards if find_instant(card) in (None, instant)]
            seen.update(map(identify, cards))
            yield from self._deliver(cards, instant)
            if not page.next_page_token or len(cards) < len(page.cards):
                return one_page
            page = self._ask(instant, updated_to, page.next_page_token)
            one_page = False

    def _follow_tokens(self, start: datetime, updated_to: datetime, page: CardPage) -> Iterator[CardBatch]:
        """Without an order there is nothing to go on from but the token, and no position before the end."""
        newest = start
        while page.next_page_token:
            newest = max([newest, *list_instants(page.cards)])
            yield from self._deliver(page.cards, None)
            page = self._ask(start, updated_to, page.next_page_token)
        yield from self._deliver(page.cards, max([newest, *list_instants(page.cards)]))

    def _deliver(
        self, cards: Sequence[Card], position: datetime | None, *, is_last: bool = False
    ) -> Iterator[CardBatch]:
        fresh = {identify(card): card for card in cards if identify(card) not in self._delivered}
        if position != self._instant:
            self._instant, self._delivered = position, set()
        self._delivered |= {identify(card) for card in cards if find_instant(card) in (None, position)}
        if fresh:
            self._refusals = 0
            yield CardBatch(tuple(fresh.values()), position and min(position, self._updated_to), is_last)

    def _ask(self, start: datetime, updated_to: datetime, page_token: str = "") -> CardPage:
        # The service wants a period that is not empty.
        updated_to = max(updated_to, start + SECOND)
        try:
            page = self._fetch(start, updated_to, page_token=page_token)
        except RejectedError as error:
            if page_token and error.status == 400:
                raise TokenRefusedError(error) from None
            raise
        if page_token and page.next_page_token == page_token:
            raise UnexpectedAnswerError("Sansan /bizCards leads to the same page again and again", code="PAGE_LOOP")
        return page


def is_in_order(page: CardPage, start: datetime) -> bool:
    """Whether the page tells how far it reaches: its times rise from `start` on. Cards without a time don't matter."""
    instants = list_instants(page.cards)
    if not instants:
        return not page.cards and not page.next_page_token
    return instants == sorted(instants) and instants[0] >= start


def identify(card: Card) -> Version:
    return card.id, card.updated_at


def find_instant(card: Card) -> datetime | None:
    return floor_to_second(card.updated_at) if card.updated_at else None


def list_instants(cards: Sequence[Card]) -> list[datetime]:
    return [instant for card in cards if (instant := find_instant(card))]


def floor_to_second(time: datetime) -> datetime:
    return time.replace(microsecond=0)
