"""The history: every run, newest first."""

import re

import pytest
from django.utils import timezone

from sync.models import ACTIVE_STATUSES, RunKind, RunStatus, SyncRun
from sync.selectors import run_lists
from tests.portal import Portal, build_portal
from tests.sync.views.run_pages import MOMENT, make_run, read_page, sign_in


def list_shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<a href="/runs/(\d+)/">', page)]


def test_without_runs_it_says_what_to_do(db: None) -> None:
    assert "Nothing has run yet." in read_page(sign_in(), "run_list")


def test_a_run_is_told_with_its_counts_its_bar_and_its_error(portal: Portal) -> None:
    counts = {"seen": 2000, "created": 1200, "updated": 500, "unchanged": 290, "excluded": 8, "failed": 2}
    times = {"started_at": MOMENT, "finished_at": MOMENT.replace(minute=6, second=10), "watermark": MOMENT}
    make_run(portal, status=RunStatus.FAILED, error_code="QUOTA_EXHAUSTED", requested_by="operator", **counts, **times)
    page = read_page(sign_in(), "run_list")
    for text in ("1,200 created", "500 updated", "290 unchanged", "8 excluded", "2 failed", "operator", "2 min 5 s"):
        assert text in page
    assert "The request quota is used up" in page
    bars = re.findall(r'<rect class="fill-(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"', page)
    assert bars == [
        ("created", "0.000", "60.000"),
        ("updated", "60.000", "25.000"),
        ("unchanged", "85.000", "14.500"),
        ("excluded", "99.500", "0.400"),
        ("failed", "99.900", "0.100"),
    ]


def test_a_preview_says_what_would_happen(portal: Portal) -> None:
    make_run(portal, kind=RunKind.PREVIEW, dry_run=True, seen=3, created=2, failed=1, watermark=timezone.now())
    page = read_page(sign_in(), "run_list")
    assert "2 would be created" in page
    assert "1 would fail" in page


@pytest.fixture
def history(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> list[SyncRun]:
    monkeypatch.setattr(run_lists, "RUNS_ON_A_PAGE", 3)
    other = build_portal(portal.sandbox, "another rule")
    ended = [status for status in RunStatus if status not in ACTIVE_STATUSES]
    kinds = [RunKind.FULL, RunKind.PREVIEW, RunKind.RETRY]
    return [make_run(one, kind=kind, status=status) for status in ended for kind in kinds for one in (portal, other)]


@pytest.mark.parametrize("chosen", [{}, {"status": "cancelled"}, {"kind": "retry"}, {"rule": 0}, {"rule": 1}])
def test_filters_and_pages_show_every_run_once(history: list[SyncRun], chosen: dict[str, object]) -> None:
    wanted = history
    query = "?"
    for name, value in chosen.items():
        if name == "rule":
            rule = history[int(str(value))].rule
            wanted = [run for run in wanted if run.rule == rule]
            query += f"rule={rule.pk}"
        else:
            wanted = [run for run in wanted if getattr(run, name) == value]
            query += f"{name}={value}"
    client, shown = sign_in(), []
    for _ in range(len(history)):
        page = read_page(client, "run_list", query=query)
        shown += list_shown(page)
        found = re.search(r'href="(\?[^"#]*)#runs"\s+rel="next"', page)
        if not found:
            break
        query = found[1].replace("&amp;", "&")
    assert shown == [run.pk for run in reversed(wanted)]


def test_an_address_that_asks_for_nonsense_shows_all(history: list[SyncRun]) -> None:
    client = sign_in()
    for query in ("?rule=x&kind=nonsense&status='&page=after-x", "?rule=999999", "?page=after-999999999999999999"):
        assert len(list_shown(read_page(client, "run_list", query=query))) == 3


def test_japanese_is_spoken_to_whom_reads_it(history: list[SyncRun]) -> None:
    page = read_page(sign_in(), "run_list", **{"accept-language": "ja"})
    assert '<html lang="ja"' in page
