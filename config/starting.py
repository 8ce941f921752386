"""How commands, workers and web servers end when they cannot start: with one line that says what to mend."""

import sys
from typing import Any, NoReturn

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand
from django.db import Error, OperationalError, connection
from django.utils.translation import gettext as _

EXIT_FAILED = 1
SQLITE_ERROR = 1  # SQLite's code for a faulty statement; its other codes tell of files, locks and disks
MIGRATE = "uv run manage.py migrate"


class DatabaseUnusableError(Exception):
    """The database cannot be worked with, for a reason outside of the program; the message is for its operator."""


class Commands(ManagementUtility):
    """Django's commands; those that want their migrations checked don't begin without them."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand == "check":
            # Django would come to the admin's checks before anything has loaded what they look at.
            admin.autodiscover()
        command = super().fetch_command(subcommand)
        if command.requires_migrations_checks:
            vars(command)["check_migrations"] = require_tables
        return command


def run_command(arguments: list[str]) -> None:
    """Runs `manage.py COMMAND …`; exits with 1 after one line when the settings or the database are at fault."""
    try:
        Commands(arguments).execute()
    except (ImproperlyConfigured, DatabaseUnusableError) as error:
        if "--traceback" in arguments:
            raise
        refuse_start(error)
    except Error as error:
        reason = None if "--traceback" in arguments else explain_failure(error, migrating="migrate" in arguments[1:2])
        if reason is None:
            raise
        refuse_start(reason)


def refuse_start(reason: Exception | str, status: int = EXIT_FAILED) -> NoReturn:
    """Says why in one line, past what stands in for stderr in a worker process, and exits."""
    if sys.__stderr__ is not None:
        sys.__stderr__.write(" ".join(str(reason).split()) + "\n")
        sys.__stderr__.flush()
    sys.exit(status)


def require_tables() -> None:
    """Raises DatabaseUnusableError when a migration is missing; a database out of reach raises Django's own error."""
    if reason := find_missing_tables():
        raise DatabaseUnusableError(reason)


def explain_failure(error: Error, *, migrating: bool) -> str | None:
    """Why a command met the error, if the database is to blame for it, and None if the program is."""
    try:
        connection.close()
        connection.ensure_connection()
    except Error as failure:
        return _("The database cannot be reached: %(place)s, %(reason)s") % describe_fault(failure)
    try:
        missing = "" if migrating else find_missing_tables()
    except Error as failure:
        return _("The database cannot be used: %(place)s, %(reason)s") % describe_fault(failure)
    if missing:
        return missing
    return (
        _("The database cannot be used: %(place)s, %(reason)s") % describe_fault(error) if is_outage(error) else None
    )


def find_missing_tables() -> str:
    """What to do about migrations that have not been applied; empty when there are none."""
    # Loaded late: only a few commands come here, and it takes long.
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ""
    ours = {model._meta.db_table for model in apps.get_app_config("sync").get_models()}
    if ours.isdisjoint(connection.introspection.table_names()):
        return _("The database has no tables of Tsunagi yet. Run: %(command)s") % {"command": MIGRATE}
    return _("The database's tables are those of an older version of Tsunagi. Run: %(command)s") % {"command": MIGRATE}


def is_outage(error: Error) -> bool:
    """Whether it came from locks, disks or the network rather than from a faulty statement."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlite_errorcode", None) != SQLITE_ERROR


def describe_fault(error: Exception) -> dict[str, str]:
    return {"place": describe_place(), "reason": describe_reason(error)}


def describe_place() -> str:
    database: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(database["NAME"])
    return f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"


def describe_reason(error: Exception) -> str:
    """The first line of what the driver said, without the password."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    password = str(connection.settings_dict.get("PASSWORD") or "")
    return line.replace(password, "***") if password else line
