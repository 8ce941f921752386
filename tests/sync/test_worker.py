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


def test_it_refuses_to_start_without_redis(installation: Installation) -> None:
    done = installation.run(*DRAMATIQ, "--processes", "2", "--threads", "1")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "REDIS_URL" in line]
    assert len(said) == 1
    assert said[0].startswith("REDIS_URL is not set")
    assert "Traceback" not in done.stderr


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
