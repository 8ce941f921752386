"""Keeps a long run's statements out of Django's debugging log."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def leave_queries_unlogged() -> Iterator[None]:
    """With DEBUG, Django keeps thousands of statements in memory and asks SQLite to quote each of their values.

    A bulk statement of a run has thousands of values, so that would cost most of its time and memory. Only this
    thread's connection is concerned.
    """
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[assignment,method-assign]  # the one way in
    try:
        yield
    finally:
        del connection.make_debug_cursor
