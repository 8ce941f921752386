"""Finds the contacts that cards belong to: by link, by card id, by e-mail; follows merges, notices deletions."""

from collections.abc import Callable, Iterable, Sequence

from connectors.errors import NotFoundError
from connectors.hubspot.records import Contact
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.diff import EMAIL, known_emails
from sync.services.processing.steps import Steps
from sync.services.processing.work import Work, Workshop
from sync.services.rule_plan import MERGED_IDS


def read_linked(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Reads the contacts of linked cards. A merged contact is followed to the one that survives; a card whose contact
    was deleted is excluded, since nobody who deletes a contact wants it back."""
    ids = [work.place.hubspot_id for work in works]
    answer = yield from shop.crew.ask(shop.hubspot.read_contacts, ids, shop.plan.properties_to_read)
    found = {contact.id: contact for contact in answer.contacts}
    for work in works:
        work.contact = found.get(work.place.hubspot_id)
        if work.contact is None:
            work.contact = yield from follow_contact(shop, work.place.hubspot_id)
        if work.contact is None:
            work.exclude("CONTACT_DELETED", contact=work.place.hubspot_id)


def follow_contact(shop: Workshop, contact_id: str) -> Steps[Contact | None]:
    """The contact as it is now, under another id if it was merged; None when it was deleted."""
    try:
        contact = yield from shop.crew.ask(shop.hubspot.contact, contact_id, shop.plan.properties_to_read)
    except NotFoundError:
        return None
    return None if contact.archived else contact


def find_contacts(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Sets `contact` where HubSpot has one for the card: named by a conflict, carrying its card id, or its e-mail.

    A rule that does not match by e-mail finds only what carries the card's id.
    """
    pending: Sequence[Work] = works
    if shop.plan.matches_by_email:
        pending = yield from _find(shop, pending, "", _name_existing, list_contact_ids)
    if shop.finds_by_card_id:
        pending = yield from _find(shop, pending, IDENTITY_PROPERTY, lambda work: work.card_id, _list_card_ids)
    if not shop.plan.matches_by_email:
        return
    pending = yield from _find(shop, pending, EMAIL, lambda work: work.email, _list_emails)
    for work in pending:
        # A read of many finds only primary addresses for certain; a read of one finds secondary ones too.
        if work.conflict and work.email:
            work.contact = yield from _find_by_email(shop, work.email)


def _find(
    shop: Workshop,
    works: Sequence[Work],
    id_property: str,
    name_key: Callable[[Work], str],
    list_keys: Callable[[Contact], Iterable[str]],
) -> Steps[list[Work]]:
    """One step of the search; returns the works that are still without a contact."""
    keyed = {work: key for work in works if (key := name_key(work))}
    if keyed:
        keys = list(dict.fromkeys(keyed.values()))
        properties = shop.plan.properties_to_read
        answer = yield from shop.crew.ask(shop.hubspot.read_contacts, keys, properties, id_property=id_property)
        found = {key: contact for contact in answer.contacts for key in list_keys(contact)}
        for work, key in keyed.items():
            contact = found.get(key)
            work.contact = contact if contact and _belongs_to(contact, work) else None
    return [work for work in works if work.contact is None]


def _belongs_to(contact: Contact, work: Work) -> bool:
    """Whether the contact is the card's: what is in the way of a write may also be somebody else's."""
    by_card = contact.properties.get(IDENTITY_PROPERTY) == work.card_id
    return by_card or bool(work.email and work.email in known_emails(contact.properties))


def _find_by_email(shop: Workshop, email: str) -> Steps[Contact | None]:
    try:
        return (yield from shop.crew.ask(shop.hubspot.contact, email, shop.plan.properties_to_read, id_property=EMAIL))
    except NotFoundError:
        return None


def list_contact_ids(contact: Contact | None) -> list[str]:
    """The id of the contact and those of all contacts that were merged into it."""
    if contact is None:
        return []
    merged = [merged_id for merged_id in contact.properties.get(MERGED_IDS, "").split(";") if merged_id]
    return [contact.id, *merged]


def _name_existing(work: Work) -> str:
    return work.conflict.existing_id if work.conflict else ""


def _list_card_ids(contact: Contact) -> list[str]:
    return [contact.properties.get(IDENTITY_PROPERTY, "")]


def _list_emails(contact: Contact) -> set[str]:
    return known_emails(contact.properties)
