"""Carries all contacts of a run through its undo, a hundred at a time."""

from concurrent.futures import wait
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q
from django.utils import timezone

from connectors.hubspot.client import HubSpotClient
from sync.models import SyncRun
from sync.services.leases import Lease
from sync.services.processing.batches import split_into_batches
from sync.services.processing.steps import Crew, Steps
from sync.services.property_catalogue import PropertyCatalogue
from sync.services.undoing.cases import Case, Spans
from sync.services.undoing.recording import UndoRecorder
from sync.services.undoing.sending import UndoShop, take_back
from sync.services.undoing.written import list_touched, load_written
from sync.services.watch import Watch

T = TypeVar("T")

RENEW_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back what `undone` wrote, as far as the contacts still hold it; goes on where it was interrupted.

    Created contacts are archived unless one of the properties that were written holds another value by now, a later
    run wrote to them, or another rule shares them. Of changed contacts each property is put back to the value from
    before the run, if it still holds the run's. What is left gets an audit row with the reason.

    Afterwards the rule does not do the same again by itself: an archived contact's card is excluded (RUN_UNDONE), a
    put-back one counts as synced, both with the hash of what was written. When the card or its mapping changes, it is
    synced again; the card of an archived contact also when a person re-runs it.
    """

    run: SyncRun
    undone: SyncRun
    hubspot: HubSpotClient
    crew: Crew

    def perform(self, recorder: UndoRecorder, lease: Lease, watch: Watch) -> None:
        """Raises the errors of the client, LeaseLostError and RunCancelledError; what HubSpot had confirmed is
        recorded."""
        specs = PropertyCatalogue(self.hubspot).specs
        shop = UndoShop(self.run, self.hubspot, self.crew, specs, list_spans(self.undone))
        for portion in split_into_batches(list_touched(self.undone, before=recorder.done_down_to)):
            watch.renew()
            cases = recorder.leave_out_recorded([Case(one) for one in load_written(self.undone, portion)])
            is_whole = False
            try:
                if cases:
                    complete(take_back(shop, cases), lease)
                is_whole = True
            finally:
                recorder.record(cases, is_whole=is_whole, last_row=portion[-1].rows[-1])


def complete(steps: Steps[T], lease: Lease) -> T:
    """Goes through all steps, keeping the lease while they wait for answers. Raises what they raise."""
    while True:
        try:
            awaited = next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result
        while not wait([awaited], timeout=RENEW_WITHIN_SECONDS).done:
            lease.renew()


def list_spans(undone: SyncRun) -> Spans:
    """When undos of the run were under way, this one included."""
    now = timezone.now()
    undos = SyncRun.objects.filter(~Q(started_at=None), undoes=undone, dry_run=False)
    # One that is under way has no end yet; what it archives, it archives after it was asked here.
    return [(one.started_at, one.finished_at or now) for one in undos if one.started_at]
