"""Where cards stand: the rule's links, or, in a preview, what it believes of them laid over the links."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils import timezone

from sync.models import PreviewLink, RecordLink, SyncRun
from sync.services.bulk_rows import BulkTable
from sync.services.processing import one_of as one_of  # registers the lookup
from sync.services.processing.places import COLUMNS, LOADED_COLUMNS, SYNCED_VALUES, Place

Places = dict[str, Place]

LINKS = BulkTable(RecordLink, [*COLUMNS, "rule_id", "created_at"])
PREVIEWS = BulkTable(PreviewLink, [*COLUMNS, "run_id"])
CHANGING_COLUMNS = [name for name in COLUMNS if name != "sansan_id"]
read_columns = attrgetter(*COLUMNS)


class LinkStore(Protocol):
    """Reads and writes the places of one rule's cards. Nothing is written before `save` or `mark_unchanged`."""

    def load(self, card_ids: Sequence[str]) -> Places: ...

    def find_sharing_email(self, emails: Iterable[str]) -> list[Place]: ...

    def find_holders(self, contact_ids: Iterable[str]) -> list[Place]: ...

    def find_losers(self, winner_ids: Iterable[str]) -> list[Place]: ...

    def find_to_revisit(self, limit: int) -> list[str]: ...

    def find_unseen(self, limit: int) -> list[Place]: ...

    def save(self, places: Sequence[Place]) -> None: ...

    def mark_unchanged(self, card_ids: Sequence[str], outcome: str) -> None: ...


class Desk:
    """The places in work: until they are recorded, one object per card, whichever question brings it up.

    The database does not know yet what the works have changed, so each answer of it is held against the objects.
    """

    def __init__(self, store: LinkStore) -> None:
        self._store = store
        self._places: Places = {}

    def load(self, card_ids: Sequence[str]) -> Places:
        """The place of each card, in the order asked; a new one for a card never seen. They are in work now."""
        missing = [card_id for card_id in card_ids if card_id not in self._places]
        self._places |= self._store.load(missing)
        return {card_id: self._places[card_id] for card_id in card_ids}

    def keep(self, place: Place) -> None:
        """The place is in work now."""
        self._places[place.sansan_id] = place

    def holds(self, place: Place) -> bool:
        return place.sansan_id in self._places

    def forget(self, places: Iterable[Place]) -> None:
        """They are no longer in work: recorded, or to be read anew."""
        for place in places:
            self._places.pop(place.sansan_id, None)

    def find_sharing_email(self, emails: Iterable[str]) -> list[Place]:
        """Cards that pass the limits and have one of the addresses."""
        wanted = set(emails)
        known = self._hold_against(self._store.find_sharing_email(wanted))
        return [place for place in known if place.eligible and place.email in wanted]

    def find_holders(self, contact_ids: Iterable[str]) -> list[Place]:
        """Cards linked with one of the contacts."""
        wanted = set(contact_ids)
        return [place for place in self._hold_against(self._store.find_holders(wanted)) if place.hubspot_id in wanted]

    def find_losers(self, winner_ids: Iterable[str]) -> list[Place]:
        """Cards excluded because one of the given stands for their contact."""
        wanted = set(winner_ids)
        return [place for place in self._hold_against(self._store.find_losers(wanted)) if place.winner_id in wanted]

    def _hold_against(self, stored: Iterable[Place]) -> Iterable[Place]:
        return ({place.sansan_id: place for place in stored} | self._places).values()


class RealLinks:
    """The links themselves.

    The exclusions of empty values change no answer: they let the database use the indexes that leave those out.
    """

    def __init__(self, run: SyncRun) -> None:
        self._run = run

    @property
    def _links(self) -> QuerySet[RecordLink]:
        return RecordLink.objects.filter(rule_id=self._run.rule_id)

    def load(self, card_ids: Sequence[str]) -> Places:
        known = {place.sansan_id: place for place in read_places(self._links.filter(sansan_id__one_of=card_ids))}
        return {card_id: known.get(card_id) or Place(card_id) for card_id in card_ids}

    def find_sharing_email(self, emails: Iterable[str]) -> list[Place]:
        return read_places(self._links.filter(email__one_of=set(emails), eligible=True).exclude(email=""))

    def find_holders(self, contact_ids: Iterable[str]) -> list[Place]:
        return read_places(self._links.filter(hubspot_id__one_of=set(contact_ids)).exclude(hubspot_id=""))

    def find_losers(self, winner_ids: Iterable[str]) -> list[Place]:
        return read_places(self._links.filter(winner_id__one_of=set(winner_ids)).exclude(winner_id=""))

    def find_to_revisit(self, limit: int) -> list[str]:
        return list(self._links.filter(needs_revisit=True).order_by("pk").values_list("sansan_id", flat=True)[:limit])

    def find_unseen(self, limit: int) -> list[Place]:
        """Cards that this run has not come across and that were not known to be gone."""
        unseen = self._links.exclude(seen_run_id=self._run.pk).exclude(reason_code="CARD_VANISHED")
        return read_places(unseen.order_by("pk")[:limit])

    def save(self, places: Sequence[Place]) -> None:
        save_places(LINKS, places, unique=("rule_id", "sansan_id"), own=(self._run.rule_id, timezone.now()))

    def mark_unchanged(self, card_ids: Sequence[str], outcome: str) -> None:
        self._links.filter(sansan_id__one_of=card_ids).update(seen_run_id=self._run.pk, seen_outcome=outcome)


