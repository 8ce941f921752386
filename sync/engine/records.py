"""What the engine works on: values of one source record, and what is known about fields and properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

Value: TypeAlias = str | date | datetime | tuple[str, ...]
Kind: TypeAlias = Literal["text", "date", "datetime", "tags"]

TAGS_FIELD = "tags"

_KINDS: dict[str, Kind] = {"date": "date", "datetime": "datetime", "tags": "tags"}


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record of the source. A field that is empty is absent from `values` or holds "" or ().

    `values["tags"]` holds tag ids; `tag_labels` says their names where they are known. `country` is the two-letter
    code printed on the card, empty when it has none.
    """

    id: str
    values: Mapping[str, Value]
    updated_at: datetime | None = None
    exchange_date: date | None = None
    tag_ids: frozenset[str] = frozenset()
    country: str = ""
    tag_names: frozenset[str] = frozenset()
    tag_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the source; `type` is one of text, email, phone, date, datetime, tags, url, country."""

    name: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class PropertySpec:
    """A property of the destination as its live definition says; `options` are the internal values.

    Lengths are in characters, None where no rule limits them.
    """

    name: str
    label: str
    type: str
    field_type: str
    options: frozenset[str] = frozenset()
    read_only: bool = False
    calculated: bool = False
    archived: bool = False
    max_length: int | None = None
    min_length: int | None = None


def classify_type(field_type: str) -> Kind:
    """Tell the Python shape of a field type's values: e-mail, phone, url and country are text."""
    return _KINDS.get(field_type, "text")


def classify_value(value: Value) -> Kind:
    """Tell the shape of one value."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime):
        return "datetime"
    if isinstance(value, date):
        return "date"
    return "tags"
