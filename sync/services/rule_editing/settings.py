"""The plain settings of a rule: name, schedule, direction, matching, limits."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sync.models import ChangeSource, SyncRule
from sync.services.configuration.rules import RUNNABLE_DIRECTIONS
from sync.services.setting_history import edit_rule

SETTINGS = frozenset(
    {
        "name",
        "interval_minutes",
        "overlap_minutes",
        "direction",
        "matching",
        "conflict",
        "only_with_email",
    }
)


def explain_unrunnable(direction: str, *, is_enabled: bool) -> str:
    """Why a rule that is switched on can't have this direction; empty when it can."""
    if not is_enabled or direction in RUNNABLE_DIRECTIONS:
        return ""
    return _(
        "A rule in this direction can be kept, but not run yet. Pause the rule first, or choose Sansan → HubSpot."
    )


def save_settings(
    rule_id: int,
    values: Mapping[str, Any],
    *,
    by: str,
    revision: int | None = None,
    source: ChangeSource = ChangeSource.PORTAL,
) -> SyncRule:
    """Stores those of SETTINGS that `values` has; a shorter interval counts from now.

    Raises StaleRuleError as edit_rule does, ValueError for anything that is none of SETTINGS.
    """
    if unknown := values.keys() - SETTINGS:
        raise ValueError(f"not settings of a rule: {', '.join(sorted(unknown))}")
    with edit_rule(rule_id, by=by, source=source, revision=revision) as rule:
        for name, value in values.items():
            setattr(rule, name, value)
        changed = [*values, "updated_at"]
        if rule.enabled and rule.next_run_at and "interval_minutes" in values:
            latest = timezone.now() + timedelta(minutes=rule.interval_minutes)
            rule.next_run_at = min(rule.next_run_at, latest)
            changed.append("next_run_at")
        rule.save(update_fields=changed)
    return rule
