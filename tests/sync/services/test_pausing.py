"""Pausing and resuming change a setting, and are noted as such."""

from sync.models import ChangeSource, SettingChange
from sync.services.pausing import pause_rule, resume_rule
from tests.portal import Portal


def test_pausing_and_resuming_are_noted_once(portal: Portal) -> None:
    for _ in range(2):
        pause_rule(portal.rule.pk, by="operator")
    resume_rule(portal.rule.pk, by="admin", source=ChangeSource.ADMIN)
    notes = SettingChange.objects.order_by("pk").values_list("changed_by", "source", "subject")
    assert list(notes) == [("operator", "portal", portal.rule.name), ("admin", "admin", portal.rule.name)]
    portal.rule.refresh_from_db()
    assert portal.rule.enabled
    assert portal.rule.revision == 2
    assert portal.rule.next_run_at is not None
