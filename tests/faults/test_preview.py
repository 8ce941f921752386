"""A preview tells what a run would do, by the same engine, and writes nothing anywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sync.models import PreviewLink, RecordLink, SyncRun
from sync.selectors.runs import count_run
from sync.services.execution import execute_run
from sync.services.leases import take_lease
from sync.services.processing.drafting import read_email
from sync.services.runs import request_run
from tests.portal import Portal


def freeze(portal: Portal) -> tuple[object, ...]:
    links = list(RecordLink.objects.order_by("pk").values())
    portal.rule.refresh_from_db()
    return links, portal.rule.watermark, portal.sandbox.hubspot.contacts(), portal.properties()


@pytest.mark.parametrize("sandbox", [700], indirect=True)
def test_a_preview_says_what_the_run_then_does(portal: Portal) -> None:
    addresses = {read_email(card["email"] or "")[0] for card in portal.sandbox.sansan.cards()[::9]}
    for address in sorted(addresses - {""}):
        if not address.endswith(".con"):
            portal.sandbox.hubspot.add_contact(email=address)
    before = freeze(portal)
    preview = portal.run_well(dry_run=True)
    assert freeze(portal) == before
    assert portal.sandbox.hubspot.written == []
    assert (preview.kind, preview.dry_run, PreviewLink.objects.count()) == ("preview", True, 0)
    real = portal.run_well()
    told, done = count_run(preview), count_run(real)
    assert {**told, "failed": 0, "created": 0} == {**done, "failed": 0, "created": 0}
    # Only HubSpot itself knows which top-level domains it refuses.
    refused = portal.rule.links.filter(reason_code="INVALID_EMAIL", email__gt="").count()
    assert (told["created"] - done["created"], done["failed"] - told["failed"]) == (refused, refused)


def test_a_preview_shows_each_change_with_old_and_new(portal: Portal, add_card) -> None:
    card_id = add_card(title="課長")
    portal.run_well()
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    before = freeze(portal)
    preview = portal.run_well(dry_run=True)
    [log] = portal.logs(card_id, run=preview)
    assert (log.action, log.changes) == ("update", {"jobtitle": ["課長", "部長"]})
    assert freeze(portal) == before


def test_a_full_preview_tells_of_vanished_cards(portal: Portal, add_card) -> None:
    card_id = add_card()
    portal.run_well()
    portal.sandbox.sansan.delete_card(card_id)
    before = freeze(portal)
    preview = portal.run_well(dry_run=True, full=True)
    assert [log.reason_code for log in portal.logs(card_id, run=preview)] == ["CARD_VANISHED"]
    assert freeze(portal) == before


def test_each_card_appears_once_in_a_preview(portal: Portal, add_card) -> None:
    older = add_card(exchangeDate="2026-01-01", updatedTime="2026-01-01T00:00:00+09:00")
    for number in range(310):
        add_card(email=f"p{number}@sample.example", updatedTime="2026-02-01T00:00:00+09:00")
    newer = add_card(exchangeDate="2026-03-01", updatedTime="2026-03-01T00:00:00+09:00")
    preview = portal.run_well(dry_run=True)
    assert (preview.created, preview.excluded) == (311, 1)
    assert [log.action for log in portal.logs(older, superseded=False)] == ["exclude"]
    assert [log.action for log in portal.logs(newer, superseded=False)] == ["create"]


def preview_sample(portal: Portal, size: int) -> SyncRun:
    run = execute_run(request_run(portal.rule, full=True, dry_run=True, sample=size).pk)
    assert not run.error_code, (run.error_code, run.error_detail)
    return run


def test_a_preview_of_a_sample_looks_at_the_newest_cards_only(portal: Portal, add_card) -> None:
    card_ids = [
        add_card(email=f"p{number}@sample.example", updatedTime=f"2026-02-{number:02}T00:00:00+09:00")
        for number in range(1, 21)
    ]
    portal.run_well()
    edited = card_ids[3:8]
    for card_id in edited:
        portal.sandbox.sansan.edit_card(card_id, title="部長")
    portal.sandbox.sansan.delete_card(card_ids[0])
    before = freeze(portal)
    portal.sandbox.sansan.forget_requests()
    preview = preview_sample(portal, 4)
    assert freeze(portal) == before
    assert count_run(preview) == {"seen": 4, "created": 0, "updated": 4, "unchanged": 0, "excluded": 0, "failed": 0}
    shown = {log.sansan_id for log in portal.logs(run=preview)}
    assert len(shown) == 4
    assert shown < set(edited)
    assert (preview.position, PreviewLink.objects.count()) == (None, 0)
    assert sum("bizCards" in seen.path for seen in portal.sandbox.sansan.requests) == 1


def test_a_sample_larger_than_all_there_is_says_what_the_run_then_does(portal: Portal, add_card) -> None:
    for number in range(5):
        add_card(email=f"p{number}@sample.example")
    add_card(email="")
    before = freeze(portal)
    told = count_run(preview_sample(portal, 100))
    assert freeze(portal) == before
    assert told == count_run(portal.run_well())


def test_an_interrupted_sample_is_not_taken_for_a_whole_preview(portal: Portal, add_card) -> None:
    add_card()
    sample = request_run(portal.rule, dry_run=True, sample=1)
    take_lease(sample)
    lapsed = timezone.now() - timedelta(minutes=1)
    SyncRun.objects.filter(pk=sample.pk).update(lease_holder="elsewhere", lease_expires_at=lapsed)
    assert request_run(portal.rule, dry_run=True, sample=1) == sample
    whole = request_run(portal.rule, dry_run=True)
    assert (whole.pk != sample.pk, whole.selection) == (True, {})
