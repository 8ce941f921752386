"""Takes rules off the schedule and puts them back."""

from django.utils import timezone

from sync.models import ChangeSource
from sync.services.setting_history import edit_rule


def pause_rule(rule_id: int, *, by: str, source: ChangeSource = ChangeSource.PORTAL) -> None:
    """Nothing is started by schedule any more; a run that is under way ends as usual."""
    with edit_rule(rule_id, by=by, source=source) as rule:
        rule.enabled = False
        rule.save(update_fields=["enabled", "updated_at"])


def resume_rule(rule_id: int, *, by: str, source: ChangeSource = ChangeSource.PORTAL) -> None:
    """Puts the rule back on the schedule, due at once."""
    with edit_rule(rule_id, by=by, source=source) as rule:
        rule.enabled = True
        rule.next_run_at = timezone.now()
        rule.save(update_fields=["enabled", "next_run_at", "updated_at"])
