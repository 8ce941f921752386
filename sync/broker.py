"""The queue of background jobs: Dramatiq on Redis, or inside this process when there is no Redis."""

import threading

import dramatiq
from django.conf import settings
from django.db import close_old_connections, connections
from dramatiq.broker import Broker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Middleware, Retries, ShutdownNotifications, TimeLimit
from dramatiq.worker import Worker

NAMESPACE = "tsunagi"
# One rule syncs while another one is taken up; SQLite, and a provider's rate limit, gain nothing from more.
IN_PROCESS_THREADS = 2
STOP_WITHIN_MILLISECONDS = 15_000


class ConnectionCare(Middleware):
    """Drops database connections that broke or grew old, around each message, as Django does around each request."""

    def before_process_message(self, *_args: object, **_details: object) -> None:
        close_old_connections()

    def after_process_message(self, *_args: object, **_details: object) -> None:
        close_old_connections()

    def before_worker_thread_shutdown(self, *_args: object) -> None:
        connections.close_all()


class InProcessWorker(Middleware):
    """Works the queue off in threads of this process.

    As a middleware of the StubBroker it starts with the first message: what that broker holds is lost to every other
    process, so whoever queues a job must also do it.
    """

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._stopped = False
        self._changing = threading.Lock()

    def after_enqueue(self, broker: Broker, *_args: object) -> None:
        self.start(broker)

    def start(self, broker: Broker) -> None:
        """Does nothing when it runs already, or was stopped: a job interrupted by the stop is queued once more."""
        with self._changing:
            if self._worker is None and not self._stopped:
                self._worker = Worker(broker, worker_threads=IN_PROCESS_THREADS, worker_timeout=100)
                self._worker.start()

    def stop(self) -> None:
        """Interrupts the jobs under way and waits for them to give up; the schedule goes on with them later."""
        with self._changing:
            worker, self._worker, self._stopped = self._worker, None, True
        if worker is not None:
            worker.stop(timeout=STOP_WITHIN_MILLISECONDS)


def build_broker(redis_url: str, *, namespace: str = NAMESPACE) -> Broker:
    """The broker on the Redis of that address; without one, a broker that lives in this process."""
    middleware: list[Middleware] = [AgeLimit(), TimeLimit(), ShutdownNotifications(), Retries(), ConnectionCare()]
    if redis_url:
        # The client library takes half a second to load, which every command would pay for.
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(url=redis_url, middleware=middleware, namespace=namespace)
    return StubBroker(middleware=middleware, fail_fast_default=False)


def list_send_errors() -> tuple[type[Exception], ...]:
    """What sending a message raises when the queue is out of reach."""
    if not settings.REDIS_URL:
        return ()
    from redis.exceptions import RedisError

    return (RedisError,)


in_process_worker = InProcessWorker()
broker = build_broker(settings.REDIS_URL)
if not settings.REDIS_URL:
    broker.add_middleware(in_process_worker)
# The dramatiq command takes the global one.
dramatiq.set_broker(broker)
