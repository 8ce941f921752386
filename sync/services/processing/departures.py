"""Cards and contacts that are gone: found by a full run, reported, never deleted or made again."""

from collections.abc import Iterator, Sequence

from sync.engine.mapping import MappedRecord
from sync.models import LinkState
from sync.services.processing.places import Place
from sync.services.processing.work import Work, Workshop


def settle_vanished_cards(shop: Workshop, places: Sequence[Place]) -> tuple[list[Work], list[Place]]:
    """Excludes cards that Sansan no longer shows; their contacts stay. Returns the works, and the cards that had
    lost to them and are to be looked at again."""
    works = [_start_work(place) for place in places]
    for work in works:
        work.place.eligible = False
        work.exclude("CARD_VANISHED")
    losers = shop.desk.find_losers([place.sansan_id for place in places])
    for place in losers:
        place.needs_revisit = True
    gone = {place.sansan_id for place in places}
    return works, [place for place in losers if place.sansan_id not in gone]


def settle_deleted_contacts(shop: Workshop) -> Iterator[list[Work]]:
    """Excludes linked cards whose contact lies in HubSpot's recycle bin, a page of it at a time."""
    for page in shop.hubspot.contacts(["email"], archived=True):
        holders = shop.desk.find_holders([contact.id for contact in page.contacts])
        works = [_start_work(place) for place in holders if place.state != LinkState.EXCLUDED]
        for work in works:
            work.exclude("CONTACT_DELETED", contact=work.place.hubspot_id)
        if works:
            yield works


def _start_work(place: Place) -> Work:
    return Work(
        card_id=place.sansan_id,
        place=place,
        mapped=MappedRecord({}),
        content_hash="",
        earlier=(place.state, place.reason_code),
    )
