"""Who works on a run: a lease in the database, and a token that fences every write of state."""

import os
import socket
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q, QuerySet
from django.utils import timezone

from sync.models import ACTIVE_STATUSES, RunStatus, SyncRun

LEASE_SECONDS = 180
RENEW_EVERY_SECONDS = 20


class LeaseLostError(Exception):
    """Somebody else took the run over: stop at once and write nothing more."""


class RunCancelledError(Exception):
    """Somebody told the run to stop."""


class RunActiveError(Exception):
    """A living process works on a run of this rule."""

    def __init__(self, run: SyncRun) -> None:
        super().__init__(f"Run {run.pk} of {run.rule_name} is under way (held by {run.lease_holder or 'the queue'}).")
        self.run = run


class Lease:
    """The right to work on one run, renewed while its holder talks to the services."""

    def __init__(self, run_id: int, token: uuid.UUID) -> None:
        self.run_id = run_id
        self.token = token
        self.renewed_at = time.monotonic()

    def renew(self) -> None:
        """Called before each request; writes only now and then. Raises LeaseLostError when the run is not ours."""
        if time.monotonic() - self.renewed_at < RENEW_EVERY_SECONDS:
            return
        if not self.own().update(lease_expires_at=expire_at()):
            raise LeaseLostError(f"Run {self.run_id} was taken over.")
        self.renewed_at = time.monotonic()

    def check_cancelled(self) -> None:
        """Raises RunCancelledError when somebody told the run to stop."""
        if self.own().filter(cancel_requested_at__isnull=False).exists():
            raise RunCancelledError(f"Run {self.run_id} was told to stop.")

    def release(self) -> None:
        """Leaves the run, unfinished, to whoever goes on with it."""
        self.own().update(lease_expires_at=timezone.now())

    def own(self) -> QuerySet[SyncRun]:
        """The run's row, as long as it is ours: every write of state goes through this condition."""
        return SyncRun.objects.filter(pk=self.run_id, lease_token=self.token, status=RunStatus.RUNNING)


def take_lease(run: SyncRun) -> Lease:
    """Claims a queued run, or one whose holder is gone. Raises RunActiveError when a living process holds it."""
    token = uuid.uuid4()
    now = timezone.now()
    free = Q(lease_token=None) | Q(lease_expires_at__lt=now)
    if is_holder_dead(run.lease_holder):
        free |= Q(lease_token=run.lease_token)
    claimed = SyncRun.objects.filter(free, pk=run.pk, status__in=ACTIVE_STATUSES).update(
        status=RunStatus.RUNNING, lease_token=token, lease_holder=name_holder(), lease_expires_at=expire_at()
    )
    if not claimed:
        run.refresh_from_db()
        raise RunActiveError(run)
    run.refresh_from_db()
    return Lease(run.pk, token)


def is_abandoned(run: SyncRun) -> bool:
    """Whether nobody works on this active run: its process died, or its lease lapsed."""
    if run.lease_token is None:
        return False
    return (run.lease_expires_at or timezone.now()) < timezone.now() or is_holder_dead(run.lease_holder)


def expire_at() -> datetime:
    return timezone.now() + timedelta(seconds=LEASE_SECONDS)


def name_holder() -> str:
    """This process, in a way that another one on the same machine can look for it."""
    return f"{_name_place()} {os.getpid()} {_read_start_ticks(os.getpid())}"


def is_holder_dead(holder: str) -> bool:
    """True only when the holder was a process of this very machine and process space and is no more.

    Spares the wait for the lease to lapse after a crash; of other machines nothing is known, so their leases must.
    """
    place, _, process = holder.partition(" ")
    if not holder or place != _name_place():
        return False
    pid, _, started = process.partition(" ")
    return _read_start_ticks(int(pid)) != started


def _name_place() -> str:
    try:
        process_space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        process_space = Path("unknown")
    return f"{socket.gethostname()}/{process_space}"


def _read_start_ticks(pid: int) -> str:
    """When the process started, by the kernel's own clock; empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        except OSError:
            return "unknown"
        return "unknown"
    # The command's name, in brackets, may hold blanks; the 20th field after it is the start time. A process that has
    # died but was not yet collected by its parent is still listed, with state Z.
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else rest[18]
