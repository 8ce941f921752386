"""One card on its way through a run, and what the run knows while it works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import Contact
from sync.engine.diff import Changes
from sync.engine.identity import Contender
from sync.engine.mapping import MappedRecord
from sync.engine.outcomes import Outcome
from sync.engine.records import PropertySpec
from sync.models import CardPlace, LinkState, SyncRun
from sync.services.processing.link_store import Desk, LinkStore
from sync.services.rule_plan import RulePlan


@dataclass(slots=True)
class Work:
    """A card, where it stood, and what becomes of it. `outcome` stays None until that is certain."""

    card_id: str
    place: CardPlace
    mapped: MappedRecord
    content_hash: str
    earlier: tuple[str, str]  # state and reason before this run touched it
    outcome: Outcome | None = None
    reason_code: str = ""
    reason_detail: dict[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    correlation_id: str = ""
    contact: Contact | None = None
    # Cards that lost their contact to this one; they change only if this one's outcome is recorded.
    displaced: list["Work"] = field(default_factory=list)
    # Cards that had lost before and now are told of this winner; nothing else changes for them.
    renamed: list[CardPlace] = field(default_factory=list)
    # The work that took this one's contact: this one is recorded only together with it.
    waits_for: "Work | None" = None
    # Whether the card's standing changed in a way that a hash does not show (exchange date, name, limits …).
    touched: bool = False
    # Came up again in this run, with the content that has failed in it before.
    is_repeat: bool = False
    # Earlier outcome in this run of the card whose contact this one took over.
    inherited: Outcome | None = None

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None

    @property
    def can_be_recorded(self) -> bool:
        return self.is_settled and (self.waits_for is None or self.waits_for.is_settled)

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
    store: LinkStore
    desk: Desk
    properties: dict[str, PropertySpec]
    tag_names: dict[str, str]
    now: Callable[[], datetime]
    load_validation_rules: Callable[[], None]
    ensure_tag_options: Callable[[Mapping[str, str]], None]

    @property
    def kinds(self) -> dict[str, str]:
        return {name: spec.type for name, spec in self.properties.items()}


def as_contender(place: CardPlace) -> Contender:
    return Contender(place.sansan_id, place.exchange_date, place.card_updated_at)
