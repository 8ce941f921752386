"""Lists of records, each way into them with an index behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from sync.models import IS_DISMISSED, LinkState, RecordLink
from sync.reasons import EXCLUSIONS, FAILURES
from sync.selectors.paging import (
    BEGINNING,
    AgeOrder,
    Cursor,
    NameOrder,
    Order,
    Page,
    SelectionOrder,
    StreamOrder,
    read_page,
)
from sync.selectors.search import find_records
from sync.selectors.streams import Streams, find_link_streams, walk_oldest_first

PAGE_SIZE = 50
# Sansan is asked for each card on its own: so many take some minutes.
MOST_RETRIED = 1000


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What a list was asked for. `dismissed`: "yes", "no" or both when empty; `cause` is a reason code.

    Only failures are dismissed, so "no" is about failures, too.
    """

    rule: int | None = None
    state: str = ""
    cause: str = ""
    dismissed: str = ""
    text: str = ""

    def read(self, cursor: Cursor) -> Page:
        """A page of it, newest first, or by name where a name was searched."""
        rows = self._select()
        return read_page(rows, self._choose_order(rows), cursor, PAGE_SIZE)

    def is_group(self) -> bool:
        """Whether it is all failures of a rule, or those of one cause."""
        return self == RecordQuery(self.rule, LinkState.FAILING, self.cause) and self.rule is not None

    def take_cards(self) -> tuple[list[str], bool]:
        """Card ids of its first records, at most MOST_RETRIED, and whether there are more."""
        rows = self._select()
        found = self._choose_order(rows).read(rows, BEGINNING, MOST_RETRIED + 1)
        return [record.sansan_id for record in found[:MOST_RETRIED]], len(found) > MOST_RETRIED

    def walk(self) -> Iterator[RecordLink]:
        """All its records, oldest first, read as they are asked for."""
        rows = self._select()
        # One can move on between the look into the index and that at its row, which then asks again.
        return walk_oldest_first(rows, self._find_streams()) if self._list_states() else iter(())

    def _find_streams(self) -> Streams:
        return find_link_streams(rules=[] if self.rule is None else [self.rule], states=self._list_states())

    def _list_states(self) -> list[str]:
        """What its records can be, as far as that follows; it spares looking through all those in sync."""
        asked = [self.state] if self.state else LinkState.values
        if self.dismissed or self.cause in FAILURES:
            return [state for state in asked if state == LinkState.FAILING]
        if self.cause in EXCLUSIONS:
            return [state for state in asked if state == LinkState.EXCLUDED]
        return asked

    def _select(self) -> QuerySet[RecordLink]:
        rows = RecordLink.objects.select_related("rule")
        if self.rule is not None:
            rows = rows.filter(rule=self.rule)
        states = self._list_states()
        if not states:
            return rows.none()
        if len(states) == 1:
            rows = rows.filter(state=states[0])
        if self.cause:
            rows = rows.filter(reason_code=self.cause)
        if self.dismissed:
            rows = rows.filter(IS_DISMISSED) if self.dismissed == "yes" else rows.exclude(IS_DISMISSED)
        return find_records(rows, self.text) if self.text else rows

    def _choose_order(self, rows: QuerySet[RecordLink]) -> Order:
        if NameOrder.fits(rows):
            return NameOrder()
        if self.text:
            return SelectionOrder()
        if self.rule is None and self._list_states() == LinkState.values:
            return AgeOrder()
        return StreamOrder(self._find_streams(), RecordLink.objects.select_related("rule"))
