"""Writes contacts: checks a write against everything that could be in its way, then applies it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.hubspot.contacts import APP, ContactRecord, Source
from connectors.sandbox.hubspot.errors import (
    REQUIRED_MISSING,
    UNIQUE_VALUE_TAKEN,
    Complaint,
    Conflict,
    ValueFault,
    refuse_request,
)
from connectors.sandbox.hubspot.rules import NAMING_PROPERTIES
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.hubspot.validation import Validator

Written = tuple[str, dict[str, str], str]


@dataclass(slots=True)
class Draft:
    """One input on its way: what it would write to which contact (None: a new one), or what is wrong with it."""

    position: int
    trace_id: str
    contact: ContactRecord | None
    values: dict[str, str] = field(default_factory=dict)
    complaint: Complaint | None = None


class Writer:
    """Writes on behalf of one request. `claimed` are e-mails and unique values taken by earlier inputs of it."""

    def __init__(
        self,
        store: ContactStore,
        validator: Validator,
        *,
        now_ms: int,
        portal_id: int,
        written: deque[Written],
        with_rules: bool = False,
        source: Source = APP,
    ) -> None:
        self.store = store
        self.now_ms = now_ms
        self.portal_id = portal_id
        self._written = written
        self._validator = validator
        self._with_rules = with_rules
        self._source = source
        self._claimed: dict[tuple[str, str], int] = {}

    def draft(
        self, position: int, trace_id: str, contact: ContactRecord | None, given: Any, extra: Mapping[str, str] = {}
    ) -> Draft:
        """Check one input; `extra` are values that it implies."""
        if not isinstance(given, dict):
            refuse_request("Invalid input JSON: properties is required")
        values, faults = self._validator.check({**extra, **given}, contact, with_rules=self._with_rules)
        draft = Draft(position, trace_id, contact, values)
        if contact is None and not faults and not any(values.get(name) for name in NAMING_PROPERTIES):
            faults.append(ValueFault(REQUIRED_MISSING, "email", "One of email, firstname, lastname is required"))
        draft.complaint = faults or self._find_conflict(draft)
        if draft.complaint is None:
            self._claim(draft)
        return draft

    def apply(self, draft: Draft) -> ContactRecord:
        """Write a draft without a complaint."""
        kind = "update"
        if draft.contact is None:
            draft.contact = self.store.add(self.now_ms)
            kind = "create"
        self.store.write(draft.contact, draft.values, self.now_ms, self._source)
        self._written.append((str(draft.contact.id), draft.values, kind))
        return draft.contact

    def _find_conflict(self, draft: Draft) -> Complaint | None:
        own_id = draft.contact.id if draft.contact else 0
        for email in _emails_of(draft.values):
            holder = self.store.by_email.get(email)
            if holder and holder != own_id:
                return Conflict(str(holder), email)
            if self._claimed.get(("email", email), own_id) != own_id:
                return Conflict("", email)
        for name, index in self.store.by_unique.items():
            value = draft.values.get(name, "")
            holder = index.get(value)
            if (holder and holder != own_id) or self._claimed.get((name, value), own_id) != own_id:
                return [ValueFault(UNIQUE_VALUE_TAKEN, name, self._describe_clash(name, value, holder))]
        return None

    def _claim(self, draft: Draft) -> None:
        # A new contact has no id yet; its position, made negative, stands for it.
        claimant = draft.contact.id if draft.contact else -1 - draft.position
        for email in _emails_of(draft.values):
            self._claimed[("email", email)] = claimant
        for name in self.store.by_unique:
            if draft.values.get(name):
                self._claimed[(name, draft.values[name])] = claimant

    def _describe_clash(self, name: str, value: str, holder: int | None) -> str:
        return (
            f"Cannot set PropertyValueCoordinates{{portalId={self.portal_id}, objectTypeId=0-1, propertyName={name}, "
            f"value={value}}}. {holder or 'Another input of this batch'} already has that value."
        )


def _emails_of(values: Mapping[str, str]) -> list[str]:
    emails = [values["email"]] if values.get("email") else []
    if values.get("hs_additional_emails"):
        emails += values["hs_additional_emails"].split(";")
    return emails
