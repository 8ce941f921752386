"""How tests and demos do to contacts what people do to them in HubSpot."""

from collections import deque
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.hubspot.contacts import COMPUTED, PERSON, ContactRecord, read_value
from connectors.sandbox.hubspot.errors import Conflict
from connectors.sandbox.hubspot.merging import delete_forever, merge_contacts
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.hubspot.validation import Validator
from connectors.sandbox.hubspot.writing import Writer, Written
from connectors.sandbox.service import Service

REMEMBERED_WRITES = 1_000_000


class ContactControl(Service):
    """The control methods about contacts; safe to call from any thread while the stand-in runs."""

    control_methods = Service.control_methods | {
        "add_contact",
        "archive_contact",
        "contact",
        "contact_by",
        "contacts",
        "edit_contact",
        "gdpr_delete_contact",
        "history",
        "merge_contacts",
        "restore_contact",
    }
    control_settings = frozenset({"keep_primary_id", "portal_id", "token", "url", "written"})

    store: ContactStore
    validator: Validator

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.portal_id = 62_515_000
        # The beta in which a merge keeps the primary record's id instead of making a third.
        self.keep_primary_id = False
        self.written_log: deque[Written] = deque(maxlen=REMEMBERED_WRITES)

    # --- contacts ---

    def contacts(self, *, archived: bool = False) -> list[dict[str, Any]]:
        """Return all contacts as `{"id": …, property: value, …}`, in order of id."""
        with self.lock:
            found = (self.store.contacts[number] for number in self.store.ordered_ids)
            return [_flatten(contact) for contact in found if bool(contact.archived_ms) is archived]

    def contact(self, contact_id: str) -> dict[str, Any]:
        """Return one contact, archived or not, the survivor of a merge for an old id; raises `LookupError`."""
        with self.lock:
            return _flatten(self._find(contact_id))

    def contact_by(self, **wanted: str) -> dict[str, Any] | None:
        """Return the first contact with these values (an e-mail address may be a secondary one), or None."""
        with self.lock:
            for contact in self._candidates(wanted):
                if not contact.archived_ms and all(_has(contact, name, value) for name, value in wanted.items()):
                    return _flatten(contact)
            return None

    def add_contact(self, **properties: Any) -> str:
        """Add a contact as a person would; returns its id. Raises `ValueError` when a value is not valid or taken."""
        with self.lock:
            return str(self._write(None, properties).id)

    def edit_contact(self, contact_id: str, **properties: Any) -> None:
        """Change a contact as a person would ("" clears). Raises `ValueError`, `LookupError`."""
        with self.lock:
            self._write(self._find(contact_id), properties)

    def merge_contacts(self, primary: str, other: str) -> str:
        """Merge the second contact into the first; returns the survivor's id."""
        with self.lock:
            return str(
                merge_contacts(
                    self.store,
                    self._find(primary),
                    self._find(other),
                    self.clock.milliseconds(),
                    keep_primary_id=self.keep_primary_id,
                ).id
            )

    def archive_contact(self, contact_id: str) -> None:
        """Put a contact into the recycle bin."""
        with self.lock:
            self.store.archive(self._find(contact_id), self.clock.milliseconds())

    def restore_contact(self, contact_id: str) -> None:
        """Take a contact out of the recycle bin; raises `ValueError` when its e-mail address is taken by now."""
        with self.lock:
            contact = self._find(contact_id)
            if not contact.archived_ms:
                raise ValueError("the contact is not in the recycle bin")
            if any(email in self.store.by_email for email in contact.emails):
                raise ValueError("the e-mail address is taken by another contact")
            self.store.restore(contact)

    def gdpr_delete_contact(self, contact_id: str) -> None:
        """Delete a contact for good and block its e-mail addresses."""
        with self.lock:
            delete_forever(self.store, self._find(contact_id))

    def history(self, contact_id: str, name: str) -> list[dict[str, Any]]:
        """Return the values that a property has had, newest first, with who set them."""
        with self.lock:
            return self._find(contact_id).history(name)

    @property
    def written(self) -> list[Written]:
        """Every write that was applied: (contact id, values by property, "create" or "update"), oldest first."""
        with self.lock:
            return list(self.written_log)

    # --- parts ---

    def _find(self, contact_id: str) -> ContactRecord:
        contact = self.store.contacts.get(self.store.resolve(int(contact_id)))
        if contact is None:
            raise LookupError(f"no such contact: {contact_id}")
        return contact

    def _candidates(self, wanted: dict[str, str]) -> list[ContactRecord]:
        for name, value in wanted.items():
            if self.store.is_unique(name):
                found = self.store.find_by(name, value)
                return [found] if found else []
        return list(self.store.contacts.values())

    def _write(self, contact: ContactRecord | None, properties: dict[str, Any]) -> ContactRecord:
        writer = Writer(
            self.store,
            self.validator,
            now_ms=self.clock.milliseconds(),
            portal_id=self.portal_id,
            written=deque(maxlen=0),
            source=PERSON,
        )
        draft = writer.draft(0, "", contact, properties)
        if draft.complaint is not None:
            faults = [draft.complaint] if isinstance(draft.complaint, Conflict) else draft.complaint
            raise ValueError("; ".join(fault.message for fault in faults))
        return writer.apply(draft)


def _flatten(contact: ContactRecord) -> dict[str, Any]:
    computed = {name: value for name in COMPUTED if (value := read_value(contact, name))}
    return {"id": str(contact.id), **computed, **contact.values}


def _has(contact: ContactRecord, name: str, value: str) -> bool:
    if name == "email":
        return value.strip().lower() in contact.emails
    return read_value(contact, name) == value
