"""Whether a run may still send requests: asked before each, in whichever thread sends it."""

import math
import threading
import time

from sync.services.leases import LEASE_SECONDS, Lease

# A request leaves only while the lease was seen to be ours so lately that nobody can have taken it over.
TRUSTED_SECONDS = LEASE_SECONDS / 3
LOOK_EVERY_SECONDS = 0.05
# How often the database is asked whether somebody told the run to stop.
ASK_EVERY_SECONDS = 1.0


class RunStoppedError(Exception):
    """The run sends no more requests."""


class Watch:
    """Lets the requests of one run through as long as its lease holds.

    The database is only asked by the thread that works on the run; the others wait for it if that was long ago, as
    when the whole process was paused.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._owner = threading.get_ident()
        self._stopped = threading.Event()
        self._asked_at = -math.inf

    def check(self) -> None:
        """Told by the clients before each request. Raises RunStoppedError, LeaseLostError when the run was taken over,
        and RunCancelledError when somebody told it to stop."""
        if threading.get_ident() == self._owner:
            self.renew()
            return
        while not self._stopped.is_set():
            if time.monotonic() - self._lease.renewed_at < TRUSTED_SECONDS:
                return
            time.sleep(LOOK_EVERY_SECONDS)
        raise RunStoppedError("The run was stopped.")

    def renew(self) -> None:
        """Keeps the lease. Raises LeaseLostError when the run was taken over, and RunCancelledError."""
        self._lease.renew()
        if time.monotonic() - self._asked_at >= ASK_EVERY_SECONDS:
            self._asked_at = time.monotonic()
            self._lease.check_cancelled()

    def stop(self) -> None:
        """Lets no request of another thread through from now on."""
        self._stopped.set()
