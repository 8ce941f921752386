"""Runs as they lie in the database, and people who look at them."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from sync.models import LogAction, RecordLog, RunKind, RunStatus, SyncRun
from tests.people import Rank, make_user
from tests.portal import Portal

MOMENT = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)


def sign_in(rank: Rank = Rank.VIEWER) -> Client:
    client = Client()
    client.force_login(make_user(rank))
    return client


def make_run(portal: Portal, **fields: Any) -> SyncRun:
    given = {"kind": RunKind.INCREMENTAL, "status": RunStatus.SUCCEEDED, "rule_name": portal.rule.name, **fields}
    return SyncRun.objects.create(rule=portal.rule, **given)


def add_log(run: SyncRun, card_id: str, action: LogAction, **fields: Any) -> RecordLog:
    given = {"name": f"見本 {card_id}", "created_at": MOMENT, **fields}
    return RecordLog.objects.create(run=run, rule=run.rule, sansan_id=card_id, action=action, **given)


def read_page(client: Client, name: str, *args: object, query: str = "", **headers: str) -> str:
    answer = client.get(reverse(name, args=args) + query, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def download(client: Client, name: str, *args: object, query: str = "", **headers: str) -> list[dict[str, str]]:
    """The rows of the file, by the names of their columns."""
    answer = client.get(reverse(name, args=args) + query, headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
