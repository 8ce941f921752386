"""Lists of records, each way into them with an index behind it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from sync.models import IS_DISMISSED, RecordLink
from sync.selectors.paging import AgeOrder, Cursor, NameOrder, Order, Page, SelectionOrder, StreamOrder, read_page
from sync.selectors.search import find_records
from sync.selectors.streams import find_link_streams

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What a list was asked for. `dismissed`: "yes", "no" or both when empty; `cause` is a reason code."""

    rule: int | None = None
    state: str = ""
    cause: str = ""
    dismissed: str = ""
    text: str = ""

    def read(self, cursor: Cursor) -> Page:
        """A page of it, newest first, or by name where a name was searched."""
        rows = self._select()
        return read_page(rows, self._choose_order(rows), cursor, PAGE_SIZE)

    def _select(self) -> QuerySet[RecordLink]:
        rows = RecordLink.objects.select_related("rule")
        if self.rule is not None:
            rows = rows.filter(rule=self.rule)
        if self.state:
            rows = rows.filter(state=self.state)
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
        if self.rule is None and not self.state:
            return AgeOrder()
        rules = [self.rule] if self.rule is not None else []
        states = [self.state] if self.state else []
        return StreamOrder(find_link_streams(rules=rules, states=states), RecordLink.objects.select_related("rule"))
