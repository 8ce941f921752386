"""Orders in which long tables are read, each with an index behind it."""

from typing import Any

from django.db.models import CharField, F, Func, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Replace, Upper


def newest_first() -> CombinedExpression:
    """What indexes of long tables end in, and what their lists are sorted by.

    Plain `-id` would do, but the primary key gives that order, too. PostgreSQL would often walk the whole table along
    it, hoping to come across enough rows soon, and read millions when they lie far back. The primary key does not
    give this one.
    """
    return -F("id")


class ByteOrder(Func):
    """Text that compares by its bytes, not by the rules of a language: the index of it finds beginnings as well."""

    template = "%(expressions)s"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='((%(expressions)s) COLLATE "C")', **context)


def fold(text: Any) -> ByteOrder:
    """A name as it is searched for: whether with spaces or without, in capitals or not."""
    return ByteOrder(Upper(Replace(text, Value(" "))))
