from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone, translation

from sync.models import (
    LinkState,
    LogAction,
    PreviewLink,
    RecordLink,
    RecordLog,
    RuleSetup,
    RunKind,
    RunStatus,
    SetupStep,
    SyncRun,
    TagSelection,
)
from sync.services.pausing import pause_rule
from tests.portal import Portal
from tests.sync.admin.locating import Post


@pytest.fixture(autouse=True)
def forget_language() -> Iterator[None]:
    """A page read in Japanese leaves the thread speaking it."""
    yield
    translation.deactivate()


@pytest.fixture
def filled(portal: Portal) -> Portal:
    """A rule with one of everything, as runs leave it."""
    rule = portal.rule
    run = SyncRun.objects.create(rule=rule, rule_name=rule.name, kind=RunKind.INITIAL, status=RunStatus.PARTIAL)
    SyncRun.objects.filter(pk=run.pk).update(seen=2, created=1, failed=1)
    place = {"sansan_id": "card-1", "name": "見本 太郎", "state": LinkState.FAILING, "reason_code": "INVALID_EMAIL"}
    RecordLink.objects.create(rule=rule, reason_detail={"value": "taro@@sample.example"}, **place)
    PreviewLink.objects.create(run=run, **place)
    RecordLog.objects.create(
        run=run,
        rule=rule,
        sansan_id="card-2",
        name="見本 花子",
        action=LogAction.UPDATE,
        changes={"jobtitle": ["係長", "<b>課長</b>"]},
        created_at=timezone.now(),
    )
    TagSelection.objects.create(rule=rule, position=1, tag_id="t1", name="VIP", type="shared")
    portal.add_filter("companyName", "contains", "株式会社")
    pause_rule(rule.pk, by="operator")
    RuleSetup.objects.create(started_by="administrator", step=SetupStep.TAGS, sansan_account=rule.sansan_account)
    return portal


@pytest.fixture
def post(admin_client: Client) -> Post:
    """Sends a form and gives the page one lands on."""

    def send(address: str, **fields: object) -> str:
        answer = admin_client.post(address, fields, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return send
