"""Writes many rows at once, past the ORM's one object a row: by COPY on PostgreSQL, else by one prepared statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

import orjson
from django.db import connection, models
from django.db.models.constants import OnConflict

Row = Sequence[Any]
Adapter = Callable[[Any], Any]


class Copying(Protocol):
    """What psycopg's cursor can do beyond Django's."""

    def copy(self, statement: str) -> AbstractContextManager[Any]: ...


class BulkTable:
    """Some columns of one table, by the names of the model's fields.

    Rows hold the fields' values in that order: those of a JSON field as what JSON can hold, of a foreign key as ids.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        self._fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in names]
        self._table = model._meta.db_table
        self._columns = [cast(str, one.column) for one in self._fields]

    def insert(self, rows: Iterable[Row]) -> None:
        """Adds rows. Raises IntegrityError when one is there already."""
        if connection.vendor == "postgresql":
            self._copy(rows, self._quote(self._table), self._list_columns())
        else:
            self._execute_many(rows)

    def upsert(self, rows: Iterable[Row], *, unique: Sequence[str], updated: Sequence[str]) -> None:
        """Adds rows, or writes the columns `updated` of those with the same `unique` ones; one after the other."""
        columns = dict(zip((one.attname for one in self._fields), self._columns, strict=True))
        suffix = connection.ops.on_conflict_suffix_sql(
            self._fields,
            OnConflict.UPDATE,
            [columns[name] for name in updated],
            [columns[name] for name in unique],
        )
        if connection.vendor == "postgresql":
            self._merge(rows, suffix)
        else:
            self._execute_many(rows, suffix)

    def _merge(self, rows: Iterable[Row], suffix: str) -> None:
        table, staging = self._quote(self._table), self._quote(f"staged_{self._table}")
        columns = self._list_columns()
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} ON COMMIT DROP AS"  # noqa: S608  (names of columns)
                f" SELECT 0 AS staged_as, {columns} FROM {table} WITH NO DATA"
            )
            cursor.execute(f"DELETE FROM {staging}")  # noqa: S608
            self._copy(((number, *row) for number, row in enumerate(rows)), staging, f"staged_as, {columns}", None)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging} ORDER BY staged_as {suffix}"  # noqa: S608
            )

    def _copy(self, rows: Iterable[Row], into: str, columns: str, *ahead: None) -> None:
        adapters = [*ahead, *self._choose_adapters()]
        statement = f"COPY {into} ({columns}) FROM STDIN"
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cast(Copying, cursor).copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(adapt_row(adapters, row))

    def _execute_many(self, rows: Iterable[Row], suffix: str = "") -> None:
        adapters = self._choose_adapters()
        marks = ", ".join(["%s"] * len(self._columns))
        statement = f"INSERT INTO {self._quote(self._table)} ({self._list_columns()}) VALUES ({marks}) {suffix}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(statement, [adapt_row(adapters, row) for row in rows])

    def _choose_adapters(self) -> list[Adapter | None]:
        return [find_adapter(one) for one in self._fields]

    def _list_columns(self) -> str:
        return ", ".join(map(self._quote, self._columns))

    def _quote(self, name: str) -> str:
        return connection.ops.quote_name(name)


def adapt_row(adapters: Sequence[Adapter | None], row: Row) -> list[Any]:
    return [adapt(value) if adapt else value for adapt, value in zip(adapters, row, strict=True)]


def find_adapter(field: Any) -> Adapter | None:
    """What makes of a value what the database's driver takes; None where that is the value itself."""
    if isinstance(field, models.JSONField):
        return write_json
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return None


def write_json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    return orjson.dumps(value).decode()
