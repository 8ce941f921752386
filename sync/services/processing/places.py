"""Where a card stands in a rule, as the steps of a run hold it: light, since a run makes one for every card."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any


@dataclass(slots=True, eq=False)
class Place:
    """The columns of `sync.models.CardPlace`, and whether the store that the place came from has a row of them."""

    sansan_id: str
    hubspot_id: str = ""
    state: str = ""
    reason_code: str = ""
    reason_detail: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    eligible: bool = False
    exchange_date: date | None = None
    card_updated_at: datetime | None = None
    winner_id: str = ""
    person_id: str = ""
    content_hash: str = ""
    failed_hash: str = ""
    seen_run_id: int | None = None
    seen_outcome: str = ""
    needs_revisit: bool = False
    last_synced_at: datetime | None = None
    # No step of a run reads them, so they are not loaded: None leaves what is stored.
    synced_values: Mapping[str, str] | None = field(default_factory=dict)
    is_stored: bool = False


SYNCED_VALUES = "synced_values"
COLUMNS = tuple(one.name for one in fields(Place) if one.name != "is_stored")
LOADED_COLUMNS = tuple(name for name in COLUMNS if name != SYNCED_VALUES)
