"""A preview tells what a run would do, by the same engine, and writes nothing anywhere."""

import pytest

from sync.models import PreviewLink, RecordLink
from sync.selectors.runs import count_run
from sync.services.processing.drafting import read_email
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
