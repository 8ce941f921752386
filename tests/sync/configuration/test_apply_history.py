"""What `apply` changes is noted, by whom, and from what to what."""

import getpass
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.models import SettingChange, SyncRule
from sync.services.configuration.applying import apply_plan
from sync.services.configuration.faults import ConfigurationError
from sync.services.configuration.planning import plan_configuration
from sync.services.setting_history import edit_rule
from sync.services.setting_words import tell_change
from tests.sync.configuration.conftest import Outcome, edit

Apply = Callable[..., Outcome]


def list_notes() -> list[tuple[str, str, str]]:
    """Who, where and of what, oldest first."""
    return list(SettingChange.objects.order_by("pk").values_list("changed_by", "source", "subject"))


def test_apply_notes_what_it_made_and_what_it_changed(apply: Apply) -> None:
    apply()
    person = getpass.getuser()
    assert list_notes() == [(person, "command", name) for name in ("Sansan HQ", "HubSpot", "cards-to-contacts")]
    apply()
    assert len(list_notes()) == 3
    apply(edit("interval_minutes: 10", "interval_minutes: 15"))
    change = SettingChange.objects.first()
    assert change is not None
    assert change.rule == SyncRule.objects.get()
    assert change.changes == [
        {"setting": "interval_minutes", "old": "10", "new": "15", "part": "", "field": ""},
    ]


def test_apply_keeps_secrets_to_itself(apply: Apply) -> None:
    apply()
    notes = str(list(SettingChange.objects.values()))
    assert "credentials" in notes
    for account in (rule := SyncRule.objects.get()).sansan_account, rule.hubspot_account:
        for secret in account.credentials.values():
            assert secret not in notes


def test_a_plan_does_not_replace_what_it_has_not_seen(apply: Apply, tmp_path: Path) -> None:
    apply()
    file = tmp_path / "config.yaml"
    file.write_text(edit("interval_minutes: 10", "interval_minutes: 15"), encoding="utf-8")
    plan = plan_configuration(file)
    rule = SyncRule.objects.get()
    with edit_rule(rule.pk, by="operator") as edited:
        edited.mappings.filter(hubspot_property="jobtitle").delete()
    with pytest.raises(ConfigurationError, match="changed by somebody else meanwhile"):
        apply_plan(plan, by="operator")
    rule.refresh_from_db()
    assert rule.interval_minutes == 10
    assert not rule.mappings.filter(hubspot_property="jobtitle").exists()
    change = rule.setting_changes.first()
    assert change is not None
    assert tell_change(change) == ["Field mappings: Job title → jobtitle was taken away"]
