"""The page of a run: what it is, what it did to each record, why some failed, and how it goes on."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from sync.models import LinkState, LogAction, RecordLink, RunStatus, SyncRun
from sync.selectors import run_causes, run_lists
from sync.services.leases import take_lease
from sync.services.runs import request_run
from tests.people import Rank
from tests.portal import Portal
from tests.sync.views.run_pages import MOMENT, add_log, make_run, read_page, sign_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def run(portal: Portal) -> SyncRun:
    run = make_run(portal, status=RunStatus.PARTIAL, seen=8, created=1, updated=1, failed=3, excluded=1, unchanged=2)
    add_log(run, "new", LogAction.CREATE, changes={"email": [None, "taro@sample.example"]})
    add_log(run, "edited", LogAction.UPDATE, changes={"jobtitle": ["<i>係長", "課長"], "phone": ["03", ""]})
    for number in range(2):
        detail = {"value": f"bad{number}@@sample.example"}
        add_log(run, f"bad{number}", LogAction.FAIL, reason_code="INVALID_EMAIL", reason_detail=detail)
    add_log(run, "long", LogAction.FAIL, reason_code="VALUE_TOO_LONG", reason_detail={"property": "jobtitle"})
    add_log(run, "none", LogAction.EXCLUDE, reason_code="NO_EMAIL")
    add_log(run, "again", LogAction.FAIL, reason_code="REJECTED", superseded=True)
    return run


def list_names(page: str) -> list[str]:
    return re.findall(r"見本 (\w+)", page)


def test_every_record_is_listed_with_what_became_of_it(run: SyncRun) -> None:
    link = RecordLink.objects.create(rule=run.rule, sansan_id="edited", state=LinkState.IN_SYNC)
    page = read_page(sign_in(), "run_detail", run.pk)
    assert sorted(list_names(page)) == ["bad0", "bad1", "edited", "long", "new", "none"]
    assert '<del class="old">&lt;i&gt;係長</del>' in page
    assert '<ins class="new">課長</ins>' in page
    assert "(empty)" in page
    assert reverse("record_detail", args=[link.pk]) in page


def test_failures_are_grouped_by_cause_with_the_fix_and_where_it_is_made(run: SyncRun) -> None:
    page = read_page(sign_in(), "run_detail", run.pk)
    causes = re.findall(r'<span class="pill (?:bad|warn)">(\d+)</span>\s*<strong>([^<]*)</strong>', page)
    assert causes == [("2", "Invalid e-mail address"), ("1", "Value too long"), ("1", "No e-mail address")]
    assert "bad1@@sample.example is not a valid e-mail address." in page
    assert reverse("rule_mapping", args=[run.rule_id]) in page
    assert "REJECTED" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?action=fail", ["bad0", "bad1", "long"]),
        ("?action=create", ["new"]),
        ("?cause=INVALID_EMAIL", ["bad0", "bad1"]),
        ("?action=exclude&cause=NO_EMAIL", ["none"]),
        ("?action=create&cause=NO_EMAIL", []),
        ("?cause=UNHEARD_OF", []),
    ],
)
def test_records_are_filtered_by_action_and_cause(run: SyncRun, query: str, names: list[str]) -> None:
    assert sorted(list_names(read_page(sign_in(), "run_detail", run.pk, query=query))) == names


def test_counts_lead_to_their_records(run: SyncRun) -> None:
    page = read_page(sign_in(), "run_detail", run.pk)
    for action in ("create", "update", "fail", "exclude"):
        assert f'href="/runs/{run.pk}/?action={action}#records"' in page


def test_pages_of_records_show_each_once(run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lists, "RECORDS_ON_A_PAGE", 2)
    client, query, shown = sign_in(), "?action=fail", []
    for _ in range(3):
        page = read_page(client, "run_detail", run.pk, query=query)
        shown += list_names(page)
        if not (found := re.search(r'href="(\?[^"#]*)#records"\s+rel="next"', page)):
            break
        query = found[1].replace("&amp;", "&")
    assert shown == ["long", "bad1", "bad0"]


def test_very_many_failures_are_not_counted_to_the_end(run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_causes, "MOST_LOOKED_AT", 2)
    page = read_page(sign_in(), "run_detail", run.pk)
    assert re.findall(r'<span class="pill bad">([^<]*)</span>\s*<strong>', page) == ["1+", "1+"]


def test_a_run_that_failed_says_why_and_leads_to_the_fix(portal: Portal) -> None:
    problems = [{"code": "PROPERTY_MISSING", "source": "title", "target": "jobtitel", "detail": {}}]
    run = make_run(portal, status=RunStatus.FAILED, error_code="MAPPING_INVALID", error_detail={"problems": problems})
    page = read_page(sign_in(), "run_detail", run.pk)
    assert "The mapping does not fit HubSpot" in page
    assert "jobtitel" in page
    assert f'href="{reverse("rule_mapping", args=[portal.rule.pk])}"' in page


def test_a_run_outlives_its_rule(run: SyncRun, portal: Portal) -> None:
    portal.rule.delete()
    page = read_page(sign_in(Rank.OPERATOR), "run_detail", run.pk)
    assert "cards-to-contacts" in page
    assert sorted(list_names(page)) == ["bad0", "bad1", "edited", "long", "new", "none"]


def test_an_unreadable_key_hides_no_run(portal: Portal) -> None:
    run = make_run(portal, status=RunStatus.FAILED, error_code="FILTER_INVALID", error_detail={"problems": []})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_connectedaccount SET credentials = 'not for any key'")
    assert "The filter cannot be used" in read_page(sign_in(), "run_detail", run.pk)


def test_there_is_no_such_run(db: None) -> None:
    assert sign_in().get(reverse("run_detail", args=[7])).status_code == 404


# -- while it goes on -------------------------------------------------------------------------------------------------


def test_a_run_under_way_is_asked_about_until_it_has_ended(portal: Portal) -> None:
    run = make_run(portal, status=RunStatus.RUNNING, started_at=MOMENT, seen=12, created=12)
    client, address = sign_in(), reverse("run_progress", args=[run.pk])
    page = read_page(client, "run_detail", run.pk)
    assert f'hx-get="{address}?told=running-10" hx-trigger="every 2s"' in page
    assert 'role="status"' in page

    quiet = read_page(client, "run_progress", run.pk, query="?told=running-10", **HTMX)
    assert "hx-swap-oob" not in quiet
    assert "<html" not in quiet
    SyncRun.objects.filter(pk=run.pk).update(seen=20, created=20)
    told = read_page(client, "run_progress", run.pk, query="?told=running-10", **HTMX)
    assert re.search(r'id="run-news" hx-swap-oob="innerHTML">\s*running\. 20 records seen', told)
    assert "told=running-20" in told

    SyncRun.objects.filter(pk=run.pk).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now())
    ended = client.get(address, headers=HTMX)
    assert (ended["HX-Refresh"], ended.content) == ("true", b"")
    assert "hx-get" not in read_page(client, "run_detail", run.pk)


def test_whoever_was_signed_out_gets_the_login_as_a_page(portal: Portal) -> None:
    run = make_run(portal, status=RunStatus.RUNNING)
    client = sign_in()
    client.logout()
    answer = client.get(reverse("run_progress", args=[run.pk]), headers=HTMX)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")


# -- cancelling -------------------------------------------------------------------------------------------------------


def test_a_queued_run_is_cancelled_by_a_button(portal: Portal) -> None:
    run = request_run(portal.rule)
    client = sign_in(Rank.OPERATOR)
    address = reverse("run_cancel", args=[run.pk])
    assert f'action="{address}"' in read_page(client, "run_detail", run.pk)
    answer = client.post(address, follow=True)
    assert "The run was cancelled." in answer.content.decode()
    assert "Cancelled by operator." in answer.content.decode()
    run.refresh_from_db()
    assert (run.status, run.cancel_requested_by) == (RunStatus.CANCELLED, "operator")
    again = client.post(address, follow=True)
    assert "The run had ended already." in again.content.decode()


def test_a_running_run_is_told_once(portal: Portal) -> None:
    run = request_run(portal.rule)
    take_lease(run)
    client = sign_in(Rank.OPERATOR)
    address = reverse("run_cancel", args=[run.pk])
    first = client.post(address, follow=True).content.decode()
    assert "stopping" in first
    assert f'action="{address}"' not in first
    asked_at = SyncRun.objects.get(pk=run.pk).cancel_requested_at
    client.post(address)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested_at) == (RunStatus.RUNNING, asked_at)


def test_viewers_cancel_nothing(portal: Portal) -> None:
    run = request_run(portal.rule)
    client = sign_in()
    assert reverse("run_cancel", args=[run.pk]) not in read_page(client, "run_detail", run.pk)
    assert client.post(reverse("run_cancel", args=[run.pk])).status_code == 403
    assert client.get(reverse("run_cancel", args=[run.pk])).status_code in (403, 405)
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED
