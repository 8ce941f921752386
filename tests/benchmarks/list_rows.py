"""Fills an empty PostgreSQL database as years of syncing would, by SQL: rules, runs, records and audit rows.

Everything is invented and follows from the numbers alone, so that two fillings are alike.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection

from sync.models import (
    MAX_SELECTED_TAGS,
    ChangeSource,
    ConnectedAccount,
    RecordFilter,
    RunKind,
    RunStatus,
    RunTrigger,
    SettingChange,
    SyncRule,
    SyncRun,
    TagSelection,
)
from sync.services.configuration.differences import Difference
from sync.services.configuration.mapping_rows import add_default_mappings
from tests.benchmarks.list_statements import COUNTS, LOGS, ORPHANS, RUNS, fill_places

RUN_COUNT = 2000
CHANGE_COUNT = 20_000
OPERATOR = "operator"
FIRST_RUN_AT = datetime(2024, 1, 9, tzinfo=UTC)
# How the cards are spread over the rules: one is nearly everything, one is tiny, one has never run.
SHARES = {"head-office": 0.7, "osaka": 0.15, "fukuoka": 0.1, "overseas": 0.045, "trial": 0.005, "planned": 0.0}
CARD_SPACE = 100_000_000


@dataclass(frozen=True)
class Cards:
    """The numbers of a rule's cards."""

    first: int
    count: int


def fill(rows: int, links: int) -> None:
    """Fills the migrated, empty PostgreSQL database with so many audit rows and records."""
    if connection.vendor != "postgresql" or User.objects.exists():
        raise SystemExit("This needs an empty PostgreSQL database.")
    User.objects.create_superuser(OPERATOR)
    rules = _make_rules()
    shares = zip(rules, SHARES.values(), strict=True)
    cards = {rule.pk: Cards(rule.pk * CARD_SPACE, round(links * share)) for rule, share in shares}
    SettingChange.objects.bulk_create(_make_changes(rules))
    runs = SyncRun.objects.bulk_create(_make_runs(rules))
    osaka = rules[1]
    preview = SyncRun.objects.create(
        rule=osaka, rule_name=osaka.name, kind=RunKind.PREVIEW, dry_run=True, status=RunStatus.RUNNING
    )
    with connection.cursor() as cursor:
        for rule_id, own in cards.items():
            cursor.execute(fill_places("sync_recordlink", "rule_id", rule_id, own.first, own.count))
        cursor.execute(fill_places("sync_previewlink", "run_id", preview.pk, cards[osaka.pk].first, links // 10))
        cursor.execute(RUNS)
        marks = "%s, %s, %s, %s, %s, %s, %s, %s"
        cursor.executemany(f"INSERT INTO bench_runs VALUES ({marks})", _describe(runs, rows, cards))  # noqa: S608
        cursor.execute(LOGS)
        rules[-2].runs.filter(pk__lte=runs[len(runs) // 3].pk).update(rule=None)
        for statement in (ORPHANS, COUNTS, "ANALYZE"):
            cursor.execute(statement)


def _make_rules() -> list[SyncRule]:
    hubspot = ConnectedAccount.objects.create(name="HubSpot", provider="hubspot", credentials={"access_token": "x"})
    rules = []
    for name in SHARES:
        sansan = ConnectedAccount.objects.create(
            name=f"Sansan {name}", provider="sansan", credentials={"api_key": "x"}
        )
        rule = SyncRule.objects.create(name=name, sansan_account=sansan, hubspot_account=hubspot, enabled=True)
        add_default_mappings(rule)
        RecordFilter.objects.create(rule=rule, position=1, field="companyName", operator="is_not_empty")
        rules.append(rule)
    TagSelection.objects.bulk_create(
        TagSelection(rule=rules[0], position=number, tag_id=f"t{number}", name=f"タグ{number}", type="shared")
        for number in range(1, MAX_SELECTED_TAGS + 1)
    )
    return rules


def _make_changes(rules: list[SyncRule]) -> Iterator[SettingChange]:
    for number in range(CHANGE_COUNT):
        rule = rules[number % 3]
        difference = Difference("interval_minutes", str(number % 60 + 1), str((number + 1) % 60 + 1))
        yield SettingChange(
            changed_by=OPERATOR,
            source=ChangeSource.PORTAL,
            rule=rule,
            rule_revision=number,
            subject=rule.name,
            changes=[asdict(difference)],
        )


def _make_runs(rules: list[SyncRule]) -> Iterator[SyncRun]:
    """Each rule's initial run, the biggest first, then the rules in turn."""
    active = rules[:-1]
    turns = [0, 0, 0, 1, 0, 2, 0, 1, 0, 3]
    for number in range(RUN_COUNT):
        turn = number if number < len(active) else 4 if number % 97 == 0 else turns[number * 7 % 10]
        rule = active[turn]
        started_at = FIRST_RUN_AT + timedelta(minutes=500 * number)
        yield SyncRun(
            rule=rule,
            rule_name=rule.name,
            kind=RunKind.INITIAL if number < len(active) else RunKind.INCREMENTAL if number % 20 else RunKind.FULL,
            status=RunStatus.PARTIAL if number % 3 == 0 else RunStatus.SUCCEEDED,
            trigger=RunTrigger.SCHEDULE if number % 50 else RunTrigger.MANUAL,
            requested_by="" if number % 50 else OPERATOR,
            started_at=started_at,
            finished_at=started_at + timedelta(minutes=4),
        )


def _divide(rows: int, runs: int) -> Iterator[int]:
    """How many rows each run has: a tenth is the first run's, the others go from very many to hardly any."""
    yield rows // 10
    others = left = rows - rows // 10
    weights = [1 / ((number * 7919) % runs + 1) ** 0.8 for number in range(1, runs)]
    whole = sum(weights)
    for weight in weights[:-1]:
        size = int(others * weight / whole)
        left -= size
        yield size
    yield left


def _describe(runs: list[SyncRun], rows: int, cards: dict[int, Cards]) -> Iterator[tuple[object, ...]]:
    for run, size in zip(runs, _divide(rows, len(runs)), strict=True):
        own, fails = cards[run.rule_id], 0.02 if run.status == RunStatus.PARTIAL else 0.0
        is_initial = run.kind == RunKind.INITIAL
        yield run.pk, run.rule_id, run.started_at, size, own.first, own.count, is_initial, fails
