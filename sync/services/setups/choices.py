"""What is chosen on the way: accounts, and the tags as long as no rule keeps them."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sync.models import (
    ACTIVE_STATUSES,
    ChangeSource,
    ConnectedAccount,
    RuleSetup,
    RunKind,
    SyncRule,
)
from sync.services.configuration.definition import TagDefinition
from sync.services.configuration.mapping_rows import add_default_mappings
from sync.services.configuration.part_rows import replace_tags
from sync.services.rule_editing.tags import TagChoice, read_tag_choice, save_tag_choice
from sync.services.runs import cancel_run
from sync.services.setting_history import edit_rule, note_deletion, note_rule_change

MOST_LETTERS = 100
ALL_TAGS = TagChoice(sync_all=True, tags=(), only_with_these=False)


class SetupError(Exception):
    """The set-up can't go on like this. `problems` are sentences: what is wrong and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def start_setup(*, by: str) -> RuleSetup:
    """A new set-up, or the one that the same person has begun and not touched yet."""
    untouched = RuleSetup.objects.filter(
        started_by=by, finished_at=None, sansan_account=None, hubspot_account=None, rule=None
    )
    return untouched.first() or RuleSetup.objects.create(started_by=by)


def choose_account(setup_id: int, account: ConnectedAccount, *, by: str) -> RuleSetup:
    """Takes the account for its side; with both known, the rule is made, switched off.

    May be repeated. Raises SetupError when the rule's records are linked with another portal (somebody ran it
    meanwhile).
    """
    side = f"{account.provider}_account"
    with transaction.atomic():
        setup = RuleSetup.objects.select_for_update().get(pk=setup_id)
        if setup.rule_id is not None and getattr(setup, f"{side}_id") != account.pk:
            _change_account(setup.rule_id, side, account, by=by)
        setattr(setup, side, account)
        setup.save(update_fields=[side])
        if setup.rule_id is None and setup.sansan_account_id and setup.hubspot_account_id:
            setup.rule = _make_rule(setup, setup.sansan_account_id, setup.hubspot_account_id, by=by)
            setup.save(update_fields=["rule"])
    return setup


def _change_account(rule_id: int, side: str, account: ConnectedAccount, *, by: str) -> None:
    with edit_rule(rule_id, by=by) as rule:
        if rule.links.exists():
            message = _(
                "The rule '%(rule)s' has run already, so its records belong to the accounts that it has. Set up a "
                "rule of its own for account '%(account)s'."
            )
            raise SetupError(message % {"rule": rule.name, "account": account.name})
        setattr(rule, side, account)
        rule.save(update_fields=[side, "updated_at"])


def _make_rule(setup: RuleSetup, sansan_id: int, hubspot_id: int, *, by: str) -> SyncRule:
    accounts = ConnectedAccount.objects.defer("credentials")
    sansan, hubspot = accounts.get(pk=sansan_id), accounts.get(pk=hubspot_id)
    choice = read_choice(setup)
    rule = SyncRule.objects.create(
        name=_find_free_name(f"{sansan.name} → {hubspot.name}"),
        sansan_account=sansan,
        hubspot_account=hubspot,
        sync_all_tags=choice.sync_all,
        only_with_these_tags=choice.only_with_these,
    )
    replace_tags(rule, choice.tags)
    add_default_mappings(rule)
    note_rule_change(rule, None, by=by, source=ChangeSource.PORTAL)
    return rule


def _find_free_name(wanted: str) -> str:
    taken = set(SyncRule.objects.values_list("name", flat=True))
    name, number = wanted[:MOST_LETTERS], 1
    while name in taken:
        number += 1
        ending = f" ({number})"
        name = wanted[: MOST_LETTERS - len(ending)] + ending
    return name


def read_choice(setup: RuleSetup) -> TagChoice:
    """The tags chosen so far; all of them to begin with."""
    if setup.rule is not None:
        return read_tag_choice(setup.rule)
    kept: dict[str, Any] = setup.choices.get("tags") or asdict(ALL_TAGS)
    tags = tuple(TagDefinition(**tag) for tag in kept["tags"])
    return TagChoice(kept["sync_all"], tags, kept["only_with_these"])


def save_choice(setup_id: int, choice: TagChoice, *, by: str) -> None:
    """Keeps a choice of tags that was checked: for the rule to come, or with the rule that was made at this moment."""
    with transaction.atomic():
        setup = RuleSetup.objects.select_for_update().get(pk=setup_id)
        if setup.rule_id is not None:
            save_tag_choice(setup.rule_id, choice, by=by)
            return
        setup.choices = {**setup.choices, "tags": asdict(choice)}
        setup.save(update_fields=["choices"])


def discard_setup(setup_id: int, *, by: str) -> None:
    """Drops an unfinished set-up, and its rule as long as that has never run. May be repeated."""
    with transaction.atomic():
        setup = RuleSetup.objects.select_for_update().filter(pk=setup_id, finished_at=None).first()
        if setup is None:
            return
        rule = setup.rule
        setup.delete()
        if rule is None or rule.enabled or rule.runs.exclude(kind=RunKind.PREVIEW).exists():
            return
        for run in rule.runs.filter(status__in=ACTIVE_STATUSES):
            cancel_run(run.pk, by=by)
        note_deletion(rule.name, "rule", by=by, source=ChangeSource.PORTAL)
        rule.delete()
