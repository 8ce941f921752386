"""The tests of paging notice when it is wrong: each defect here makes one of them fail."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q

from sync.selectors import paging, streams
from tests.sync.admin import test_paging as scenarios
from tests.sync.admin.long_lists import Books, Reader
from tests.sync.admin.test_paging import books, logs  # noqa: F401  # fixtures

Plant = Callable[[pytest.MonkeyPatch], None]


def page_by_number(patch: pytest.MonkeyPatch) -> None:
    """Counts how many rows lie before the page, as Django does."""
    starts: dict[int | None, int] = {}

    def read(self: Any, rows: Any, cursor: paging.Cursor, limit: int) -> list[Any]:
        start = starts.get(cursor.pk, 0)
        found = list(rows.order_by("-pk")[start : start + limit])
        if len(found) == limit:
            starts[found[-2].pk] = start + limit - 1
        return found

    patch.setattr(paging.AgeOrder, "read", read)


def begin_with_the_row_itself(patch: pytest.MonkeyPatch) -> None:
    """Shows the last row of a page on the next one again."""
    take_ids = streams.Streams.take_ids

    def take(self: Any, rows: Any, limit: int, beyond: int | None = None, *, oldest: bool = False) -> list[int]:
        if beyond is not None:
            beyond += -1 if oldest else 1
        return take_ids(self, rows, limit, beyond, oldest=oldest)

    patch.setattr(streams.Streams, "take_ids", take)


def leave_a_stream_out(patch: pytest.MonkeyPatch) -> None:
    """Forgets the rows of rules that were deleted."""
    take_ids = streams.Streams.take_ids

    def take(self: streams.Streams, *arguments: Any, **options: Any) -> list[int]:
        kept = tuple(values for values in self.beginnings if values[0] is not None)
        return take_ids(streams.Streams(self.columns, kept), *arguments, **options)

    patch.setattr(streams.Streams, "take_ids", take)


def merge_without_sorting(patch: pytest.MonkeyPatch) -> None:
    """Takes the streams one after the other."""
    take_ids = streams.Streams.take_ids

    def take(self: streams.Streams, rows: Any, limit: int, *arguments: Any, **options: Any) -> list[int]:
        ids: list[int] = []
        for values in self.beginnings:
            ids += take_ids(streams.Streams(self.columns, (values,)), rows, limit, *arguments, **options)
        return ids[:limit]

    patch.setattr(streams.Streams, "take_ids", take)


def forget_to_turn_back(patch: pytest.MonkeyPatch) -> None:
    """Shows the page before as it was read: from its end."""
    read_page = paging.read_page

    def read(rows: Any, order: Any, cursor: paging.Cursor, size: int) -> paging.Page:
        page = read_page(rows, order, cursor, size)
        if cursor.is_backward:
            page = paging.Page(page.rows[::-1], page.previous, page.next)
        return page

    patch.setattr("sync.admin.paging.read_page", read)


def lose_the_filters(patch: pytest.MonkeyPatch) -> None:
    """Links to the next page of everything."""
    patch.setattr(
        "sync.admin.paging.LongChangeList._locate", lambda self, cursor: f"?p={cursor}" if cursor is not None else ""
    )


DEFECTS: dict[Plant, tuple[str, Q]] = {
    begin_with_the_row_itself: ("?rule__isnull=True", Q(rule=None)),
    leave_a_stream_out: ("?action__exact=fail", Q(action="fail")),
    merge_without_sorting: ("?rule__isnull=True", Q(rule=None)),
    forget_to_turn_back: ("?action__exact=fail", Q(action="fail")),
    lose_the_filters: ("?action__exact=fail", Q(action="fail")),
}


@pytest.mark.parametrize("plant", DEFECTS)
def test_a_defect_is_found_by_reading_all(
    logs: Reader,  # noqa: F811
    books: Books,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    plant: Plant,
) -> None:
    query, condition = DEFECTS[plant]
    scenarios.check_logs(logs, books, query, condition)
    plant(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        scenarios.check_logs(logs, books, query, condition)


def test_paging_by_number_is_found_by_adding_rows(
    logs: Reader,  # noqa: F811
    books: Books,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenarios.check_the_way_down(logs, books, "?")
    page_by_number(monkeypatch)
    with pytest.raises(AssertionError):
        scenarios.check_the_way_down(logs, books, "?")
