"""Reads contacts: one, a list, a batch."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from connectors.sandbox.hubspot.batches import batch_answer
from connectors.sandbox.hubspot.contacts import DEFAULT_SHOWN, ContactRecord, describe_chosen
from connectors.sandbox.hubspot.errors import missing_item, not_found, refuse_request
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.web import Answer, Incoming

MAX_PAGE = 100
DEFAULT_PAGE = 10
ALWAYS_SHOWN = ("createdate", "hs_object_id", "lastmodifieddate")


class ContactReader:
    """Answers the requests that only read contacts."""

    def __init__(self, store: ContactStore, base_url: str, now_ms: int) -> None:
        self._store = store
        self._base_url = base_url
        self._now_ms = now_ms

    def list_page(self, incoming: Incoming) -> Answer:
        """`GET …/contacts`: ascending by id; `after` is the id that the next page begins with."""
        limit = read_limit(incoming.value("limit"), MAX_PAGE)
        archived = incoming.value("archived") == "true"
        after = incoming.value("after", "0")
        if not after.isdigit():
            refuse_request("Invalid paging cursor")
        names, history = self.read_names(incoming)
        ids = self._store.ordered_ids
        rows: list[ContactRecord] = []
        for position in range(bisect_left(ids, int(after)), len(ids)):
            contact = self._store.contacts[ids[position]]
            if bool(contact.archived_ms) == archived:
                rows.append(contact)
                if len(rows) > limit:
                    break
        content: dict[str, Any] = {"results": [describe_chosen(one, names, history) for one in rows[:limit]]}
        if len(rows) > limit:
            next_id = str(rows[limit].id)
            link = f"{self._base_url}{incoming.path}?limit={limit}&after={next_id}"
            content["paging"] = {"next": {"after": next_id, "link": link}}
        return Answer(content=content)

    def show(self, incoming: Incoming, contact_id: str) -> Answer:
        """`GET …/contacts/{id}`, also by `idProperty`; an id that was merged away shows the survivor."""
        names, history = self.read_names(incoming)
        archived = incoming.value("archived") == "true"
        contact = self.find(incoming.value("idProperty"), contact_id, archived=archived)
        if contact is None:
            not_found()
        return Answer(content=describe_chosen(contact, names, history))

    def read_batch(self, incoming: Incoming, body: dict[str, Any], inputs: list[dict[str, Any]]) -> Answer:
        """`batch/read`: what is found, and one error naming what is not."""
        names = self._known((*(body.get("properties") or DEFAULT_SHOWN), *ALWAYS_SHOWN))
        history = self._known(body.get("propertiesWithHistory") or ())
        archived = incoming.value("archived") == "true"
        found: dict[int, ContactRecord] = {}
        missing = []
        for one in inputs:
            contact_id = str(one.get("id", ""))
            contact = self.find(body.get("idProperty") or "", contact_id, archived=archived)
            if contact is None:
                missing.append(contact_id)
            else:
                found[contact.id] = contact
        results = [describe_chosen(contact, names, history) for contact in found.values()]
        return batch_answer(results, [missing_item(missing)] if missing else [], 200, self._now_ms)

    def find(self, id_property: str, value: str, *, archived: bool) -> ContactRecord | None:
        """Return the contact of a record id or of a unique property; refuses one that is not unique."""
        if id_property in ("", "hs_object_id"):
            return self._store.find(value, archived=archived)
        if not self._store.is_unique(id_property):
            refuse_request(f"Unable to look up by non-unique 0-1 property {id_property}")
        return None if archived else self._store.find_by(id_property, value)

    def read_names(self, incoming: Incoming) -> tuple[list[str], list[str]]:
        """Return the properties asked for, and those asked for with history; names may be joined by commas."""
        names = _split(incoming.values("properties")) or DEFAULT_SHOWN
        return self._known((*names, *ALWAYS_SHOWN)), self._known(_split(incoming.values("propertiesWithHistory")))

    def _known(self, names: Iterable[str]) -> list[str]:
        definitions = self._store.definitions
        return [name for name in dict.fromkeys(names) if name in definitions and not definitions[name].archived]


def read_limit(text: str, max_limit: int) -> int:
    """Return a page size, 10 by default; refuses one out of range."""
    if not text:
        return DEFAULT_PAGE
    if not text.isdigit() or not 1 <= int(text) <= max_limit:
        refuse_request(f"limit must be between 1 and {max_limit}")
    return int(text)


def _split(values: list[str]) -> list[str]:
    return [name for value in values for name in value.split(",") if name]
