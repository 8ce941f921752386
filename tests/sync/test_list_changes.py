"""`list_changes`: what a run did to each record."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sync.services.execution import execute_run
from sync.services.runs import request_run
from tests.portal import Portal


def list_changes(*arguments: str) -> str:
    out = StringIO()
    call_command("list_changes", "cards-to-contacts", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def ran(portal: Portal) -> Portal:
    """Two runs: the first creates a contact and fails another card, the second changes the contact's title."""
    card = portal.sandbox.sansan.add_card(lastName="見本", firstName="太郎", email="taro@sample.example", title="係長")
    portal.sandbox.sansan.add_card(lastName="見本", firstName="花子", email="hanako@@sample.example")
    portal.run()
    portal.sandbox.sansan.edit_card(card, title="課長")
    portal.run()
    return portal


def test_the_last_run_with_old_and_new_values(ran: Portal) -> None:
    changes = map(json.loads, list_changes("--json").splitlines())
    (change,) = [change for change in changes if change["action"] == "update"]
    assert change["name"] == "見本 太郎"
    assert change["changes"] == {"jobtitle": {"old": "係長", "new": "課長"}}
    assert change["hubspot_id"] == ran.link(change["sansan_id"]).hubspot_id
    assert (change["code"], change["message"], change["fix"]) == (None, None, None)
    assert "    jobtitle: 係長 → 課長" in list_changes().splitlines()


def test_a_preview_is_not_taken_for_what_happened(ran: Portal) -> None:
    last = ran.rule.runs.order_by("-pk")[0]
    preview = request_run(ran.rule, dry_run=True, full=True)
    execute_run(preview.pk)
    assert list_changes().splitlines()[0] == f"Run {last.pk} (incremental): some records failed"
    heading, warning = list_changes("--run", str(preview.pk)).splitlines()[:2]
    assert heading.startswith(f"Run {preview.pk} (preview): ")
    assert warning == "A preview: this would happen, nothing of it was written."


def test_an_earlier_run_with_its_reasons(ran: Portal) -> None:
    first = ran.rule.runs.order_by("pk")[0]
    by_name = {
        change["name"]: change
        for change in map(json.loads, list_changes("--run", str(first.pk), "--json").splitlines())
    }
    assert by_name["見本 太郎"]["action"] == "create"
    assert by_name["見本 花子"]["code"] == "INVALID_EMAIL"
    assert "hanako@@sample.example" in by_name["見本 花子"]["message"]
    assert by_name["見本 花子"]["fix"]


def test_what_is_not_there_is_a_usage_error(portal: Portal) -> None:
    for arguments in ((), ("--run", "999999")):
        with pytest.raises(CommandError) as refused:
            list_changes(*arguments)
        assert refused.value.returncode == 2