class PreviewLinks:
    """Copies that belong to a preview; the links stay as they are."""

    def __init__(self, run: SyncRun) -> None:
        self._run = run
        self._real = RealLinks(run)

    @property
    def _copies(self) -> QuerySet[PreviewLink]:
        return PreviewLink.objects.filter(run=self._run)

    def load(self, card_ids: Sequence[str]) -> Places:
        copies: Places = {
            copy.sansan_id: copy for copy in read_places(self._copies.filter(sansan_id__one_of=card_ids))
        }
        missing = [card_id for card_id in card_ids if card_id not in copies]
        copies |= {place.sansan_id: place for place in copy_places(self._real.load(missing).values())}
        return {card_id: copies[card_id] for card_id in card_ids}

    def find_sharing_email(self, emails: Iterable[str]) -> list[Place]:
        copies = read_places(self._copies.filter(email__one_of=set(emails), eligible=True))
        return [*copies, *self._take_uncopied(self._real.find_sharing_email(emails))]

    def find_holders(self, contact_ids: Iterable[str]) -> list[Place]:
        copies = read_places(self._copies.filter(hubspot_id__one_of=set(contact_ids)))
        return [*copies, *self._take_uncopied(self._real.find_holders(contact_ids))]

    def find_losers(self, winner_ids: Iterable[str]) -> list[Place]:
        copies = read_places(self._copies.filter(winner_id__one_of=set(winner_ids)))
        return [*copies, *self._take_uncopied(self._real.find_losers(winner_ids))]

    def find_to_revisit(self, limit: int) -> list[str]:
        return list(self._copies.filter(needs_revisit=True).order_by("pk").values_list("sansan_id", flat=True)[:limit])

    def find_unseen(self, limit: int) -> list[Place]:
        seen = self._copies.filter(seen_run_id=self._run.pk).values("sansan_id")
        links = RecordLink.objects.filter(rule_id=self._run.rule_id).exclude(reason_code="CARD_VANISHED")
        return copy_places(read_places(links.exclude(sansan_id__in=seen).order_by("pk")[:limit]))

    def save(self, places: Sequence[Place]) -> None:
        save_places(PREVIEWS, places, unique=("run_id", "sansan_id"), own=(self._run.pk,))

    def mark_unchanged(self, card_ids: Sequence[str], outcome: str) -> None:
        """Copies that exist are marked; the others are made, since the links may not be touched."""
        places = self.load(card_ids)
        for place in places.values():
            place.seen_run_id, place.seen_outcome = self._run.pk, outcome
        self.save(list(places.values()))

    def _take_uncopied(self, places: Sequence[Place]) -> list[Place]:
        copies = self._copies.filter(sansan_id__in=[place.sansan_id for place in places])
        copied = set(copies.values_list("sansan_id", flat=True))
        return copy_places(place for place in places if place.sansan_id not in copied)


def read_places(rows: QuerySet[Any]) -> list[Place]:
    return [Place(*row, None, True) for row in rows.values_list(*LOADED_COLUMNS)]  # type: ignore[call-arg]  # in order


def copy_places(places: Iterable[Place]) -> list[Place]:
    """The same places as ones that a preview has not stored yet."""
    copies = list(places)
    for place in copies:
        place.is_stored = False
    return copies


def save_places(table: BulkTable, places: Sequence[Place], *, unique: Sequence[str], own: tuple[Any, ...]) -> None:
    """Writes places, with what the table has beside them: `own`, the same for all."""
    # A contact moves from one card to another only if it is let go first: the database holds one card per contact.
    stored = sorted((place for place in places if place.is_stored), key=lambda place: place.hubspot_id != "")
    for with_values in (False, True):
        rows = [(*read_columns(place), *own) for place in stored if (place.synced_values is not None) is with_values]
        updated = [name for name in CHANGING_COLUMNS if with_values or name != SYNCED_VALUES]
        if rows:
            table.upsert(rows, unique=unique, updated=updated)
    if new := [place for place in places if not place.is_stored]:
        table.insert((*read_columns(place), *own) for place in new)
    for place in new:
        place.is_stored = True


def open_links(run: SyncRun) -> LinkStore:
    """The store that fits the run: what a preview does never reaches the links."""
    return PreviewLinks(run) if run.dry_run else RealLinks(run)
