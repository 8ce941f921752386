"""Carries out a plan: first what HubSpot needs, which may be repeated, then the database in one transaction."""

from dataclasses import fields
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.errors import ConnectorError
from sync.models import ChangeSource, ConnectedAccount, FilterSide, SyncRule
from sync.services.accounts import remember_report, translate_error
from sync.services.configuration.accounts import AccountDraft
from sync.services.configuration.definition import RuleDefinition
from sync.services.configuration.faults import ConfigurationError, Fault
from sync.services.configuration.mapping_rows import save_mappings
from sync.services.configuration.part_rows import replace_filters, replace_tags
from sync.services.configuration.planning import Plan
from sync.services.configuration.rules import RuleDraft
from sync.services.connections import open_hubspot
from sync.services.property_setup import PropertySetup, PropertySetupError, create_properties
from sync.services.setting_history import (
    StaleRuleError,
    edit_rule,
    list_account_differences,
    note_account_change,
    note_rule_change,
)

_PARTS = frozenset({"name", "sansan", "hubspot", "tags", "filters", "hubspot_filters", "mappings", "matching"})
_PLAIN = tuple(field.name for field in fields(RuleDefinition) if field.name not in _PARTS)


def apply_plan(plan: Plan, *, by: str) -> None:
    """Makes it so, and notes what changed as done by that person. A rule's watermark, links and history stay as they
    are.

    Raises ConfigurationError when HubSpot refuses a property or can't be reached, or when somebody else changed the
    same accounts or rules meanwhile; the database is as it was then.
    """
    for draft, setup in plan.setups:
        _create_properties(draft, setup)
    try:
        with transaction.atomic():
            for draft in plan.accounts:
                _save_account(draft, by)
            for rule in plan.rules:
                _save_rule(rule, timezone.now(), by)
    except (IntegrityError, StaleRuleError, SyncRule.DoesNotExist, ConnectedAccount.DoesNotExist):
        message = _("The configuration was changed by somebody else meanwhile. Apply the file again.")
        raise ConfigurationError([Fault(message)]) from None


def _create_properties(draft: AccountDraft, setup: PropertySetup) -> None:
    try:
        create_properties(open_hubspot(draft.account), setup)
    except PropertySetupError as error:
        raise ConfigurationError([Fault(problem, draft.path) for problem in error.problems]) from error
    except ConnectorError as error:
        told = translate_error(error, draft.account)
        raise ConfigurationError([Fault(told.message, draft.path, unreachable=told.unreachable)]) from error


def _save_account(draft: AccountDraft, by: str) -> None:
    account = draft.account
    differences = list_account_differences(None, account) if draft.is_new else draft.changes
    if draft.is_new:
        account.save(force_insert=True)
    else:
        changed = ["credentials"] if draft.new_credentials else []
        account.save(update_fields=[*changed, "requests_per_10_seconds", "updated_at"])
    if draft.report:
        remember_report(account, draft.report)
    note_account_change(account, differences, by=by, source=ChangeSource.COMMAND)


def _save_rule(draft: RuleDraft, now: datetime, by: str) -> None:
    if draft.saved is None:
        rule = SyncRule()
        _fill(rule, draft, now)
        note_rule_change(rule, None, by=by, source=ChangeSource.COMMAND)
        return
    # Only what was compared with the file may be replaced by it.
    seen = draft.saved.revision
    with edit_rule(draft.saved.pk, by=by, source=ChangeSource.COMMAND, revision=seen) as rule:
        _fill(rule, draft, now)


def _fill(rule: SyncRule, draft: RuleDraft, now: datetime) -> None:
    definition = draft.definition
    rule.next_run_at = choose_next_run(rule, definition, now)
    rule.name = definition.name
    rule.sansan_account = draft.sansan.account
    rule.hubspot_account = draft.hubspot.account
    rule.matching = list(definition.matching)
    for name in _PLAIN:
        setattr(rule, name, getattr(definition, name))
    if draft.saved is None:
        rule.save(force_insert=True)
    else:
        names = ("next_run_at", "sansan_account", "hubspot_account", "matching", "updated_at")
        rule.save(update_fields=[*_PLAIN, *names])
    _save_parts(rule, definition, draft.stored)


def choose_next_run(rule: SyncRule, definition: RuleDefinition, now: datetime) -> datetime | None:
    """At once for a rule that is switched on, never for one that is off, no later than a shorter interval asks."""
    if not definition.enabled:
        return None
    if not rule.pk or not rule.enabled or rule.next_run_at is None:
        return now
    return min(rule.next_run_at, now + timedelta(minutes=definition.interval_minutes))


def _save_parts(rule: SyncRule, new: RuleDefinition, old: RuleDefinition | None) -> None:
    if old is None or old.tags != new.tags:
        replace_tags(rule, new.tags)
    if old is None or (old.filters, old.hubspot_filters) != (new.filters, new.hubspot_filters):
        replace_filters(rule, FilterSide.SANSAN, new.filters)
        replace_filters(rule, FilterSide.HUBSPOT, new.hubspot_filters)
    if old is None or old.mappings != new.mappings:
        rule.mappings.all().delete()
        save_mappings(rule, new.mappings)
