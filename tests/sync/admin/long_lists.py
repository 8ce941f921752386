"""Lists of several pages, and a reader who clicks through them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import product
from typing import Any

from django.test import Client
from django.utils import timezone

from sync.models import (
    ConnectedAccount,
    LinkState,
    LogAction,
    RecordLink,
    RecordLog,
    RunKind,
    RunStatus,
    SyncRule,
    SyncRun,
)
from tests.sync.admin.locating import locate

ON_A_PAGE = 5
MOST_PAGES = 50
NAMES = ("佐藤 花子", "佐藤 太郎", "佐々木 健", "Sato Ken", "SATO JUN", "鈴木 一郎")


@dataclass
class Books:
    """Two rules and one that was deleted, their runs under way at the same time."""

    rules: list[SyncRule] = field(default_factory=list)
    runs: list[SyncRun] = field(default_factory=list)

    def add_logs(self, times: int = 1) -> None:
        for _, run, action in product(range(times), self.runs, LogAction.values):
            RecordLog.objects.create(
                run=run, rule=run.rule, sansan_id=f"card-{action}", action=action, created_at=timezone.now()
            )

    def add_links(self, times: int = 1) -> None:
        for number, (_, rule, state) in enumerate(product(range(times), self.rules, LinkState.values)):
            RecordLink.objects.create(
                rule=rule, state=state, sansan_id=f"card-{number}", name=NAMES[number % len(NAMES)]
            )


def make_books() -> Books:
    sansan = ConnectedAccount.objects.create(name="Sansan", provider="sansan")
    hubspot = ConnectedAccount.objects.create(name="HubSpot", provider="hubspot")
    books = Books()
    for name in ("first", "second", "deleted"):
        rule = SyncRule.objects.create(name=name, sansan_account=sansan, hubspot_account=hubspot)
        books.rules.append(rule)
        books.runs += [
            SyncRun.objects.create(rule=rule, rule_name=name, kind=RunKind.FULL, status=RunStatus.SUCCEEDED)
            for _ in range(2)
        ]
    books.add_logs(times=2)
    books.add_links(times=3)
    books.rules.pop().delete()
    books.runs = list(SyncRun.objects.order_by("pk"))
    return books


@dataclass
class Reader:
    """Looks at one page of a list at a time, and goes on by its links."""

    client: Client
    model: type
    query: str = ""
    shown: list[int] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    def open(self, query: str) -> "Reader":
        answer = self.client.get(locate(self.model, "changelist") + query)
        assert answer.status_code == 200, (query, answer.status_code)
        self.query = query
        self.shown = [row.pk for row in answer.context["cl"].result_list]
        found = re.findall(r'<a href="(\?[^"]*)" rel="(\w+)"', answer.content.decode())
        self.links = {name: unescape(address) for address, name in found}
        return self

    def follow(self, link: str) -> "Reader":
        return self.open(self.links[link])

    def walk(self, link: str) -> Iterator[list[int]]:
        """The page that is open and all that lie behind that link."""
        yield self.shown
        for _ in range(MOST_PAGES):
            if link not in self.links:
                return
            yield self.follow(link).shown
        raise AssertionError("The list has no end.")

    def read_all(self, query: str = "") -> list[int]:
        return [pk for page in self.open(query or "?").walk("next") for pk in page]

    def walk_back(self) -> Iterator[list[int]]:
        """The last page and all before it. The first page is always a full one: what it repeats is left out."""
        if "last" in self.links:
            self.follow("last")
        met: set[int] = set()
        for page in self.walk("prev"):
            yield page if "prev" in self.links else [pk for pk in page if pk not in met]
            met |= set(page)

    def read_all_backwards(self, query: str = "") -> list[int]:
        pages = list(self.open(query or "?").walk_back())
        return [pk for page in reversed(pages) for pk in page]


def list_ids(rows: Any) -> list[int]:
    return list(rows.order_by("-pk").values_list("pk", flat=True))
