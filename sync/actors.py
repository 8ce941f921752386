"""Background jobs. They carry ids, and may run twice: the run's row says what is left to do."""

import logging

import dramatiq
from dramatiq.errors import Retry
from dramatiq.middleware.shutdown import Shutdown

from sync.broker import broker, list_send_errors
from sync.models import SyncRun
from sync.services.leases import RunActiveError

logger = logging.getLogger(__name__)

# A first run over several hundred thousand cards, at HubSpot's smallest rate, ends well within it.
TIME_LIMIT_MILLISECONDS = 12 * 60 * 60 * 1000


@dramatiq.actor(
    broker=broker,
    max_retries=3,
    min_backoff=5_000,
    max_backoff=60_000,
    time_limit=TIME_LIMIT_MILLISECONDS,
    notify_shutdown=True,
    throws=SyncRun.DoesNotExist,
)
def run_sync_rule(run_id: int) -> None:
    """Executes or continues the run; a failed sync is a result on its row, so retries are for lost databases only."""
    # Only workers need all that a run is made of; the web and the commands that queue runs start without it.
    from sync.services.execution import execute_run

    try:
        execute_run(run_id)
    except RunActiveError:
        logger.info("Run %s is in other hands already.", run_id)
    except Shutdown:
        raise Retry(f"Run {run_id} was interrupted because its worker stops.") from None


def queue_run(run_id: int) -> None:
    """Sends the run to the workers. With the queue out of reach it stays queued, and the scheduler sends it again."""
    try:
        run_sync_rule.send(run_id)
    except list_send_errors() as error:
        logger.warning("Run %s could not be sent to the workers yet: %s", run_id, error)
