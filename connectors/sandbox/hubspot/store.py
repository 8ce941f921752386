"""Everything the HubSpot stand-in remembers: contacts with their indexes, property definitions, settings."""

from bisect import insort
from collections.abc import Iterable

from connectors.sandbox.hubspot.contacts import Change, ContactRecord, Source
from connectors.sandbox.hubspot.default_properties import GROUPS, LIFECYCLE_STAGES, OWNERS, make_default_definitions
from connectors.sandbox.hubspot.definitions import Definition

FIRST_ID = 1001
RESTORABLE_MS = 90 * 86_400_000


class ContactStore:
    """Contacts and definitions. Not thread-safe: its service locks."""

    def __init__(self) -> None:
        self.contacts: dict[int, ContactRecord] = {}
        self.ordered_ids: list[int] = []
        self.by_email: dict[str, int] = {}
        self.by_unique: dict[str, dict[str, int]] = {}
        self.survivors: dict[int, int] = {}
        self.recycle_bin: dict[int, int] = {}
        self.blocklist: set[str] = set()
        self.groups = dict(GROUPS)
        self.owners = list(OWNERS)
        self.definitions: dict[str, Definition] = {one.name: one for one in make_default_definitions()}
        self.definitions_version = 0
        self.companies: dict[str, str] = {}
        self.company_auto_create = False
        self._next_id = FIRST_ID

    # --- finding ---

    def find(self, contact_id: str, *, archived: bool = False) -> ContactRecord | None:
        """Return the contact of an id, the survivor for one that was merged away."""
        number = int(contact_id) if contact_id.isascii() and contact_id.isdigit() else 0
        contact = self.contacts.get(self.resolve(number))
        return contact if contact is not None and bool(contact.archived_ms) == archived else None

    def find_by(self, name: str, value: str) -> ContactRecord | None:
        """Return the contact of an e-mail address (also a secondary one) or of a unique property."""
        if name == "hs_object_id":
            return self.find(value)
        found = self.by_email.get(value.strip().lower()) if name == "email" else self.by_unique[name].get(value)
        return self.contacts[found] if found else None

    def is_unique(self, name: str) -> bool:
        """Say whether a contact can be looked up by this property."""
        return name in ("email", "hs_object_id") or name in self.by_unique

    def resolve(self, number: int) -> int:
        """Follow merges to the id that lives."""
        while number in self.survivors:
            number = self.survivors[number]
        return number

    def active_definitions(self) -> Iterable[Definition]:
        """Return the definitions that are not archived."""
        return [definition for definition in self.definitions.values() if not definition.archived]

    # --- changing ---

    def add(self, created_ms: int) -> ContactRecord:
        """Add an empty contact under the next id."""
        contact = ContactRecord(self._next_id, created_ms)
        self._next_id += 1
        self.contacts[contact.id] = contact
        insort(self.ordered_ids, contact.id)
        return contact

    def write(self, contact: ContactRecord, values: dict[str, str], at_ms: int, source: Source) -> None:
        """Set checked values ("" clears) and keep the indexes true."""
        if "lifecyclestage" in values and _goes_back(contact.values.get("lifecyclestage"), values["lifecyclestage"]):
            values = {name: value for name, value in values.items() if name != "lifecyclestage"}
        self.unindex(contact)
        # Values are shared between a contact and its changes, so they are replaced and never altered.
        whole = {**contact.values, **values} if contact.values else values
        contact.values = {name: value for name, value in whole.items() if value} if "" in values.values() else whole
        contact.changes.append(Change(at_ms, source, values))
        contact.updated_ms = at_ms
        if self.company_auto_create:
            self._associate(contact)
        if not contact.archived_ms:
            self.index(contact)

    def index(self, contact: ContactRecord) -> None:
        """Make a living contact findable."""
        for email in contact.emails:
            self.by_email[email] = contact.id
        for name, index in self.by_unique.items():
            if name in contact.values:
                index[contact.values[name]] = contact.id

    def unindex(self, contact: ContactRecord) -> None:
        """Make a contact unfindable by its values."""
        for email in contact.emails:
            if self.by_email.get(email) == contact.id:
                del self.by_email[email]
        for name, index in self.by_unique.items():
            if index.get(contact.values.get(name, "")) == contact.id:
                del index[contact.values[name]]

    def archive(self, contact: ContactRecord, at_ms: int) -> None:
        """Put a contact into the recycle bin; its e-mail address and unique values become free."""
        self.unindex(contact)
        contact.archived_ms = at_ms
        self.recycle_bin[contact.id] = at_ms

    def restore(self, contact: ContactRecord) -> None:
        """Take a contact out of the recycle bin."""
        contact.archived_ms = 0
        del self.recycle_bin[contact.id]
        self.index(contact)

    def empty_bin(self, now_ms: int) -> None:
        """Remove what has lain in the recycle bin for too long."""
        while self.recycle_bin:
            contact_id, archived_ms = next(iter(self.recycle_bin.items()))
            if archived_ms + RESTORABLE_MS > now_ms:
                break
            self.remove(self.contacts[contact_id])

    def remove(self, contact: ContactRecord) -> None:
        """Remove a contact for good."""
        self.unindex(contact)
        del self.contacts[contact.id]
        self.recycle_bin.pop(contact.id, None)
        self.ordered_ids.remove(contact.id)

    def define(self, definition: Definition) -> None:
        """Add or replace a property definition."""
        self.definitions[definition.name] = definition
        if definition.unique:
            self.by_unique.setdefault(definition.name, {})
        self.definitions_version += 1

    def _associate(self, contact: ContactRecord) -> None:
        domain = contact.values.get("email", "").partition("@")[2]
        if domain and "associatedcompanyid" not in contact.values:
            company_id = self.companies.setdefault(domain, str(5001 + len(self.companies)))
            contact.values = {**contact.values, "associatedcompanyid": company_id}


def _goes_back(old: str | None, new: str) -> bool:
    """Say whether a lifecycle stage would move backwards; HubSpot ignores that (how it says so is a guess)."""
    known = old in LIFECYCLE_STAGES and new in LIFECYCLE_STAGES
    return known and LIFECYCLE_STAGES.index(new) < LIFECYCLE_STAGES.index(old or "")
