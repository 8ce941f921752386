"""What people do with accounts: connect one, replace its key, disconnect it. Every change is noted."""

from django.db import transaction
from django.db.models import Q, QuerySet

from sync.models import ACTIVE_STATUSES, ChangeSource, ConnectedAccount, SyncRule, SyncRun
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import AccountReport, remember_report
from sync.services.configuration.differences import Difference
from sync.services.runs import cancel_run
from sync.services.setting_history import (
    ACCOUNT_SETTINGS,
    edit_rule,
    list_account_differences,
    note_account_change,
)

CONNECTED = "connected"


def store_account(
    account: ConnectedAccount, report: AccountReport | None, *, by: str, source: ChangeSource = ChangeSource.PORTAL
) -> None:
    """Saves an account whose fields and credentials were checked; `report` is what the service said of a new key,
    None when the key stays."""
    with transaction.atomic():
        stored = ConnectedAccount.objects.select_for_update().defer("credentials").filter(pk=account.pk).first()
        if stored is None:
            account.save(force_insert=True)
        else:
            account.save(update_fields=[*ACCOUNT_SETTINGS, *(["credentials"] if report else []), "updated_at"])
        if report:
            remember_report(account, report)
        differences = list_account_differences(stored, account, new_credentials=report is not None)
        note_account_change(account, differences, by=by, source=source)


def find_same_account(account: ConnectedAccount) -> ConnectedAccount | None:
    """The stored account that has this one's name and key already, as after a double click."""
    twin = ConnectedAccount.objects.filter(name=account.name, provider=account.provider).first()
    try:
        return twin if twin and account.credentials and twin.credentials == account.credentials else None
    except CredentialsUnreadableError:
        return None


def find_rules_of(account: ConnectedAccount) -> QuerySet[SyncRule]:
    """The rules that read from the account or write to it."""
    return SyncRule.objects.filter(Q(sansan_account=account) | Q(hubspot_account=account))


def disconnect_account(account_id: int, *, by: str, source: ChangeSource = ChangeSource.PORTAL) -> list[SyncRule]:
    """Erases an account's credentials, pauses the rules that use it and stops their runs; gives those rules.

    Links stay, and whose key it was: entering a key of the same owner goes on where it stopped. May be repeated.
    """
    with transaction.atomic():
        account = ConnectedAccount.objects.select_for_update().defer("credentials").get(pk=account_id)
        paused = list(find_rules_of(account).filter(enabled=True))
        for rule in paused:
            with edit_rule(rule.pk, by=by, source=source) as locked:
                locked.enabled = False
                locked.save(update_fields=["enabled", "updated_at"])
        for run in SyncRun.objects.filter(rule__in=find_rules_of(account), status__in=ACTIVE_STATUSES):
            cancel_run(run.pk, by=by)
        if has_credentials(account):
            ConnectedAccount.objects.filter(pk=account_id).update(credentials={})
            account.missing_scopes, account.checked_at = [], None
            account.save(update_fields=["missing_scopes", "checked_at", "updated_at"])
            note_account_change(account, [Difference(CONNECTED, "true", "false")], by=by, source=source)
    return paused


def has_credentials(account: ConnectedAccount) -> bool:
    """Whether a key or token is stored, be it one that can't be decrypted any more."""
    return ConnectedAccount.objects.filter(pk=account.pk).exclude(credentials="").exists()
