"""How long every list and page of administration and portal takes, with very many rows.

    uv run python -m tests.benchmarks.bench_lists --rows 10000000 --links 1000000 --json lists.json
    uv run python -m tests.benchmarks.bench_lists --only portal

Fills an empty PostgreSQL database, the one that --database-url names or one of a cluster that it starts and removes
again, and opens each page as an administrator through the whole of Django, as in production: a database connection
for each request, all middleware, in Japanese. Ends with 1 if a page's 95th percentile is over the limit. --filled
measures a database again that was filled before.
"""

import argparse
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from html import unescape
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.own_postgres import start_postgres

if TYPE_CHECKING:
    from tests.benchmarks.list_pages import Page

LIMIT_MS = 200.0
REQUESTS = 30
FIRST_PORTION = 1000


@dataclass(frozen=True)
class Measure:
    page: str
    p50_ms: float
    p95_ms: float
    max_ms: float
    rows: int
    queries: int
    slowest_sql_ms: float


class SqlTimer:
    """Notes how long each statement takes."""

    def __init__(self) -> None:
        self.taken_ms: list[float] = []

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.taken_ms.append((time.perf_counter() - started) * 1000)


def find_percentile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


def measure(name: str, act: Callable[[], int], requests: int) -> Measure:
    """Does it once for the caches and then so many times; `act` gives the rows it brought."""
    from django.db import connection

    taken, timer = [], SqlTimer()
    act()
    for _ in range(requests):
        connection.close()
        started = time.perf_counter()
        with connection.execute_wrapper(timer):
            rows = act()
        taken.append((time.perf_counter() - started) * 1000)
    return Measure(
        page=name,
        p50_ms=round(find_percentile(taken, 0.5), 1),
        p95_ms=round(find_percentile(taken, 0.95), 1),
        max_ms=round(max(taken), 1),
        rows=rows,
        queries=len(timer.taken_ms) // requests,
        slowest_sql_ms=round(max(timer.taken_ms, default=0.0), 1),
    )


class Operator:
    """A browser in which an administrator is logged in."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.core.wsgi import get_wsgi_application
        from django.test import Client, RequestFactory

        from tests.benchmarks.list_rows import OPERATOR

        client = Client()
        client.force_login(User.objects.get(username=OPERATOR))
        # The client itself is not used further: it leaves something behind with each request, which slows down Python.
        self._requests = RequestFactory(headers={"accept-language": "ja"})
        self._requests.cookies = client.cookies
        self._application = get_wsgi_application()

    def read(self, address: str) -> str:
        statuses: list[str] = []
        environment = self._requests.get(address, secure=True).environ
        answer = self._application(environment, lambda status, _headers: statuses.append(status))
        html = b"".join(answer).decode()
        answer.close()
        if statuses != ["200 OK"]:
            raise SystemExit(f"{address}: {statuses}")
        return html

    def count_rows(self, address: str) -> int:
        html = self.read(address)
        return html.count('<th class="field-') or html.count("<tr") - html.count("<thead")

    def follow(self, page: "Page") -> str | None:
        """The address that the page's link leads to; None if it has no such link."""
        if not page.link:
            return page.address
        found = re.search(rf'<a [^>]*href="([^"]+)" rel="{page.link}"', self.read(page.address))
        return page.address.partition("?")[0] + unescape(found[1]) if found else None


def measure_pages(requests: int, only: str) -> Iterator[Measure]:
    from tests.benchmarks.list_pages import list_pages
    from tests.benchmarks.portal_pages import list_portal_pages

    operator = Operator()
    for page in chain(list_pages(operator.read), list_portal_pages()):
        address = operator.follow(page) if only in page.name else None
        if address is not None:
            yield measure(page.name, lambda address=address: operator.count_rows(address), requests)


def measure_commands(requests: int, only: str) -> Iterator[Measure]:
    """What the commands that list things wait for before they print."""
    from sync.models import LinkState
    from sync.selectors.changes import list_changes
    from sync.selectors.records import list_records
    from tests.benchmarks.list_pages import Sample

    sample = Sample()
    listings = {
        f"list_records {title} {state}": lambda title=title, state=state: list_records(getattr(sample, title), state)
        for title in ("rule", "tiny_rule", "empty_rule")
        for state in ("", *LinkState.values)
    }
    listings |= {
        f"list_changes {title}": lambda title=title: list_changes(getattr(sample, title))
        for title in ("big_run", "small_run", "last_run")
    }
    for name, start in listings.items():
        if only in name:
            yield measure(name, lambda start=start: len(list(islice(start(), FIRST_PORTION))), requests)


def print_measures(measures: list[Measure], limit_ms: float) -> None:
    table = Table("page", "p50 ms", "p95 ms", "max ms", "rows", "queries", "slowest SQL ms", title="Lists and pages")
    for one in measures:
        figures = (one.p50_ms, one.p95_ms, one.max_ms, one.rows, one.queries, one.slowest_sql_ms)
        table.add_row(one.page, *map(str, figures), style="red" if one.p95_ms > limit_ms else "")
    Console(width=150).print(table)


@contextmanager
def prepare_django(database_url: str) -> Iterator[None]:
    """Django as in production, on that database or on one that lives as long as this."""
    with ExitStack() as stack:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url or stack.enter_context(start_postgres()),
            "REDIS_URL": "",
            "DEBUG": "false",
            "ALLOWED_HOSTS": "testserver",
            "SECRET_KEY": "only-for-a-benchmark",
            "CREDENTIALS_KEYS": "A" * 43 + "=",
        }
        import django

        django.setup()
        yield


def fill_database(rows: int, links: int) -> None:
    from django.core.management import call_command

    from tests.benchmarks.list_rows import fill

    started = time.monotonic()
    call_command("migrate", verbosity=0)
    fill(rows, links)
    Console().print(f"{rows:,} audit rows and {links:,} records filled in, in {time.monotonic() - started:.0f} s")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="for each page, after one for the caches")
    parser.add_argument("--limit-ms", type=float, default=LIMIT_MS)
    parser.add_argument("--only", default="", help="measure only pages with this in their name")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--database-url", default="", help="an empty PostgreSQL database; without it, a cluster of its own"
    )
    parser.add_argument("--filled", action="store_true", help="the database was filled before: only measure")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    with prepare_django(options.database_url):
        if not options.filled:
            fill_database(options.rows, options.links)
        measures = [
            *measure_pages(options.requests, options.only),
            *measure_commands(options.requests, options.only),
        ]
    print_measures(measures, options.limit_ms)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in measures], ensure_ascii=False, indent=1) + "\n")
    sys.exit(any(one.p95_ms > options.limit_ms for one in measures))


if __name__ == "__main__":
    main()
