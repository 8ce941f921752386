"""One card on its way through a run, and what the run knows while it works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from connectors.errors import Issue
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import Contact
from sync.engine.diff import Changes
from sync.engine.identity import Contender
from sync.engine.mapping import MappedRecord
from sync.engine.outcomes import Outcome
from sync.engine.records import PropertySpec
from sync.models import LinkState, SyncRun
from sync.services.processing.claims import Claims
from sync.services.processing.drafting import Draft
from sync.services.processing.ledger import Entry
from sync.services.processing.link_store import Desk, LinkStore
from sync.services.processing.places import Place
from sync.services.processing.steps import Crew
from sync.services.rule_plan import RulePlan


class Station(Enum):
    """What has to be asked of HubSpot next; works wait there for company, since one call takes a hundred."""

    READ = "read the linked contact"
    CREATE = "create a contact"
    FIND = "find the contact that is there"
    UPDATE = "update the contact"


@dataclass(slots=True, eq=False)
class Work:
    """A card, where it stood, and what becomes of it. `outcome` stays None until that is certain."""

    card_id: str
    place: Place
    mapped: MappedRecord
    content_hash: str
    earlier: tuple[str, str]  # state and reason before this run touched it
    outcome: Outcome | None = None
    reason_code: str = ""
    reason_detail: dict[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    correlation_id: str = ""
    contact: Contact | None = None
    # Cards from before that lost their contact to this one; they change only if this one's outcome is recorded.
    displaced: list["Work"] = field(default_factory=list)
    # Cards that had lost before and now are told of this winner; nothing else changes for them.
    renamed: list[Place] = field(default_factory=list)
    # The work that took this one's contact, and the other way round: they are recorded together.
    waits_for: "Work | None" = None
    followers: list["Work"] = field(default_factory=list)
    # Whether the card's standing changed in a way that a hash does not show (exchange date, name, limits …).
    touched: bool = False
    # Came up again in this run, with the content that has failed in it before.
    is_repeat: bool = False
    # Earlier outcome in this run of the card whose contact this one took over.
    inherited: Outcome | None = None

    # On its way: its draft, the portion it came with, where it goes next, and what it keeps others away from.
    draft: Draft | None = None
    entry: Entry | None = None
    station: Station | None = None
    keys: list[str] = field(default_factory=list)
    # Another work has its contact in hand: this one starts anew when that one is recorded.
    is_deferred: bool = False
    # Handed over to be recorded.
    is_finished: bool = False
    # How often it was sent to HubSpot, and how that refused to create it.
    sends: int = 0
    conflict: Issue | None = None
    is_answer_lost: bool = False

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None

    @property
    def email(self) -> str:
        return self.place.email

    def exclude(self, code: str, **detail: Any) -> None:
        self._settle(Outcome.EXCLUDED, LinkState.EXCLUDED, code, detail)

    def fail(self, code: str, *, correlation_id: str = "", **detail: Any) -> None:
        self._settle(Outcome.FAILED, LinkState.FAILING, code, detail)
        self.correlation_id = correlation_id
        self.place.failed_hash = self.content_hash

    def succeed(self, outcome: Outcome, contact_id: str, now: datetime) -> None:
        """The contact is known to be what the card says; only now its hash may be kept."""
        self._settle(outcome, LinkState.IN_SYNC, "", {})
        self.place.hubspot_id = contact_id
        self.place.content_hash = self.content_hash
        self.place.synced_values = dict(self.mapped.values)
        self.place.last_synced_at = now

    def wait_for(self, winner: "Work") -> None:
        """Ties this one's record to that of the card it lost to."""
        self.waits_for = winner
        winner.followers.append(self)

    def _settle(self, outcome: Outcome, state: LinkState, code: str, detail: dict[str, Any]) -> None:
        self.outcome = outcome
        self.reason_code = code
        self.reason_detail = detail
        self.place.state = state
        self.place.reason_code = code
        self.place.reason_detail = detail
        self.place.winner_id = str(detail.get("winner", ""))
        self.place.needs_revisit = False
        self.place.failed_hash = ""


@dataclass(slots=True)
class Workshop:
    """What all steps of a run share."""

    run: SyncRun
    plan: RulePlan
    hubspot: HubSpotClient
    crew: Crew
    store: LinkStore
    desk: Desk
    claims: Claims
    properties: dict[str, PropertySpec]
    finds_by_card_id: bool
    tag_names: dict[str, str]
    now: Callable[[], datetime]
    load_validation_rules: Callable[[], None]
    ensure_tag_options: Callable[[Mapping[str, str]], None]

    @property
    def kinds(self) -> dict[str, str]:
        return {name: spec.type for name, spec in self.properties.items()}


def as_contender(place: Place) -> Contender:
    return Contender(place.sansan_id, place.exchange_date, place.card_updated_at)
