"""How fast the sync is, what it costs, and how that compares: with HubSpot's ceiling, with before, with a peer.

    uv run --group peer python -m tests.benchmarks

Without `--group peer` dlt, the peer, is left out. Each series has stand-ins in a process of their own and a fresh
database; PostgreSQL is a cluster of the benchmark's own unless --postgresql names a server, in which databases are
made and dropped. What limits and slows the stand-ins differs from series to series; the audit is always on.
"""

import argparse
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from rich.console import Console

from tests.benchmarks.figures import BASELINE, Figures, compare, print_table, save, write_markdown
from tests.benchmarks.own_postgres import start_postgres
from tests.benchmarks.processes import describe_machine, measure_machine
from tests.benchmarks.series import SERIES, NewDatabase, measure_series


def main() -> None:
    options = read_options()
    # Whoever ends it ends its servers, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    progress = Console(stderr=True)
    machine, machine_seconds = describe_machine(), measure_machine()
    figures: list[Figures] = []
    with open_databases(options.postgresql) as new_database:
        for series in SERIES:
            if series.name not in options.only:
                continue
            progress.print(f"{series.name}: {series.contacts:,} contacts from {series.cards:,} cards")
            for one in measure_series(series, new_database):
                progress.print(f"  {one.who}: {one.work}: {one.run_seconds} s, {one.cards_per_second:,.0f} cards/s")
                figures.append(one)
    print_table(figures, machine, compare(figures, machine_seconds))
    if options.markdown:
        options.markdown.write_text(write_markdown(figures), encoding="utf-8")
    if options.json:
        save(options.json, figures, machine, machine_seconds)
    if options.save_baseline:
        save(BASELINE, figures, machine, machine_seconds)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [series.name for series in SERIES]
    usual = [name for name in names if name != "large"]
    parser.add_argument("--only", nargs="+", choices=names, default=usual, metavar="SERIES", help=", ".join(names))
    parser.add_argument("--postgresql", default="", metavar="URL", help="a server instead of one's own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also writes the figures there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also writes the table there, in short")
    parser.add_argument("--save-baseline", action="store_true", help="takes them as what later runs are held against")
    return parser.parse_args()


@contextmanager
def open_databases(server: str) -> Iterator[NewDatabase]:
    """Gives a new database each time it is asked; those on PostgreSQL are dropped in the end."""
    made: list[str] = []
    with ExitStack() as stack:
        server = server or stack.enter_context(start_postgres())

        def make(kind: str) -> str:
            if kind == "SQLite":
                return ""
            name = f"bench_{uuid.uuid4().hex[:8]}"
            execute(server, f"CREATE DATABASE {name}")
            made.append(name)
            return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

        try:
            yield make
        finally:
            for name in made:
                execute(server, f"DROP DATABASE {name}")


def execute(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


if __name__ == "__main__":
    sys.exit(main())
