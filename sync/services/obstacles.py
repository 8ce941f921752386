"""What keeps a rule from being run or put on the schedule, whoever asks for it."""

from django.utils.translation import gettext as _

from sync.models import RuleSetup, SyncRule
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS, explain_direction


def find_obstacle(rule: SyncRule) -> str:
    """Why the rule can't run yet and what to do, as a sentence; empty when it can."""
    if rule.direction not in RUNNABLE_DIRECTIONS:
        return explain_direction(rule.direction)
    if RuleSetup.objects.filter(rule=rule, finished_at=None).exists():
        text = _("%(rule)s is still being set up: an administrator starts it in the last step of its set-up.")
        return text % {"rule": rule.name}
    return ""
