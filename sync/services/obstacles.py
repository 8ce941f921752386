"""What keeps a rule from being run or put on the schedule, whoever asks for it."""

from django.utils.translation import gettext as _

from sync.models import ConnectedAccount, RuleSetup, SyncRule
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS, explain_direction


def find_obstacle(rule: SyncRule) -> str:
    """Why the rule can't run yet and what to do, as a sentence; empty when it can."""
    if rule.direction not in RUNNABLE_DIRECTIONS:
        return explain_direction(rule.direction)
    if RuleSetup.objects.filter(rule=rule, finished_at=None).exists():
        text = _("%(rule)s is still being set up: an administrator starts it in the last step of its set-up.")
        return text % {"rule": rule.name}
    for account_id in (rule.sansan_account_id, rule.hubspot_account_id):
        # Whether anything is stored, without opening it: an unreadable key is the run's to tell.
        account = ConnectedAccount.objects.filter(pk=account_id, credentials="").values_list("name", flat=True).first()
        if account is not None:
            text = _("Account '%(name)s' is not connected: it has no key. Enter one on the account's page.")
            return text % {"name": account}
    return ""
