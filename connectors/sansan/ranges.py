"""Reads a period of cards at several places at once.

One page leads to the next, so a single reader is no faster than Sansan's answers are. The period is therefore split
while it is read: a reader that has nothing to do begins a few pages ahead of the one that has most left, by that one's
last page's measure. Dividing the time evenly would not do: years without a card lie between minutes with thousands.
Nothing is split before the first page has shown that there is more, so a quiet period costs one request.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.sansan.paging import SECOND, CardBatch, CardWalk, Fetch, find_instant, floor_to_second, list_instants

# How far ahead, in pages, another reader begins; each split costs about half a page in the end.
PAGES_AHEAD = 8
# What is shorter than this is left to the reader that is there.
FEWEST_PAGES = 2.0


@dataclass(slots=True, eq=False)
class Segment:
    """A part of the period and its reader. All before `reached` was delivered, None if there is no telling."""

    walk: CardWalk
    batches: Iterator[CardBatch]
    end: datetime
    reached: datetime | None
    page_span: timedelta | None = None
    request: "Future[CardBatch | None] | None" = None
    is_finished: bool = False

    @property
    def pages_left(self) -> float:
        """By the measure of the last page, 0 if that was the end."""
        if self.is_finished or self.reached is None or self.page_span is None:
            return 0.0
        return (self.end - self.reached) / self.page_span

    def take_in(self, batch: CardBatch) -> CardBatch:
        """Notes how far the batch reaches, and leaves out what lies behind the end by now."""
        instants = [] if batch.is_last else list_instants(batch.cards)
        self.page_span = max(SECOND, max(instants) - min(instants)) if instants else None
        self.reached = batch.position and min(batch.position, self.end)
        kept = tuple(card for card in batch.cards if (find_instant(card) or self.end) <= self.end)
        return CardBatch(kept, self.reached)

    def give_up(self, start: datetime) -> None:
        """Everything from there on is another's."""
        self.end = start - SECOND
        self.walk.shorten(self.end)


@dataclass(slots=True)
class CardReader:
    """The cards updated in a period, both ends included to the second, each once, in no particular order.

    For one thread; `fetch` (`SansanClient.cards_page`) is called in those of `pool`, by at most `readers` at a time,
    and no more pages than that are read ahead. What `CardWalk` promises of edits, ties and refused tokens holds.
    """

    fetch: Fetch
    updated_from: datetime
    updated_to: datetime
    pool: Executor = field(kw_only=True)
    readers: int = field(kw_only=True)
    _segments: list[Segment] = field(default_factory=list, init=False)
    _newest: datetime | None = field(default=None, init=False)
    _told: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._begin(0, floor_to_second(self.updated_from), self.updated_to)

    @property
    def is_finished(self) -> bool:
        """Whether everything was delivered."""
        return not self._segments

    def pending(self) -> set["Future[CardBatch | None]"]:
        """The requests under way, and those whose answers were not polled yet."""
        return {segment.request for segment in self._segments if segment.request}

    def poll(self) -> CardBatch | None:
        """The next batch that has come in, None if there is none yet; never waits, and has more asked for.

        Its position covers all segments: everything updated before it came with this batch or earlier ones. The last
        batch may hold nothing but a position. Raises what `fetch` raises, and what `CardWalk` does.
        """
        for segment in self._segments:
            if segment.request is None or not segment.request.done():
                continue
            batch = segment.request.result()
            segment.request = None
            if batch is None:
                segment.is_finished = True
                return self._close_finished()
            batch = segment.take_in(batch)
            self._newest = max(filter(None, (self._newest, segment.reached)), default=None)
            self._ask(segment)
            self._split()
            self._told = self._find_position()
            return CardBatch(batch.cards, self._told)
        return None

    def close(self) -> None:
        """Asks for nothing more; what is under way is not waited for."""
        for request in self.pending():
            request.cancel()

    def _begin(self, index: int, start: datetime, end: datetime) -> None:
        walk = CardWalk(self.fetch, end)
        segment = Segment(walk, walk.read(start), end, reached=start)
        self._segments.insert(index, segment)
        self._ask(segment)

    def _ask(self, segment: Segment) -> None:
        segment.request = self.pool.submit(next, segment.batches, None)

    def _split(self) -> None:
        while sum(not segment.is_finished for segment in self._segments) < self.readers:
            index, longest = max(enumerate(self._segments), key=lambda entry: entry[1].pages_left)
            if longest.pages_left < FEWEST_PAGES or longest.reached is None or longest.page_span is None:
                return
            ahead = min(float(PAGES_AHEAD), longest.pages_left / 2)
            start = floor_to_second(longest.reached + longest.page_span * ahead)
            if start <= longest.reached + SECOND:
                return
            end = longest.end
            longest.give_up(start)
            self._begin(index + 1, start, end)

    def _close_finished(self) -> CardBatch | None:
        """Forgets the finished segments at the head; at the very end tells the position if no batch has told it."""
        while self._segments and self._segments[0].is_finished:
            self._segments.pop(0)
        self._split_idle()
        if self._segments or self._told == self._newest:
            return None
        self._told = self._newest
        return CardBatch((), self._newest)

    def _split_idle(self) -> None:
        if self._segments:
            self._split()

    def _find_position(self) -> datetime | None:
        """How far everything was delivered: what the first segment that still reads has reached."""
        for segment in self._segments:
            if not segment.is_finished:
                return segment.reached and self._newest and min(segment.reached, self._newest)
        return self._newest
