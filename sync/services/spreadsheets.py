"""Rows as CSV that spreadsheets open, and that they take for nothing but text."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# Without it, Excel reads the file in the country's old encoding.
BYTE_ORDER_MARK = "\ufeff"
# Cells that begin so are formulas to a spreadsheet; the wide forms are to Japanese ones.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of the file, one at a time."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([disarm(cell) for cell in row])


def disarm(cell: str) -> str:
    """The text as a spreadsheet shows it, never as one that it calculates."""
    return f"'{cell}" if cell.startswith(FORMULA_BEGINNINGS) else cell
