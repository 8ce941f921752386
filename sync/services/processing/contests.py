"""Several cards, one e-mail address or one contact: which of them stands for it.

A card of the portion that loses is settled at once, but `waits_for` its winner: both are recorded, or neither. A card
from before that loses is `displaced` by its winner and recorded with it; one that had lost already is only `renamed`,
told of its new winner. The contact goes along, and with it (`inherited`) that this run created it.
"""

from collections import defaultdict
from collections.abc import Sequence

from sync.engine.identity import choose_winner, rank
from sync.engine.outcomes import Outcome
from sync.models import LinkState
from sync.services.processing.claims import name_card_key, name_contact_key
from sync.services.processing.contacts import list_contact_ids
from sync.services.processing.places import Place
from sync.services.processing.work import Work, Workshop, as_contender

LOST_TO_ANOTHER = ("DUPLICATE_EMAIL", "DUPLICATE_CONTACT")


def settle_email_contests(shop: Workshop, works: Sequence[Work]) -> None:
    """Excludes every card whose e-mail address belongs to a better card, among these or known from before."""
    entries = [work for work in works if work.place.eligible and work.email]
    if not entries:
        return
    entrants: dict[str, list[Work]] = defaultdict(list)
    for work in entries:
        entrants[work.email].append(work)
    known: dict[str, list[Place]] = defaultdict(list)
    present = {work.card_id for work in works}
    for place in shop.desk.find_sharing_email(entrants):
        if place.sansan_id not in present:
            known[place.email].append(place)
    for email, contenders in entrants.items():
        _settle_email(shop, contenders, known[email])


def _settle_email(shop: Workshop, works: list[Work], known: list[Place]) -> None:
    places = {place.sansan_id: place for place in [*known, *(work.place for work in works)]}
    winner = places[choose_winner(as_contender(place) for place in places.values()).card_id]
    champion = next((work for work in works if work.place is winner), None)
    for work in works:
        if work is not champion:
            _lose(work, "DUPLICATE_EMAIL", winner)
            if champion:
                work.wait_for(champion)
                _hand_over(shop, work.place, champion)
    if champion is None:
        return
    for place in known:
        if place.reason_code in LOST_TO_ANOTHER:
            _rename_winner(shop, place, champion)
        else:
            _lose(_displace(shop, place, champion), "DUPLICATE_EMAIL", winner)
            _hand_over(shop, place, champion)


def settle_contact_contests(shop: Workshop, works: Sequence[Work]) -> list[Work]:
    """The works that may write to the contact they found; the others are excluded in favour of a better card, or put
    off while another batch has the contact in hand.

    Two addresses of one contact can bring two cards to it, so this comes on top of the contest for an address.
    """
    by_contact: dict[str, list[Work]] = defaultdict(list)
    for work in _claim_contacts(shop, works):
        if work.contact:
            by_contact[work.contact.id].append(work)
    entered = {work.card_id for work in works}
    ids = {contact_id: list_contact_ids(rivals[0].contact) for contact_id, rivals in by_contact.items()}
    holders: dict[str, list[Place]] = defaultdict(list)
    for place in shop.desk.find_holders(one for known in ids.values() for one in known):
        if place.sansan_id not in entered:
            holders[place.hubspot_id].append(place)
    return [
        winner
        for contact_id, rivals in by_contact.items()
        if (winner := _settle_contact(shop, contact_id, rivals, [p for one in ids[contact_id] for p in holders[one]]))
    ]


def _claim_contacts(shop: Workshop, works: Sequence[Work]) -> list[Work]:
    company = set(works)
    claimed: list[Work] = []
    for work in works:
        keys = [name_contact_key(contact_id) for contact_id in list_contact_ids(work.contact)]
        owners = {owner for key in keys if (owner := shop.claims.find_owner(key))}
        if owners <= company:
            shop.claims.take(keys, work)
            claimed.append(work)
        else:
            work.is_deferred = True
    return claimed


def _settle_contact(shop: Workshop, contact_id: str, works: list[Work], holders: list[Place]) -> Work | None:
    champion = max(works, key=lambda work: rank(as_contender(work.place)))
    defenders = [place for place in holders if place.eligible and place.state != LinkState.EXCLUDED]
    winner = max([champion.place, *defenders], key=lambda place: rank(as_contender(place)))
    for work in works:
        if work.place is not winner:
            _lose(work, "DUPLICATE_CONTACT", winner, contact=contact_id)
            work.place.hubspot_id = ""
            if winner is champion.place:
                work.wait_for(champion)
    if winner is not champion.place:
        return None
    shop.claims.take([name_contact_key(contact_id)], champion)
    for place in holders:
        displaced = _displace(shop, place, champion)
        _inherit(shop, place, champion)
        if place in defenders:
            _lose(displaced, "DUPLICATE_CONTACT", winner, contact=contact_id)
        place.hubspot_id = ""
    return champion


def flag_abandoned_losers(shop: Workshop, works: Sequence[Work], before: dict[str, tuple[str, bool]]) -> list[Place]:
    """Cards that had lost to one which no longer claims their address: they are looked at again.

    `before` holds each card's e-mail address and eligibility as they were. Returns the flagged places that are to be
    saved now; those that are in work themselves are saved with it.
    """
    gone = [
        work.card_id
        for work in works
        if before[work.card_id][1] and before[work.card_id] != (work.place.email, work.place.eligible)
    ]
    losers = shop.desk.find_losers(gone) if gone else []
    for place in losers:
        place.needs_revisit = True
    return [place for place in losers if not shop.desk.holds(place)]


def _lose(work: Work, code: str, winner: Place, **detail: str) -> None:
    work.exclude(code, email=work.place.email, winner=winner.sansan_id, winner_name=winner.name, **detail)


def _take_along(shop: Workshop, place: Place, champion: Work) -> None:
    """The card of this place is in the champion's hands until that one is recorded."""
    shop.desk.keep(place)
    shop.claims.take([name_card_key(place.sansan_id)], champion)


def _displace(shop: Workshop, place: Place, champion: Work) -> Work:
    """Work on a card that was not read now, recorded together with the one that displaces it."""
    _take_along(shop, place, champion)
    displaced = Work(
        card_id=place.sansan_id,
        place=place,
        mapped=champion.mapped,
        content_hash="",
        earlier=(place.state, place.reason_code),
    )
    champion.displaced.append(displaced)
    return displaced


def _hand_over(shop: Workshop, place: Place, champion: Work) -> None:
    """The contact goes to the winner. One with a contact of its own keeps that: to merge the two is for people."""
    if place.hubspot_id and not champion.place.hubspot_id:
        _inherit(shop, place, champion)
        champion.place.hubspot_id, place.hubspot_id = place.hubspot_id, ""
        shop.claims.take([name_contact_key(champion.place.hubspot_id)], champion)


def _inherit(shop: Workshop, place: Place, champion: Work) -> None:
    """A contact that this run created counts as created by it, whichever of the cards stands for it in the end."""
    if place.seen_run_id == shop.run.pk and place.seen_outcome == Outcome.CREATED:
        champion.inherited = Outcome.CREATED


def _rename_winner(shop: Workshop, place: Place, champion: Work) -> None:
    """A card that had lost before has now lost to somebody else: said, but not counted again."""
    _take_along(shop, place, champion)
    place.winner_id = champion.card_id
    place.reason_detail = {
        **place.reason_detail,
        "winner": champion.card_id,
        "winner_name": champion.place.name,
    }
    champion.renamed.append(place)
