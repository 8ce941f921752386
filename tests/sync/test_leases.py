"""One process works on a run; whoever was overtaken writes nothing any more."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sync.models import ConnectedAccount, PreviewLink, RunKind, RunStatus, SyncRule, SyncRun
from sync.services import execution, leases
from sync.services.execution import execute_run
from sync.services.leases import Lease, LeaseLostError, RunActiveError, is_holder_dead, name_holder, take_lease
from sync.services.runs import claim_due_rules, request_retry, request_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule() -> SyncRule:
    return SyncRule.objects.create(
        name="cards",
        sansan_account=ConnectedAccount.objects.create(name="S", provider="sansan"),
        hubspot_account=ConnectedAccount.objects.create(name="H", provider="hubspot"),
        enabled=True,
    )


def abandon(run: SyncRun, holder: str) -> None:
    take_lease(run)
    SyncRun.objects.filter(pk=run.pk).update(lease_holder=holder)


def dead_holder() -> str:
    """The name of a process that has been here and is gone."""
    code = (
        "import os,sys; sys.path.insert(0, os.getcwd()); os.environ['DJANGO_SETTINGS_MODULE']='config.settings';"
        "import django; django.setup(); from sync.services.leases import name_holder; print(name_holder())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_a_rule_has_one_active_run(rule: SyncRule) -> None:
    first = request_run(rule)
    with pytest.raises(RunActiveError) as refusal:
        request_run(rule)
    assert refusal.value.run == first
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(rule=rule, rule_name="cards", kind=RunKind.FULL)


def test_a_living_holder_is_left_alone(rule: SyncRule) -> None:
    run = request_run(rule)
    take_lease(run)
    assert not is_holder_dead(name_holder())
    with pytest.raises(RunActiveError):
        take_lease(SyncRun.objects.get(pk=run.pk))


def test_a_dead_holder_is_succeeded_at_once(rule: SyncRule) -> None:
    run = request_run(rule)
    abandon(run, dead_holder())
    assert request_run(rule) == run
    take_lease(SyncRun.objects.get(pk=run.pk))


def test_a_holder_elsewhere_is_waited_for_until_its_lease_lapses(rule: SyncRule) -> None:
    run = request_run(rule)
    abandon(run, f"another-machine/pid:[1] {os.getpid()} 1")
    with pytest.raises(RunActiveError):
        request_run(rule)
    SyncRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert request_run(rule) == run


def test_a_reused_process_number_is_not_the_holder() -> None:
    place, pid, _ = name_holder().split(" ")
    assert is_holder_dead(f"{place} {pid} 1")


def test_an_interrupted_run_is_never_continued_as_a_preview(rule: SyncRule) -> None:
    run = request_run(rule)
    abandon(run, dead_holder())
    preview = request_run(rule, dry_run=True)
    run.refresh_from_db()
    assert (preview.dry_run, run.status, run.error_code) == (True, RunStatus.FAILED, "RUN_INTERRUPTED")


def test_whoever_was_overtaken_owns_nothing(rule: SyncRule, monkeypatch: pytest.MonkeyPatch) -> None:
    run = request_run(rule)
    slow = take_lease(run)
    SyncRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    quick = take_lease(SyncRun.objects.get(pk=run.pk))
    assert not slow.own().exists()
    assert quick.own().exists()
    monkeypatch.setattr(leases, "RENEW_EVERY_SECONDS", 0)
    with pytest.raises(LeaseLostError):
        slow.renew()
    quick.renew()


def test_a_lease_with_a_strange_token_owns_nothing(rule: SyncRule) -> None:
    run = request_run(rule)
    take_lease(run)
    assert not Lease(run.pk, uuid.uuid4()).own().exists()


def test_due_rules_are_claimed_once_and_without_a_burst(rule: SyncRule) -> None:
    now = timezone.now()
    SyncRule.objects.update(next_run_at=now - timedelta(days=1))
    [run_id] = claim_due_rules(now)
    assert claim_due_rules(now) == []
    rule.refresh_from_db()
    assert rule.next_run_at == now + timedelta(minutes=rule.interval_minutes)
    assert SyncRun.objects.get(pk=run_id).trigger == "schedule"


def test_a_paused_rule_is_not_claimed(rule: SyncRule) -> None:
    SyncRule.objects.update(enabled=False, next_run_at=timezone.now() - timedelta(minutes=1))
    assert claim_due_rules(timezone.now()) == []


def test_runs_that_were_lost_on_the_way_are_sent_again(rule: SyncRule) -> None:
    run = request_retry(rule)
    later = timezone.now() + timedelta(minutes=2)
    assert claim_due_rules(later) == [run.pk]
    take_lease(run)
    assert claim_due_rules(later) == []
    SyncRun.objects.filter(pk=run.pk).update(lease_expires_at=later - timedelta(seconds=1))
    assert claim_due_rules(later) == [run.pk]


def lapse(run: SyncRun) -> None:
    SyncRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_an_interrupted_preview_is_only_continued_by_one_of_the_same_extent(rule: SyncRule) -> None:
    SyncRule.objects.update(watermark=timezone.now())
    rule.refresh_from_db()
    run = request_run(rule, dry_run=True)
    take_lease(run)
    PreviewLink.objects.create(run=run, sansan_id="a")
    lapse(run)
    full = request_run(rule, dry_run=True, full=True)
    assert (full != run, full.reads_everything) == (True, True)
    assert not PreviewLink.objects.exists(), "what the interrupted one believed is gone with it"


def test_ctrl_c_leaves_the_run_to_whoever_comes_next(rule: SyncRule, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_told_to_stop(_execution: object, _stack: object) -> None:
        raise KeyboardInterrupt

    run = request_run(rule)
    monkeypatch.setattr(execution._Execution, "_open", be_told_to_stop)
    with pytest.raises(KeyboardInterrupt):
        execute_run(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    assert request_run(rule) == run
    monkeypatch.undo()
    assert execute_run(run.pk).status == RunStatus.FAILED, "it is worked on again: the rule's keys are empty here"
    assert SyncRun.objects.count() == 1
