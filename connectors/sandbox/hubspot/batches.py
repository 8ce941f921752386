"""Batch writes: all or nothing without trace ids, one verdict for each input with them."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.sandbox.faults import Fault
from connectors.sandbox.hubspot.contacts import describe_written, format_ms
from connectors.sandbox.hubspot.errors import (
    Complaint,
    Conflict,
    ValueFault,
    complaint_answer,
    complaint_item,
    duplicate_ids_refusal,
    missing_item,
    refuse_request,
)
from connectors.sandbox.hubspot.writing import Draft, Writer
from connectors.sandbox.web import Answer, RefusalError


@dataclass(slots=True)
class BatchManner:
    """How the portal behaves where the reference leaves it open.

    `echo_trace_ids`: results carry `objectWriteTraceId`. Off by default: only errors surely do, so that a client
    may not lean on it.
    """

    shuffler: random.Random
    echo_trace_ids: bool = False


class BatchRunner:
    """Runs one batch request."""

    def __init__(self, writer: Writer, manner: BatchManner, faults: Sequence[Fault]) -> None:
        self._writer = writer
        self._store = writer.store
        self._manner = manner
        self._faults = faults
        self._missing: list[str] = []

    def create(self, inputs: list[dict[str, Any]]) -> Answer:
        """`batch/create`."""
        kept = self._drop_omitted(inputs)
        drafts = [self._writer.draft(number, _trace(one), None, one.get("properties")) for number, one in kept]
        return self._finish(inputs, drafts, 201)

    def update(self, inputs: list[dict[str, Any]]) -> Answer:
        """`batch/update`; ids that were merged away are passed over in silence, missing ones are named."""
        _refuse_duplicates([_identify(one) for one in inputs])
        drafts = []
        for number, one in self._drop_omitted(inputs):
            name, value = one.get("idProperty") or "hs_object_id", str(one.get("id", ""))
            self._check_id_property(name)
            if name == "hs_object_id" and value.isdigit() and int(value) in self._store.survivors:
                continue
            contact = self._store.find_by(name, value)
            if contact is None:
                self._missing.append(value)
            else:
                drafts.append(self._writer.draft(number, _trace(one), contact, one.get("properties")))
        return self._finish(inputs, drafts, 200)

    def upsert(self, inputs: list[dict[str, Any]]) -> Answer:
        """`batch/upsert`; each result says whether it is `new`."""
        _refuse_duplicates([_identify(one) for one in inputs])
        drafts = []
        for number, one in self._drop_omitted(inputs):
            name, value = one.get("idProperty") or "", str(one.get("id", ""))
            if not name or not value:
                refuse_request("Invalid input JSON: id and idProperty are required")
            self._check_id_property(name)
            contact = self._store.find_by(name, value)
            implied = {} if name == "hs_object_id" or contact is not None else {name: value}
            drafts.append(self._writer.draft(number, _trace(one), contact, one.get("properties"), implied))
        return self._finish(inputs, drafts, 200, tell_new=True)

    def _check_id_property(self, name: str) -> None:
        if not self._store.is_unique(name):
            refuse_request(f"Unable to perform update/upsert by non-unique 0-1 property {name}")

    def _drop_omitted(self, inputs: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
        omitted = self._pick("omit", inputs)
        return [(number, one) for number, one in enumerate(inputs) if number not in omitted]

    def _pick(self, kind: str, inputs: list[dict[str, Any]]) -> frozenset[int]:
        return frozenset().union(*(fault.pick(inputs) for fault in self._faults if fault.kind == kind))

    def _finish(
        self, inputs: list[dict[str, Any]], drafts: list[Draft], status: int, *, tell_new: bool = False
    ) -> Answer:
        self._apply_faults(inputs, drafts)
        trace_ids = [_trace(one) for one in inputs]
        traced = all(trace_ids) and len(set(trace_ids)) == len(trace_ids)
        refused = next((draft.complaint for draft in drafts if draft.complaint is not None), None)
        if refused is not None and not traced:
            raise RefusalError(complaint_answer(refused, self._writer.portal_id))
        unanswered = self._pick("omit_answer", inputs)
        results = []
        for draft in drafts:
            if draft.complaint is None:
                result = self._apply(draft, tell_new=tell_new)
                if draft.position not in unanswered:
                    results.append(result)
        errors = [self._describe_error(draft) for draft in drafts if draft.complaint is not None]
        if self._missing:
            errors.append(missing_item(self._missing))
        self._manner.shuffler.shuffle(results)
        return batch_answer(results, errors, status, self._writer.now_ms)

    def _apply(self, draft: Draft, *, tell_new: bool) -> dict[str, Any]:
        is_new = draft.contact is None
        result = describe_written(self._writer.apply(draft), draft.values)
        if tell_new:
            result["new"] = is_new
        if self._manner.echo_trace_ids and draft.trace_id:
            result["objectWriteTraceId"] = draft.trace_id
        return result

    def _describe_error(self, draft: Draft) -> dict[str, Any]:
        complaint = draft.complaint
        if isinstance(complaint, Conflict) and not complaint.existing_id:
            holder = self._store.by_email.get(complaint.email)
            complaint = replace(complaint, existing_id=str(holder or ""))
        return complaint_item(complaint or [], self._writer.portal_id, draft.trace_id)

    def _apply_faults(self, inputs: list[dict[str, Any]], drafts: list[Draft]) -> None:
        for fault in self._faults:
            if fault.kind in ("reject_whole_batch", "conflict_whole_batch") and (picked := fault.pick(inputs)):
                complaint = self._make_complaint(fault, inputs[min(picked)])
                raise RefusalError(complaint_answer(complaint, self._writer.portal_id))
            if fault.kind == "reject_207":
                picked = fault.pick(inputs)
                for draft in drafts:
                    if draft.position in picked:
                        draft.complaint = self._make_complaint(fault, inputs[draft.position])

    def _make_complaint(self, fault: Fault, one: dict[str, Any]) -> Complaint:
        details = fault.details
        if fault.kind == "conflict_whole_batch" or details.get("code") == "CONFLICT":
            email = str((one.get("properties") or {}).get("email", "")).lower()
            existing_id = details.get("existing_id") or self._store.by_email.get(email) or "1"
            return Conflict(str(existing_id), email)
        code, name = details.get("code", "INVALID_EMAIL"), details.get("property", "email")
        return [ValueFault(code, name, details.get("message", f"The value of {name} is refused"))]


def batch_answer(results: list[Any], errors: list[Any], status: int, now_ms: int) -> Answer:
    """Return the envelope of a batch: 207 when there are errors."""
    content = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": format_ms(now_ms),
        "completedAt": format_ms(now_ms),
    }
    if not errors:
        return Answer(status, content)
    return Answer(207, {**content, "numErrors": len(errors), "errors": errors})


def _trace(one: dict[str, Any]) -> str:
    return str(one.get("objectWriteTraceId") or "")


def _identify(one: dict[str, Any]) -> str:
    value = str(one.get("id", ""))
    return value.strip().lower() if one.get("idProperty") == "email" else value


def _refuse_duplicates(ids: list[str]) -> None:
    twice = [one for one, count in Counter(ids).items() if count > 1]
    if twice:
        raise duplicate_ids_refusal(twice)
