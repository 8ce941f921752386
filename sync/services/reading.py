"""Which cards a run looks at, and how they come in: in portions, while more are asked for."""

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from connectors.errors import RejectedError
from connectors.sansan.client import MOST_CARDS_PER_PAGE, SansanClient
from connectors.sansan.paging import CardBatch
from connectors.sansan.ranges import CardReader
from connectors.sansan.records import Card
from sync.engine.watermark import BEGINNING, end_window, start_window
from sync.models import LinkState, RecordLink, SyncRun

PORTION = 100
# Requests for cards that are under way at a time; Sansan takes ten a second.
READERS = 4
SHORTEST_PERIOD = timedelta(seconds=1)
# How far Sansan's clock may be ahead of ours. Whether a period may end in the future is not known, so both are tried.
CLOCK_DIFFERENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Portion:
    """Cards that came in together. `position`: all that was updated before it came with this portion or earlier
    ones; `missing`: ids that Sansan doesn't show."""

    cards: tuple[Card, ...]
    position: datetime | None = None
    missing: tuple[str, ...] = ()


class Source(Protocol):
    """Cards that come in while other work goes on. Used by one thread; its requests are sent by others."""

    @property
    def is_finished(self) -> bool:
        """Whether everything was handed out."""

    def poll(self) -> Portion | None:
        """What has come in since; never waits. Has more asked for. Raises the errors of the client."""

    def pending(self) -> Collection["Future[Any]"]:
        """The requests under way."""

    def close(self) -> None:
        """Asks for nothing more. May be called twice."""


def choose_window(run: SyncRun, watermark: datetime | None, overlap_minutes: int, now: datetime) -> None:
    """Sets the period that the run reads; a run that is continued keeps its own."""
    if run.window_from is None:
        overlap = timedelta(minutes=overlap_minutes)
        run.window_from = BEGINNING if run.reads_everything else start_window(watermark, overlap)
        run.window_to = end_window(now, run.window_from)


def require_window(run: SyncRun) -> tuple[datetime, datetime]:
    """The period that was chosen for the run."""
    if run.window_from is None or run.window_to is None:
        raise ValueError(f"Run {run.pk} has no period to read.")
    return run.window_from, run.window_to


class PeriodSource:
    """The cards of the run's period, from where it stopped if it was interrupted.

    A card that is edited while everything is read leaves the period, so a run that reads everything reads on until
    the present: otherwise such a card would look as if it were gone. It may have come to stand near the end of the
    period, by a clock that is behind ours, where another reader had been already; so that end is read again, and by
    one reader, since what is edited now keeps moving behind it.
    """

    def __init__(self, run: SyncRun, client: SansanClient, executor: Executor, now: Callable[[], datetime]) -> None:
        window_from, self._end = require_window(run)
        self._client = client
        self._executor = executor
        self._now = now
        start = run.position if run.position and run.position > window_from else window_from
        self._reader = self._read(start, self._end)
        self._is_last = not run.reads_everything
        self._present: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self._is_last and self._reader.is_finished

    def poll(self) -> Portion | None:
        batch = self._poll_reader()
        if batch is None and self._reader.is_finished and not self._is_last:
            self._catch_up()
        return Portion(batch.cards, position=batch.position) if batch else None

    def pending(self) -> Collection["Future[Any]"]:
        return self._reader.pending()

    def close(self) -> None:
        self._reader.close()

    def _poll_reader(self) -> CardBatch | None:
        try:
            return self._reader.poll()
        except RejectedError:
            if self._present is None:
                raise
            self._reader.close()
            self._reader, self._present = self._read_on(self._present), None
            return self._reader.poll()

    def _catch_up(self) -> None:
        self._is_last = True
        self._present = self._now()
        self._reader = self._read_on(self._present + CLOCK_DIFFERENCE)

    def _read_on(self, end: datetime) -> CardReader:
        return self._read(self._end - CLOCK_DIFFERENCE, end, readers=1)

    def _read(self, start: datetime, end: datetime, readers: int = READERS) -> CardReader:
        end = max(end, start + SHORTEST_PERIOD)
        return CardReader(self._client.cards_page, start, end, pool=self._executor, readers=readers)


class SampleSource:
    """The cards of the run's period that were changed last, as many as one request brings. They tell no position, as
    what was changed before is not read."""

    def __init__(self, run: SyncRun, size: int, client: SansanClient, executor: Executor) -> None:
        start, end = require_window(run)
        limit = min(size, MOST_CARDS_PER_PAGE)
        self._request = executor.submit(client.cards_page, start, end, limit=limit, newest_first=True)
        self.is_finished = False

    def poll(self) -> Portion | None:
        if self.is_finished or not self._request.done():
            return None
        self.is_finished = True
        return Portion(self._request.result().cards)

    def pending(self) -> Collection["Future[Any]"]:
        return () if self.is_finished else (self._request,)

    def close(self) -> None:
        self._request.cancel()


class SelectionSource:
    """Cards one by one: Sansan has no call for several ids. One that Sansan refuses to show counts as missing."""

    def __init__(self, card_ids: Iterable[str], client: SansanClient, executor: Executor) -> None:
        self._card_ids = iter(card_ids)
        self._client = client
        self._executor = executor
        self._requests: dict[Future[Card], str] = {}
        self.is_finished = False

    def poll(self) -> Portion | None:
        if not all(request.done() for request in self._requests):
            return None
        answered, self._requests = self._requests, {}
        for card_id in islice(self._card_ids, PORTION):
            self._requests[self._executor.submit(self._client.card, card_id)] = card_id
        self.is_finished = not self._requests
        return _gather(answered) if answered else None

    def pending(self) -> Collection["Future[Any]"]:
        return self._requests

    def close(self) -> None:
        for request in self._requests:
            request.cancel()


def _gather(requests: "dict[Future[Card], str]") -> Portion:
    cards: list[Card] = []
    missing: list[str] = []
    for request, card_id in requests.items():
        try:
            cards.append(request.result())
        except RejectedError:
            missing.append(card_id)
    return Portion(tuple(cards), missing=tuple(missing))


def list_selected(run: SyncRun) -> Iterator[str]:
    """The cards that a re-run is about, without those that it has done already."""
    links = RecordLink.objects.filter(rule_id=run.rule_id)
    asked: list[str] = run.selection.get("sansan_ids", [])
    if asked:
        done = set(links.filter(seen_run_id=run.pk, sansan_id__in=asked).values_list("sansan_id", flat=True))
        yield from (card_id for card_id in asked if card_id not in done)
        return
    failing = links.filter(state=LinkState.FAILING).exclude(seen_run_id=run.pk).order_by("pk")
    if code := run.selection.get("code", ""):
        failing = failing.filter(reason_code=code)
    last = 0
    while rows := list(failing.filter(pk__gt=last).values_list("pk", "sansan_id")[:PORTION]):
        last = rows[-1][0]
        yield from (card_id for _, card_id in rows)
