"""One contact as the stand-in keeps it, and as it is shown."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

DEFAULT_SHOWN = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")


class Source(NamedTuple):
    """Who changed a value, in the words of the property history."""

    type: str
    id: str
    label: str = ""
    user_id: int | None = None


APP = Source("INTEGRATION", "sandbox-app-1", "Sandbox app")
PERSON = Source("CRM_UI", "userId:9000001", "営業 花子", 9000001)
MERGE = Source("MERGE_OBJECTS", "userId:9000001", "", 9000001)


class Change(NamedTuple):
    """Values that were set ("" where cleared) at one moment."""

    at_ms: int
    source: Source
    values: dict[str, str]


class ContactRecord:
    """A contact. `values` has no empty ones; `changes` has all there ever were, oldest first."""

    __slots__ = ("ancestors", "archived_ms", "changes", "created_ms", "id", "updated_ms", "values")

    def __init__(self, contact_id: int, created_ms: int) -> None:
        self.id = contact_id
        self.values: dict[str, str] = {}
        self.created_ms = created_ms
        self.updated_ms = created_ms
        self.archived_ms = 0
        self.changes: list[Change] = []
        self.ancestors: tuple[int, ...] = ()

    @property
    def additional_emails(self) -> list[str]:
        """The secondary addresses."""
        return [one for one in self.values.get("hs_additional_emails", "").split(";") if one]

    @property
    def emails(self) -> list[str]:
        """All addresses, the primary one first."""
        email = self.values.get("email")
        return [email, *self.additional_emails] if email else self.additional_emails

    def values_at(self, at_ms: int) -> dict[str, str] | None:
        """Return the values as they were at a moment, None before the contact existed."""
        if self.updated_ms <= at_ms:
            return self.values
        if self.created_ms > at_ms:
            return None
        values: dict[str, str] = {}
        for change in self.changes:
            if change.at_ms > at_ms:
                break
            values.update(change.values)
        return {name: value for name, value in values.items() if value}

    def history(self, name: str) -> list[dict[str, Any]]:
        """Return the values a property has had, newest first, with who set them."""
        return [
            {
                "value": change.values[name],
                "timestamp": format_ms(change.at_ms),
                "sourceType": change.source.type,
                "sourceId": change.source.id,
                "sourceLabel": change.source.label,
                **({} if change.source.user_id is None else {"updatedByUserId": change.source.user_id}),
            }
            for change in reversed(self.changes)
            if name in change.values
        ]


@lru_cache(maxsize=4096)
def format_ms(at_ms: int) -> str:
    """Return a time as HubSpot writes it."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{at_ms % 1000:03d}Z"


def _full_name(contact: ContactRecord) -> str | None:
    names = [contact.values[name] for name in ("firstname", "lastname") if name in contact.values]
    return " ".join(names) or contact.values.get("email")


COMPUTED: dict[str, Callable[[ContactRecord], str | None]] = {
    "hs_object_id": lambda contact: str(contact.id),
    "createdate": lambda contact: format_ms(contact.created_ms),
    "lastmodifieddate": lambda contact: format_ms(contact.updated_ms),
    "hs_merged_object_ids": lambda contact: ";".join(map(str, contact.ancestors)) or None,
    "hs_full_name_or_email": _full_name,
    "hs_email_domain": lambda contact: contact.values.get("email", "").partition("@")[2] or None,
}


def read_value(contact: ContactRecord, name: str) -> str | None:
    """Return the value of a property, None when empty."""
    computed = COMPUTED.get(name)
    return computed(contact) if computed else contact.values.get(name)


def describe(contact: ContactRecord, properties: dict[str, str | None]) -> dict[str, Any]:
    """Return a contact as the service shows it, with these properties."""
    described: dict[str, Any] = {
        "id": str(contact.id),
        "properties": properties,
        "createdAt": format_ms(contact.created_ms),
        "updatedAt": format_ms(contact.updated_ms),
        "archived": bool(contact.archived_ms),
    }
    if contact.archived_ms:
        described["archivedAt"] = format_ms(contact.archived_ms)
    return described


def describe_written(contact: ContactRecord, values: dict[str, str]) -> dict[str, Any]:
    """Return the answer to a write: what was written, and what HubSpot always adds."""
    properties: dict[str, str | None] = {
        **values,
        "createdate": format_ms(contact.created_ms),
        "hs_object_id": str(contact.id),
        "lastmodifieddate": format_ms(contact.updated_ms),
    }
    return describe(contact, properties)


def describe_chosen(contact: ContactRecord, names: Iterable[str], history: Iterable[str] = ()) -> dict[str, Any]:
    """Return a contact with the chosen properties, empty ones as null, and the history of some."""
    described = describe(contact, {name: read_value(contact, name) for name in names})
    if chosen := {name: contact.history(name) for name in history}:
        described["propertiesWithHistory"] = chosen
    return described
