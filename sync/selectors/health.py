"""How every rule fares: the page of every morning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.models import ACTIVE_STATUSES, LinkState, RuleSetup, RunStatus, SyncRule, SyncRun
from sync.reasons import ReasonText, describe
from sync.selectors.causes import NONE_FAIL, Causes, group_failures
from sync.selectors.rule_counts import Count, count_states_of
from sync.selectors.rule_overview import find_rules

# A rule is late when it is this many intervals behind.
LATE_AFTER_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """In a word how a rule fares; `tone` is good, warn, bad, busy or empty."""

    label: str | Promise
    tone: str = ""


RUNNING = Standing(_("running now"), "busy")
RUN_FAILED = Standing(_("the last run failed"), "bad")
PAUSED = Standing(_("paused"), "warn")
NEVER_RUN = Standing(_("has not run yet"))
LATE = Standing(_("behind schedule"), "warn")
RECORDS_FAIL = Standing(_("some records fail"), "warn")
FINE = Standing(_("all is well"), "good")


@dataclass(frozen=True, slots=True)
class RuleHealth:
    """`last_run` is the last that ended, `active_run` the one that is queued or under way; `is_due`: the schedule
    starts a run at its next turn; `error` why the last run failed as a whole."""

    rule: SyncRule
    standing: Standing
    states: dict[str, Count]
    causes: Causes
    last_run: SyncRun | None
    active_run: SyncRun | None
    is_due: bool
    error: ReasonText | None


def draw_health(now: datetime | None = None) -> list[RuleHealth]:
    """Every rule that is not being set up, by name."""
    being_set_up = RuleSetup.objects.filter(finished_at=None).exclude(rule=None).values("rule")
    rules = list(find_rules().exclude(pk__in=being_set_up))
    states, last, active = count_states_of(rules), _find_last_runs(rules), _find_active_runs(rules)
    return [
        _draw(rule, states[rule.pk], last.get(rule.pk), active.get(rule.pk), now or timezone.now()) for rule in rules
    ]


def _find_last_runs(rules: Iterable[SyncRule]) -> dict[int | None, SyncRun]:
    """The last that ended of each rule. Previews, those of an undo among them, say nothing of how a rule fares."""
    ended = SyncRun.objects.filter(rule=OuterRef("pk"), dry_run=False).exclude(status__in=ACTIVE_STATUSES)
    last = SyncRule.objects.filter(pk__in=[rule.pk for rule in rules]).order_by()
    ids = last.values_list(Subquery(ended.order_by("-pk").values("pk")[:1]), flat=True)
    return {run.rule_id: run for run in SyncRun.objects.filter(pk__in=list(ids))}


def _find_active_runs(rules: Iterable[SyncRule]) -> dict[int | None, SyncRun]:
    """Queued or under way, of which a rule has one at most."""
    return {run.rule_id: run for run in SyncRun.objects.filter(rule__in=list(rules), status__in=ACTIVE_STATUSES)}


def _draw(
    rule: SyncRule, states: dict[str, Count], last: SyncRun | None, active: SyncRun | None, now: datetime
) -> RuleHealth:
    causes = group_failures(rule) if states[LinkState.FAILING] else NONE_FAIL
    failed = last is not None and last.status == RunStatus.FAILED
    return RuleHealth(
        rule=rule,
        standing=_judge(rule, last, active, causes, now),
        states=states,
        causes=causes,
        last_run=last,
        active_run=active,
        is_due=rule.next_run_at is not None and rule.next_run_at <= now,
        error=describe(last.error_code, last.error_detail) if last and failed else None,
    )


def list_open_setups() -> list[RuleSetup]:
    return list(RuleSetup.objects.filter(finished_at=None).select_related("rule"))


def _judge(rule: SyncRule, last: SyncRun | None, active: SyncRun | None, causes: Causes, now: datetime) -> Standing:
    """The first that holds: what a person has to know before all else."""
    is_late = rule.next_run_at is not None and now - rule.next_run_at > _find_patience(rule)
    judgements = (
        (active is not None, RUNNING),
        (last is not None and last.status == RunStatus.FAILED, RUN_FAILED),
        (not rule.enabled, PAUSED),
        (last is None, NEVER_RUN),
        (is_late, LATE),
        (causes.open_count > 0, RECORDS_FAIL),
    )
    return next((standing for holds, standing in judgements if holds), FINE)


def _find_patience(rule: SyncRule) -> timedelta:
    return timedelta(minutes=LATE_AFTER_INTERVALS * rule.interval_minutes)
