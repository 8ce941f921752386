"""`kill -9` at any moment: the next run goes on, writes nothing twice and loses nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from connectors.sandbox import Sandbox

ROOT = Path(settings.BASE_DIR)
CARDS = 1500
CONFIG = """
accounts:
  - {name: Sansan HQ, provider: sansan, credentials: {api_key: {env: SANSAN_API_KEY}}}
  - {name: HubSpot, provider: hubspot, credentials: {access_token: {env: HUBSPOT_TOKEN}}}
sync_rules:
  - {name: cards, sansan: Sansan HQ, hubspot: HubSpot, tags: {sync: all}, mappings: default}
"""


@pytest.fixture
def database_url(tmp_path: Path, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database that other processes can open, of the kind that the suite runs on."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        return
    name = f"crash_{os.getpid()}_{random.randrange(10**9)}"
    config = settings.DATABASES["default"]
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    host, port = config["HOST"], config["PORT"]
    yield f"postgres://{config['USER']}:{config['PASSWORD']}@{host}:{port}/{name}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=CARDS) as running:
        yield running


@pytest.fixture
def command(sandbox: Sandbox, database_url: str, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "SANSAN_BASE_URL": sandbox.sansan.url,
        "HUBSPOT_BASE_URL": sandbox.hubspot.url,
        "SANSAN_API_KEY": sandbox.sansan.api_key,
        "HUBSPOT_TOKEN": sandbox.hubspot.token,
        "SANSAN_REQUESTS_PER_SECOND": "0",
        "SANSAN_REQUESTS_PER_MINUTE": "0",
        "HUBSPOT_REQUESTS_PER_10_SECONDS": "0",
        "REDIS_URL": "",
    }

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for arguments in (["migrate", "-v", "0"], ["apply", str(tmp_path / "config.yaml")]):
        process = start(*arguments)
        _, errors = process.communicate(timeout=90)
        assert process.returncode == 0, errors
    return start


def run_to_the_end(command: Callable[..., subprocess.Popen[str]], *options: str) -> dict[str, object]:
    process = command("run_sync", "cards", "--json", *options)
    out, errors = process.communicate(timeout=90)
    assert process.returncode in (0, 3), errors
    return json.loads(out)


def kill_after_requests(process: subprocess.Popen[str], sandbox: Sandbox, count: int) -> None:
    """Kills the process once HubSpot has seen so many requests that write."""
    deadline = time.monotonic() + 60
    while len(sandbox.hubspot.writes) < count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)


@pytest.mark.timeout(300)
def test_killed_runs_are_continued_without_loss_or_doubles(
    sandbox: Sandbox, command: Callable[..., subprocess.Popen[str]]
) -> None:
    sandbox.hubspot.set_latency(15)
    sandbox.hubspot.forget_requests()
    for kills in (2, 5, 9):
        kill_after_requests(command("run_sync", "cards", "--json"), sandbox, kills)
    summary = run_to_the_end(command)
    counts = summary["counts"]
    assert counts["seen"] == CARDS, "the run that was killed is the one that ended"
    contacts = sandbox.hubspot.contacts()
    # Made for one card of an address and not recorded before the kill, a contact may be taken over by another card of
    # that address, which finds it and updates it.
    assert len(contacts) == counts["created"] + counts["updated"]
    created = Counter(contact_id for contact_id, _, how in sandbox.hubspot.written if how == "create")
    assert set(created.values()) == {1}
    for name in ("email", "sansan_card_id"):
        values = [contact[name] for contact in contacts if contact.get(name)]
        assert len(values) == len(set(values))
    # Of what was under way at a kill, or not recorded yet, each batch is sent once more: it finds its contacts instead
    # of making them, and those that were not all made are completed by one more.
    assert len([seen for seen in sandbox.hubspot.writes if seen.inputs]) <= CARDS / 100 + 3 * 4 + 6
    written = len(sandbox.hubspot.written)
    again = run_to_the_end(command)["counts"]
    assert (again["created"], again["updated"]) == (0, 0)
    everything = run_to_the_end(command, "--full")["counts"]
    assert (everything["seen"], everything["unchanged"]) == (CARDS, counts["created"] + counts["updated"])
    assert len(sandbox.hubspot.written) == written


@pytest.mark.timeout(300)
def test_a_killed_undo_is_continued(sandbox: Sandbox, command: Callable[..., subprocess.Popen[str]]) -> None:
    first = run_to_the_end(command)
    sandbox.hubspot.set_latency(15)
    for kills in (2, 3):
        sandbox.hubspot.forget_requests()
        kill_after_requests(command("undo_run", str(first["run"]), "--json"), sandbox, kills)
    process = command("undo_run", str(first["run"]), "--json")
    out, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    undo = json.loads(out)
    created = first["counts"]["created"]
    assert undo["run"] == first["run"] + 1, "the undo that was killed is the one that ended"
    assert (undo["counts"]["seen"], undo["counts"]["archived"], undo["left"]) == (created, created, [])
    assert sandbox.hubspot.contacts() == []
    again = run_to_the_end(command, "--full")["counts"]
    assert (again["seen"], again["created"], again["updated"]) == (CARDS, 0, 0)
