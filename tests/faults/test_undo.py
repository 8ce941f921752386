"""Taking a run back: as far as nobody edited its records since, and never again by the next run."""

import pytest
from django.utils import timezone

from connectors.sandbox import Fault
from sync.models import RecordLog, RunStatus, SyncRun
from sync.services.execution import execute_run
from sync.services.leases import RunActiveError
from sync.services.runs import request_undo
from sync.services.undoing.recording import UndoRecorder
from sync.services.undoing.refusals import UndoRefusedError
from tests.portal import Portal, assert_consistent

ARCHIVE, UPDATE, READ = "batch/archive", "batch/update", "batch/read"


@pytest.fixture
def people(add_card) -> list[str]:
    return [add_card(email=f"p{number}@sample.example", title="課長") for number in range(12)]


@pytest.fixture
def first(portal: Portal, people: list[str]) -> SyncRun:
    """The run that created all contacts."""
    return portal.run_well()


def promote(portal: Portal, people: list[str]) -> SyncRun:
    """A run that changed the title of all contacts."""
    for card_id in people:
        portal.sandbox.sansan.edit_card(card_id, title="部長")
    return portal.run_well()


def count(run: SyncRun) -> dict[str, int]:
    names = ("archived", "updated", "unchanged", "excluded", "failed")
    return {name: number for name in names if (number := getattr(run, name))}


def title_of(portal: Portal, card_id: str) -> str:
    return portal.contact_of(card_id)["jobtitle"]


def assert_next_runs_write_nothing(portal: Portal) -> None:
    portal.sandbox.hubspot.forget_requests()
    for full in (False, True):
        run = portal.run_well(full=full)
        assert (run.created, run.updated, portal.sandbox.hubspot.writes) == (0, 0, [])
    assert_consistent(portal)


