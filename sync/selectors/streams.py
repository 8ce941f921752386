"""Where the rows of a list are in an index: streams of entries that begin alike, each sorted newest first.

An index on rule, action and age gives the newest failures of a rule at once. All that a rule did is spread over as
many streams as there are actions; the newest of each, merged, are the newest of all. So one index answers for every
choice of its columns, and an answer without any rows takes no longer than the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from sync.models import LinkState, LogAction, SyncRule, SyncRun
from sync.models.orders import newest_first

CHUNK = 1000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Streams:
    columns: tuple[str, ...]
    beginnings: tuple[tuple[Any, ...], ...]

    def take_ids(
        self, rows: QuerySet[Any], limit: int, beyond: int | None = None, *, oldest: bool = False
    ) -> list[int]:
        """Ids of the newest rows, or the oldest; if `beyond` is the id of a row, of those on its far side."""
        parts = [self._read(rows, values, limit, beyond, oldest=oldest) for values in self.beginnings]
        if len(parts) > 1 and connection.features.supports_slicing_ordering_in_compound:
            # One statement sees one state of the database: a row that moves from stream to stream is found in one.
            parts = [parts[0].union(*parts[1:], all=True)]
        return sorted(set(chain.from_iterable(parts)), reverse=not oldest)[:limit]

    def _read(
        self, rows: QuerySet[Any], values: Sequence[Any], limit: int, beyond: int | None, *, oldest: bool
    ) -> QuerySet[Any, int]:
        stream = rows.filter(**dict(zip(self.columns, values, strict=True))).alias(age=newest_first())
        if beyond is not None:
            stream = stream.filter(age__lt=-beyond) if oldest else stream.filter(age__gt=-beyond)
        # All the index's columns are named, as a NULL among them would hide the order that it gives.
        order = [f"-{name}" if oldest else name for name in (*self.columns, "age")]
        ids: QuerySet[Any, int] = stream.order_by(*order).values_list("pk", flat=True)
        return ids[:limit]


def find_log_streams(
    *, runs: Sequence[int] = (), rules: Sequence[int | None] = (), actions: Sequence[str] = ()
) -> Streams:
    """Of audit rows: of the runs, as far as they are the rules', else of the rules, else of all; with any action, or
    one of these."""
    actions = actions or LogAction.values
    if runs:
        # Looked up, as PostgreSQL would read a whole run to find out that none of its rows is the rule's.
        asked = SyncRun.objects.filter(pk__in=runs).order_by().values_list("pk", "rule_id")
        runs = [run for run, rule in asked if not rules or rule in rules]
        return Streams(("run_id", "action"), tuple(product(runs, actions)))
    # The rows of a rule that was deleted have none.
    return Streams(("rule_id", "action"), tuple(product(rules or [*_list_rules(), None], actions)))


def find_link_streams(*, rules: Sequence[int] = (), states: Sequence[str] = ()) -> Streams:
    """Of records: of the rules, else of all rules; in any state, or one of these."""
    return Streams(("rule_id", "state"), tuple(product(rules or _list_rules(), states or LinkState.values)))


def _list_rules() -> list[int]:
    return list(SyncRule.objects.order_by().values_list("pk", flat=True))


def walk_oldest_first(rows: QuerySet[Row], streams: Streams) -> Iterator[Row]:
    """All rows of the streams, a chunk at a time."""
    ids = streams.take_ids(rows, CHUNK, oldest=True)
    while ids:
        yield from rows.filter(pk__in=ids).order_by("pk")
        ids = streams.take_ids(rows, CHUNK, ids[-1], oldest=True) if len(ids) == CHUNK else []
