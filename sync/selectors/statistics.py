"""What runs did day by day, and how far behind they were: the numbers of the dashboard.

Runs are numbered in the order in which they were asked for. So those of the last days are found by their numbers, and
the table needs no index on its times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from sync.models import ConnectedAccount, RunKind, RunStatus, SyncRule, SyncRun

ENDED = (RunStatus.SUCCEEDED, RunStatus.PARTIAL, RunStatus.FAILED, RunStatus.CANCELLED)
RECORDS = ("created", "updated", "failed")
REQUESTS = ("requests_hubspot", "requests_sansan")
# The lag is shown of so many runs of a rule, and of so many rules at most.
LAST_RUNS = 60
MOST_RULES = 12
DAY_SECONDS = 24 * 60 * 60


@dataclass(slots=True)
class Day:
    """One day in the person's time zone: how its runs ended (`runs`, by status), the records that they wrote or that
    failed (`records`), and the requests they sent, those of previews among them (`requests`)."""

    day: date
    runs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDED, 0))
    records: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RECORDS, 0))
    requests: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REQUESTS, 0))


@dataclass(frozen=True, slots=True)
class Lag:
    """How long before the end of a run the last card was changed of which it is certain that it was read."""

    run_id: int
    at: datetime
    lag: timedelta


@dataclass(frozen=True, slots=True)
class RuleLags:
    """Oldest first."""

    rule: SyncRule
    lags: tuple[Lag, ...]


def count_days(days: int, rule: SyncRule | None = None) -> list[Day]:
    """The last `days` days, today among them, oldest first; of one rule, or of all. Runs under way don't count yet."""
    today = timezone.localdate()
    found = {day: Day(day) for day in (today - timedelta(days=back) for back in reversed(range(days)))}
    zone = timezone.get_current_timezone()
    runs = find_runs_since(begin_day(today - timedelta(days=days - 1)), rule).filter(status__in=ENDED)
    sums = {f"sum_{name}": Sum(name) for name in (*RECORDS, *REQUESTS)}
    grouped = runs.order_by().values("status", "dry_run", day=TruncDate("created_at", tzinfo=zone))
    for row in grouped.annotate(count=Count("pk"), **sums):
        if row["day"] in found:
            _add(found[row["day"]], row)
    return list(found.values())


def _add(day: Day, row: Mapping[str, Any]) -> None:
    for name in REQUESTS:
        day.requests[name] += row[f"sum_{name}"]
    if row["dry_run"]:
        return  # a preview writes nothing
    day.runs[row["status"]] += row["count"]
    for name in RECORDS:
        day.records[name] += row[f"sum_{name}"]


def begin_day(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def find_runs_since(moment: datetime, rule: SyncRule | None = None) -> QuerySet[SyncRun]:
    runs = SyncRun.objects.filter(pk__gte=find_first_number(moment), created_at__gte=moment)
    return runs if rule is None else runs.filter(rule=rule)


def find_first_number(moment: datetime) -> int:
    """A number before which all runs are older than that; found in as many steps as it has binary digits."""
    newest = SyncRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    low, high = 1, (newest or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = SyncRun.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "created_at").first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low


def list_lags(days: int, rules: Iterable[SyncRule]) -> list[RuleLags]:
    """The lag of each rule's last runs in these days; of first runs there is none, as they read the past."""
    since = begin_day(timezone.localdate() - timedelta(days=days - 1))
    first = find_first_number(since)
    found = []
    for rule in rules:
        told = rule.runs.filter(pk__gte=first, created_at__gte=since, dry_run=False).exclude(kind=RunKind.INITIAL)
        told = told.filter(watermark__isnull=False, finished_at__isnull=False).order_by("-pk")
        rows = list(told.values_list("pk", "finished_at", "watermark")[:LAST_RUNS])
        lags = tuple(
            Lag(pk, at, max(at - watermark, timedelta())) for pk, at, watermark in reversed(rows) if at and watermark
        )
        found.append(RuleLags(rule, lags))
    return found


def count_daily_budget(rules: Iterable[SyncRule]) -> dict[str, int]:
    """How many requests the rate limits let through in a day, for all accounts of these rules together, by the names
    of REQUESTS; 0 where a limit is off."""
    rules = list(rules)
    hubspot = ConnectedAccount.objects.filter(pk__in={rule.hubspot_account_id for rule in rules})
    own_limits = hubspot.order_by().values_list("requests_per_10_seconds", flat=True)
    limits = [settings.HUBSPOT_REQUESTS_PER_10_SECONDS if limit is None else limit for limit in own_limits]
    per_second, per_minute = settings.SANSAN_REQUESTS_PER_SECOND, settings.SANSAN_REQUESTS_PER_MINUTE
    in_force = [limit for limit in (per_second * DAY_SECONDS, per_minute * DAY_SECONDS // 60) if limit]
    return {
        "requests_hubspot": sum(limits) * DAY_SECONDS // 10 if all(limits) else 0,
        "requests_sansan": len({rule.sansan_account_id for rule in rules}) * min(in_force, default=0),
    }
