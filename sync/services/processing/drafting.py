"""From a card as Sansan sent it to what the rule makes of it: asks no database, and does not know HubSpot."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from connectors.sansan.fields import card_tag_names, card_values
from connectors.sansan.records import Card
from sync.engine.filters import Condition, Verdict, judge
from sync.engine.fingerprint import fingerprint
from sync.engine.mapping import MappedRecord, Mapper
from sync.engine.records import SourceRecord
from sync.engine.transforms import ValueRejectedError
from sync.engine.transforms.mail import normalize_email
from sync.engine.transforms.text import trim_text
from sync.services.rule_plan import RulePlan

LONGEST_NAME = 300
NOTHING_ASKED = Verdict(passed=True)
# A reason code and what it is told with.
Exclusion = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A card by the rule. Of `email` and `email_fault`, the text that is no address, at least one is empty."""

    card_id: str
    name: str
    email: str
    email_fault: str
    exchange_date: date | None
    updated_at: datetime | None
    person_id: str
    mapped: MappedRecord
    content_hash: str
    exclusion: Exclusion | None


@dataclass(slots=True)
class Drafter:
    """Drafts cards by one plan, in any thread.

    `load_tag_ids` is asked, about once, only if an answer left out the types of tags. `tag_names` learns the names of
    all tags that come up.
    """

    plan: RulePlan
    load_tag_ids: Callable[[], frozenset[str]]
    tag_names: dict[str, str]
    now: Callable[[], datetime]
    _visible_tag_ids: frozenset[str] | None = field(default=None, init=False)
    _mapper: Mapper = field(init=False)

    def __post_init__(self) -> None:
        self._mapper = Mapper(self.plan.mappings)

    def draft(self, card: Card) -> Draft:
        """Raises the errors of `load_tag_ids`."""
        record = self._read(card)
        email, email_fault = read_email(card.email)
        mapped = self._mapper.map(select_tags(record, self.plan.selected_tag_ids))
        return Draft(
            card_id=card.id,
            name=name_card(card),
            email=email,
            email_fault=email_fault,
            exchange_date=card.exchange_date,
            updated_at=card.updated_at,
            person_id=card.person_id,
            mapped=mapped,
            content_hash=fingerprint(
                mapped.values, mapped.clears, self.plan.policies, list_refused(email_fault, mapped)
            ),
            exclusion=self._find_exclusion(record, has_email=bool(email or email_fault)),
        )

    def _read(self, card: Card) -> SourceRecord:
        if self._visible_tag_ids is None and any(not tag.type for tag in card.tags):
            self._visible_tag_ids = self.load_tag_ids()
        visible = self._visible_tag_ids or frozenset()
        record = read_record(card, visible)
        self.tag_names.update(record.tag_labels)
        return record

    def _find_exclusion(self, record: SourceRecord, *, has_email: bool) -> Exclusion | None:
        selected, conditions = self.plan.selected_tag_ids, self.plan.conditions
        if self.plan.only_with_tags and not (record.tag_ids if selected is None else record.tag_ids & selected):
            return "TAG_NOT_SELECTED", {}
        verdict = judge(record, conditions, self.plan.match, now=self.now()) if conditions else NOTHING_ASKED
        if not verdict.passed:
            return "FILTERED", {"condition": " / ".join(describe_condition(failed) for failed in verdict.failed)}
        return ("NO_EMAIL", {}) if self.plan.only_with_email and not has_email else None


def read_record(card: Card, visible_tag_ids: frozenset[str]) -> SourceRecord:
    """The card as the engine takes it. `visible_tag_ids` are those of the public and shared tags: they count where
    the answer left out the types of the card's own."""
    names = card_tag_names(card, visible_tag_ids)
    return SourceRecord(
        id=card.id,
        values=card_values(card, visible_tag_ids),
        updated_at=card.updated_at,
        exchange_date=card.exchange_date,
        tag_ids=frozenset(names),
        country=card.country_code,
        tag_names=frozenset(names.values()),
        tag_labels=names,
    )


def select_tags(record: SourceRecord, selected: frozenset[str] | None) -> SourceRecord:
    """Only a rule's tags are synced as values; its filters know all that are public or shared."""
    if selected is None:
        return record
    return replace(record, values={**record.values, "tags": tuple(sorted(record.tag_ids & selected))})


def list_refused(email_fault: str, mapped: MappedRecord) -> list[str]:
    faults = [f"{rejection.target}: {rejection.detail}" for rejection in mapped.rejected]
    return [*faults, email_fault] if email_fault else faults


def read_email(text: str) -> tuple[str, str]:
    """The address in the form in which it is compared, and the text that is not one; one of them is empty."""
    if not trim_text(text):
        return "", ""
    try:
        return normalize_email(text), ""
    except ValueRejectedError:
        return "", text


def name_card(card: Card) -> str:
    """What people call the card: its person, else its company."""
    person = f"{card.last_name} {card.first_name}".strip()
    return " ".join((person or card.company_name).split())[:LONGEST_NAME]


def describe_condition(condition: Condition) -> str:
    value = "" if condition.value in (None, "") else f" {condition.value}"
    return f"{condition.field} {condition.operator}{value}"
