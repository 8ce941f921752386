"""A run that somebody stops: what the services have confirmed is recorded, and the next run goes on from there."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from sync.models import PreviewLink, RunStatus, SyncRun
from sync.services import watch
from sync.services.execution import execute_run
from sync.services.leases import RunActiveError, take_lease
from sync.services.processing import pipeline
from sync.services.runs import PICK_UP_SECONDS, cancel_run, claim_due_rules, request_retry, request_run
from tests.portal import Portal, assert_consistent
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run asks at every turn whether it was told to stop, so that no test waits for it."""
    monkeypatch.setattr(watch, "ASK_EVERY_SECONDS", 0.0)


class Gate:
    """Holds up the thread that comes to it first until it is opened."""

    def __init__(self, condition: Callable[[], bool] = lambda: True) -> None:
        self._condition = condition
        self._reached = Event()
        self._opened = Event()

    def show(self, run: SyncRun) -> None:
        """A run's progress, told in the run's thread each time something was recorded."""
        self.pass_through()

    def pass_through(self) -> None:
        if not self._opened.is_set() and self._condition():
            self._reached.set()
            assert self._opened.wait(PATIENCE_SECONDS)

    @contextmanager
    def stand_at(self) -> Iterator[None]:
        """From the moment on in which somebody has come to the gate; it is open afterwards."""
        try:
            assert self._reached.wait(PATIENCE_SECONDS)
            yield
        finally:
            self._opened.set()


@dataclass
class Elsewhere:
    """A thread that executes runs, as a worker does."""

    executor: ThreadPoolExecutor

    def execute(self, run: SyncRun, gate: Gate) -> "Future[SyncRun]":
        return self.executor.submit(execute_run, run.pk, gate)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with ThreadPoolExecutor(1) as executor:
        yield Elsewhere(executor)
        executor.submit(close_connection).result()


def close_connection() -> None:
    """That of the thread which calls."""
    connection.close()


def add_cards(sandbox: Sandbox, count: int) -> None:
    for number in range(count):
        minute, second = divmod(number, 60)
        sandbox.sansan.add_card(
            lastName="見本",
            firstName=f"太郎{number}",
            email=f"p{number}@sample.example",
            updatedTime=f"2026-01-01T00:{minute:02}:{second:02}+09:00",
        )


