"""Works that wait for company: a call takes a hundred, and requests are what there is least of."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from sync.services.processing.batches import BATCH_SIZE
from sync.services.processing.work import Station, Work

# A batch that does not fill up goes when so many portions of cards have come in since its first work did.
LONGEST_WAIT_PORTIONS = 20

# Where the works of a station come from. What is nearest to its end goes first.
UPSTREAM: dict[Station, tuple[Station, ...]] = {
    Station.UPDATE: (Station.READ, Station.CREATE, Station.FIND),
    Station.FIND: (Station.CREATE,),
    Station.READ: (),
    Station.CREATE: (),
}


@dataclass(slots=True)
class Queue:
    works: deque[Work] = field(default_factory=deque)
    age: int = 0


class Queues:
    """One queue for each station."""

    def __init__(self) -> None:
        self._queues = {station: Queue() for station in UPSTREAM}

    @property
    def are_empty(self) -> bool:
        return not any(queue.works for queue in self._queues.values())

    def add(self, work: Work) -> None:
        if work.station is None:
            raise ValueError(f"Card {work.card_id} has nowhere to go.")
        self._queues[work.station].works.append(work)

    def grow_older(self) -> None:
        """Another portion of cards came in."""
        for queue in self._queues.values():
            queue.age = queue.age + 1 if queue.works else 0

    def take_batch(
        self, *, busy: Collection[Station], is_source_finished: bool, is_stuck: bool
    ) -> tuple[Station, list[Work]] | None:
        """The next batch to send, None when all wait for more works. `busy` are the stations that work on batches now;
        `is_stuck`: no more cards come in until some of these are done."""
        for station, queue in self._queues.items():
            if not queue.works:
                continue
            is_last = is_source_finished and not any(
                source in busy or self._queues[source].works for source in UPSTREAM[station]
            )
            if len(queue.works) >= BATCH_SIZE or is_last or is_stuck or queue.age > LONGEST_WAIT_PORTIONS:
                count = min(len(queue.works), BATCH_SIZE)
                queue.age = 0
                return station, [queue.works.popleft() for _ in range(count)]
        return None
