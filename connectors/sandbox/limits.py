"""Rate limits over rolling windows, and the meters that say how fast requests really came.

Both go by real time, not by the sandbox clock: the clients that they measure sleep in real time.
"""

from collections import deque


class RollingWindow:
    """At most `limit` requests in any `seconds`; 0 takes the limit off."""

    def __init__(self, seconds: float, limit: int = 0) -> None:
        self.seconds = seconds
        self.limit = limit
        self._taken: deque[float] = deque()

    def admits(self, at: float) -> bool:
        """Say whether one more request fits at this moment."""
        return not self.limit or self.count(at) < self.limit

    def take(self, at: float, requests: int = 1) -> None:
        """Count requests that were let in."""
        if self.limit:
            self._taken.extend([at] * requests)

    def count(self, at: float) -> int:
        """Return how many requests the window holds."""
        while self._taken and self._taken[0] <= at - self.seconds:
            self._taken.popleft()
        return len(self._taken)

    def remaining(self, at: float) -> int:
        """Return how many requests still fit."""
        return max(0, self.limit - self.count(at))

    def wait_seconds(self, at: float) -> float:
        """Return how long until one more request fits."""
        return 0.0 if self.admits(at) else self._taken[0] + self.seconds - at


class PeakMeter:
    """The greatest number of requests ever seen within any `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._recent: deque[float] = deque()
        self.peak = 0

    def note(self, at: float) -> None:
        """Count one request."""
        self._recent.append(at)
        while self._recent[0] <= at - self._seconds:
            self._recent.popleft()
        self.peak = max(self.peak, len(self._recent))
