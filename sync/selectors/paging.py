"""Pages of long lists by place, not by number: a page begins beside a row, however many lie before it.

What is added meanwhile moves nothing: going on shows no row twice and skips none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from sync.models.orders import newest_first
from sync.selectors.streams import Streams

_WRITTEN = re.compile(r"(after|before)-(\d{1,18})(?:-(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Cursor:
    """The place beside a row; without a row, before the first one or behind the last."""

    pk: int | None = None
    # What the row is sorted by in lists that go by name.
    name: str = ""
    is_backward: bool = False

    def __str__(self) -> str:
        name = f"-{self.name}" if self.name else ""
        return f"{'before' if self.is_backward else 'after'}-{self.pk or 0}{name}"


def read_cursor(text: str) -> Cursor:
    """The cursor that was written so; the list's beginning for anything else."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        return BEGINNING
    side, pk, name = found.groups()
    return Cursor(int(pk) or None, name or "", is_backward=side == "before")


BEGINNING = Cursor()
END = Cursor(is_backward=True)


class Order(Protocol):
    """How a list is sorted, and which way there is to its rows that never depends on how many others there are."""

    def read(self, rows: QuerySet[Any], cursor: Cursor, limit: int) -> list[Any]:
        """The rows beside the cursor, the nearest first."""
        ...


class AgeOrder:
    """Newest first, along the primary key: for whole tables."""

    def read(self, rows: QuerySet[Any], cursor: Cursor, limit: int) -> list[Any]:
        if cursor.pk is not None:
            rows = rows.filter(pk__gt=cursor.pk) if cursor.is_backward else rows.filter(pk__lt=cursor.pk)
        return list(rows.order_by("pk" if cursor.is_backward else "-pk")[:limit])


class SelectionOrder:
    """Newest first, of few rows: of those that are found by an index of what was asked for."""

    def read(self, rows: QuerySet[Any], cursor: Cursor, limit: int) -> list[Any]:
        rows = rows.alias(age=newest_first())
        if cursor.pk is not None:
            rows = rows.filter(age__lt=-cursor.pk) if cursor.is_backward else rows.filter(age__gt=-cursor.pk)
        return list(rows.order_by("-age" if cursor.is_backward else "age")[:limit])


@dataclass(frozen=True)
class StreamOrder:
    """Newest first, along an index of what was asked for."""

    streams: Streams
    # Where rows are read by their ids alone: with more to go by, PostgreSQL might find another way to them.
    source: QuerySet[Any]

    def read(self, rows: QuerySet[Any], cursor: Cursor, limit: int) -> list[Any]:
        ids = self.streams.take_ids(rows, limit, cursor.pk, oldest=cursor.is_backward)
        return list(self.source.filter(pk__in=ids).order_by("pk" if cursor.is_backward else "-pk"))


class NameOrder:
    """By name, of rows that were found by it: they have it as `folded_name`."""

    @staticmethod
    def fits(rows: QuerySet[Any]) -> bool:
        return "folded_name" in rows.query.annotations

    def read(self, rows: QuerySet[Any], cursor: Cursor, limit: int) -> list[Any]:
        if cursor.pk is not None:
            side, bound = ("lt", "lte") if cursor.is_backward else ("gt", "gte")
            beyond = Q(**{f"folded_name__{side}": cursor.name}) | Q(
                **{"folded_name": cursor.name, f"pk__{side}": cursor.pk}
            )
            # The bound says nothing new, but it is what lets the index be entered at the cursor.
            rows = rows.filter(beyond, **{f"folded_name__{bound}": cursor.name})
        order = ("-folded_name", "-pk") if cursor.is_backward else ("folded_name", "pk")
        return list(rows.order_by(*order)[:limit])


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    previous: Cursor | None
    next: Cursor | None

    @property
    def is_only(self) -> bool:
        return self.previous is None and self.next is None


def read_page(rows: QuerySet[Any], order: Order, cursor: Cursor, size: int) -> Page:
    """The page beside the cursor. Less than a page before it gives the first page, nothing behind it the last one."""
    found = order.read(rows, cursor, size + 1)
    if cursor.is_backward and len(found) <= size:
        cursor = BEGINNING
        found = order.read(rows, cursor, size + 1)
    elif not cursor.is_backward and not found and cursor.pk is not None:
        return read_page(rows, order, END, size)
    shown, goes_on = found[:size], len(found) > size
    if cursor.is_backward:
        shown.reverse()
    is_first = not goes_on if cursor.is_backward else cursor.pk is None
    is_last = cursor.pk is None if cursor.is_backward else not goes_on
    return Page(
        rows=shown,
        previous=None if is_first or not shown else _place(shown[0], is_backward=True),
        next=None if is_last or not shown else _place(shown[-1], is_backward=False),
    )


def _place(row: Any, *, is_backward: bool) -> Cursor:
    return Cursor(row.pk, getattr(row, "folded_name", ""), is_backward=is_backward)
