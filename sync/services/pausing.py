"""Takes rules off the schedule and puts them back."""

from django.utils import timezone

from sync.models import SyncRule


def pause_rule(rule: SyncRule) -> None:
    """Nothing is started by schedule any more; a run that is under way ends as usual."""
    SyncRule.objects.filter(pk=rule.pk).update(enabled=False)


def resume_rule(rule: SyncRule) -> None:
    """Puts the rule back on the schedule, due at once."""
    SyncRule.objects.filter(pk=rule.pk).update(enabled=True, next_run_at=timezone.now())
