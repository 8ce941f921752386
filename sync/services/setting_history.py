"""Who changed which setting: every change of a rule or account goes through here, wherever it is made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from django.db import transaction
from django.db.models import F

from sync.models import ChangeSource, ConnectedAccount, SettingChange, SyncRule
from sync.services.configuration.definition import RuleDefinition, read_definition
from sync.services.configuration.differences import SECRET, Difference, list_differences

# What people set of an account beside its credentials.
ACCOUNT_SETTINGS = ("name", "requests_per_10_seconds")


class StaleRuleError(Exception):
    """Somebody else changed the rule since it was opened; `changes` are theirs, newest first."""

    def __init__(self, changes: Sequence[SettingChange]) -> None:
        super().__init__(", ".join(str(change) for change in changes))
        self.changes = tuple(changes)


@contextmanager
def edit_rule(
    rule_id: int, *, by: str, source: ChangeSource = ChangeSource.PORTAL, revision: int | None = None
) -> Iterator[SyncRule]:
    """The rule, locked until the end, to change it and its parts; what changed is noted, and all of it is saved or
    nothing.

    With `revision`, the one that a person has seen, raises StaleRuleError when the rule has moved on since.
    """
    with transaction.atomic():
        rule = SyncRule.objects.select_for_update().get(pk=rule_id)
        if revision is not None and revision != rule.revision:
            raise StaleRuleError(list(rule.setting_changes.filter(rule_revision__gt=revision)))
        before = read_definition(rule)
        yield rule
        # Read again: parts may be in the rule's memory as they were.
        note_rule_change(SyncRule.objects.get(pk=rule_id), before, by=by, source=source)


def note_rule_change(
    rule: SyncRule, before: RuleDefinition | None, *, by: str, source: ChangeSource
) -> SettingChange | None:
    """Notes what is another than before, None for a new rule, and counts the revision; nothing if nothing is."""
    after = read_definition(rule)
    differences = list_differences(before, after) if before else [Difference("name", new=rule.name)]
    if not differences:
        return None
    SyncRule.objects.filter(pk=rule.pk).update(revision=F("revision") + 1)
    rule.refresh_from_db(fields=["revision"])
    return SettingChange.objects.create(
        changed_by=by,
        source=source,
        rule=rule,
        rule_revision=rule.revision,
        subject=rule.name,
        changes=[asdict(difference) for difference in differences],
    )


def list_account_differences(
    before: ConnectedAccount | None, after: ConnectedAccount, *, new_credentials: bool = False
) -> list[Difference]:
    """What is another of an account than before, None for a new one; of credentials only that they are."""
    if before is None:
        return [Difference("account", new=after.name), Difference(SECRET)]
    old, new = ({name: str(getattr(one, name) or "") for name in ACCOUNT_SETTINGS} for one in (before, after))
    plain = [Difference(name, old[name], new[name]) for name in ACCOUNT_SETTINGS if old[name] != new[name]]
    return [*plain, *([Difference(SECRET)] if new_credentials else [])]


def note_account_change(
    account: ConnectedAccount, differences: Sequence[Difference], *, by: str, source: ChangeSource
) -> SettingChange | None:
    """Notes what changed of an account; of credentials only that they did (`Difference(SECRET)`)."""
    if not differences:
        return None
    return SettingChange.objects.create(
        changed_by=by,
        source=source,
        account=account if account.pk else None,
        subject=account.name,
        changes=[asdict(difference) for difference in differences],
    )


def note_deletion(subject: str, kind: str, *, by: str, source: ChangeSource) -> SettingChange:
    """Notes that a rule or an account (`kind`: "rule", "account") is gone."""
    gone = Difference(kind, old=subject)
    return SettingChange.objects.create(changed_by=by, source=source, subject=subject, changes=[asdict(gone)])
