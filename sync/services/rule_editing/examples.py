"""What a mapping makes of real cards, by the engine that a run uses; nothing is written anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connectors.sansan.fields import card_values
from connectors.sansan.records import Card
from sync.engine.filters import judge
from sync.engine.mapping import Mapper, MappingRule, select_rules
from sync.engine.records import PropertySpec, SourceRecord, Value
from sync.engine.value_check import check_value
from sync.models import ConnectedAccount, SyncRule
from sync.reasons import describe
from sync.services.processing.drafting import Drafter, name_card, read_record, select_tags
from sync.services.rule_editing.labels import describe_condition
from sync.services.rule_editing.live import ask_card, ask_newest_cards, ask_tags
from sync.services.rule_plan import RulePlan

LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """A card to show mappings by, and how the engine sees it (with the rule's tags only)."""

    card: Card
    record: SourceRecord

    @property
    def id(self) -> str:
        return self.card.id

    @property
    def name(self) -> str:
        return name_card(self.card) or self.card.id


@dataclass(frozen=True, slots=True)
class RowExample:
    """What a row does with the example: `before` as on the card, `after` as it would be written.

    `problem` says why nothing could be written, in the words of the record's failure.
    """

    before: str
    after: str
    problem: str = ""

    @property
    def is_same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a card would become: the properties to write (name, label, value), and what is in the way, if anything."""

    name: str
    values: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]


def find_example(
    account: ConnectedAccount, card_id: str, selected_tag_ids: frozenset[str] | None
) -> tuple[ExampleCard | None, str]:
    """The card with this id; without one, of the cards changed last the one that has most on it. None with the
    reason in words when there is none. `selected_tag_ids` are the rule's, None for all. Raises nothing."""
    card, trouble = _find_card(account, card_id)
    if card is None:
        return None, trouble
    return ExampleCard(card, select_tags(read_record(card, list_visible_tags(account, [card])), selected_tag_ids)), ""


def _find_card(account: ConnectedAccount, card_id: str) -> tuple[Card | None, str]:
    if card_id:
        one = ask_card(account, card_id)
        return one.value, one.trouble
    newest = ask_newest_cards(account)
    if newest.value is None:
        return None, newest.trouble
    if not newest.value:
        return None, _("Sansan shows no card to this key yet, so there is no example.")
    return max(newest.value, key=lambda card: len(card_values(card))), ""


def list_visible_tags(account: ConnectedAccount, cards: Iterable[Card]) -> frozenset[str]:
    """The ids of all public and shared tags, if the cards' own don't say what they are."""
    if all(tag.type for card in cards for tag in card.tags):
        return frozenset()
    return frozenset(tag.id for tag in ask_tags(account).value or () if tag.type != "private")


def show_row(rule: MappingRule, example: ExampleCard, properties: Mapping[str, PropertySpec]) -> RowExample:
    """What one mapping writes for the card; also if it is switched off. Raises nothing."""
    probe = replace(rule, enabled=True, direction="sansan_to_hubspot", write="always")
    mapped = Mapper([probe]).map(example.record)
    before = show_value(example.record.values.get(rule.source, ""), example.record.tag_labels)
    if mapped.rejected:
        rejection = mapped.rejected[0]
        detail = {"value": rejection.detail, "property": rule.target}
        return RowExample(before, "", describe(rejection.code, detail).message)
    written = mapped.values.get(rule.target, "")
    spec = properties.get(rule.target)
    is_by_tag_id = rule.source == "tags" and not rule.chain
    if spec is not None and not is_by_tag_id and (fault := check_value(spec, written)):
        code, lengths = fault
        detail = {"value": written[:LONGEST_SHOWN], "property": rule.target, "lengths": lengths}
        return RowExample(before, _shorten(written), describe(code, detail).message)
    return RowExample(before, _shorten(_name_tags(written, example.record) if is_by_tag_id else written))


def draw_outlook(
    rule: SyncRule, plan: RulePlan, example: ExampleCard, properties: Mapping[str, PropertySpec]
) -> Outlook:
    """What the rule, with this plan, would make of the card. Raises nothing."""
    visible = list_visible_tags(rule.sansan_account, [example.card])
    draft = Drafter(plan, lambda: visible, {}, timezone.localtime).draft(example.card)
    problems = []
    if draft.exclusion:
        problems.append(_explain_exclusion(*draft.exclusion, plan, example.record))
    elif draft.email_fault:
        problems.append(_explain("INVALID_EMAIL", {"value": draft.email_fault}))
    problems += [
        _explain(rejection.code, {"value": rejection.detail, "property": rejection.target})
        for rejection in draft.mapped.rejected
    ]
    values = []
    for name, value in draft.mapped.values.items():
        spec = properties.get(name)
        is_tags = name in plan.tag_properties
        shown = _name_tags(value, example.record) if is_tags else value
        values.append((name, spec.label if spec else name, _shorten(shown)))
        if spec and not is_tags and (fault := check_value(spec, value)):
            problems.append(_explain(fault[0], {"value": value, "property": name, "lengths": fault[1]}))
    return Outlook(example.name, tuple(values), tuple(problems))


def _explain_exclusion(code: str, detail: Mapping[str, object], plan: RulePlan, record: SourceRecord) -> str:
    if code != "FILTERED":
        return _explain(code, detail)
    verdict = judge(record, plan.conditions, plan.match, now=timezone.localtime())
    failed = (describe_condition(one.field, one.operator, one.value) for one in verdict.failed)
    return _explain(code, {"condition": " / ".join(failed)})


def replace_mappings(plan: RulePlan, rules: Sequence[MappingRule]) -> RulePlan:
    """The plan with other mappings: as they are entered, saved or not."""
    written = tuple(rule for rule in select_rules(rules) if rule.write != "never")
    by_tag_id = frozenset(rule.target for rule in written if rule.source == "tags" and not rule.chain)
    return replace(plan, mappings=written, tag_properties=by_tag_id)


def show_value(value: Value, tag_labels: Mapping[str, str]) -> str:
    """A card's value as a person reads it."""
    if isinstance(value, tuple):
        return ", ".join(sorted(tag_labels.get(tag, tag) for tag in value))
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return value.isoformat()
    return _shorten(value)


def _explain(code: str, detail: Mapping[str, object]) -> str:
    reason = describe(code, detail)
    return f"{reason.title}: {reason.message}"


def _name_tags(written: str, record: SourceRecord) -> str:
    return ", ".join(record.tag_labels.get(tag, tag) for tag in written.split(";") if tag)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
