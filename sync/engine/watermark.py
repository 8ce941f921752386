"""Where a run starts reading, and how far it may say that everything was read."""

from datetime import UTC, datetime, timedelta

# Before any card: Sansan started in 2007.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
SMALLEST_WINDOW = timedelta(minutes=1)


def start_window(watermark: datetime | None, overlap: timedelta) -> datetime:
    """Inclusive lower bound of an incremental run: a stretch is read again for cards that appeared late."""
    return BEGINNING if watermark is None else max(BEGINNING, watermark - overlap)


def end_window(started_at: datetime, window_from: datetime) -> datetime:
    """Inclusive upper bound; never before the lower one, even when the service's clock is far ahead of ours."""
    return max(started_at, window_from + SMALLEST_WINDOW)


def advance(watermark: datetime | None, position: datetime | None, started_at: datetime) -> datetime | None:
    """The watermark after all up to `position` was recorded: never past the run's start, never backwards."""
    if position is None:
        return watermark
    reached = min(position, started_at)
    return reached if watermark is None else max(watermark, reached)
