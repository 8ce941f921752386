"""Set-ups that somebody has begun and nobody has finished."""

from django.db.models import QuerySet

from sync.models import RuleSetup


def find_open_setups() -> QuerySet[RuleSetup]:
    """Newest first, with their rules and accounts; without the accounts' secrets."""
    related = ("rule", "sansan_account", "hubspot_account")
    secrets = ("sansan_account__credentials", "hubspot_account__credentials")
    return RuleSetup.objects.filter(finished_at=None).select_related(*related).defer(*secrets)
