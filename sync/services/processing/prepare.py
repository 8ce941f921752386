"""From a card as Sansan sent it to what the rule makes of it; nothing here asks a service or the database."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.sansan.fields import card_tag_names, card_values
from connectors.sansan.records import Card
from sync.engine.filters import Condition, Verdict, judge
from sync.engine.fingerprint import fingerprint
from sync.engine.mapping import Mapper, Rejection
from sync.engine.records import SourceRecord
from sync.engine.transforms import ValueRejectedError
from sync.engine.transforms.mail import normalize_email
from sync.engine.transforms.text import trim_text
from sync.services.processing.places import Place
from sync.services.processing.work import Work
from sync.services.rule_plan import RulePlan

LONGEST_NAME = 300
NOTHING_ASKED = Verdict(passed=True)
# HubSpot creates no contact without one of them.
NAMING_PROPERTIES = frozenset({"email", "firstname", "lastname"})


@dataclass(slots=True)
class Preparer:
    """Prepares cards by one plan. `load_tag_ids` is asked, once, only if an answer left out the types of tags."""

    plan: RulePlan
    load_tag_ids: Callable[[], frozenset[str]]
    tag_names: dict[str, str]
    now: Callable[[], datetime]
    _visible_tag_ids: frozenset[str] | None = field(default=None, init=False)
    _mapper: Mapper = field(init=False)

    def __post_init__(self) -> None:
        self._mapper = Mapper(self.plan.mappings)

    def prepare(self, card: Card, place: Place) -> Work:
        """The card's work; settled already when the rule's limits exclude the card or it cannot be mapped."""
        record = self._read(card)
        email, email_fault = read_email(card.email)
        mapped = self._mapper.map(self._select_tags(record))
        work = Work(
            card_id=card.id,
            place=place,
            mapped=mapped,
            content_hash=fingerprint(mapped.values, mapped.clears, self.plan.policies),
            earlier=(place.state, place.reason_code),
        )
        before = _take_standing(place)
        place.name = name_card(card)
        place.email = email
        place.exchange_date = card.exchange_date
        place.card_updated_at = card.updated_at
        place.person_id = card.person_id
        self._apply_limits(work, record, has_email=bool(email or email_fault))
        place.eligible = not work.is_settled and not email_fault
        place.needs_revisit = False
        work.touched = before != _take_standing(place)
        if not work.is_settled:
            find_faults(work, email_fault)
        return work

    def _read(self, card: Card) -> SourceRecord:
        if self._visible_tag_ids is None and any(not tag.type for tag in card.tags):
            self._visible_tag_ids = self.load_tag_ids()
        visible = self._visible_tag_ids or frozenset()
        names = card_tag_names(card, visible)
        self.tag_names.update(names)
        return SourceRecord(
            id=card.id,
            values=card_values(card, visible),
            updated_at=card.updated_at,
            exchange_date=card.exchange_date,
            tag_ids=frozenset(names),
            country=card.country_code,
            tag_names=frozenset(names.values()),
            tag_labels=names,
        )

    def _select_tags(self, record: SourceRecord) -> SourceRecord:
        """Only the rule's tags are synced as values; its filters know all that are public or shared."""
        selected = self.plan.selected_tag_ids
        if selected is None:
            return record
        return replace(record, values={**record.values, "tags": tuple(sorted(record.tag_ids & selected))})

    def _apply_limits(self, work: Work, record: SourceRecord, *, has_email: bool) -> None:
        selected = self.plan.selected_tag_ids
        if self.plan.only_with_tags and not (record.tag_ids if selected is None else record.tag_ids & selected):
            work.exclude("TAG_NOT_SELECTED")
            return
        conditions = self.plan.conditions
        verdict = judge(record, conditions, self.plan.match, now=self.now()) if conditions else NOTHING_ASKED
        if not verdict.passed:
            work.exclude("FILTERED", condition=" / ".join(describe_condition(failed) for failed in verdict.failed))
        elif self.plan.only_with_email and not has_email:
            work.exclude("NO_EMAIL")


def _take_standing(place: Place) -> tuple[object, ...]:
    """What is kept of a card beside its values."""
    return (
        place.name,
        place.email,
        place.eligible,
        place.exchange_date,
        place.card_updated_at,
        place.person_id,
        place.needs_revisit,
    )


def find_faults(work: Work, email_fault: str) -> None:
    """Fails a card that HubSpot would refuse, before anything is sent."""
    if email_fault:
        work.fail("INVALID_EMAIL", value=email_fault, property="email")
    elif work.mapped.rejected:
        fail_for_rejection(work, work.mapped.rejected[0])
    elif not NAMING_PROPERTIES & work.mapped.values.keys():
        work.fail("NO_NAME")


def fail_for_rejection(work: Work, rejection: Rejection) -> None:
    work.fail(rejection.code, value=rejection.detail, property=rejection.target, field=rejection.source)


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
