"""A run is told to stop by another process than the one that works on it."""

import sqlite3
import time

from connectors.sandbox import Sandbox
from sync.services.watch import ASK_EVERY_SECONDS
from tests.sync.installation import PATIENCE_SECONDS, Installation
from tests.waiting import wait_until

CANCEL = "from sync.services.runs import cancel_run; print(cancel_run(1, by='operator').status)"


def read_run(installation: Installation) -> tuple[str, str, int]:
    """Status, who cancelled it, and how many contacts it created."""
    with sqlite3.connect(installation.folder / "installed.sqlite3") as database:
        rows = database.execute("SELECT status, cancel_requested_by, created FROM sync_syncrun").fetchall()
    return rows[0] if rows else ("", "", 0)


def test_a_run_in_another_process_stops_and_ends_as_cancelled(installation: Installation, sandbox: Sandbox) -> None:
    for number in range(300):
        sandbox.sansan.add_card(lastName="見本", email=f"p{number}@sample.example")
    installation.connect(sandbox)
    with sandbox.hubspot.hold_still():
        service = installation.start("run_sync", "cards-to-contacts")
        wait_until(lambda: read_run(installation)[0] == "running", PATIENCE_SECONDS)
        assert installation.manage_well("shell", "-v", "0", "-c", CANCEL).split() == ["running"]
        # HubSpot stays silent until the run is sure to ask again before it goes on.
        time.sleep(ASK_EVERY_SECONDS)
    assert service.process.wait(timeout=PATIENCE_SECONDS) == 1
    assert read_run(installation) == ("cancelled", "operator", 0)
    assert sandbox.hubspot.contacts() == []
    installation.manage_well("run_sync", "cards-to-contacts")
    assert len(sandbox.hubspot.contacts()) == 300
