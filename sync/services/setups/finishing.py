"""The last step: what a first sync needs is made, the rule is switched on, and its first run asked for, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sync.models import ConnectedAccount, RuleSetup, RunKind, SyncRule, SyncRun
from sync.services.accounts import AccountError, check_account
from sync.services.configuration.definition import MappingDefinition, read_definition
from sync.services.configuration.live import Portal
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS, explain_direction
from sync.services.configuration.schema import MappingEntry
from sync.services.leases import RunActiveError
from sync.services.property_setup import PropertySetupError, find_missing
from sync.services.rule_editing.live import ask_portal
from sync.services.rule_editing.mappings import check_mappings
from sync.services.rule_editing.properties import create_own_properties
from sync.services.runs import request_run
from sync.services.setting_history import edit_rule
from sync.services.setups.choices import SetupError


@dataclass(frozen=True, slots=True)
class Outlook:
    """What "Save and sync" would make in HubSpot, by name, and the sentences that say what is in its way."""

    new_properties: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def look_ahead(rule: SyncRule) -> Outlook:
    """Asks HubSpot what the rule finds there; writes nothing, and raises nothing."""
    asked = ask_portal(rule.hubspot_account)
    if asked.value is None:
        return Outlook(problems=(asked.trouble,))
    mappings = read_definition(rule).mappings
    try:
        missing = find_missing(_list_targets(mappings), asked.value.properties)
    except PropertySetupError as error:
        return Outlook(problems=error.problems)
    return Outlook(tuple(one.name for one in missing), _find_faults(mappings, asked.value))


def finish_setup(setup_id: int, *, name: str, interval_minutes: int, by: str, revision: int | None = None) -> SyncRun:
    """Creates our properties, switches the rule on and asks for its first run; done twice, it gives the same run.

    The run still has to be queued. Raises SetupError when something is in the way, StaleRuleError when somebody
    changed the rule since `revision`; the rule stays switched off then.
    """
    setup = RuleSetup.objects.get(pk=setup_id)
    if setup.finished_at is None:
        _prepare_hubspot(_require_rule(setup))
    try:
        with transaction.atomic():
            setup = RuleSetup.objects.select_for_update().get(pk=setup_id)
            rule = _require_rule(setup)
            if setup.finished_at is not None:
                return _find_first_run(rule)
            _switch_on(rule, name, interval_minutes, by=by, revision=revision)
            rule.refresh_from_db()
            run = request_run(rule, requested_by=by)
            setup.finished_at = timezone.now()
            setup.save(update_fields=["finished_at"])
    except RunActiveError as error:
        text = _(
            "A run of this rule is under way (number %(run)s), probably the preview. Wait for its end or cancel it, "
            "then save and sync."
        )
        raise SetupError(text % {"run": error.run.pk}) from None
    except IntegrityError:
        text = _("There is another rule called '%(name)s' by now. Take another name.")
        raise SetupError(text % {"name": name}) from None
    return run


def _prepare_hubspot(rule: SyncRule) -> None:
    if rule.direction not in RUNNABLE_DIRECTIONS:
        raise SetupError(explain_direction(rule.direction))
    for account in (rule.sansan_account, rule.hubspot_account):
        _check_account(account)
    asked = ask_portal(rule.hubspot_account, fresh=True)
    if asked.value is None:
        raise SetupError(asked.trouble)
    mappings = read_definition(rule).mappings
    if faults := _find_faults(mappings, asked.value):
        raise SetupError(*faults)
    try:
        create_own_properties(rule.hubspot_account, rule.sansan_account, mappings, asked.value)
    except PropertySetupError as error:
        raise SetupError(*error.problems) from None


def _check_account(account: ConnectedAccount) -> None:
    try:
        report = check_account(account, remember=True, for_page=True)
    except AccountError as error:
        raise SetupError(error.message) from None
    if not report.is_complete:
        raise SetupError(*report.fixes)


def _switch_on(rule: SyncRule, name: str, interval_minutes: int, *, by: str, revision: int | None) -> None:
    with edit_rule(rule.pk, by=by, revision=revision) as locked:
        locked.name, locked.interval_minutes, locked.enabled = name, interval_minutes, True
        # The first run is asked for here; the schedule goes on from it.
        locked.next_run_at = timezone.now() + timedelta(minutes=interval_minutes)
        locked.save(update_fields=["name", "interval_minutes", "enabled", "next_run_at", "updated_at"])


def _find_first_run(rule: SyncRule) -> SyncRun:
    run = rule.runs.exclude(kind=RunKind.PREVIEW).order_by("pk").first()
    if run is None:
        raise SetupError(_("This set-up was finished already. Start runs from the rule's page."))
    return run


def _require_rule(setup: RuleSetup) -> SyncRule:
    if setup.rule is None:
        raise SetupError(_("Connect Sansan and HubSpot first."))
    return setup.rule


def _find_faults(mappings: Iterable[MappingDefinition], portal: Portal) -> tuple[str, ...]:
    entries = [
        MappingEntry(
            sansan=one.sansan,
            hubspot=one.hubspot,
            transform=one.transform,
            write=one.write,
            direction=one.direction,
            enabled=one.enabled,
        )
        for one in mappings
    ]
    faults = check_mappings(entries, portal).faults
    return tuple(
        fault.message if fault.row is None else f"{entries[fault.row].hubspot}: {fault.message}" for fault in faults
    )


def _list_targets(mappings: tuple[MappingDefinition, ...]) -> list[str]:
    return [mapping.hubspot for mapping in mappings if mapping.enabled]
