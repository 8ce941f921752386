"""Background jobs on the broker that is configured: in this process, or on Redis."""

import logging
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import dramatiq
import pytest
from django.db import connection
from django.utils import timezone
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from pytest_django.fixtures import Settings

from sync.actors import queue_run, run_sync_rule
from sync.broker import InProcessWorker, broker, build_broker
from sync.models import RunStatus, SyncRun
from sync.services.runs import claim_due_rules, request_run
from tests.portal import Portal, assert_consistent
from tests.waiting import wait_until

CARD = {"lastName": "見本", "firstName": "太郎", "email": "taro@sample.example"}


@contextmanager
def start_worker() -> Iterator[Worker]:
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    yield worker
    worker.stop(timeout=20_000)
    broker.middleware = [entry for entry in broker.middleware if getattr(entry, "worker", None) is not worker]


def test_a_job_executes_its_run_and_may_come_twice(portal: Portal) -> None:
    portal.sandbox.sansan.add_card(**CARD)
    run = request_run(portal.rule)
    run_sync_rule(run.pk)
    run.refresh_from_db()
    assert (run.status, run.created) == (RunStatus.SUCCEEDED, 1)
    requests = len(portal.sandbox.hubspot.requests)
    run_sync_rule(run.pk)
    assert len(portal.sandbox.hubspot.requests) == requests


def test_a_run_in_other_hands_is_left_alone(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    run = request_run(portal.rule)
    SyncRun.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING,
        lease_token=uuid.uuid4(),
        lease_holder="another-machine/pid 1 1",
        lease_expires_at=timezone.now() + timedelta(minutes=1),
    )
    with caplog.at_level(logging.INFO, logger="sync.actors"):
        run_sync_rule(run.pk)
    run.refresh_from_db()
    assert (run.status, run.lease_holder) == (RunStatus.RUNNING, "another-machine/pid 1 1")
    assert [record.levelname for record in caplog.records if record.name == "sync.actors"] == ["INFO"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_what_was_queued(portal: Portal) -> None:
    portal.sandbox.sansan.add_card(**CARD)
    run = request_run(portal.rule)
    with start_worker():
        queue_run(run.pk)
        wait_until(lambda: SyncRun.objects.filter(pk=run.pk, status=RunStatus.SUCCEEDED).exists())
    assert portal.sandbox.hubspot.contact_by(email="taro@sample.example") is not None


@pytest.mark.django_db(transaction=True)
def test_a_stopping_worker_leaves_a_run_that_another_one_finishes(portal: Portal) -> None:
    for number in range(5):
        portal.sandbox.sansan.add_card(**{**CARD, "email": f"taro{number}@sample.example"})
    run = request_run(portal.rule)
    portal.sandbox.hubspot.set_latency(300)
    with start_worker():
        queue_run(run.pk)
        wait_until(lambda: len(portal.sandbox.sansan.requests) > 0)
    broker.flush_all()
    portal.sandbox.hubspot.set_latency(0)
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    # Its process lives on in this test, so the lease has to lapse; a real worker's process is gone at once.
    SyncRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert claim_due_rules(timezone.now()) == [run.pk]
    run_sync_rule(run.pk)
    run.refresh_from_db()
    assert (run.status, run.seen) == (RunStatus.SUCCEEDED, 5)
    assert len(portal.sandbox.hubspot.contacts()) == 5
    assert_consistent(portal)


def test_an_unreachable_queue_loses_nothing(
    portal: Portal, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        monkeypatch.setattr(run_sync_rule, "broker", build_broker(settings.REDIS_URL))
        run = request_run(portal.rule)
        queue_run(run.pk)
    assert "could not be sent" in caplog.text
    assert run.pk in claim_due_rules(timezone.now() + timedelta(minutes=5))


@pytest.fixture
def lone_broker() -> StubBroker:
    built = build_broker("")
    assert isinstance(built, StubBroker)
    return built


def test_without_redis_whoever_queues_a_job_does_it(lone_broker: StubBroker) -> None:
    done: list[int] = []
    job = dramatiq.actor(broker=lone_broker, actor_name="note")(done.append)
    worker = InProcessWorker()
    lone_broker.add_middleware(worker)
    job.send(1)
    job.send(2)
    lone_broker.join("default", timeout=10_000)
    assert sorted(done) == [1, 2]
    worker.stop()
    job.send(3)
    assert lone_broker.queues["default"].qsize() == 1


@pytest.mark.django_db(transaction=True)
def test_no_message_inherits_a_database_connection(lone_broker: StubBroker) -> None:
    found_open: list[bool] = []

    def look() -> None:
        found_open.append(connection.connection is not None)
        connection.ensure_connection()

    job = dramatiq.actor(broker=lone_broker, actor_name="look")(look)
    worker = Worker(lone_broker, worker_threads=1, worker_timeout=50)
    worker.start()
    for _ in range(3):
        job.send()
    lone_broker.join("default", timeout=10_000)
    worker.stop(timeout=10_000)
    assert found_open == [False, False, False]


def test_redis_is_used_when_it_is_named() -> None:
    built = build_broker("redis://127.0.0.1:1/0", namespace="elsewhere")
    assert type(built).__name__ == "RedisBroker"
    assert built.namespace == "elsewhere"
