"""Cards on their way from Sansan to HubSpot, many at a time: reading, preparing, writing and recording overlap.

All of it happens in the thread that calls `run`, except for the requests and the drafts: sources and jobs have them
made by threads and are gone on with when they are there. What is under way is limited, so memory does not grow with
the number of cards.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from connectors.errors import RetryLaterError
from sync.services.processing.complaints import fail_for_issue
from sync.services.processing.contacts import find_contacts, read_linked
from sync.services.processing.creating import create_contacts
from sync.services.processing.drafts import DraftSource
from sync.services.processing.intake import Arrival, Intake
from sync.services.processing.ledger import Ledger
from sync.services.processing.places import Place
from sync.services.processing.queues import Queues
from sync.services.processing.recording import Recorder
from sync.services.processing.steps import Steps
from sync.services.processing.updating import compare_contacts, update_contacts
from sync.services.processing.work import Station, Work, Workshop
from sync.services.watch import Watch

# Enough to keep 190 requests in 10 seconds under way when each takes half a second.
MOST_JOBS = 12
MOST_WORKS = 3000
MOST_HELD = 300
# Outcomes are written together while there is other work to do, but no more than these at a time.
MOST_UNRECORDED = 300
LONGEST_WAIT_SECONDS = 5.0
CREATE_ATTEMPTS = 2


@dataclass(slots=True, eq=False)
class Job:
    """One batch at one station; `awaited` is what it needs to go on."""

    station: Station
    works: Sequence[Work]
    steps: Steps[None]
    awaited: "Future[Any] | None" = None


class Pipeline:
    """Carries the cards of one source after the other through the stations."""

    def __init__(self, shop: Workshop, intake: Intake, recorder: Recorder, watch: Watch) -> None:
        self._shop = shop
        self._intake = intake
        self._recorder = recorder
        self._watch = watch
        self._ledger = Ledger()
        self._queues = Queues()
        self._jobs: list[Job] = []
        self._finished: list[Work] = []
        self._works_under_way = 0
        self._was_released = False
        self._missing: list[str] = []
        self._is_broken = False

    def run(self, source: DraftSource) -> list[str]:
        """Works on until every card of the source is recorded, and returns the ids that Sansan doesn't show.

        Raises the errors of the clients, MappingBrokenError and LeaseLostError. What the services had confirmed by
        then is recorded, except when the lease is lost; the position stays before the first card that is not.
        """
        try:
            while not self._is_done(source):
                self._watch.renew()
                moved = self._go_on() | self._take_in(source) | self._start_jobs(source)
                if len(self._finished) >= MOST_UNRECORDED or (self._finished and not moved):
                    self._record()
                elif not moved:
                    self._wait(source)
            self._record()
        except Exception:
            self._stop(source)
            raise
        finally:
            source.close()
        missing, self._missing = self._missing, []
        return missing

    def _is_done(self, source: DraftSource) -> bool:
        waiting = self._jobs or self._finished or self._intake.held or not self._queues.are_empty
        return source.is_finished and not waiting

    # -- taking in ---------------------------------------------------------------------------------------------------

    def _take_in(self, source: DraftSource) -> bool:
        if self._was_released and self._intake.held:
            self._was_released = False
            works, to_revisit = self._intake.take_released()
            self._distribute(works, to_revisit)
            if works:
                return True
        if not self._has_room:
            return False
        was_finished = source.is_finished
        portion = source.poll()
        if portion is None:
            return source.is_finished is not was_finished
        self._missing += portion.missing
        entry = self._ledger.open(portion.position, len(portion.drafts))
        self._queues.grow_older()
        self._distribute(*self._intake.take([Arrival(draft, entry) for draft in portion.drafts]))
        return True

    @property
    def _has_room(self) -> bool:
        return self._works_under_way < MOST_WORKS and self._intake.held < MOST_HELD

    def _distribute(self, works: Sequence[Work], to_revisit: Sequence[Place]) -> None:
        self._works_under_way += len(works)
        for work in works:
            if not work.is_settled:
                self._queues.add(work)
        self._finish(works)
        if to_revisit:
            # At once: nobody else keeps in mind that they were flagged.
            self._record(to_revisit)

    # -- jobs --------------------------------------------------------------------------------------------------------

    def _start_jobs(self, source: DraftSource) -> bool:
        """Starts full batches, and smaller ones where nobody is left to fill them up."""
        moved = False
        while len(self._jobs) < MOST_JOBS:
            batch = self._queues.take_batch(
                busy=[job.station for job in self._jobs],
                is_source_finished=source.is_finished,
                is_stuck=not self._jobs and not self._has_room,
            )
            if batch is None:
                break
            station, works = batch
            job = Job(station, works, STEPS[station](self._shop, works))
            self._jobs.append(job)
            self._advance(job)
            moved = True
        return moved

    def _go_on(self) -> bool:
        answered = [job for job in self._jobs if job.awaited is None or job.awaited.done()]
        for job in answered:
            self._advance(job)
        return bool(answered)

    def _advance(self, job: Job) -> None:
        """Goes on with a job as far as it comes. Raises what the job raises; its settled works are kept."""
        try:
            job.awaited = next(job.steps)
        except StopIteration:
            self._leave(job)
        except BaseException:
            self._jobs.remove(job)
            self._finish(job.works)
            raise

    def _leave(self, job: Job) -> None:
        self._jobs.remove(job)
        for work in job.works:
            if work.is_deferred:
                self._defer(work)
            elif not work.is_settled:
                self._queues.add(work)
        self._finish(job.works)

    def _defer(self, work: Work) -> None:
        """The work, and those that are tied to it, start anew when the contact is free."""
        for one in list_company(work):
            self._intake.hold(one, work.contact)
            self._let_go(one)
            self._works_under_way -= 1

    # -- recording ---------------------------------------------------------------------------------------------------

    def _finish(self, works: Iterable[Work]) -> None:
        for work in works:
            is_tied = work.waits_for is not None and not work.waits_for.is_settled
            if work.is_settled and not is_tied and not work.is_finished:
                for one in list_company(work):
                    one.is_finished = True
                    self._finished.append(one)

    def _record(self, to_revisit: Sequence[Place] = ()) -> None:
        works, self._finished = self._finished, []
        for work in works:
            if work.entry:
                work.entry.cards_left -= 1
        position = self._ledger.close_finished()
        if not works and not to_revisit and position is None:
            return
        try:
            self._recorder.record(works, to_revisit=to_revisit, position=position)
        except BaseException:
            # Nothing may be recorded after it: the ledger takes these works for recorded.
            self._is_broken = True
            raise
        for work in works:
            self._let_go(work)
        self._works_under_way -= len(works)

    def _let_go(self, work: Work) -> None:
        others = [*work.renamed, *(displaced.place for displaced in work.displaced)]
        self._shop.desk.forget([work.place, *others])
        self._shop.claims.release(work)
        self._was_released = True

    # -- waiting and stopping ----------------------------------------------------------------------------------------

    def _wait(self, source: DraftSource) -> None:
        awaited = [*self._list_awaited(), *source.pending()]
        if not awaited:
            raise RuntimeError("The pipeline stands still.")
        # What has come in already is left lying while there is no room for it.
        wait([one for one in awaited if not one.done()], timeout=LONGEST_WAIT_SECONDS, return_when=FIRST_COMPLETED)

    def _list_awaited(self) -> Collection["Future[Any]"]:
        return [job.awaited for job in self._jobs if job.awaited]

    def _stop(self, source: DraftSource) -> None:
        """Sends nothing more, waits for what is under way, and records what came of it."""
        self._watch.stop()
        source.close()
        while self._jobs:
            wait(self._list_awaited(), return_when=FIRST_COMPLETED)
            for job in [job for job in self._jobs if job.awaited is None or job.awaited.done()]:
                # The first error is the run's; others that follow from the stop tell nothing.
                with suppress(Exception):
                    self._advance(job)
        if not self._is_broken:
            self._record()


def list_company(work: Work) -> list[Work]:
    """The work and all that are recorded only together with it."""
    return [work, *(one for follower in work.followers for one in list_company(follower))]


def read_contacts(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Reads the linked contacts, and decides what is to be written."""
    yield from read_linked(shop, works)
    compare_contacts(shop, [work for work in works if work.contact])


def look_for_contacts(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Looks for contacts that are there already, and decides what becomes of the works that have none."""
    yield from find_contacts(shop, works)
    compare_contacts(shop, [work for work in works if work.contact])
    lost: list[Work] = []
    for work in works:
        if work.contact or work.is_settled:
            continue
        if work.conflict:
            fail_for_issue(work, work.conflict)
        elif work.sends < CREATE_ATTEMPTS:
            work.station = Station.CREATE
        elif work.is_answer_lost:
            lost.append(work)
        else:
            work.fail("NOT_APPLIED")
    if lost:
        raise RetryLaterError("HubSpot did not answer when contacts were created, twice in a row.")


STEPS: dict[Station, Callable[[Workshop, Sequence[Work]], Steps[None]]] = {
    Station.READ: read_contacts,
    Station.CREATE: create_contacts,
    Station.FIND: look_for_contacts,
    Station.UPDATE: update_contacts,
}
