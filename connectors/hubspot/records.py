"""What HubSpot answers and takes, as typed records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.errors import Issue


@dataclass(frozen=True, slots=True)
class Account:
    portal_id: str
    time_zone: str = ""
    account_type: str = ""
    ui_domain: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. Values are strings; a property that is empty or was not asked for is absent."""

    id: str
    properties: Mapping[str, str]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived: bool = False
    archived_at: datetime | None = None
    trace_id: str = ""
    is_new: bool | None = None  # only upsert says


@dataclass(frozen=True, slots=True)
class ContactPage:
    contacts: tuple[Contact, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class ContactInput:
    """One input of a batch write.

    `id` is the record id (update), the value of the unique property (upsert), or empty (create); `trace_id` is
    unique within its batch.
    """

    properties: Mapping[str, str]
    trace_id: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch call said. An input that is neither in `contacts` nor in `issues` was not applied."""

    contacts: tuple[Contact, ...]
    issues: tuple[Issue, ...] = ()
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class PropertyOption:
    label: str
    value: str
    display_order: int = -1
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    label: str
    type: str
    field_type: str
    group_name: str = ""
    description: str = ""
    options: tuple[PropertyOption, ...] = ()
    has_unique_value: bool = False
    calculated: bool = False
    read_only_value: bool = False
    archived: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """An administrator's rule on a property, e.g. `MAX_LENGTH` with `("40",)`."""

    property_name: str
    rule_type: str
    arguments: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Owner:
    id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    archived: bool = False
