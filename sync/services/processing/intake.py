"""Takes cards in: each becomes a work that is settled at once or knows what HubSpot has to be asked.

A card whose address, contact or former version is in hand is held back until that is recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.hubspot.records import Contact
from sync.engine.diff import EMAIL
from sync.engine.outcomes import Outcome
from sync.engine.value_check import check_value
from sync.models import LinkState, RunKind, SyncRun
from sync.services.processing.claims import name_card_key, name_contact_key, name_email_key
from sync.services.processing.contacts import list_contact_ids
from sync.services.processing.contests import flag_abandoned_losers, settle_email_contests
from sync.services.processing.creating import IMAGINED
from sync.services.processing.drafting import Draft
from sync.services.processing.ledger import Entry
from sync.services.processing.places import Place
from sync.services.processing.prepare import prepare_work
from sync.services.processing.work import Station, Work, Workshop


@dataclass(frozen=True, slots=True)
class Arrival:
    """A card that came in, and the portion it came with."""

    draft: Draft
    entry: Entry

    @property
    def card_id(self) -> str:
        return self.draft.card_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """An arrival with all that it must have for itself. `email_key` is that of the address it has now."""

    arrival: Arrival
    place: Place
    keys: tuple[str, ...]
    email_key: str
    gives_up_email: bool


class Intake:
    """Takes cards in as they arrive, those that were held back first."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._held: dict[str, tuple[Arrival, tuple[str, ...]]] = {}

    @property
    def held(self) -> int:
        """How many cards wait for others to be recorded."""
        return len(self._held)

    def take(self, arrivals: Iterable[Arrival]) -> tuple[list[Work], list[Place]]:
        """The works of all cards that are free, and cards that had lost to one of them and are to be looked at again.

        Raises the errors of the clients, and MappingBrokenError.
        """
        latest: dict[str, Arrival] = {}
        for arrival in arrivals:
            # A newer version of a card that waits, or came twice, takes its place.
            waiting = self._held.pop(arrival.card_id, None)
            for older in (waiting[0] if waiting else None, latest.get(arrival.card_id)):
                if older:
                    older.entry.cards_left -= 1
            latest[arrival.card_id] = arrival
        return self._prepare(self._admit(latest))

    def take_released(self) -> tuple[list[Work], list[Place]]:
        """The works of the cards that were held back and are free now."""
        free = [card_id for card_id, (_, keys) in self._held.items() if self._shop.claims.is_free(keys)]
        return self._prepare(self._admit({card_id: self._held.pop(card_id)[0] for card_id in free}))

    def hold(self, work: Work, contact: Contact | None) -> None:
        """Puts a work back to where its card came in, until the contact is free."""
        if work.draft is None or work.entry is None:
            raise ValueError(f"Card {work.card_id} did not come in with a portion.")
        keys = [name_contact_key(contact_id) for contact_id in list_contact_ids(contact)]
        self._held[work.card_id] = (Arrival(work.draft, work.entry), (name_card_key(work.card_id), *keys))

    def _admit(self, arrivals: dict[str, Arrival]) -> list[Candidate]:
        """The arrivals that clash with nothing that is in hand, nor with each other."""
        claims = self._shop.claims
        card_keys = {card_id: name_card_key(card_id) for card_id in arrivals}
        untouched = {card_id: one for card_id, one in arrivals.items() if claims.is_free((card_keys[card_id],))}
        for card_id in arrivals.keys() - untouched.keys():
            self._held[card_id] = (arrivals[card_id], (card_keys[card_id],))
        places = self._shop.desk.load(list(untouched))
        candidates = [_examine(arrival, places[card_id]) for card_id, arrival in untouched.items()]
        # Who gives an address up goes before whoever has it now.
        candidates.sort(key=lambda candidate: not candidate.gives_up_email)
        admitted: list[Candidate] = []
        taken: dict[str, str] = {}
        for candidate in candidates:
            clashes = [key for key in candidate.keys if taken.get(key, candidate.email_key) != candidate.email_key]
            if clashes or not claims.is_free(candidate.keys):
                self._held[candidate.place.sansan_id] = (candidate.arrival, candidate.keys)
                self._shop.desk.forget([candidate.place])
                continue
            taken |= dict.fromkeys(candidate.keys, candidate.email_key)
            admitted.append(candidate)
        return admitted

    def _prepare(self, candidates: Sequence[Candidate]) -> tuple[list[Work], list[Place]]:
        shop = self._shop
        before = {one.place.sansan_id: (one.place.email, one.place.eligible) for one in candidates}
        works = [self._start(candidate) for candidate in candidates]
        settle_email_contests(shop, works)
        to_revisit = flag_abandoned_losers(shop, works, before)
        _settle_untouched(_list_open(works), shop.run)
        if _list_open(works):
            self._send_on(works)
        return works, to_revisit

    def _start(self, candidate: Candidate) -> Work:
        work = prepare_work(candidate.arrival.draft, candidate.place, candidate.arrival.entry)
        self._shop.claims.take(candidate.keys, work)
        return work

    def _send_on(self, works: Sequence[Work]) -> None:
        self._shop.load_validation_rules()
        for work in _list_open(works):
            _check_values(self._shop, work)
        _announce_tags(self._shop, _list_open(works))
        # HubSpot refuses a second contact with an address, but only if the address is written.
        looks_first = self._shop.run.dry_run or EMAIL not in self._shop.plan.policies
        for work in _list_open(works):
            if _has_contact(work.place):
                work.station = Station.READ
            else:
                work.station = Station.FIND if looks_first else Station.CREATE


