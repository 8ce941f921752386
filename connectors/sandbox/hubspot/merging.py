"""Merges two contacts, deletes one for good."""

from connectors.sandbox.hubspot.contacts import MERGE, ContactRecord
from connectors.sandbox.hubspot.store import ContactStore

MAX_IDENTITIES = 250


def merge_contacts(
    store: ContactStore, primary: ContactRecord, other: ContactRecord, now_ms: int, *, keep_primary_id: bool
) -> ContactRecord:
    """Merge `other` into `primary` and return the survivor: a third contact, unless `keep_primary_id`.

    The primary's values win; the other's e-mail addresses become additional ones.
    """
    emails = list(dict.fromkeys([*primary.emails, *other.emails]))
    values = {**other.values, **primary.values}
    if emails:
        values["email"] = emails[0]
        values["hs_additional_emails"] = ";".join(emails[1:])
    ancestors = (primary.id, other.id) if not keep_primary_id else (other.id,)
    merged = (*ancestors, *primary.ancestors, *other.ancestors)
    created_ms = min(primary.created_ms, other.created_ms)
    history = sorted([*other.changes, *primary.changes], key=lambda change: change.at_ms)
    store.remove(other)
    if keep_primary_id:
        survivor = primary
    else:
        store.remove(primary)
        survivor = store.add(now_ms)
        store.survivors[primary.id] = survivor.id
    store.survivors[other.id] = survivor.id
    survivor.created_ms, survivor.changes, survivor.ancestors = created_ms, history, merged
    store.write(survivor, values, now_ms, MERGE)
    return survivor


def delete_forever(store: ContactStore, contact: ContactRecord) -> None:
    """Delete a contact as the privacy law demands: no trace is left, and its addresses may not come back."""
    store.blocklist.update(contact.emails)
    store.remove(contact)
