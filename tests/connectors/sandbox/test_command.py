"""The command `sandbox`, run as an operator would: in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.connectors.sandbox.callers import HubSpotCaller, SansanCaller

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def run_sandbox(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "sqlite:////no/such/file",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        yield process, dict(line.split(": ", 1) for line in lines if line)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_how_to_get_in_and_runs_until_interrupted(number: int) -> None:
    options = ("--cards", "7", "--sansan-per-second", "2", "--requests-per-10-seconds", "1", "--latency-ms", "1")
    with run_sandbox(*options) as (process, printed):
        assert list(printed) == ["Sansan", "Sansan key", "HubSpot", "HubSpot token"]
        sansan = SansanCaller(printed["Sansan"], printed["Sansan key"])
        assert sansan.url.startswith("http://127.0.0.1:")
        assert sansan.url.endswith("/v6.0")
        assert len(sansan.walk()) == 7
        hubspot = HubSpotCaller(printed["HubSpot"], printed["HubSpot token"])
        assert [hubspot.call("GET", hubspot.contacts).status_code for _ in range(2)] == [200, 429]
        process.send_signal(number)
        assert process.wait(10) == 0
        with pytest.raises(requests.ConnectionError):
            sansan.get("/me")


def test_the_same_seed_gives_the_same_people() -> None:
    people = []
    for seed in ("5", "5", "6"):
        with run_sandbox("--cards", "3", "--seed", seed) as (_, printed):
            cards = SansanCaller(printed["Sansan"], printed["Sansan key"]).walk()
            people.append(sorted((card["id"], card["email"]) for card in cards))
    assert people[0] == people[1]
    assert people[0] != people[2]


@pytest.mark.parametrize("options", [("--cards", "-1"), ("--hubspot-port", "70000"), ("--latency-ms", "x")])
def test_bad_options_are_refused(options: tuple[str, str]) -> None:
    with run_sandbox(*options) as (process, printed):
        assert printed == {}
        assert process.wait(10) == 2


def test_a_taken_port_is_told() -> None:
    with run_sandbox("--cards", "0") as (_, printed):
        port = printed["HubSpot"].rsplit(":", 1)[1]
        with run_sandbox("--cards", "0", "--hubspot-port", port) as (process, nothing):
            assert nothing == {}
            assert process.wait(10) == 2
            assert process.stderr is not None
            assert "could not start" in process.stderr.read()