def _examine(arrival: Arrival, place: Place) -> Candidate:
    """The keys: the card, the address it has and the one it had, its contact, and the card that it had lost to."""
    email = arrival.draft.email
    email_key = name_email_key(email) if email else ""
    keys = [name_card_key(place.sansan_id)]
    if email:
        keys.append(email_key)
    if place.email and place.email != email:
        keys.append(name_email_key(place.email))
    if place.hubspot_id:
        keys.append(name_contact_key(place.hubspot_id))
    if place.winner_id:
        keys.append(name_card_key(place.winner_id))
    return Candidate(arrival, place, tuple(keys), email_key, bool(place.email and place.email != email))


def _list_open(works: Sequence[Work]) -> list[Work]:
    return [work for work in works if not work.is_settled]


def _settle_untouched(works: Sequence[Work], run: SyncRun) -> None:
    """Neither the card nor its mapping changed since the last attempt: nothing to ask, nothing to write.

    The same cards are read several times over; what HubSpot has refused is sent again by a re-run, a full run, or
    when the card changes. A preview cannot ask HubSpot, so what was refused counts as refused. What was taken back
    stays so until the card changes or a person re-runs it.
    """
    for work in works:
        place = work.place
        if place.state == LinkState.IN_SYNC and place.hubspot_id and place.content_hash == work.content_hash:
            work.outcome = Outcome.UNCHANGED
        elif _is_undone(place, work) and run.kind != RunKind.RETRY:
            work.exclude(place.reason_code, **place.reason_detail)
        elif place.state == LinkState.FAILING and place.failed_hash == work.content_hash:
            work.is_repeat = place.seen_run_id == run.pk
            if work.is_repeat or run.dry_run or run.kind == RunKind.INCREMENTAL:
                work.fail(place.reason_code, **place.reason_detail)


def _is_undone(place: Place, work: Work) -> bool:
    """Whether the card's contact was archived by an undo, and the card has not changed since it was synced."""
    return place.reason_code == "RUN_UNDONE" and place.content_hash == work.content_hash


def _has_contact(place: Place) -> bool:
    return bool(place.hubspot_id) and not place.hubspot_id.startswith(IMAGINED)


def _check_values(shop: Workshop, work: Work) -> None:
    """Fails a record that HubSpot would refuse, so that it does not cost a request or hold up others."""
    for name, value in work.mapped.values.items():
        spec = shop.properties.get(name)
        if spec is None or name in shop.plan.tag_properties:
            continue
        if fault := check_value(spec, value):
            code, detail = fault
            work.fail(code, property=name, value=value[:200], lengths=detail)
            return


def _announce_tags(shop: Workshop, works: Sequence[Work]) -> None:
    if shop.run.dry_run:
        return
    used = {
        tag_id
        for work in works
        for name in shop.plan.tag_properties
        for tag_id in work.mapped.values.get(name, "").split(";")
        if tag_id
    }
    shop.ensure_tag_options({tag_id: shop.tag_names[tag_id] for tag_id in used})