def test_created_contacts_are_archived_and_not_created_again(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    contact = portal.link(people[0]).hubspot_id
    undo = portal.undo(first)
    assert (undo.kind, undo.status, undo.undoes, count(undo)) == ("undo", "succeeded", first, {"archived": 12})
    assert portal.sandbox.hubspot.contacts() == []
    link = portal.link(people[0])
    assert (link.state, link.reason_code, link.hubspot_id) == ("excluded", "RUN_UNDONE", "")
    assert link.reason_detail == {"contact": contact, "run": first.pk}
    [log] = portal.logs(people[0], run=undo)
    assert (log.action, log.hubspot_id) == ("archive", contact)
    assert_next_runs_write_nothing(portal)


def test_an_archived_contact_comes_back_when_its_card_changes_or_somebody_re_runs_it(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    portal.undo(first)
    portal.sandbox.sansan.edit_card(people[0], title="部長")
    assert portal.run_well().created == 1
    assert portal.retry(sansan_ids=[people[1]]).created == 1
    assert [portal.link(card_id).state for card_id in people[:3]] == ["in_sync", "in_sync", "excluded"]
    assert_next_runs_write_nothing(portal)


def test_changed_values_are_put_back_and_not_written_again(portal: Portal, people: list[str], first: SyncRun) -> None:
    undo = portal.undo(promote(portal, people))
    assert count(undo) == {"updated": 12}
    assert {title_of(portal, card_id) for card_id in people} == {"課長"}
    [log] = portal.logs(people[0], run=undo)
    assert (log.action, log.changes) == ("update", {"jobtitle": ["部長", "課長"]})
    assert portal.link(people[0]).synced_values["jobtitle"] == "課長"
    assert_next_runs_write_nothing(portal)
    portal.sandbox.sansan.edit_card(people[0], title="本部長")
    portal.run_well()
    assert title_of(portal, people[0]) == "本部長"


def test_a_value_that_was_empty_before_is_emptied(portal: Portal, add_card) -> None:
    contact = portal.sandbox.hubspot.add_contact(email="taro@sample.example", firstname="太郎")
    add_card(title="課長")
    run = portal.run_well()
    assert (run.updated, portal.sandbox.hubspot.contact(contact)["jobtitle"]) == (1, "課長")
    assert count(portal.undo(run)) == {"updated": 1}
    after = portal.sandbox.hubspot.contact(contact)
    assert {"jobtitle", "sansan_card_id"}.isdisjoint(name for name, value in after.items() if value)
    assert after["firstname"] == "太郎"
    assert_next_runs_write_nothing(portal)


def test_what_somebody_edited_since_stays(portal: Portal, people: list[str], first: SyncRun) -> None:
    for card_id in people:
        portal.sandbox.sansan.edit_card(card_id, tel="03-1111-2222")
    second = promote(portal, people)
    portal.sandbox.hubspot.edit_contact(portal.link(people[0]).hubspot_id, jobtitle="社長")
    undo = portal.undo(second)
    assert count(undo) == {"updated": 12}
    assert title_of(portal, people[0]) == "社長"
    [log] = portal.logs(people[0], run=undo)
    assert (log.action, log.reason_code, "jobtitle" in log.changes) == ("update", "UNDO_EDITED", False)
    assert log.reason_detail["left"] == {
        "jobtitle": {"code": "UNDO_EDITED", "wrote": "部長", "found": "社長", "before": "課長"}
    }


def test_a_created_contact_that_somebody_edited_stays_as_a_whole(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    portal.sandbox.hubspot.edit_contact(portal.link(people[0]).hubspot_id, jobtitle="社長")
    # Of a property that the run did not write, it knows nothing.
    portal.sandbox.hubspot.edit_contact(portal.link(people[1]).hubspot_id, lifecyclestage="customer")
    assert count(portal.undo(first)) == {"archived": 11, "excluded": 1}
    link = portal.link(people[0])
    assert (link.state, portal.contact_of(people[0])["jobtitle"]) == ("in_sync", "社長")


def test_what_a_later_run_wrote_stays_until_that_is_taken_back(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    second = promote(portal, people[:2])
    undo = portal.undo(first)
    assert count(undo) == {"archived": 10, "excluded": 2}
    [log] = portal.logs(people[0], run=undo)
    assert (log.action, log.reason_code, log.reason_detail["run"]) == ("exclude", "UNDO_WRITTEN_LATER", second.pk)
    assert title_of(portal, people[0]) == "部長"
    portal.undo(second)
    assert count(portal.undo(first)) == {"archived": 2, "unchanged": 10}
    assert portal.sandbox.hubspot.contacts() == []
    assert_next_runs_write_nothing(portal)


def test_a_later_run_that_wrote_the_same_value_keeps_it(portal: Portal, people: list[str], first: SyncRun) -> None:
    second = promote(portal, people[:1])
    portal.sandbox.hubspot.edit_contact(portal.link(people[0]).hubspot_id, jobtitle="社長")
    portal.sandbox.sansan.edit_card(people[0], tel="03-1111-2222")
    portal.run_well()  # writes 部長 again
    [log] = portal.logs(people[0], run=portal.undo(second))
    assert (log.action, log.reason_code, title_of(portal, people[0])) == ("exclude", "UNDO_WRITTEN_LATER", "部長")


def test_deleted_and_merged_contacts_stay_as_they_are(portal: Portal, people: list[str], first: SyncRun) -> None:
    second = promote(portal, people)
    deleted, merged = (portal.link(card_id).hubspot_id for card_id in people[:2])
    portal.sandbox.hubspot.archive_contact(deleted)
    other = portal.sandbox.hubspot.add_contact(email="other@sample.example")
    survivor = portal.sandbox.hubspot.merge_contacts(other, merged)
    undo = portal.undo(second)
    assert count(undo) == {"updated": 10, "excluded": 2}
    codes = {log.hubspot_id: (log.reason_code, log.reason_detail.get("survivor")) for log in portal.logs(run=undo)}
    assert codes[deleted] == ("UNDO_CONTACT_GONE", None)
    assert codes[merged] == ("UNDO_CONTACT_MERGED", survivor)
    assert count(portal.undo(first)) == {"archived": 10, "excluded": 2}
    assert [one["email"] for one in portal.sandbox.hubspot.contacts()] == ["other@sample.example"]


def test_a_created_contact_that_kept_its_id_in_a_merge_stays(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    portal.sandbox.hubspot.keep_primary_id = True
    kept = portal.link(people[0]).hubspot_id
    other = portal.sandbox.hubspot.add_contact(email="other@sample.example")
    assert portal.sandbox.hubspot.merge_contacts(kept, other) == kept
    assert count(portal.undo(first)) == {"archived": 11, "excluded": 1}
    assert portal.link(people[0]).state == "in_sync"


@pytest.mark.parametrize("kind", ["reject_207", "reject_whole_batch"])
def test_one_refused_contact_does_not_keep_the_others(
    portal: Portal, people: list[str], first: SyncRun, kind: str
) -> None:
    second = promote(portal, people)
    refused = portal.link(people[3]).hubspot_id
    match = {"id": refused}
    portal.sandbox.hubspot.add_fault(
        Fault(kind, path=UPDATE, times=None, match=match, code="INVALID_OPTION", property="jobtitle")
    )
    undo = portal.undo(second)
    assert (undo.status, count(undo)) == (RunStatus.PARTIAL, {"updated": 11, "failed": 1})
    [log] = portal.logs(people[3], run=undo)
    assert (log.action, log.reason_code, title_of(portal, people[3])) == ("fail", "UNKNOWN_OPTION", "部長")
    assert portal.link(people[3]).state == "in_sync"
    portal.sandbox.hubspot.clear_faults()
    assert count(portal.undo(second)) == {"updated": 1, "unchanged": 11}


def test_a_contact_that_the_answer_leaves_out_is_looked_at_again(
    portal: Portal, people: list[str], first: SyncRun
) -> None:
    second = promote(portal, people)
    applied, lost = (portal.link(card_id).hubspot_id for card_id in people[:2])
    portal.sandbox.hubspot.add_fault(Fault("omit_answer", path=UPDATE, times=None, match={"id": applied}))
    portal.sandbox.hubspot.add_fault(Fault("omit", path=UPDATE, times=None, match={"id": lost}))
    undo = portal.undo(second)
    assert count(undo) == {"updated": 11, "failed": 1}
    assert (title_of(portal, people[0]), title_of(portal, people[1])) == ("課長", "部長")
    assert portal.logs(people[1], run=undo)[0].reason_code == "NOT_APPLIED"


def test_a_property_that_is_gone_does_not_keep_the_others(portal: Portal, people: list[str], first: SyncRun) -> None:
    portal.sandbox.hubspot.add_property(name="closing_note", label="Note", type="string", fieldType="text")
    portal.map("title", "closing_note")
    second = promote(portal, people)
    portal.sandbox.hubspot.archive_property("closing_note")
    undo = portal.undo(second)
    assert count(undo) == {"updated": 12}
    assert {log.reason_code for log in portal.logs(run=undo)} == {"UNDO_PROPERTY_LOCKED"}
    assert {title_of(portal, card_id) for card_id in people} == {"課長"}


def test_a_preview_writes_nothing(portal: Portal, people: list[str], first: SyncRun) -> None:
    second = promote(portal, people[:3])
    before = (list(portal.rule.links.order_by("pk").values()), portal.sandbox.hubspot.contacts())
    portal.sandbox.hubspot.forget_requests()
    preview = portal.undo(first, dry_run=True)
    assert count(preview) == {"archived": 9, "excluded": 3}
    assert count(portal.undo(second, dry_run=True)) == {"updated": 3}
    assert portal.sandbox.hubspot.writes == []
    assert (list(portal.rule.links.order_by("pk").values()), portal.sandbox.hubspot.contacts()) == before
    assert RecordLog.objects.filter(run=preview).count() == 12


def test_the_second_undo_has_nothing_to_do(portal: Portal, people: list[str], first: SyncRun) -> None:
    second = promote(portal, people)
    for run in (second, first):
        portal.undo(run)
        portal.sandbox.hubspot.forget_requests()
        again = portal.undo(run)
        assert (count(again), again.status) == ({"unchanged": 12}, "succeeded")
        assert portal.sandbox.hubspot.writes == []


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
    portal: Portal, people: list[str], first: SyncRun, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = promote(portal, people[:6])
    portal.undo(second)
    with monkeypatch.context() as patch:
        break_at(patch, call)
        with pytest.raises(KeyboardInterrupt):
            portal.undo(first)
    interrupted = SyncRun.objects.latest("pk")
    assert interrupted.status == "running"
    undo = portal.undo(first)
    assert (undo.pk, undo.status, count(undo)) == (interrupted.pk, "succeeded", {"archived": 12})
    assert portal.rule.links.filter(reason_code="RUN_UNDONE").count() == 12
    assert RecordLog.objects.filter(run=undo, action="archive").count() == 12
    assert_next_runs_write_nothing(portal)


@pytest.mark.usefixtures("small_portions")
def test_what_was_confirmed_before_an_outage_is_recorded(portal: Portal, people: list[str], first: SyncRun) -> None:
    second = promote(portal, people)
    portal.sandbox.hubspot.add_fault(Fault("status_429_daily", path=UPDATE, times=None, after=1))
    undo = execute_run(request_undo(second).pk)
    assert (undo.status, undo.error_code, undo.updated) == ("failed", "QUOTA_EXHAUSTED", 5)
    portal.sandbox.hubspot.clear_faults()
    assert count(portal.undo(second)) == {"updated": 7, "unchanged": 5}
    assert {title_of(portal, card_id) for card_id in people} == {"課長"}


def test_an_address_that_moved_between_contacts_goes_back(portal: Portal, add_card) -> None:
    one, two = add_card(email="one@sample.example"), add_card(email="two@sample.example")
    portal.run_well()
    portal.sandbox.sansan.edit_card(one, email="three@sample.example")
    second = portal.run_well()
    portal.sandbox.sansan.edit_card(two, email="one@sample.example")
    third = portal.run_well()
    for run in (third, second):
        undo = portal.undo(run)
        assert count(undo) == {"updated": 1}
    assert portal.contact_of(one)["email"] == "one@sample.example"
    assert portal.contact_of(two)["email"] == "two@sample.example"


def test_what_cannot_be_taken_back_is_refused(portal: Portal, people: list[str], first: SyncRun) -> None:
    undo, preview = portal.undo(first), portal.run_well(dry_run=True)
    for run, code in ((undo, "UNDO"), (preview, "DRY_RUN")):
        with pytest.raises(UndoRefusedError) as caught:
            request_undo(run)
        assert caught.value.code == code
        assert str(caught.value)
    queued = SyncRun.objects.create(rule=portal.rule, rule_name="cards-to-contacts", kind="incremental")
    with pytest.raises(UndoRefusedError, match="not ended"):
        request_undo(queued)
    with pytest.raises(RunActiveError):
        request_undo(first)
    SyncRun.objects.filter(pk=queued.pk).update(status="cancelled", finished_at=timezone.now())
    assert request_undo(first).status == "queued"
