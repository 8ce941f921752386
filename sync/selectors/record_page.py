"""One record and all that there is to know of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from sync.models import RecordLink, RecordLog
from sync.selectors.paging import Cursor, Page, SelectionOrder, read_page

HISTORY_PAGE = 30
MOST_OTHERS = 20
MASKED = "•••"
# No key or token is ever part of what is recorded; should one get there by a mistake, it is not shown.
SECRET_WORDS = ("token", "api_key", "apikey", "authorization", "password", "secret", "credential")
SECRET_TEXTS = re.compile(r"\b(?:Bearer\s+\S+|pat-[a-z]{2,3}\d-[\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Others:
    """Records of the same rule that share the address: the one that stands for the contact, and those that lost."""

    winner: RecordLink | None
    losers: Sequence[RecordLink]


def read_history(record: RecordLink, cursor: Cursor) -> Page:
    """A page of what runs did with the record, newest first: RecordLog rows with their runs."""
    rows = RecordLog.objects.select_related("run").filter(
        sansan_id=record.sansan_id, rule=record.rule_id, superseded=False
    )
    return read_page(rows, SelectionOrder(), cursor, HISTORY_PAGE)


def find_others(record: RecordLink) -> Others:
    mine = RecordLink.objects.filter(rule=record.rule_id)
    winner = mine.filter(sansan_id=record.winner_id).first() if record.winner_id else None
    losers = mine.filter(Q(winner_id=record.sansan_id) & ~Q(winner_id="")).order_by("pk")[:MOST_OTHERS]
    return Others(winner, list(losers))


def mask_secrets(detail: Any) -> Any:
    """The same, without what by its name or form looks like a key or token."""
    if isinstance(detail, Mapping):
        return {
            key: MASKED if any(word in str(key).lower() for word in SECRET_WORDS) else mask_secrets(value)
            for key, value in detail.items()
        }
    if isinstance(detail, list):
        return [mask_secrets(value) for value in detail]
    if isinstance(detail, str):
        return SECRET_TEXTS.sub(MASKED, detail)
    return detail
