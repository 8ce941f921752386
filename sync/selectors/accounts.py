"""Connected accounts, and what became of them."""

from django.db.models import Q, QuerySet

from sync.models import ConnectedAccount, SettingChange

LATEST_CHANGES = 10


def find_accounts() -> QuerySet[ConnectedAccount]:
    """All accounts without their secrets; `is_connected` says whether one is stored."""
    connected = ConnectedAccount.objects.annotate(is_connected=Q(credentials__gt=""))
    return connected.defer("credentials").order_by("provider", "name")


def list_account_changes(account: ConnectedAccount) -> list[SettingChange]:
    return list(account.setting_changes.order_by("-pk")[:LATEST_CHANGES])
