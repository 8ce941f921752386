"""Drafts of the cards that come in, made while the run's own thread waits for the database or has other work."""

from collections import deque
from collections.abc import Collection
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.services.processing.drafting import Draft, Drafter
from sync.services.reading import Portion, Source

# Portions that are drafted ahead of the run.
MOST_AHEAD = 3


@dataclass(frozen=True, slots=True)
class DraftedPortion:
    """A portion of cards after drafting; see `Portion`."""

    drafts: tuple[Draft, ...]
    position: datetime | None
    missing: tuple[str, ...]


class DraftSource:
    """A source of drafts over one of cards; the portions keep their order."""

    def __init__(self, source: Source, drafter: Drafter, executor: Executor) -> None:
        self._source = source
        self._drafter = drafter
        self._executor = executor
        self._ahead: deque[Future[DraftedPortion]] = deque()

    @property
    def is_finished(self) -> bool:
        """Whether everything was handed out."""
        return self._source.is_finished and not self._ahead

    def poll(self) -> DraftedPortion | None:
        """The next portion, None if there is none yet; never waits. Raises the errors of the clients."""
        while len(self._ahead) < MOST_AHEAD and (portion := self._source.poll()):
            self._ahead.append(self._executor.submit(self._draft, portion))
        return self._ahead.popleft().result() if self._ahead and self._ahead[0].done() else None

    def pending(self) -> Collection["Future[Any]"]:
        """The requests under way, and the drafts."""
        return [*self._source.pending(), *self._ahead]

    def close(self) -> None:
        """Asks for nothing more. May be called twice."""
        self._source.close()
        for drafts in self._ahead:
            drafts.cancel()

    def _draft(self, portion: Portion) -> DraftedPortion:
        return DraftedPortion(tuple(map(self._drafter.draft, portion.cards)), portion.position, portion.missing)
