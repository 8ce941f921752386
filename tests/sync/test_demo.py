"""The newcomer's first minute, from outside."""

import os
import signal
import socket
from pathlib import Path

import pytest
import requests

from tests.sync.installation import Installation, Service, choose_port, list_processes

pytestmark = pytest.mark.timeout(300)


def list_scratch_folders(folder: Path) -> list[Path]:
    return sorted(folder.glob("tsunagi-demo-*"))


def test_once_shows_a_whole_sync_and_leaves_nothing(installation: Installation) -> None:
    done = installation.manage("demo", "--once", "--cards", "120")
    assert done.returncode == 0, done.stderr
    assert "Everything here is local" in done.stdout
    assert "✓ First sync: 120 cards" in done.stdout
    assert "[NO_EMAIL]" in done.stdout
    assert "[DUPLICATE_EMAIL]" in done.stdout
    assert "[INVALID_EMAIL]" in done.stdout
    assert "| jobtitle | " in done.stdout
    assert " | 執行役員" in done.stdout
    assert "展示会2026春、VIP" in done.stdout
    assert "Created | 見本 新子 | email | (empty) | shinko.mihon@shinchaku.example" in done.stdout
    assert "Portal:" not in done.stdout
    assert "\x1b[" not in done.stdout
    assert list_scratch_folders(installation.folder) == []
    assert list_processes(str(installation.folder)) == {}


def start_demo(installation: Installation) -> tuple[Service, str, str]:
    """The running demo, its address and the administrator's password."""
    demo = installation.start("demo", "--cards", "20", "--port", str(choose_port()))
    address = demo.wait_for_line("Portal: ").removeprefix("Portal: ")
    assert demo.wait_for_line("") == "User: admin"
    return demo, address, demo.wait_for_line("").removeprefix("Password: ")


def test_the_portal_takes_the_printed_login_and_ends_on_ctrl_c(installation: Installation) -> None:
    demo, address, password = start_demo(installation)
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        assert page.url.startswith(address)
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        page = browser.post(page.url, data=form, headers={"Referer": page.url}, timeout=10)
        assert "cards-to-contacts" in browser.get(f"{address}admin/sync/syncrule/", timeout=10).text
    assert len(list_processes(str(installation.folder))) >= 3
    assert demo.stop(signal.SIGINT) == 0
    assert list_processes(str(installation.folder)) == {}
    folder = list_scratch_folders(installation.folder)[0]
    assert any(str(folder) in line for line in demo.lines)
    assert (folder / "demo.sqlite3").is_file()


def test_a_child_that_dies_ends_the_demo(installation: Installation) -> None:
    demo, _address, _password = start_demo(installation)
    children = list_processes(str(installation.folder))
    sandbox = next(pid for pid, command in children.items() if "manage.py sandbox" in command)
    os.kill(sandbox, signal.SIGKILL)
    demo.wait_for_line("CommandError: The command 'sandbox' ended unexpectedly (exit status -9).")
    assert demo.process.wait(timeout=60) == 1
    assert list_processes(str(installation.folder)) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_on_the_way_ends_the_children(installation: Installation, number: int) -> None:
    demo = installation.start("demo", "--cards", "20", "--port", str(choose_port()))
    demo.wait_for_line("Scratch folder: ")
    assert demo.stop(number) == 130
    assert list_processes(str(installation.folder)) == {}


def test_a_taken_port_is_said_before_anything_starts(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = installation.manage("demo", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert list_scratch_folders(installation.folder) == []


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_senseless_number_of_cards_is_refused(installation: Installation, count: str) -> None:
    done = installation.manage("demo", "--cards", count)
    assert done.returncode == 2
    assert "--cards" in done.stderr
