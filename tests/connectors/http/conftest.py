import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest

from connectors.answers import Answer, Complaint, make_error, read_retry_after, read_seconds
from connectors.budget import NO_LIMIT
from connectors.errors import ConnectorError
from connectors.http import HttpClient
from tests.connectors.http.stand_in import Act, Stage, serve

CANARY = "FAKEsandboxCanaryKey0000000000xy"


def translate(answer: Answer) -> ConnectorError:
    body = answer.body if isinstance(answer.body, dict) else {}
    asked = read_seconds(body.get("retry_after"))
    return make_error(
        answer,
        Complaint(
            message=str(body.get("message", answer.text)),
            code=str(body.get("code", "")),
            retry_after_seconds=read_retry_after(answer.headers) if asked is None else asked,
            daily_quota=body.get("code") == "DAILY",
        ),
    )


@pytest.fixture
def play() -> Iterator[Callable[..., Stage]]:
    """Starts a stand-in that performs the given acts, one for each request."""
    stages: list[tuple[Stage, socket.socket]] = []

    def start(*acts: Act) -> Stage:
        listener = socket.create_server(("127.0.0.1", 0))
        stage = Stage(list(acts), url=f"http://127.0.0.1:{listener.getsockname()[1]}/api")
        stages.append((stage, listener))
        Thread(target=serve, args=(stage, listener), daemon=True).start()
        return stage

    yield start
    for stage, listener in stages:
        stage.closing.set()
        listener.close()


class Sleeper:
    """Counts the time that would have been slept."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.rests.append(seconds)


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def connect(sleeper: Sleeper) -> Callable[..., HttpClient]:
    """Makes a client of a stand-in that never really sleeps."""

    def make(url: str, **options: Any) -> HttpClient:
        options = {"sleep": sleeper, "read_timeout_seconds": 0.15, "connect_timeout_seconds": 1, **options}
        headers = options.pop("headers", {"Authorization": f"Bearer {CANARY}"})
        budget = options.pop("budget", NO_LIMIT)
        return HttpClient(url, headers, budget, service="Stand-in", translate=translate, **options)

    return make


@pytest.fixture
def refused_url() -> str:
    """An address on this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
