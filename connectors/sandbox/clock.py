"""The one clock by which both stand-ins tell the time."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that can be stopped and pushed forward. Starts at `now` (real time when not given) and runs on."""

    def __init__(self, now: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._offset_seconds = now.timestamp() - time.time() if now else 0.0
        self._frozen_seconds: float | None = None

    def seconds(self) -> float:
        """Return the time as seconds since 1970."""
        with self._lock:
            return self._read()

    def milliseconds(self) -> int:
        """Return the time as whole milliseconds since 1970."""
        return int(self.seconds() * 1000)

    def now(self) -> datetime:
        """Return the time, UTC-aware."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the given UTC-aware time or where it stands."""
        with self._lock:
            self._frozen_seconds = at.timestamp() if at else self._read()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back), frozen or not."""
        with self._lock:
            if self._frozen_seconds is not None:
                self._frozen_seconds += by.total_seconds()
            else:
                self._offset_seconds += by.total_seconds()

    def resume(self) -> None:
        """Let a frozen clock run on from where it stands; it does not jump back to real time."""
        with self._lock:
            if self._frozen_seconds is not None:
                self._offset_seconds = self._frozen_seconds - time.time()
                self._frozen_seconds = None

    def _read(self) -> float:
        if self._frozen_seconds is not None:
            return self._frozen_seconds
        return time.time() + self._offset_seconds
