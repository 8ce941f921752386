"""One of each kind of thing that an address can name, as runs and people leave them."""

from dataclasses import asdict

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.utils import timezone

from sync.models import (
    ChangeSource,
    LinkState,
    LogAction,
    PreviewLink,
    RecordLink,
    RecordLog,
    RuleSetup,
    RunKind,
    RunStatus,
    SettingChange,
    SetupStep,
    SyncRun,
    TagSelection,
)
from sync.services.configuration.differences import Difference
from sync.services.setups.choices import choose_account, start_setup
from tests.portal import Portal


def make_things(portal: Portal) -> dict[str, Model]:
    """By the kinds that the table of rights speaks of: `rule`, `run`, …, and the administration's models."""
    rule = portal.rule
    run = SyncRun.objects.create(
        rule=rule,
        rule_name=rule.name,
        kind=RunKind.INITIAL,
        status=RunStatus.PARTIAL,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    SyncRun.objects.filter(pk=run.pk).update(seen=2, created=1, failed=1)
    place = {
        "sansan_id": "card-1",
        "name": "見本 太郎",
        "state": LinkState.FAILING,
        "reason_code": "INVALID_EMAIL",
        "reason_detail": {"value": "taro@@sample.example"},
    }
    record = RecordLink.objects.create(rule=rule, **place)
    preview = PreviewLink.objects.create(run=run, **place)
    log = RecordLog.objects.create(
        run=run,
        rule=rule,
        sansan_id="card-1",
        name="見本 太郎",
        action=LogAction.FAIL,
        reason_code="INVALID_EMAIL",
        reason_detail=place["reason_detail"],
        created_at=timezone.now(),
    )
    TagSelection.objects.create(rule=rule, position=1, tag_id="t1", name="VIP", type="shared")
    change = SettingChange.objects.create(
        changed_by="operator",
        source=ChangeSource.PORTAL,
        rule=rule,
        rule_revision=1,
        subject=rule.name,
        changes=[asdict(Difference("interval_minutes", "10", "5"))],
    )
    setup = start_setup(by="administrator")
    for account in (rule.sansan_account, rule.hubspot_account):
        setup = choose_account(setup.pk, account, by="administrator")
    RuleSetup.objects.filter(pk=setup.pk).update(step=SetupStep.REVIEW)
    return {
        "rule": rule,
        "run": run,
        "record": record,
        "account": rule.sansan_account,
        "setup": setup,
        "sync_syncrule": rule,
        "sync_syncrun": run,
        "sync_recordlink": record,
        "sync_previewlink": preview,
        "sync_recordlog": log,
        "sync_connectedaccount": rule.hubspot_account,
        "sync_settingchange": change,
        "sync_rulesetup": setup,
        "auth_user": User.objects.create_user("somebody"),
        "auth_group": Group.objects.first() or Group.objects.create(name="Group"),
    }
