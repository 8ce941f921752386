"""Worker processes, started as an operator starts them."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from connectors.sandbox import Sandbox
from sync.broker import NAMESPACE
from tests.sync.installation import Installation
from tests.waiting import wait_until

# Both look for an unused database of Redis: not at the same time.
pytestmark = pytest.mark.xdist_group("redis")
DRAMATIQ = [str(Path(sys.executable).with_name("dramatiq")), "config.worker"]
CARD = {"lastName": "見本", "firstName": "太郎", "email": "taro@sample.example"}


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A database of Redis that nobody uses: worker processes use the product's own namespace."""
    if not settings.REDIS_URL:
        pytest.skip("needs a Redis, named by REDIS_URL")
    server = settings.REDIS_URL.rsplit("/", 1)[0]
    url = next(url for number in range(15, 0, -1) if not redis.Redis.from_url(url := f"{server}/{number}").dbsize())
    yield url
    client = redis.Redis.from_url(url)
    for key in client.scan_iter(f"{NAMESPACE}*"):
        client.delete(key)


def refuse_to_start(installation: Installation, **variables: str) -> str:
    """The one line in which the worker says why it does not start, among those of dramatiq's own log."""
    installation.environment |= variables
    done = installation.run(*DRAMATIQ, "--processes", "2", "--threads", "1")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "[dramatiq.MainProcess]" not in line]
    return line


def test_it_refuses_to_start_without_redis(installation: Installation) -> None:
    assert refuse_to_start(installation, REDIS_URL="").startswith("REDIS_URL is not set")


def test_it_refuses_to_start_with_bad_settings(installation: Installation) -> None:
    line = refuse_to_start(installation, REDIS_URL="redis://:FAKE-pass-phrase@127.0.0.1:port/0")
    assert line.startswith("REDIS_URL is not the address of a Redis.")
    assert "FAKE-pass-phrase" not in line


def test_it_takes_what_the_scheduler_queues(installation: Installation, sandbox: Sandbox, redis_url: str) -> None:
    sandbox.sansan.add_card(**CARD)
    installation.environment["REDIS_URL"] = redis_url
    installation.connect(sandbox)
    worker = installation.start_process(*DRAMATIQ, "--processes", "1", "--threads", "1")
    assert "Due runs: 1" in installation.manage_well("scheduler", "--once")
    wait_until(lambda: bool(sandbox.hubspot.contacts()), patience_seconds=60)
    assert worker.stop(signal.SIGTERM) == 0
    assert "in sync" in installation.manage_well("list_records", "cards-to-contacts")


def test_dev_works_the_queue_of_redis(installation: Installation, sandbox: Sandbox, redis_url: str) -> None:
    sandbox.sansan.add_card(**CARD)
    installation.environment["REDIS_URL"] = redis_url
    installation.connect(sandbox)
    dev = installation.start("dev", "--port", "0")
    wait_until(lambda: bool(sandbox.hubspot.contacts()), patience_seconds=60)
    assert dev.stop(signal.SIGTERM) == 0
