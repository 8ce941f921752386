"""Which of several cards stands for a contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Contender:
    """A card that claims an e-mail address or a contact."""

    card_id: str
    exchange_date: date | None
    updated_at: datetime | None


def rank(contender: Contender) -> tuple[date, datetime, str]:
    """Sort key, the winner last: newest exchange date, then newest update, then the greater id.

    It depends on the cards alone, so every order of pages and runs ends with the same winner.
    """
    return (contender.exchange_date or date.min, contender.updated_at or LONG_AGO, contender.card_id)


def choose_winner(contenders: Iterable[Contender]) -> Contender:
    """The card that stands for the contact; the others are excluded. Raises ValueError when there is none."""
    return max(contenders, key=rank)
