"""One contact on its way through an undo: what may be taken back of it, and what has to stay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.hubspot.records import Contact
from sync.engine.diff import Changes, is_same
from sync.engine.outcomes import Outcome
from sync.engine.records import PropertySpec
from sync.services.processing.contacts import list_contact_ids
from sync.services.undoing.written import Written

Spans = list[tuple[datetime, datetime]]


@dataclass(slots=True)
class Case:
    """What becomes of a contact. `outcome` stays None until that is certain; `changes` are what is written, from the
    present value to the former one; `left` tells, by property, why it keeps its value."""

    written: Written
    outcome: Outcome | None = None
    changes: Changes = field(default_factory=dict)
    left: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_to_archive: bool = False
    reason_code: str = ""
    reason_detail: dict[str, Any] = field(default_factory=dict)
    correlation_id: str = ""

    @property
    def contact_id(self) -> str:
        return self.written.contact_id

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None

    def leave(self, code: str, **detail: Any) -> None:
        """The contact stays as it is."""
        self.outcome = Outcome.EXCLUDED
        self.reason_code, self.reason_detail = code, {"contact": self.contact_id, **detail}
        self.changes, self.is_to_archive = {}, False

    def fail(self, code: str, *, correlation_id: str = "", **detail: Any) -> None:
        self.outcome = Outcome.FAILED
        self.reason_code, self.reason_detail, self.correlation_id = code, detail, correlation_id

    def settle_restored(self) -> None:
        """What could be put back is; what could not is told beside it."""
        self.outcome = Outcome.UPDATED
        if self.left:
            self.reason_code, self.reason_detail = _sum_up(self.left)


def judge_missing(case: Case, archived: Contact | None, survivor: Contact | None, spans: Spans) -> None:
    """Settles a contact that HubSpot does not show under its id any more.

    `spans`: when undos of this run were under way. What was archived then, though it was never recorded (a process
    died in between), was archived by them.
    """
    written = case.written
    if survivor is not None:
        case.leave("UNDO_CONTACT_MERGED", survivor=survivor.id)
    elif archived is None or not written.is_created:
        case.leave("UNDO_CONTACT_GONE")
    elif written.was_archived:
        case.outcome = Outcome.UNCHANGED
    elif (moment := archived.archived_at) and any(start <= moment <= end for start, end in spans):
        case.outcome = Outcome.ARCHIVED
    else:
        case.leave("UNDO_CONTACT_GONE")


def judge_present(case: Case, contact: Contact, specs: Mapping[str, PropertySpec]) -> None:
    """Decides by the contact's present values; the case is settled when there is nothing to write."""
    case.changes, case.left = {}, {}
    if case.written.is_created:
        _judge_created(case, contact, specs)
    else:
        _judge_updated(case, contact, specs)


def _judge_created(case: Case, contact: Contact, specs: Mapping[str, PropertySpec]) -> None:
    """A contact goes as a whole, or stays as a whole: people who edited it have made it theirs."""
    written = case.written
    edited = {
        name: {"code": "UNDO_EDITED", "wrote": new, "found": found, "before": ""}
        for name, (_, new) in written.changes.items()
        if not _equals(name, found := contact.properties.get(name, ""), new, specs)
    }
    later = {name: _describe_writers(runs) for name, runs in written.writers.items() if runs}
    if len(list_contact_ids(contact)) > 1:
        case.leave("UNDO_CONTACT_MERGED", survivor=contact.id)
    elif written.is_shared:
        case.leave("UNDO_CONTACT_SHARED")
    elif edited or later:
        case.left = {**edited, **later}
        code, detail = _sum_up(case.left)
        case.leave(code, **detail)
    else:
        case.is_to_archive = True


def _judge_updated(case: Case, contact: Contact, specs: Mapping[str, PropertySpec]) -> None:
    written = case.written
    for name, (old, new) in written.changes.items():
        found = contact.properties.get(name, "")
        spec = specs.get(name)
        if spec is None or spec.archived or spec.read_only or spec.calculated:
            case.left[name] = {"code": "UNDO_PROPERTY_LOCKED"}
        elif _equals(name, found, old, specs):
            continue
        elif writers := written.writers.get(name):
            case.left[name] = _describe_writers(writers)
        elif not _equals(name, found, new, specs):
            case.left[name] = {"code": "UNDO_EDITED", "wrote": new, "found": found, "before": old}
        else:
            case.changes[name] = (found, old)
    if case.changes:
        return
    if case.left:
        code, detail = _sum_up(case.left)
        case.leave(code, **detail)
    else:
        case.outcome = Outcome.UNCHANGED


def _describe_writers(runs: set[int]) -> dict[str, Any]:
    return {"code": "UNDO_WRITTEN_LATER", "run": max(runs)}


def _equals(name: str, found: str, wanted: str, specs: Mapping[str, PropertySpec]) -> bool:
    return is_same(found, wanted, specs[name].type if name in specs else "string")


def _sum_up(left: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The reason that most of the properties stay for, and its detail; the detail tells of each of them."""
    codes = [one["code"] for one in left.values()]
    code = max(sorted(set(codes)), key=codes.count)
    run = next((one["run"] for one in left.values() if one["code"] == code and "run" in one), None)
    detail = {"properties": ", ".join(left), "left": {name: dict(one) for name, one in left.items()}}
    return code, detail if run is None else {**detail, "run": run}
