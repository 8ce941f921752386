"""For what happens in another thread or process."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 30.0


def wait_until(condition: Callable[[], bool], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Looks again and again; fails when the condition is not met in time."""
    give_up_at = time.monotonic() + patience_seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.02)
