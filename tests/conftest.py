"""What all tests share: a database that threads can share, too, and a queue on which nobody works."""

import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate
from dramatiq import Message, Middleware
from dramatiq.brokers.redis import RedisBroker

from sync.broker import broker, in_process_worker
from sync.roles import make_roles


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in an installation: one in memory locks whole tables when two threads use it."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def keep_roles() -> None:
    """A migration made them once; the flush behind a test on a live server, which takes them along, ends with this
    signal."""

    def make_again(**_details: object) -> None:
        make_roles()

    post_migrate.connect(make_again, sender=apps.get_app_config("sync"), weak=False)


class Collector(Middleware):
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def after_enqueue(self, _broker: object, message: Message, _delay: int | None) -> None:
        self.messages.append(message)


@pytest.fixture(scope="session", autouse=True)
def keep_queue_apart() -> Iterator[None]:
    """No message is worked on unless a test does it, and none gets into a queue that somebody else works on."""
    if in_process_worker in broker.middleware:
        broker.middleware.remove(in_process_worker)
    if isinstance(broker, RedisBroker):
        broker.namespace = f"tsunagi-test-{uuid.uuid4()}"
    yield
    broker.flush_all()
    if isinstance(broker, RedisBroker):
        for key in broker.client.scan_iter(f"{broker.namespace}*"):
            broker.client.delete(key)


@pytest.fixture
def queued() -> Iterator[list[Message]]:
    """The messages queued since the test began."""
    collector = Collector()
    broker.add_middleware(collector)
    yield collector.messages
    broker.middleware.remove(collector)
    broker.flush_all()
