"""HubSpot's limits: over ten seconds, over the day, and over the second for searches."""

from datetime import timedelta, timezone

from connectors.sandbox.clock import Clock
from connectors.sandbox.limits import RollingWindow

PORTAL_ZONE = timezone(timedelta(hours=9))


class Quota:
    """All limits of one portal; 0 means off, which is how they start. The day ends at the portal's midnight."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._window = RollingWindow(10)
        self._searches = RollingWindow(1)
        self._per_day = 0
        self._used_today = 0
        self._day = ""

    def set(self, per_10_seconds: int | None, per_day: int | None, search_per_second: int | None) -> None:
        """Set limits; None leaves one as it is."""
        if per_10_seconds is not None:
            self._window = RollingWindow(10, per_10_seconds)
        if search_per_second is not None:
            self._searches = RollingWindow(1, search_per_second)
        if per_day is not None:
            self._per_day, self._used_today = per_day, 0

    def take(self, at_seconds: float, *, is_search: bool) -> str:
        """Count a request and return an empty text, or the name of the policy that forbids it."""
        self._begin_day()
        if self._per_day and self._used_today >= self._per_day:
            return "DAILY"
        window = self._searches if is_search else self._window
        if not window.admits(at_seconds):
            return "SECONDLY" if is_search else "TEN_SECONDLY_ROLLING"
        window.take(at_seconds)
        self._used_today += 1
        return ""

    def use_up(self, requests: int, at_seconds: float) -> None:
        """Count requests that another user of the same account made."""
        self._begin_day()
        self._window.take(at_seconds, requests)
        self._used_today += requests

    def describe(self, at_seconds: float) -> dict[str, str]:
        """Return the headers that tell the limits; none for a limit that is off."""
        headers = {}
        if self._window.limit:
            headers["X-HubSpot-RateLimit-Max"] = str(self._window.limit)
            headers["X-HubSpot-RateLimit-Remaining"] = str(self._window.remaining(at_seconds))
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        if self._per_day:
            headers["X-HubSpot-RateLimit-Daily"] = str(self._per_day)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, self._per_day - self._used_today))
        return headers

    def _begin_day(self) -> None:
        today = self._clock.now().astimezone(PORTAL_ZONE).date().isoformat()
        if today != self._day:
            self._day, self._used_today = today, 0
