"""Queues what is due: from inside, and as the command."""

import json
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.utils import timezone
from dramatiq import Message

from connectors.sandbox import Sandbox
from sync.management.schedule import Schedule
from sync.models import RunTrigger, SyncRule, SyncRun
from sync.services.runs import request_run
from tests.portal import Portal
from tests.sync.installation import Installation

CARD = {"lastName": "見本", "firstName": "太郎", "email": "taro@sample.example"}


def make_due(rule: SyncRule, minutes: int = 0) -> None:
    SyncRule.objects.filter(pk=rule.pk).update(next_run_at=timezone.now() - timedelta(minutes=minutes))


def test_a_due_rule_is_queued_once(portal: Portal, queued: list[Message]) -> None:
    make_due(portal.rule)
    schedule = Schedule()
    assert schedule.queue_due_runs() == 1
    run = SyncRun.objects.get(rule=portal.rule)
    assert run.trigger == RunTrigger.SCHEDULE
    assert [(message.actor_name, message.args) for message in queued] == [("run_sync_rule", (run.pk,))]
    assert schedule.queue_due_runs() == 0
    assert Schedule().queue_due_runs() == 0
    portal.rule.refresh_from_db()
    assert portal.rule.next_run_at is not None
    assert portal.rule.next_run_at > timezone.now() + timedelta(minutes=portal.rule.interval_minutes - 1)


@pytest.mark.parametrize("change", [{"enabled": False}, {"next_run_at": None}])
def test_other_rules_are_left_alone(portal: Portal, queued: list[Message], change: dict[str, object]) -> None:
    make_due(portal.rule)
    SyncRule.objects.filter(pk=portal.rule.pk).update(**change)
    assert Schedule().queue_due_runs() == 0
    assert queued == []


def test_a_rule_that_is_not_due_yet_waits(portal: Portal, queued: list[Message]) -> None:
    make_due(portal.rule, minutes=-1)
    assert Schedule().queue_due_runs() == 0


def test_a_lost_run_is_sent_again_but_not_on_every_look(portal: Portal, queued: list[Message]) -> None:
    run = request_run(portal.rule)
    SyncRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=10))
    schedule = Schedule()
    assert [schedule.queue_due_runs() for _ in range(3)] == [1, 0, 0]
    assert len(queued) == 1


def test_once_works_the_queue_off_without_redis(installation: Installation, sandbox: Sandbox) -> None:
    sandbox.sansan.add_card(**CARD)
    installation.connect(sandbox)
    assert "Due runs: 1" in installation.manage_well("scheduler", "--once")
    records = [
        json.loads(line)
        for line in installation.manage_well("list_records", "cards-to-contacts", "--json").splitlines()
    ]
    assert [(record["name"], record["state"]) for record in records] == [("見本 太郎", "in_sync")]
    assert sandbox.hubspot.contact_by(email="taro@sample.example") is not None
    assert "Due runs: 0" in installation.manage_well("scheduler", "--once")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_on_a_signal(installation: Installation, number: int) -> None:
    installation.manage_well("migrate", "--verbosity", "0")
    scheduler = installation.start("scheduler")
    scheduler.wait_for_line("The schedule is running.")
    assert scheduler.stop(number) == 0


def test_it_waits_for_a_database_that_is_away(installation: Installation) -> None:
    installation.manage_well("migrate", "--verbosity", "0")
    scheduler = installation.start("scheduler")
    scheduler.wait_for_line("The schedule is running.")
    with closing(sqlite3.connect(installation.folder / "installed.sqlite3", timeout=30)) as database:
        database.execute("ALTER TABLE sync_syncrule RENAME TO sync_away")
        database.commit()
    while "no such table" not in scheduler.wait_for_line(""):
        pass
    assert scheduler.process.poll() is None
    assert scheduler.stop(signal.SIGTERM) == 0
