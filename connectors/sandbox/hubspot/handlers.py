"""Answers the requests about contacts."""

from typing import Any

from connectors.sandbox.hubspot.batches import BatchManner, BatchRunner
from connectors.sandbox.hubspot.bodies import read_inputs, read_object
from connectors.sandbox.hubspot.contacts import describe_chosen, describe_written
from connectors.sandbox.hubspot.errors import (
    ValueFault,
    complaint_answer,
    error_answer,
    no_such_path,
    not_found,
    refuse,
)
from connectors.sandbox.hubspot.merging import MAX_IDENTITIES, delete_forever, merge_contacts
from connectors.sandbox.hubspot.reading import ContactReader
from connectors.sandbox.hubspot.search import ContactSearch
from connectors.sandbox.hubspot.writing import Draft, Writer
from connectors.sandbox.web import Answer, Incoming, RefusalError


class ContactHandlers:
    """Answers one request about contacts."""

    def __init__(
        self,
        writer: Writer,
        reader: ContactReader,
        manner: BatchManner,
        *,
        search_seen_at_ms: int,
        keep_primary_id: bool,
    ) -> None:
        self._writer = writer
        self._store = writer.store
        self._reader = reader
        self._manner = manner
        self._search_seen_at_ms = search_seen_at_ms
        self._keep_primary_id = keep_primary_id

    def answer(self, incoming: Incoming, rest: list[str]) -> Answer:
        """Answer a request whose path goes on with `rest` after the object type; 404 for no such path."""
        match incoming.method, rest:
            case "GET", []:
                return self._reader.list_page(incoming)
            case "POST", []:
                return self._create(incoming)
            case "POST", ["search"]:
                search = ContactSearch(self._store, self._search_seen_at_ms)
                return search.run(read_object(incoming), len(incoming.body.decode(errors="replace")))
            case "POST", ["merge"]:
                return self._merge(read_object(incoming))
            case "POST", ["gdpr-delete"]:
                return self._delete_forever(read_object(incoming))
            case "POST", ["batch", action]:
                return self._run_batch(incoming, action)
            case "GET", [contact_id]:
                return self._reader.show(incoming, contact_id)
            case "PATCH", [contact_id]:
                return self._update(incoming, contact_id)
            case "DELETE", [contact_id]:
                return self._archive([contact_id])
        raise no_such_path(incoming)

    def _create(self, incoming: Incoming) -> Answer:
        incoming.inputs = 1
        body = read_object(incoming)
        draft = self._writer.draft(0, "", None, body.get("properties"))
        return Answer(201, self._apply(incoming, body, draft))

    def _update(self, incoming: Incoming, contact_id: str) -> Answer:
        incoming.inputs = 1
        body = read_object(incoming)
        contact = self._reader.find(incoming.value("idProperty"), contact_id, archived=False)
        if contact is None:
            not_found()
        draft = self._writer.draft(0, "", contact, body.get("properties"))
        return Answer(200, self._apply(incoming, {"id": contact_id, **body}, draft))

    def _apply(self, incoming: Incoming, body: dict[str, Any], draft: Draft) -> dict[str, Any]:
        for fault in incoming.faults:
            if fault.kind == "reject_207" and fault.pick([body]):
                code, name = fault.details.get("code", "INVALID_EMAIL"), fault.details.get("property", "email")
                draft.complaint = [ValueFault(code, name, fault.details.get("message", f"{name} is refused"))]
        if draft.complaint is not None:
            raise RefusalError(complaint_answer(draft.complaint, self._writer.portal_id))
        return describe_written(self._writer.apply(draft), draft.values)

    def _run_batch(self, incoming: Incoming, action: str) -> Answer:
        body, inputs = read_inputs(incoming)
        runner = BatchRunner(self._writer, self._manner, incoming.faults)
        match action:
            case "create":
                return runner.create(inputs)
            case "update":
                return runner.update(inputs)
            case "upsert":
                return runner.upsert(inputs)
            case "read":
                return self._reader.read_batch(incoming, body, inputs)
            case "archive":
                return self._archive([str(one.get("id", "")) for one in inputs])
        raise no_such_path(incoming)

    def _archive(self, contact_ids: list[str]) -> Answer:
        for contact_id in contact_ids:
            contact = self._store.find(contact_id)
            if contact is not None:
                self._store.archive(contact, self._writer.now_ms)
        return Answer(204)

    def _merge(self, body: dict[str, Any]) -> Answer:
        primary, other = (self._store.find(str(body.get(name, ""))) for name in ("primaryObjectId", "objectIdToMerge"))
        if primary is None or other is None or primary is other:
            not_found("Merge needs two different contacts that exist")
        if len(primary.ancestors) + len(other.ancestors) >= MAX_IDENTITIES:
            refuse(414, "VALIDATION_ERROR", f"Cannot have more than {MAX_IDENTITIES} identities on a profile")
        survivor = merge_contacts(
            self._store, primary, other, self._writer.now_ms, keep_primary_id=self._keep_primary_id
        )
        return Answer(200, describe_chosen(survivor, [*survivor.values, "hs_merged_object_ids", "hs_object_id"]))

    def _delete_forever(self, body: dict[str, Any]) -> Answer:
        value, name = str(body.get("objectId", "")), body.get("idProperty") or "hs_object_id"
        contact = self._reader.find(name, value, archived=False)
        if contact is not None:
            delete_forever(self._store, contact)
        elif name == "email":
            self._store.blocklist.add(value.strip().lower())
        else:
            raise RefusalError(error_answer(404, "OBJECT_NOT_FOUND", "resource not found"))
        return Answer(204)
