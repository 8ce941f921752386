"""`undo_run`, as people and scripts use it."""

import json

from tests.faults.test_commands import call
from tests.portal import Portal


def test_an_undo_prints_one_json_object_with_what_it_left(portal: Portal, add_card) -> None:
    kept, taken = add_card(title="課長"), add_card(email="jiro@sample.example", firstName="次郎")
    run = portal.run_well()
    contact = portal.link(kept).hubspot_id
    portal.sandbox.hubspot.edit_contact(contact, jobtitle="社長")
    for options, state in ((["--dry-run"], "in_sync"), ([], "excluded")):
        status, out = call("undo_run", str(run.pk), "--json", *options)
        summary = json.loads(out)
        assert (status, summary["kind"], summary["dry_run"]) == (0, "undo", bool(options))
        assert summary["counts"] == {
            "seen": 2, "created": 0, "updated": 0, "archived": 1, "unchanged": 0, "excluded": 1, "failed": 0,
        }  # fmt: skip
        [left] = summary["left"]
        assert left.pop("message")
        assert left == {
            "sansan_id": kept,
            "hubspot_id": contact,
            "name": "見本 太郎",
            "reason": "UNDO_EDITED",
            "properties": ["jobtitle"],
        }
        assert portal.link(taken).state == state


def test_an_undo_says_in_words_what_it_did_and_left(portal: Portal, add_card) -> None:
    card = add_card(title="課長")
    run = portal.run_well()
    portal.sandbox.hubspot.edit_contact(portal.link(card).hubspot_id, jobtitle="社長")
    status, out = call("undo_run", str(run.pk))
    assert status == 0
    assert "0 archived, 0 put back, 0 back already, 1 left, 0 failed" in out
    assert "見本 太郎" in out
    assert "jobtitle no longer holds" in out


def test_a_run_that_does_not_exist_or_cannot_be_taken_back_is_refused(portal: Portal, add_card) -> None:
    add_card()
    preview = portal.run_well(dry_run=True)
    status, text = call("undo_run", str(preview.pk))
    assert (status, "only a preview" in text) == (2, True)
    status, text = call("undo_run", "999999")
    assert (status, f"{preview.pk} (cards-to-contacts)" in text) == (2, True)
