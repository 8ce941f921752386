"""Rows of a table that were entered over rows which somebody else has replaced meanwhile."""

import re
from collections.abc import Iterable, Mapping

from django.http import QueryDict

# What makes a row the same one, whatever number it has.
Identity = tuple[str, ...]
Row = dict[str, list[str]]
ROW_ID, REMOVED = "id", "DELETE"


def rebase_rows(data: QueryDict, prefix: str, stored: Mapping[str, Identity], key: Iterable[str]) -> QueryDict:
    """What was sent of a formset, as if it had been entered over the rows that there are now.

    `stored` are these, by their numbers; `key` names the fields that identify one. An entry whose row is gone goes to
    the stored row of the same identity; without such a row it becomes a new one, unless it was to be removed.
    """
    rows = _read_rows(data, prefix)
    gone = [row for row in rows if (number := _read(row, ROW_ID)) and number not in stored]
    if not gone:
        return data
    claimed = {_read(row, ROW_ID) for row in rows}
    free = {identity: number for number, identity in stored.items() if number not in claimed}
    for row in gone:
        row[ROW_ID] = [free.pop(tuple(_read(row, name) for name in key), "")]
    kept = [row for row in rows if _read(row, ROW_ID)]
    new = [row for row in rows if not _read(row, ROW_ID) and not (row in gone and REMOVED in row)]
    return _write_rows(data, prefix, kept, new)


def _read_rows(data: QueryDict, prefix: str) -> list[Row]:
    pattern = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    rows: dict[int, Row] = {}
    for name, values in data.lists():
        if found := pattern.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = [str(value) for value in values]
    return [rows[index] for index in sorted(rows)]


def _read(row: Row, name: str) -> str:
    return row.get(name, [""])[-1].strip()


def _write_rows(data: QueryDict, prefix: str, kept: list[Row], new: list[Row]) -> QueryDict:
    """Stored rows stand first, as a formset wants them."""
    written = QueryDict(mutable=True)
    pattern = re.compile(rf"{re.escape(prefix)}-\d+-.+")
    for name, values in data.lists():
        if not pattern.fullmatch(name):
            written.setlist(name, values)
    for index, row in enumerate([*kept, *new]):
        for name, values in row.items():
            written.setlist(f"{prefix}-{index}-{name}", values)
    written[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    written[f"{prefix}-TOTAL_FORMS"] = str(len(kept) + len(new))
    return written
