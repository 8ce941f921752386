"""What scripts rely on: exit statuses, JSON shapes, and refusals that name what is wrong."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from connectors.sandbox import Fault
from sync.models import SyncRun
from tests.portal import Portal


def call(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as ending:
        return int(ending.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_a_run_prints_one_json_object(portal: Portal, add_card) -> None:
    add_card()
    add_card(email=None)
    status, out = call("run_sync", "cards-to-contacts", "--json")
    summary = json.loads(out)
    assert status == 0
    assert summary.keys() == {
        "run", "rule", "kind", "status", "dry_run", "counts", "errors", "requests", "watermark", "duration_seconds",
    }  # fmt: skip
    assert summary["counts"] == {"seen": 2, "created": 1, "updated": 0, "unchanged": 0, "excluded": 1, "failed": 0}
    assert (summary["rule"], summary["kind"], summary["status"]) == ("cards-to-contacts", "initial", "succeeded")
    assert summary["watermark"].endswith("Z")
    assert summary["requests"]["sansan"] >= 1
    assert summary["requests"]["hubspot"] >= 2


def test_failed_records_end_with_3_and_a_failed_run_with_1(portal: Portal, add_card) -> None:
    add_card(email="taro@@sample.example")
    status, out = call("run_sync", "cards-to-contacts", "--json")
    assert status == 3
    [error] = json.loads(out)["errors"]
    assert (error["code"], error["count"]) == ("INVALID_EMAIL", 1)
    assert "taro@@sample.example" in error["message"]
    portal.sandbox.hubspot.revoke_credentials()
    status, out = call("run_sync", "cards-to-contacts")
    assert status == 1
    assert "[CREDENTIALS_REFUSED]" in out
    assert portal.sandbox.hubspot.token not in out


def test_a_dry_run_leaves_no_trace_but_itself(portal: Portal, add_card) -> None:
    add_card()
    status, out = call("run_sync", "cards-to-contacts", "--dry-run", "--json")
    summary = json.loads(out)
    assert (status, summary["dry_run"], summary["kind"], summary["counts"]["created"]) == (0, True, "preview", 1)
    assert summary["watermark"] is None
    assert portal.sandbox.hubspot.written == []


def test_unknown_names_are_refused_with_those_that_exist(portal: Portal) -> None:
    status, text = call("run_sync", "no-such-rule")
    assert status == 2
    assert "cards-to-contacts" in text
    assert call("list_records", "no-such-rule")[0] == 2
    assert call("retry_records", "cards-to-contacts", "--error", "NO_SUCH_CODE")[0] == 2
    assert call("retry_records", "cards-to-contacts", "--record", "nobody")[0] == 2
    assert call("retry_records", "cards-to-contacts", "--failed", "--record", "nobody")[0] == 2
    assert not SyncRun.objects.exists()


def test_records_tell_where_they_stand(portal: Portal, add_card) -> None:
    linked = add_card()
    add_card(email=None, lastName="無", firstName="名")
    call("run_sync", "cards-to-contacts", "--json")
    _, out = call("list_records", "cards-to-contacts", "--json")
    rows = {row["sansan_id"]: row for row in map(json.loads, out.splitlines())}
    assert len(rows) == 2
    assert rows[linked].keys() == {"sansan_id", "hubspot_id", "name", "state", "code", "message", "last_synced_at"}
    assert (rows[linked]["state"], rows[linked]["code"], rows[linked]["name"]) == ("in_sync", None, "見本 太郎")
    _, out = call("list_records", "cards-to-contacts", "--json", "--state", "excluded")
    [row] = map(json.loads, out.splitlines())
    assert (row["state"], row["code"], row["hubspot_id"]) == ("excluded", "NO_EMAIL", None)
    assert row["message"]


def test_one_record_is_run_again_with_todays_card(portal: Portal, add_card) -> None:
    card_id, other = add_card(title="課長"), add_card(email="b@sample.example")
    call("run_sync", "cards-to-contacts", "--json")
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    portal.sandbox.sansan.edit_card(other, title="部長")
    status, out = call("retry_records", "cards-to-contacts", "--record", card_id, "--json")
    summary = json.loads(out)
    assert (status, summary["kind"], summary["counts"]["seen"], summary["counts"]["updated"]) == (0, "retry", 1, 1)
    assert portal.contact_of(card_id)["jobtitle"] == "部長"
    assert portal.contact_of(other).get("jobtitle") != "部長"


def test_a_retry_that_was_stopped_is_asked_for_again(portal: Portal, add_card) -> None:
    card_id = add_card(email="taro@sample.con")
    call("run_sync", "cards-to-contacts", "--json")
    portal.sandbox.sansan.edit_card(card_id, email="taro@sample.example")
    portal.sandbox.sansan.add_fault(Fault("status_500", path="/bizCards/", times=None))
    assert call("retry_records", "cards-to-contacts", "--failed", "--json")[0] == 1
    portal.sandbox.sansan.clear_faults()
    assert call("retry_records", "cards-to-contacts", "--failed", "--json")[0] == 0
    assert portal.link(card_id).state == "in_sync"


@pytest.mark.parametrize("version", ["2026-09", "2026-03", "v3"])
def test_every_path_family_of_hubspot_works(portal: Portal, add_card, settings, version: str) -> None:
    settings.HUBSPOT_API_VERSION = version
    portal.sandbox.hubspot.add_contact(email="b@sample.example")
    card_id, existing = add_card(title="課長"), add_card(email="b@sample.example")
    run = portal.run_well()
    assert (run.created, run.updated, run.failed) == (1, 1, 0)
    portal.sandbox.sansan.edit_card(card_id, title="部長")
    assert portal.run_well().updated == 1
    assert portal.link(existing).state == "in_sync"


def test_a_run_that_waits_for_nobody_goes_first(portal: Portal, add_card) -> None:
    from sync.services.runs import request_retry

    add_card(email="taro@@sample.example")
    call("run_sync", "cards-to-contacts", "--json")
    waiting = request_retry(portal.rule)
    assert call("run_sync", "cards-to-contacts", "--dry-run", "--json")[0] == 1, "a dry run sets no real one going"
    assert call("run_sync", "cards-to-contacts", "--json")[0] == 3
    waiting.refresh_from_db()
    assert waiting.status == "partial"
