"""`dev`: web, worker and schedule in one process."""

import signal
import socket

import pytest
import requests

from connectors.sandbox import Sandbox
from tests.sync.installation import Installation
from tests.waiting import wait_until

BEGINNING = "The portal answers at "


def read_address(line: str) -> str:
    return line.removeprefix(BEGINNING).split(" ")[0]


def test_it_serves_works_and_schedules_until_interrupted(installation: Installation, sandbox: Sandbox) -> None:
    sandbox.sansan.add_card(lastName="見本", firstName="太郎", email="taro@sample.example")
    installation.connect(sandbox)
    dev = installation.start("dev", "--port", "0")
    address = read_address(dev.wait_for_line(BEGINNING))
    assert address.startswith("http://127.0.0.1:")
    with requests.Session() as browser:
        login = browser.get(address, timeout=10)
        assert login.url == f"{address}login/?next=/"
        assert "Tsunagi" in login.text
        styles = browser.get(f"{address}static/admin/css/base.css", timeout=10)
        assert (styles.status_code, styles.headers["Content-Type"]) == (200, "text/css")
    wait_until(lambda: bool(sandbox.hubspot.contacts()))
    assert dev.stop(signal.SIGINT) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
    assert "in sync" in installation.manage_well("list_records", "cards-to-contacts")


def test_a_run_that_was_interrupted_goes_on_at_the_next_start(installation: Installation, sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.sansan.add_card(lastName="見本", email=f"taro{number}@sample.example")
    installation.connect(sandbox)
    sandbox.hubspot.set_latency(2000)
    known = len(sandbox.hubspot.requests)
    dev = installation.start("dev", "--port", "0")
    wait_until(lambda: len(sandbox.hubspot.requests) > known)
    assert dev.stop(signal.SIGTERM) == 0
    sandbox.hubspot.set_latency(0)
    installation.manage_well("run_sync", "cards-to-contacts")
    assert len(sandbox.hubspot.contacts()) == 3
    assert len(sandbox.hubspot.written) == 3


def test_a_taken_port_is_said(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        installation.manage_well("migrate", "--verbosity", "0")
        done = installation.manage("dev", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken. Choose another with --port." in done.stderr
    assert "Traceback" not in done.stderr
