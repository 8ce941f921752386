"""What a stand-in saw: every request, what of it could change something, and how fast it came."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.limits import PeakMeter

# A demo may run for days; tests never come near.
REMEMBERED_REQUESTS = 200_000


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One request. `status` is 0 when no answer was sent; `inputs` is the number of batch inputs."""

    method: str
    path: str
    status: int
    at: datetime
    inputs: int = 0
    query: str = ""
    is_write: bool = False


class Traffic:
    """The record of all requests of one stand-in."""

    def __init__(self) -> None:
        self.requests: deque[RequestSeen] = deque(maxlen=REMEMBERED_REQUESTS)
        self.count_429 = 0
        self.per_second = PeakMeter(1)
        self.per_10_seconds = PeakMeter(10)
        self.per_minute = PeakMeter(60)

    def note(self, seen: RequestSeen, at_seconds: float) -> None:
        """Remember a request that came at this moment of real time."""
        self.requests.append(seen)
        self.count_429 += seen.status == 429
        for meter in (self.per_second, self.per_10_seconds, self.per_minute):
            meter.note(at_seconds)

    def summarize(self) -> dict[str, Any]:
        """Return counts by method, path and status, and the totals."""
        counted = Counter((seen.method, seen.path, seen.status) for seen in self.requests)
        return {
            "counts": [
                {"method": method, "path": path, "status": status, "count": count}
                for (method, path, status), count in sorted(counted.items())
            ],
            "total": len(self.requests),
            "writes": sum(seen.is_write for seen in self.requests),
            "count_429": self.count_429,
            "peak_second": self.per_second.peak,
            "peak_10_seconds": self.per_10_seconds.peak,
            "peak_minute": self.per_minute.peak,
        }
