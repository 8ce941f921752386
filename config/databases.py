"""From DATABASE_URL to Django's settings of a database."""

import warnings
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"
POSTGRESQL_SCHEMES = ("postgres", "postgresql", "psql", "pgsql")
# A host that swallows packets would otherwise hold a command up for minutes.
CONNECT_TIMEOUT_SECONDS = 10
KINDS = "postgres://USER:PASSWORD@HOST:5432/NAME (PostgreSQL) or sqlite:///PATH (SQLite)"


def build_database(url: str, default_file: Path) -> dict[str, Any]:
    """The settings for that address; without one, those of the SQLite file.

    Raises ImproperlyConfigured, which never shows the address: it may hold a password.
    """
    if not url:
        database: dict[str, Any] = {"ENGINE": SQLITE, "NAME": str(default_file)}
    elif url.startswith(tuple(f"{scheme}://" for scheme in (*POSTGRESQL_SCHEMES, "sqlite"))):
        database = parse_url(url)
    else:
        raise ImproperlyConfigured(f"DATABASE_URL is not the address of a database that is supported: {KINDS}.")
    if database["ENGINE"] == SQLITE:
        # Writers queue up instead of failing: web, worker and schedule share the one file.
        database["OPTIONS"] = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        database.setdefault("OPTIONS", {}).setdefault("connect_timeout", CONNECT_TIMEOUT_SECONDS)
    return database


def parse_url(url: str) -> dict[str, Any]:
    scheme, rest = url.split("://", 1)
    if scheme == "sqlite" and not (rest.startswith("/") and len(rest) > 1) and rest != ":memory:":
        raise ImproperlyConfigured(
            "DATABASE_URL names no file. Write sqlite:///PATH with three slashes, or four before an absolute path."
        )
    try:
        with warnings.catch_warnings(action="ignore"):  # they show the password
            database: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError:
        raise explain_malformed() from None
    if database.get("ENGINE") not in (SQLITE, POSTGRESQL) or str(database.get("PORT")) == "0":
        raise explain_malformed()
    if not database["NAME"] and "service" not in database.get("OPTIONS", {}):
        raise ImproperlyConfigured(f"DATABASE_URL names no database. Write {KINDS}.")
    return database


def explain_malformed() -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"DATABASE_URL cannot be understood. Write {KINDS}; the port is a number, and special characters of a "
        "password are percent-encoded: # as %23, / as %2F, @ as %40."
    )
