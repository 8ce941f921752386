"""Sends what is due to the workers, every few seconds."""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from sync.actors import queue_run
from sync.services.runs import claim_due_rules

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 5.0
# A run that no worker has taken yet is reported as lost on every look; workers that are only busy need no more copies.
SEND_AGAIN_AFTER_SECONDS = 60.0


class Schedule:
    """One scheduler. Any number of them may run at once: each due rule is claimed by one."""

    def __init__(self) -> None:
        self._sent_at: dict[int, float] = {}

    def queue_due_runs(self) -> int:
        """How many runs were sent to the workers."""
        now = time.monotonic()
        self._sent_at = {run: at for run, at in self._sent_at.items() if now - at < SEND_AGAIN_AFTER_SECONDS}
        due = [run_id for run_id in claim_due_rules(timezone.now()) if run_id not in self._sent_at]
        for run_id in due:
            queue_run(run_id)
            self._sent_at[run_id] = now
        return len(due)

    def run_until(self, stop: threading.Event) -> None:
        """Looks again and again; a database that is away for a while is waited for."""
        while not stop.is_set():
            try:
                self.queue_due_runs()
            except DatabaseError as error:
                logger.warning("The schedule could not be read; trying again: %s", error)
            close_old_connections()
            stop.wait(LOOK_EVERY_SECONDS)
