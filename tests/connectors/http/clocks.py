"""A time that passes only when somebody sleeps."""

from pyrate_limiter import InMemoryBucket, Rate


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds += seconds


class FakeTimeBucket(InMemoryBucket):
    def __init__(self, rates: list[Rate], time: FakeTime) -> None:
        super().__init__(rates)
        self._time = time

    def now(self) -> int:
        return int(self._time() * 1000)


def count_most_within(times: list[float], seconds: float) -> int:
    """The most of these times that lie within any span of so many seconds."""
    return max(sum(1 for later in times if earlier <= later < earlier + seconds) for earlier in times)
