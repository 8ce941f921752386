"""The dashboard's numbers and pictures, made of runs."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from sync.models import RunKind, RunStatus, SyncRun
from sync.selectors.statistics import count_daily_budget, count_days, find_first_number, list_lags
from sync.views.dashboard.charts import Series, choose_top, draw_bars
from tests.people import Rank, make_user
from tests.portal import Portal

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(autouse=True)
def forget_language() -> Iterator[None]:
    yield
    translation.deactivate()


@pytest.fixture
def reader(portal: Portal) -> Client:
    client = Client()
    client.force_login(make_user(Rank.VIEWER))
    return client


def read(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(reverse("dashboard") + query, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def add_run(portal: Portal, at: datetime, status: str = RunStatus.SUCCEEDED, **fields: Any) -> SyncRun:
    run = SyncRun.objects.create(rule=portal.rule, rule_name=portal.rule.name, kind=RunKind.INCREMENTAL, status=status)
    seen = sum(fields.get(name, 0) for name in ("created", "updated", "failed"))
    SyncRun.objects.filter(pk=run.pk).update(created_at=at, seen=seen, **fields)
    return run


def test_days_are_those_of_the_person(portal: Portal) -> None:
    with timezone.override("Asia/Tokyo"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        add_run(portal, midnight - timedelta(days=7, seconds=1), created=100)
        add_run(portal, midnight - timedelta(seconds=1), created=3, requests_hubspot=2)
        add_run(portal, midnight, updated=5, failed=1, status=RunStatus.PARTIAL, requests_sansan=4)
        days = count_days(7)
        assert [day.day for day in days] == [midnight.date() - timedelta(days=back) for back in range(6, -1, -1)]
        yesterday, today = days[-2:]
        assert (yesterday.records["created"], yesterday.runs[RunStatus.SUCCEEDED]) == (3, 1)
        assert (today.records["updated"], today.records["failed"], today.runs[RunStatus.PARTIAL]) == (5, 1, 1)
        assert (yesterday.requests["requests_hubspot"], today.requests["requests_sansan"]) == (2, 4)
        assert sum(day.records["created"] for day in days) == 3


def test_previews_use_requests_and_write_nothing(portal: Portal) -> None:
    add_run(portal, timezone.now(), created=9, requests_hubspot=7, dry_run=True)
    today = count_days(7)[-1]
    assert today.records["created"] == 0
    assert sum(today.runs.values()) == 0
    assert today.requests["requests_hubspot"] == 7


def test_runs_are_found_by_number_whatever_numbers_are_missing(portal: Portal) -> None:
    start = datetime(2026, 1, 1, tzinfo=TOKYO)
    runs = [add_run(portal, start + timedelta(hours=number)) for number in range(40)]
    for run in runs[10:20]:
        run.delete()
    for hour in (0, 5, 9, 12, 19, 20, 39):
        first = find_first_number(start + timedelta(hours=hour))
        expected = SyncRun.objects.filter(created_at__gte=start + timedelta(hours=hour)).order_by("pk")[0].pk
        assert SyncRun.objects.filter(pk__gte=first).order_by("pk")[0].pk == expected
    assert not SyncRun.objects.filter(pk__gte=find_first_number(start + timedelta(days=9))).exists()


def test_the_lag_is_that_of_each_run_that_read_something(portal: Portal) -> None:
    now = timezone.now()
    first = add_run(portal, now, finished_at=now, watermark=now - timedelta(minutes=30))
    second = add_run(portal, now, finished_at=now, watermark=now + timedelta(seconds=5))
    add_run(portal, now, finished_at=now)
    (told,) = list_lags(7, [portal.rule])
    assert [(lag.run_id, lag.lag) for lag in told.lags] == [
        (first.pk, timedelta(minutes=30)),
        (second.pk, timedelta()),
    ]


def test_the_budget_is_that_of_the_accounts_limits(portal: Portal, settings: Settings) -> None:
    settings.SANSAN_REQUESTS_PER_SECOND, settings.SANSAN_REQUESTS_PER_MINUTE = 10, 300
    settings.HUBSPOT_REQUESTS_PER_10_SECONDS = 100
    assert count_daily_budget([portal.rule]) == {"requests_hubspot": 864_000, "requests_sansan": 432_000}
    portal.rule.hubspot_account.requests_per_10_seconds = 190
    portal.rule.hubspot_account.save()
    settings.SANSAN_REQUESTS_PER_MINUTE = 0
    assert count_daily_budget([portal.rule]) == {"requests_hubspot": 1_641_600, "requests_sansan": 864_000}


def test_the_page_draws_and_tells_the_same_numbers(reader: Client, portal: Portal) -> None:
    now = timezone.now()
    add_run(portal, now, created=1234, requests_hubspot=20, finished_at=now, watermark=now - timedelta(minutes=12))
    page = read(reader)
    assert "created 1,234</title></rect>" in page
    assert '<td class="number">1,234</td>' in page
    assert "minutes behind 12" in page
    assert page.count('<svg class="chart"') == 4
    for name in ("runs", "records", "requests"):
        assert f'<title id="{name}-title">' in page
        assert f'<desc id="{name}-desc">' in page
    assert "style=" not in page


def test_coordinates_have_no_decimal_comma(reader: Client, portal: Portal) -> None:
    add_run(portal, timezone.now(), created=3)
    coordinates = re.findall(
        r'<rect class="[\w-]+" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"', read(reader)
    )
    assert coordinates
    assert all(re.fullmatch(r"\d+(\.\d+)?", number) for found in coordinates for number in found)


@pytest.mark.parametrize("query", ["?days=7", "?days=90", "?days=many&rule=0", "?rule="])
def test_every_address_gives_a_page(reader: Client, query: str) -> None:
    assert "Nothing in this period." in read(reader, query)


def test_another_rule_is_left_out(reader: Client, portal: Portal) -> None:
    add_run(portal, timezone.now(), created=4321)
    rule = portal.rule
    assert "4,321" in read(reader, f"?rule={rule.pk}")
    rule.pk, rule.name = None, "other"
    rule.save(force_insert=True)
    assert "4,321" not in read(reader, f"?rule={rule.pk}")


def test_without_rules_it_says_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(make_user(Rank.VIEWER))
    assert "There is no sync rule yet." in read(client)


def test_more_runs_take_no_more_queries(reader: Client, portal: Portal) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(reader)
        return len(queries)

    few = count_queries()
    for _ in range(30):
        add_run(portal, timezone.now(), created=1)
    # A number is found by halving, however large the numbers are.
    assert count_queries() - few <= 32


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (3, 4), (5, 8), (99, 100), (101, 200), (1234, 2000)])
def test_an_axis_ends_at_a_round_number(highest: float, top: float) -> None:
    assert choose_top(highest) == top


def test_pieces_of_a_bar_lie_on_each_other() -> None:
    chart = draw_bars(["a", "b"], [Series("one", "fill-created", [1, 0]), Series("two", "fill-failed", [3, 2])])
    lower, upper, other = chart.blocks
    assert float(upper.y) + float(upper.height) == pytest.approx(float(lower.y), abs=0.02)
    assert float(lower.y) + float(lower.height) == pytest.approx(chart.bottom, abs=0.02)
    assert float(other.height) == pytest.approx(2 * float(lower.height), abs=0.02)
