"""What a rule does, and what has become of it, for its pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.models import Direction, SettingChange, SyncRule, SyncRun
from sync.selectors.rule_counts import Count, count_states

LATEST_CHANGES = 5


@dataclass(frozen=True, slots=True)
class RuleOverview:
    """A rule with its counts; `sentences` say what it does."""

    rule: SyncRule
    sentences: tuple[str, ...]
    states: dict[str, Count]
    last_run: SyncRun | None
    tags: int
    mappings: int
    mappings_on: int
    filters: int


def find_rules() -> QuerySet[SyncRule]:
    """Rules by name, with their accounts; without credentials, which a lost key would make unreadable."""
    deferred = ("sansan_account__credentials", "hubspot_account__credentials")
    return SyncRule.objects.select_related("sansan_account", "hubspot_account").defer(*deferred).order_by("name")


def draw_overview(rule: SyncRule) -> RuleOverview:
    mappings = list(rule.mappings.values_list("enabled", flat=True))
    tags, filters = rule.tags.count(), rule.filters.count()
    return RuleOverview(
        rule=rule,
        sentences=tuple(_tell(rule, tags, filters)),
        states=count_states(rule),
        last_run=rule.runs.order_by("-pk").first(),
        tags=tags,
        mappings=len(mappings),
        mappings_on=sum(mappings),
        filters=filters,
    )


def _tell(rule: SyncRule, tags: int, filters: int) -> Iterable[str]:
    values = {
        "sansan": rule.sansan_account.name,
        "hubspot": rule.hubspot_account.name,
        "minutes": rule.interval_minutes,
    }
    if rule.direction == Direction.SANSAN_TO_HUBSPOT:
        text = _("Makes and updates contacts in %(hubspot)s from the business cards in %(sansan)s")
    elif rule.direction == Direction.HUBSPOT_TO_SANSAN:
        text = _("Makes business cards in %(sansan)s from the contacts in %(hubspot)s")
    else:
        text = _("Keeps the business cards in %(sansan)s and the contacts in %(hubspot)s the same")
    when = _("every %(minutes)s minutes") if rule.enabled else _("paused: nothing runs by schedule")
    yield _("%(what)s (%(when)s).") % {"what": text % values, "when": when % values}
    if rule.only_with_email:
        yield _("Cards without an e-mail address are left out.")
    if rule.only_with_these_tags and rule.sync_all_tags:
        yield _("Cards without any public or shared tag are left out.")
    elif rule.only_with_these_tags:
        text = ngettext(
            "Only cards with the selected tag.", "Only cards with one of the %(count)s selected tags.", tags
        )
        yield text % {"count": tags}
    if filters:
        text = ngettext("Only what meets the condition.", "Only what meets the %(count)s conditions.", filters)
        yield text % {"count": filters}


def list_latest_changes(rule: SyncRule) -> list[SettingChange]:
    return list(rule.setting_changes.order_by("-pk")[:LATEST_CHANGES])
