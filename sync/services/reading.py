"""Which cards a run looks at, in which portions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.errors import RejectedError
from connectors.sansan.client import SansanClient
from connectors.sansan.paging import walk_cards
from connectors.sansan.records import Card
from sync.engine.watermark import BEGINNING, end_window, start_window
from sync.models import LinkState, RecordLink, SyncRun

PORTION = 100
SHORTEST_PERIOD = timedelta(seconds=1)
# How far Sansan's clock may be ahead of ours. Whether a period may end in the future is not known, so both are tried.
CLOCK_DIFFERENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Portion:
    """Cards to process and record together. `position`: all before it was read; `missing`: ids Sansan doesn't show."""

    cards: tuple[Card, ...]
    position: datetime | None = None
    missing: tuple[str, ...] = ()


def choose_window(run: SyncRun, watermark: datetime | None, overlap_minutes: int, now: datetime) -> None:
    """Sets the period that the run reads; a run that is continued keeps its own."""
    if run.window_from is None:
        overlap = timedelta(minutes=overlap_minutes)
        run.window_from = BEGINNING if run.reads_everything else start_window(watermark, overlap)
        run.window_to = end_window(now, run.window_from)


def read_period(run: SyncRun, client: SansanClient, now: Callable[[], datetime]) -> Iterator[Portion]:
    """The cards of the run's period, from where it stopped if it was interrupted.

    A card that is edited while everything is read leaves the period, so a run that reads everything reads on until
    the present: otherwise such a card would look as if it were gone.
    """
    if run.window_from is None or run.window_to is None:
        raise ValueError(f"Run {run.pk} has no period to read.")
    start = run.position if run.position and run.position > run.window_from else run.window_from
    yield from _walk(client, start, run.window_to)
    if run.reads_everything:
        yield from _catch_up(client, run.window_to, now())


def _catch_up(client: SansanClient, start: datetime, present: datetime) -> Iterator[Portion]:
    try:
        yield from _walk(client, start, present + CLOCK_DIFFERENCE)
    except RejectedError:
        yield from _walk(client, start, present)


def _walk(client: SansanClient, start: datetime, end: datetime) -> Iterator[Portion]:
    for batch in walk_cards(client.cards_page, start, max(end, start + SHORTEST_PERIOD)):
        yield Portion(batch.cards, position=batch.position)


def read_selection(run: SyncRun, client: SansanClient) -> Iterator[Portion]:
    """The cards that a re-run is about, each as it is in Sansan now; those done already are left out."""
    for card_ids in _split(list_selected(run)):
        yield read_single(client, card_ids)


def list_selected(run: SyncRun) -> list[str]:
    links = RecordLink.objects.filter(rule_id=run.rule_id)
    asked: list[str] = run.selection.get("sansan_ids", [])
    if asked:
        done = set(links.filter(seen_run_id=run.pk, sansan_id__in=asked).values_list("sansan_id", flat=True))
        return [card_id for card_id in asked if card_id not in done]
    failing = links.filter(state=LinkState.FAILING).exclude(seen_run_id=run.pk)
    code = run.selection.get("code", "")
    if code:
        failing = failing.filter(reason_code=code)
    return list(failing.order_by("pk").values_list("sansan_id", flat=True))


def read_single(client: SansanClient, card_ids: Sequence[str]) -> Portion:
    """Cards one by one: Sansan has no call for several ids. One that Sansan refuses to show counts as missing."""
    cards: list[Card] = []
    missing: list[str] = []
    for card_id in card_ids:
        try:
            cards.append(client.card(card_id))
        except RejectedError:
            missing.append(card_id)
    return Portion(tuple(cards), missing=tuple(missing))


def _split(card_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(card_ids), PORTION):
        yield card_ids[start : start + PORTION]
