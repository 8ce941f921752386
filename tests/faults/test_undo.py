"""Taking a run back: as far as nobody edited its records since, and never again by the next run."""

import pytest
from django.utils import timezone

from sync.models import RecordLog, SyncRun
from sync.services.leases import RunActiveError
from sync.services.runs import request_undo
from sync.services.undoing.refusals import UndoRefusedError
from tests.faults.undo_steps import assert_next_runs_write_nothing, count, promote, title_of
from tests.portal import Portal


def test_created_contacts_are_archived_and_not_created_again(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    contact = portal.link(chiefs[0]).hubspot_id
    undo = portal.undo(first_run)
    assert (undo.kind, undo.status, undo.undoes, count(undo)) == ("undo", "succeeded", first_run, {"archived": 12})
    assert portal.sandbox.hubspot.contacts() == []
    link = portal.link(chiefs[0])
    assert (link.state, link.reason_code, link.hubspot_id) == ("excluded", "RUN_UNDONE", "")
    assert link.reason_detail == {"contact": contact, "run": first_run.pk}
    [log] = portal.logs(chiefs[0], run=undo)
    assert (log.action, log.hubspot_id) == ("archive", contact)
    assert_next_runs_write_nothing(portal)


def test_an_archived_contact_comes_back_when_its_card_changes_or_somebody_re_runs_it(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    portal.undo(first_run)
    portal.sandbox.sansan.edit_card(chiefs[0], title="部長")
    assert portal.run_well().created == 1
    assert portal.retry(sansan_ids=[chiefs[1]]).created == 1
    assert [portal.link(card_id).state for card_id in chiefs[:3]] == ["in_sync", "in_sync", "excluded"]
    assert_next_runs_write_nothing(portal)


def test_changed_values_are_put_back_and_not_written_again(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    undo = portal.undo(promote(portal, chiefs))
    assert count(undo) == {"updated": 12}
    assert {title_of(portal, card_id) for card_id in chiefs} == {"課長"}
    [log] = portal.logs(chiefs[0], run=undo)
    assert (log.action, log.changes) == ("update", {"jobtitle": ["部長", "課長"]})
    assert portal.link(chiefs[0]).synced_values["jobtitle"] == "課長"
    assert_next_runs_write_nothing(portal)
    portal.sandbox.sansan.edit_card(chiefs[0], title="本部長")
    portal.run_well()
    assert title_of(portal, chiefs[0]) == "本部長"


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


def test_what_somebody_edited_since_stays(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    for card_id in chiefs:
        portal.sandbox.sansan.edit_card(card_id, tel="03-1111-2222")
    second = promote(portal, chiefs)
    portal.sandbox.hubspot.edit_contact(portal.link(chiefs[0]).hubspot_id, jobtitle="社長")
    undo = portal.undo(second)
    assert count(undo) == {"updated": 12}
    assert title_of(portal, chiefs[0]) == "社長"
    [log] = portal.logs(chiefs[0], run=undo)
    assert (log.action, log.reason_code, "jobtitle" in log.changes) == ("update", "UNDO_EDITED", False)
    assert log.reason_detail["left"] == {
        "jobtitle": {"code": "UNDO_EDITED", "wrote": "部長", "found": "社長", "before": "課長"}
    }


def test_a_created_contact_that_somebody_edited_stays_as_a_whole(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    portal.sandbox.hubspot.edit_contact(portal.link(chiefs[0]).hubspot_id, jobtitle="社長")
    # Of a property that the run did not write, it knows nothing.
    portal.sandbox.hubspot.edit_contact(portal.link(chiefs[1]).hubspot_id, lifecyclestage="customer")
    assert count(portal.undo(first_run)) == {"archived": 11, "excluded": 1}
    link = portal.link(chiefs[0])
    assert (link.state, portal.contact_of(chiefs[0])["jobtitle"]) == ("in_sync", "社長")


def test_what_a_later_run_wrote_stays_until_that_is_taken_back(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    second = promote(portal, chiefs[:2])
    undo = portal.undo(first_run)
    assert count(undo) == {"archived": 10, "excluded": 2}
    [log] = portal.logs(chiefs[0], run=undo)
    assert (log.action, log.reason_code, log.reason_detail["run"]) == ("exclude", "UNDO_WRITTEN_LATER", second.pk)
    assert title_of(portal, chiefs[0]) == "部長"
    portal.undo(second)
    assert count(portal.undo(first_run)) == {"archived": 2, "unchanged": 10}
    assert portal.sandbox.hubspot.contacts() == []
    assert_next_runs_write_nothing(portal)


def test_a_later_run_that_wrote_the_same_value_keeps_it(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    second = promote(portal, chiefs[:1])
    portal.sandbox.hubspot.edit_contact(portal.link(chiefs[0]).hubspot_id, jobtitle="社長")
    portal.sandbox.sansan.edit_card(chiefs[0], tel="03-1111-2222")
    portal.run_well()  # writes 部長 again
    [log] = portal.logs(chiefs[0], run=portal.undo(second))
    assert (log.action, log.reason_code, title_of(portal, chiefs[0])) == ("exclude", "UNDO_WRITTEN_LATER", "部長")


def test_deleted_and_merged_contacts_stay_as_they_are(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    second = promote(portal, chiefs)
    deleted, merged = (portal.link(card_id).hubspot_id for card_id in chiefs[:2])
    portal.sandbox.hubspot.archive_contact(deleted)
    other = portal.sandbox.hubspot.add_contact(email="other@sample.example")
    survivor = portal.sandbox.hubspot.merge_contacts(other, merged)
    undo = portal.undo(second)
    assert count(undo) == {"updated": 10, "excluded": 2}
    codes = {log.hubspot_id: (log.reason_code, log.reason_detail.get("survivor")) for log in portal.logs(run=undo)}
    assert codes[deleted] == ("UNDO_CONTACT_GONE", None)
    assert codes[merged] == ("UNDO_CONTACT_MERGED", survivor)
    assert count(portal.undo(first_run)) == {"archived": 10, "excluded": 2}
    assert [one["email"] for one in portal.sandbox.hubspot.contacts()] == ["other@sample.example"]


def test_a_created_contact_that_kept_its_id_in_a_merge_stays(
    portal: Portal, chiefs: list[str], first_run: SyncRun
) -> None:
    portal.sandbox.hubspot.keep_primary_id = True
    kept = portal.link(chiefs[0]).hubspot_id
    other = portal.sandbox.hubspot.add_contact(email="other@sample.example")
    assert portal.sandbox.hubspot.merge_contacts(kept, other) == kept
    assert count(portal.undo(first_run)) == {"archived": 11, "excluded": 1}
    assert portal.link(chiefs[0]).state == "in_sync"


def test_a_preview_writes_nothing(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    second = promote(portal, chiefs[:3])
    before = (list(portal.rule.links.order_by("pk").values()), portal.sandbox.hubspot.contacts())
    portal.sandbox.hubspot.forget_requests()
    preview = portal.undo(first_run, dry_run=True)
    assert count(preview) == {"archived": 9, "excluded": 3}
    assert count(portal.undo(second, dry_run=True)) == {"updated": 3}
    assert portal.sandbox.hubspot.writes == []
    assert (list(portal.rule.links.order_by("pk").values()), portal.sandbox.hubspot.contacts()) == before
    assert RecordLog.objects.filter(run=preview).count() == 12


def test_the_second_undo_has_nothing_to_do(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    second = promote(portal, chiefs)
    for run in (second, first_run):
        portal.undo(run)
        portal.sandbox.hubspot.forget_requests()
        again = portal.undo(run)
        assert (count(again), again.status) == ({"unchanged": 12}, "succeeded")
        assert portal.sandbox.hubspot.writes == []


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


def test_what_cannot_be_taken_back_is_refused(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    undo, preview = portal.undo(first_run), portal.run_well(dry_run=True)
    for run, code in ((undo, "UNDO"), (preview, "DRY_RUN")):
        with pytest.raises(UndoRefusedError) as caught:
            request_undo(run)
        assert caught.value.code == code
        assert str(caught.value)
    queued = SyncRun.objects.create(rule=portal.rule, rule_name="cards-to-contacts", kind="incremental")
    with pytest.raises(UndoRefusedError, match="not ended"):
        request_undo(queued)
    with pytest.raises(RunActiveError):
        request_undo(first_run)
    SyncRun.objects.filter(pk=queued.pk).update(status="cancelled", finished_at=timezone.now())
    assert request_undo(first_run).status == "queued"


def test_an_undo_does_without_sansan(portal: Portal, chiefs: list[str], first_run: SyncRun) -> None:
    account = portal.rule.sansan_account
    account.credentials = {}
    account.save()
    portal.sandbox.sansan.forget_requests()
    undo = portal.undo(first_run)
    assert (undo.archived, undo.requests_sansan, portal.sandbox.sansan.requests) == (12, 0, [])
    # Properties, contacts, archiving.
    assert undo.requests_hubspot >= 3
