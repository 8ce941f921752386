"""A page of cards, from what Sansan sent to what became of each of them. Nothing is recorded here."""

from collections.abc import Sequence

from connectors.sansan.records import Card
from sync.engine.diff import EMAIL
from sync.engine.outcomes import Outcome
from sync.engine.value_check import check_value
from sync.models import CardPlace, LinkState, RunKind, SyncRun
from sync.services.processing.contacts import find_contacts, read_linked
from sync.services.processing.contests import flag_abandoned_losers, settle_email_contests
from sync.services.processing.creating import IMAGINED, create_contacts
from sync.services.processing.prepare import Preparer
from sync.services.processing.updating import update_contacts
from sync.services.processing.work import Work, Workshop


class Page:
    """The works of one page. They can be recorded at any time: those that are not settled yet are left out."""

    def __init__(self, shop: Workshop, preparer: Preparer, cards: Sequence[Card]) -> None:
        self._shop = shop
        latest = {card.id: card for card in cards}
        places = shop.desk.load(list(latest))
        before = {card_id: (place.email, place.eligible) for card_id, place in places.items()}
        self.works = [preparer.prepare(card, places[card.id]) for card in latest.values()]
        settle_email_contests(shop, self.works)
        self.to_revisit: list[CardPlace] = flag_abandoned_losers(shop, self.works, before)

    def process(self) -> None:
        """Settles every work. Raises the errors of the clients that stop a run; what was settled before stays so."""
        _settle_untouched(self._open_works, self._shop.run)
        if not self._open_works:
            return
        self._shop.load_validation_rules()
        for work in self._open_works:
            _check_values(self._shop, work)
        self._announce_tags()
        # Linked contacts first: one of them may be about to give up the address that a new contact needs.
        self._bring_up_to_date([work for work in self._open_works if _has_contact(work)])
        self._add(self._open_works)

    def _bring_up_to_date(self, works: Sequence[Work]) -> None:
        read_linked(self._shop, works)
        update_contacts(self._shop, [work for work in works if work.contact])

    def _add(self, works: Sequence[Work]) -> None:
        if self._shop.run.dry_run or EMAIL not in self._shop.plan.policies:
            # HubSpot refuses a second contact with an address, but only if the address is written.
            find_contacts(self._shop, works)
        found = [work for work in works if work.contact]
        found += create_contacts(self._shop, [work for work in works if work.contact is None])
        update_contacts(self._shop, found)

    @property
    def _open_works(self) -> list[Work]:
        return [work for work in self.works if not work.is_settled]

    def _announce_tags(self) -> None:
        if self._shop.run.dry_run:
            return
        used = {
            tag_id
            for work in self._open_works
            for name in self._shop.plan.tag_properties
            for tag_id in work.mapped.values.get(name, "").split(";")
            if tag_id
        }
        self._shop.ensure_tag_options({tag_id: self._shop.tag_names[tag_id] for tag_id in used})


def _settle_untouched(works: Sequence[Work], run: SyncRun) -> None:
    """Neither the card nor its mapping changed since the last attempt: nothing to ask, nothing to write.

    The same cards are read several times over; what HubSpot has refused is sent again by a re-run, a full run, or
    when the card changes. A preview cannot ask HubSpot, so what was refused counts as refused.
    """
    for work in works:
        place = work.place
        if place.state == LinkState.IN_SYNC and place.hubspot_id and place.content_hash == work.content_hash:
            work.outcome = Outcome.UNCHANGED
        elif place.state == LinkState.FAILING and place.failed_hash == work.content_hash:
            work.is_repeat = place.seen_run_id == run.pk
            if work.is_repeat or run.dry_run or run.kind == RunKind.INCREMENTAL:
                work.fail(place.reason_code, **place.reason_detail)


def _has_contact(work: Work) -> bool:
    return bool(work.place.hubspot_id) and not work.place.hubspot_id.startswith(IMAGINED)


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
