"""Work that waits for HubSpot without holding anybody up.

A job is a generator. It yields the future of a request and is gone on with when that has its answer; meanwhile the run
works on others. So all that touches the database and the works happens in one thread, and only requests in others.
"""

from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Steps: TypeAlias = Generator[Future[Any], None, T]


class Crew:
    """Sends requests from threads."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def ask(self, call: Callable[P, T], *args: P.args, **options: P.kwargs) -> Steps[T]:
        """Yields until the call has ended, and returns what it returns. Raises what it raises."""
        future = self._executor.submit(call, *args, **options)
        yield future
        return future.result()