@pytest.fixture
def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """One batch after the other, each recorded at once."""
    monkeypatch.setattr(pipeline, "MOST_JOBS", 1)
    monkeypatch.setattr(pipeline, "MOST_UNRECORDED", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.counts_batches
@pytest.mark.usefixtures("at_once", "step_by_step")
def test_a_running_run_stops_and_the_next_one_goes_on(portal: Portal, elsewhere: Elsewhere) -> None:
    add_cards(portal.sandbox, 600)
    gate = Gate()
    run = request_run(portal.rule)
    execution = elsewhere.execute(run, gate)
    with gate.stand_at():
        told = cancel_run(run.pk, by="operator")
        assert (told.status, told.cancel_requested_by) == (RunStatus.RUNNING, "operator")
        with pytest.raises(RunActiveError):
            request_run(portal.rule)
    run = execution.result()

    written = len(portal.sandbox.hubspot.contacts())
    assert (run.status, run.error_code, run.lease_token) == (RunStatus.CANCELLED, "", None)
    assert 0 < written < 600
    assert run.created == run.seen == written == portal.rule.links.filter(state="in_sync").count()
    assert len(portal.logs(run=run, action="create")) == written

    following = portal.run_well()
    assert following.pk != run.pk
    assert following.created == 600 - written
    assert len(portal.sandbox.hubspot.contacts()) == 600
    assert_consistent(portal)


@pytest.mark.django_db(transaction=True)
@pytest.mark.counts_batches
@pytest.mark.usefixtures("at_once")
def test_what_is_under_way_is_waited_for_and_recorded(portal: Portal, elsewhere: Elsewhere) -> None:
    """Several batches are with HubSpot when the run is told to stop: none of their contacts is forgotten."""
    add_cards(portal.sandbox, 600)
    portal.sandbox.hubspot.set_latency(20, up_to=60)
    gate = Gate()
    run = request_run(portal.rule)
    execution = elsewhere.execute(run, gate)
    with gate.stand_at():
        cancel_run(run.pk, by="operator")
    run = execution.result()
    assert run.status == RunStatus.CANCELLED
    linked = set(portal.rule.links.exclude(hubspot_id="").values_list("hubspot_id", flat=True))
    assert linked == {contact_id for contact_id, _, _ in portal.sandbox.hubspot.written}
    assert run.created == len(linked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("at_once", "step_by_step")
def test_the_position_of_a_cancelled_run_is_kept(portal: Portal, elsewhere: Elsewhere) -> None:
    add_cards(portal.sandbox, 700)
    run = request_run(portal.rule)
    gate = Gate(lambda: SyncRun.objects.filter(pk=run.pk, position__isnull=False).exists())
    execution = elsewhere.execute(run, gate)
    with gate.stand_at():
        cancel_run(run.pk, by="operator")
    run = execution.result()
    portal.rule.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert run.position is not None
    assert portal.rule.watermark == run.position == run.watermark
    assert portal.run_well().kind == "incremental"
    assert portal.rule.links.filter(state="in_sync").count() == 700


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("at_once", "step_by_step")
def test_a_cancelled_preview_leaves_nothing_behind(portal: Portal, elsewhere: Elsewhere) -> None:
    add_cards(portal.sandbox, 600)
    gate = Gate(PreviewLink.objects.exists)
    run = request_run(portal.rule, dry_run=True)
    execution = elsewhere.execute(run, gate)
    with gate.stand_at():
        cancel_run(run.pk, by="operator")
    assert execution.result().status == RunStatus.CANCELLED
    portal.rule.refresh_from_db()
    assert (PreviewLink.objects.count(), portal.rule.links.count(), portal.rule.watermark) == (0, 0, None)
    assert portal.sandbox.hubspot.written == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("kind", "path"), [("status_500", "/properties"), ("status_429", "batch/create")])
def test_a_run_that_waits_for_a_service_stops_waiting(
    portal: Portal, elsewhere: Elsewhere, settings: Settings, kind: str, path: str
) -> None:
    add_cards(portal.sandbox, 5)
    gate = Gate()
    settings.CONNECTOR_OPTIONS |= {"sleep": lambda _seconds: gate.pass_through()}
    portal.sandbox.hubspot.add_fault(kind, path=path, times=None)
    run = request_run(portal.rule)
    execution = elsewhere.execute(run, gate)
    with gate.stand_at():
        cancel_run(run.pk, by="operator")
    assert execution.result().status == RunStatus.CANCELLED
    portal.sandbox.hubspot.clear_faults()
    assert portal.run_well().created == 5


def test_a_queued_run_ends_at_once_and_is_never_executed(portal: Portal, add_card) -> None:
    add_card()
    run = request_run(portal.rule)
    ended = cancel_run(run.pk, by="operator")
    assert (ended.status, ended.cancel_requested_by, ended.started_at) == (RunStatus.CANCELLED, "operator", None)
    assert ended.finished_at is not None
    assert execute_run(run.pk).status == RunStatus.CANCELLED
    assert portal.sandbox.sansan.requests == []
    assert portal.run_well().created == 1


def test_a_run_whose_process_is_gone_ends_at_once(portal: Portal, add_card) -> None:
    add_card()
    run = request_run(portal.rule)
    take_lease(run)
    lapsed = timezone.now() - timedelta(minutes=1)
    SyncRun.objects.filter(pk=run.pk).update(lease_holder="elsewhere", lease_expires_at=lapsed)
    ended = cancel_run(run.pk, by="operator")
    assert (ended.status, ended.lease_token, ended.finished_at) == (RunStatus.CANCELLED, None, lapsed)
    assert portal.run_well().pk != run.pk


@pytest.fixture
def orphan(portal: Portal) -> SyncRun:
    """A run that was told to stop while a process elsewhere worked on it, which died then."""
    run = request_run(portal.rule)
    take_lease(run)
    SyncRun.objects.filter(pk=run.pk).update(lease_holder="elsewhere")
    assert cancel_run(run.pk, by="operator").status == RunStatus.RUNNING
    lapsed = timezone.now() - timedelta(minutes=1)
    SyncRun.objects.filter(pk=run.pk).update(lease_token=uuid.uuid4(), lease_expires_at=lapsed)
    return run


def test_the_scheduler_sends_an_orphan_to_be_ended_not_to_be_done(portal: Portal, orphan: SyncRun, add_card) -> None:
    add_card()
    portal.change_rule(next_run_at=timezone.now() + timedelta(hours=1))
    later = timezone.now() + timedelta(seconds=PICK_UP_SECONDS)
    assert claim_due_rules(later) == [orphan.pk]
    assert execute_run(orphan.pk).status == RunStatus.CANCELLED
    assert portal.sandbox.sansan.requests == []
    assert claim_due_rules(later) == []


@pytest.mark.parametrize("ask", [request_run, request_retry])
def test_whoever_asks_for_a_run_gets_another_than_the_orphan(portal: Portal, orphan: SyncRun, ask) -> None:
    assert ask(portal.rule).pk != orphan.pk
    orphan.refresh_from_db()
    assert (orphan.status, orphan.error_code) == (RunStatus.CANCELLED, "")


def test_a_run_that_has_ended_stays_as_it_is(portal: Portal, add_card) -> None:
    add_card()
    run = portal.run_well()
    assert cancel_run(run.pk, by="operator").status == RunStatus.SUCCEEDED
    run.refresh_from_db()
    assert run.cancel_requested_at is None
