"""An undo that HubSpot refuses in part, or that dies on the way: nothing is lost, nothing is done or counted twice."""

import pytest

from connectors.hubspot.client import HubSpotClient
from connectors.sandbox import Fault
from sync.models import RecordLog, RunStatus, SyncRun
from sync.services import watch
from sync.services.execution import execute_run
from sync.services.runs import cancel_run, request_undo
from sync.services.undoing.recording import UndoRecorder
from tests.faults.undo_steps import assert_next_runs_write_nothing, count, promote, title_of
from tests.portal import Portal

UPDATE = "batch/update"


@pytest.mark.parametrize("kind", ["reject_207", "reject_whole_batch"])
def test_one_refused_contact_does_not_keep_the_others(
    portal: Portal, chiefs: list[str], first_run: SyncRun, kind: str
) -> None:
    second = promote(portal, chiefs)
    refused = portal.link(chiefs[3]).hubspot_id
    match = {"id": refused}
    portal.sandbox.hubspot.add_fault(
        Fault(kind, path=UPDATE, times=None, match=match, code="INVALID_OPTION", property="jobtitle")
    )
    undo = portal.undo(second)
    assert (undo.status, count(undo)) == (RunStatus.PARTIAL, {"updated": 11, "failed": 1})
    [log] = portal.logs(chiefs[3], run=undo)
    assert (log.action, log.reason_code, title_of(portal, chiefs[3])) == ("fail", "UNKNOWN_OPTION", "部長")
    assert portal.link(chiefs[3]).state == "in_sync"
    portal.sandbox.hubspot.clear_faults()
    assert count(portal.undo(second)) == {"updated": 1, "unchanged": 11}


def test_a_contact_that_the_answer_leaves_out_is_looked_at_again(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    second = promote(portal, chiefs)
    applied, lost = (portal.link(card_id).hubspot_id for card_id in chiefs[:2])
    portal.sandbox.hubspot.add_fault(Fault("omit_answer", path=UPDATE, times=None, match={"id": applied}))
    portal.sandbox.hubspot.add_fault(Fault("omit", path=UPDATE, times=None, match={"id": lost}))
    undo = portal.undo(second)
    assert count(undo) == {"updated": 11, "failed": 1}
    assert (title_of(portal, chiefs[0]), title_of(portal, chiefs[1])) == ("課長", "部長")
    assert portal.logs(chiefs[1], run=undo)[0].reason_code == "NOT_APPLIED"


def test_a_property_that_is_gone_does_not_keep_the_others(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    portal.sandbox.hubspot.add_property(name="closing_note", label="Note", type="string", fieldType="text")
    portal.map("title", "closing_note")
    second = promote(portal, chiefs)
    portal.sandbox.hubspot.archive_property("closing_note")
    undo = portal.undo(second)
    assert count(undo) == {"updated": 12}
    assert {log.reason_code for log in portal.logs(run=undo)} == {"UNDO_PROPERTY_LOCKED"}
    assert {title_of(portal, card_id) for card_id in chiefs} == {"課長"}


def break_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """The process dies when it is about to record for the given time: what was sent is known to nobody."""
    calls = []

    def record(self, *args, **options):
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(self, *args, **options)

    original = UndoRecorder.record
    monkeypatch.setattr(UndoRecorder, "record", record)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.services.processing.batches.BATCH_SIZE", 5)


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("call", [1, 2, 3])
def test_an_interrupted_undo_is_continued(
    portal: Portal, chiefs: list[str], first_run: SyncRun, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = promote(portal, chiefs[:6])
    portal.undo(second)
    with monkeypatch.context() as patch:
        break_at(patch, call)
        with pytest.raises(KeyboardInterrupt):
            portal.undo(first_run)
    interrupted = SyncRun.objects.latest("pk")
    assert interrupted.status == "running"
    undo = portal.undo(first_run)
    assert (undo.pk, undo.status, count(undo)) == (interrupted.pk, "succeeded", {"archived": 12})
    assert portal.rule.links.filter(reason_code="RUN_UNDONE").count() == 12
    assert RecordLog.objects.filter(run=undo, action="archive").count() == 12
    assert_next_runs_write_nothing(portal)


@pytest.mark.usefixtures("small_portions")
def test_what_was_back_already_is_counted_once(
    portal: Portal, chiefs: list[str], first_run: SyncRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = promote(portal, chiefs)
    portal.undo(second)
    with monkeypatch.context() as patch:
        break_at(patch, 2)
        with pytest.raises(KeyboardInterrupt):
            portal.undo(second)
    assert count(portal.undo(second)) == {"unchanged": 12}


def test_a_portion_that_was_broken_off_is_counted_once(
    portal: Portal, chiefs: list[str], first_run: SyncRun, add_card, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_card(email="new@sample.example")
    second = promote(portal, chiefs)

    def die(*_inputs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(HubSpotClient, "archive_contacts", die)
        with pytest.raises(KeyboardInterrupt):
            portal.undo(second)
    assert SyncRun.objects.latest("pk").updated > 0
    undo = portal.undo(second)
    assert (undo.seen, count(undo)) == (13, {"archived": 1, "updated": 12})
    assert RecordLog.objects.filter(run=undo).count() == 13


@pytest.mark.usefixtures("small_portions")
def test_what_was_confirmed_before_an_outage_is_recorded(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    second = promote(portal, chiefs)
    portal.sandbox.hubspot.add_fault(Fault("status_429_daily", path=UPDATE, times=None, after=1))
    undo = execute_run(request_undo(second).pk)
    assert (undo.status, undo.error_code, undo.updated) == ("failed", "QUOTA_EXHAUSTED", 5)
    portal.sandbox.hubspot.clear_faults()
    assert count(portal.undo(second)) == {"updated": 7, "unchanged": 5}
    assert {title_of(portal, card_id) for card_id in chiefs} == {"課長"}


class Canceller:
    """Tells the run to stop as soon as something was recorded."""

    def show(self, run: SyncRun) -> None:
        cancel_run(run.pk, by="operator")


@pytest.mark.usefixtures("small_portions")
def test_a_cancelled_undo_keeps_what_it_did(
    portal: Portal, chiefs: list[str], first_run: SyncRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "ASK_EVERY_SECONDS", 0.0)
    second = promote(portal, chiefs)
    undo = execute_run(request_undo(second).pk, Canceller())
    assert (undo.status, count(undo)) == (RunStatus.CANCELLED, {"updated": 5})
    assert count(portal.undo(second)) == {"updated": 7, "unchanged": 5}
