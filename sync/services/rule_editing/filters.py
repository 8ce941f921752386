"""The conditions that limit which cards a rule syncs: in words, checked as `apply` checks them, tried and saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sync.engine.filters import OPERATORS, Condition, judge
from sync.engine.filters import Match as EngineMatch
from sync.engine.records import Kind, SourceRecord, classify_type
from sync.models import ChangeSource, ConnectedAccount, FilterSide, SyncRule
from sync.services.configuration.conditions import define_filters
from sync.services.configuration.definition import FilterDefinition
from sync.services.configuration.faults import FaultList
from sync.services.configuration.part_rows import replace_filters
from sync.services.configuration.schema import ConditionEntry, FiltersEntry
from sync.services.processing.drafting import name_card, read_record
from sync.services.rule_editing.examples import list_visible_tags, show_value
from sync.services.rule_editing.labels import OPERATOR_WORDS, describe_condition
from sync.services.rule_editing.live import ask_newest_cards
from sync.services.rule_plan import FIELD_SPECS
from sync.services.setting_history import edit_rule

MOST_EXAMPLES = 10

NO_VALUE, ONE_TEXT, SEVERAL_TEXTS, DAY, DAYS, TAGS = "none", "text", "list", "date", "days", "tags"


def find_kind(field: str) -> Kind | None:
    """What a card's field holds; None for no field of a card."""
    spec = FIELD_SPECS.get(field)
    return classify_type(spec.type) if spec else None


def list_operators(field: str) -> list[tuple[str, str]]:
    """The operators of a field, with their words; all there are for a field that is not chosen yet."""
    kind = find_kind(field)
    names = OPERATORS[kind] if kind else OPERATOR_WORDS
    return [(name, str(OPERATOR_WORDS[name])) for name in names]


def choose_shape(field: str, operator: str) -> str:
    """In which form the condition's value is entered: NO_VALUE, ONE_TEXT, SEVERAL_TEXTS, DAY, DAYS or TAGS."""
    kind = find_kind(field)
    if operator in ("is_empty", "is_not_empty"):
        return NO_VALUE
    if operator == "within_days":
        return DAYS
    if kind in ("date", "datetime"):
        return DAY
    if kind == "tags":
        return TAGS
    return SEVERAL_TEXTS if operator in ("in", "not_in") else ONE_TEXT


@dataclass(frozen=True, slots=True)
class FilterFault:
    """What is wrong with a condition. `row` counts from 0, `key` is field, operator or value."""

    row: int
    key: str
    message: str


def check_filters(
    match: str, conditions: Sequence[ConditionEntry | None]
) -> tuple[tuple[FilterDefinition, ...], tuple[FilterFault, ...]]:
    """The conditions as they can be stored if there are no faults; None stands for a row to pass over."""
    faults = FaultList()
    found = define_filters(FiltersEntry(match=match, conditions=list(conditions)), (), faults)
    return found, tuple(FilterFault(int(fault.path[1]), str(fault.path[2]), fault.message) for fault in faults.faults)


def save_rule_filters(
    rule_id: int,
    match: str,
    filters: Iterable[FilterDefinition],
    *,
    only_with_email: bool | None = None,
    by: str,
    revision: int | None = None,
    source: ChangeSource = ChangeSource.PORTAL,
) -> SyncRule:
    """Stores conditions that were checked, in place of all others on Sansan's side; those on HubSpot's stay.

    Raises StaleRuleError as edit_rule does.
    """
    with edit_rule(rule_id, by=by, source=source, revision=revision) as rule:
        rule.filter_match = match
        if only_with_email is not None:
            rule.only_with_email = only_with_email
        rule.save(update_fields=["filter_match", "only_with_email", "updated_at"])
        replace_filters(rule, FilterSide.SANSAN, filters)
    return rule


@dataclass(frozen=True, slots=True)
class Failed:
    """A condition that a card does not meet, in words, with what is on the card."""

    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class KeptOut:
    card_id: str
    name: str
    company: str
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class SampleVerdict:
    """How many of the cards changed last pass, and some of those that don't; `trouble` if they can't be had."""

    total: int = 0
    passed: int = 0
    kept_out: tuple[KeptOut, ...] = ()
    trouble: str = ""


def judge_sample(account: ConnectedAccount, filters: Iterable[FilterDefinition], match: str) -> SampleVerdict:
    """Tries conditions on the cards of the account that were changed last. Raises nothing."""
    asked = ask_newest_cards(account)
    if asked.value is None:
        return SampleVerdict(trouble=asked.trouble)
    conditions = tuple(Condition(one.field, one.operator, one.value) for one in filters)
    how: EngineMatch = "any" if match == "any" else "all"
    visible, now = list_visible_tags(account, asked.value), timezone.localtime()
    passed = 0
    kept_out: list[KeptOut] = []
    for card in asked.value:
        record = read_record(card, visible)
        verdict = judge(record, conditions, how, now=now)
        if verdict.passed:
            passed += 1
        elif len(kept_out) < MOST_EXAMPLES:
            failed = tuple(_tell_failed(record, condition) for condition in verdict.failed)
            kept_out.append(KeptOut(card.id, name_card(card), card.company_name, failed))
    return SampleVerdict(len(asked.value), passed, tuple(kept_out))


def _tell_failed(record: SourceRecord, condition: Condition) -> Failed:
    value = record.values.get(condition.field, "")
    return Failed(describe_condition(condition.field, condition.operator, condition.value), _show(value, record))


def _show(value: Any, record: SourceRecord) -> str:
    return show_value(value, record.tag_labels) or _("(empty)")
