"""A database that is not there, not migrated or not a database: each command that needs it ends with one line."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.test_bad_settings import PASSWORD, read_refusal
from tests.sync.installation import CONFIGURATION, Installation

UNMIGRATED = "The database has no tables of Tsunagi yet. Run: uv run manage.py migrate"
COMMANDS = [
    ["apply", "configuration.yaml"],
    ["check_account", "HubSpot"],
    ["dev", "--port", "0"],
    ["export_config"],
    ["list_changes", "1"],
    ["list_records", "cards-to-contacts"],
    ["retry_records", "cards-to-contacts", "--failed"],
    ["run_sync", "cards-to-contacts"],
    ["scheduler"],
    ["scheduler", "--once"],
]
SOME_COMMANDS = [["apply", "configuration.yaml"], ["dev", "--port", "0"], ["export_config"], ["scheduler"]]


@pytest.fixture
def command(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    file = tmp_path / "configuration.yaml"
    file.write_text(CONFIGURATION, encoding="utf-8")
    return [str(file) if part == file.name else part for part in request.param]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken, but at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def out_of_reach(installation: Installation, closed_port: int) -> Installation:
    installation.environment |= {
        "DATABASE_URL": f"postgres://tsunagi:{PASSWORD}@127.0.0.1:{closed_port}/tsunagi",
        "SANSAN_API_KEY": "FAKE-sandbox-key",
        "HUBSPOT_TOKEN": "FAKE-sandbox-token",
    }
    return installation


@pytest.mark.parametrize("command", COMMANDS, indirect=True, ids=" ".join)
def test_tables_are_missing(installation: Installation, command: list[str]) -> None:
    installation.environment |= {"SANSAN_API_KEY": "FAKE-sandbox-key", "HUBSPOT_TOKEN": "FAKE-sandbox-token"}
    assert read_refusal(installation.manage(*command)) == UNMIGRATED


@pytest.mark.parametrize(
    "command", [COMMANDS[0], ["dev"], ["export_config"], ["migrate"], ["scheduler"]], indirect=True, ids=" ".join
)
def test_postgresql_is_out_of_reach(out_of_reach: Installation, closed_port: int, command: list[str]) -> None:
    line = read_refusal(out_of_reach.manage(*command))
    assert line.startswith(f"The database cannot be reached: 127.0.0.1:{closed_port}, ")
    assert "Connection refused" in line


def test_a_traceback_is_shown_on_request(out_of_reach: Installation) -> None:
    done = out_of_reach.manage("export_config", "--traceback")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_help_needs_no_database(out_of_reach: Installation) -> None:
    assert "--port" in out_of_reach.manage_well("dev", "--help")


def test_file_in_a_folder_that_is_not_there(installation: Installation) -> None:
    file = installation.folder / "nowhere" / "tsunagi.sqlite3"
    installation.environment["DATABASE_URL"] = f"sqlite:///{file}"
    line = read_refusal(installation.manage("export_config"))
    assert line == f"The database cannot be reached: {file}, unable to open database file"


def test_file_that_is_no_database(installation: Installation) -> None:
    (installation.folder / "installed.sqlite3").write_text("a letter, and not a short one\n" * 50, encoding="utf-8")
    line = read_refusal(installation.manage("export_config"))
    assert line.startswith("The database cannot be reached: ")
    assert line.endswith("file is not a database")


@pytest.mark.parametrize("command", [["dev", "--port", "0"], ["list_records", "cards-to-contacts"]], ids=" ".join)
def test_tables_of_an_older_version(installation: Installation, command: list[str]) -> None:
    installation.manage_well("migrate", "--verbosity", "0")
    with sqlite3.connect(installation.folder / "installed.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sync'")
        database.execute("ALTER TABLE sync_syncrule RENAME TO sync_oldrule")
    line = read_refusal(installation.manage(*command))
    assert line == ("The database's tables are those of an older version of Tsunagi. Run: uv run manage.py migrate")


def test_a_fault_of_the_program_is_not_hidden(installation: Installation) -> None:
    """With all migrations applied, a statement that fails is no matter for the operator."""
    installation.manage_well("migrate", "--verbosity", "0")
    with sqlite3.connect(installation.folder / "installed.sqlite3") as database:
        database.execute("ALTER TABLE sync_syncrule RENAME TO sync_oldrule")
    done = installation.manage("list_records", "cards-to-contacts")
    assert done.returncode == 1
    assert "no such table: sync_syncrule" in done.stderr
    assert "Traceback" in done.stderr
