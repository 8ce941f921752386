"""A card, a tag and a user as the stand-in keeps them. Compact: there may be a hundred thousand cards."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

JST = timezone(timedelta(hours=9))

TEXT_FIELDS = (
    "lastName",
    "firstName",
    "lastNameReading",
    "firstNameReading",
    "departmentName",
    "title",
    "email",
    "tel",
    "secondTel",
    "fax",
    "mobile",
    "companyName",
    "postalCode",
    "address",
    "prefecture",
    "city",
    "street",
    "building",
    "countryCode",
    "url",
    "memo",
)
TEXT_POSITIONS = {name: position for position, name in enumerate(TEXT_FIELDS)}


@dataclass(slots=True)
class SandboxUser:
    """A person of the tenant. `sees_all` is the right to see colleagues' cards."""

    id: str
    name: str
    email: str
    sees_all: bool = True

    def describe(self) -> dict[str, Any]:
        """Return the user as cards and tags show it."""
        return {"id": self.id, "name": self.name, "email": self.email}


@dataclass(slots=True)
class SandboxTag:
    """A tag; `type` is private, public or shared."""

    id: str
    name: str
    type: str
    owner: SandboxUser

    def describe(self) -> dict[str, Any]:
        """Return the tag as the service shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "owner": {"id": self.owner.id, "name": self.owner.name},
        }


@dataclass(slots=True)
class SandboxCard:
    """A card. Times are whole seconds since 1970; `texts` follow TEXT_FIELDS; `tags` are tag ids."""

    id: str
    person_id: str | None
    company_id: str | None
    owner: SandboxUser
    exchange_date: str | None
    registered_at: int
    updated_at: int
    texts: list[str | None]
    tags: tuple[str, ...] = ()
    entry_status: str = "completed"
    has_image: bool = True

    def text(self, name: str) -> str:
        """Return a text field, empty when the card has none."""
        return self.texts[TEXT_POSITIONS[name]] or ""

    def describe(self) -> dict[str, Any]:
        """Return the card as the service shows it, without tags."""
        return {
            "id": self.id,
            "companyId": self.company_id,
            "personId": self.person_id,
            "exchangeDate": self.exchange_date,
            "registeredTime": format_time(self.registered_at),
            "updatedTime": format_time(self.updated_at),
            "owner": self.owner.describe(),
            **dict(zip(TEXT_FIELDS, self.texts, strict=True)),
            "entryStatus": self.entry_status,
        }


def format_time(seconds: int) -> str:
    """Return a time as Sansan writes it: Japanese time to the second."""
    return datetime.fromtimestamp(seconds, JST).isoformat()


def parse_time(text: str) -> int:
    """Return whole seconds since 1970; raises `ValueError` for a text that is not a time with an offset."""
    moment = datetime.fromisoformat(text)
    if "T" not in text or moment.tzinfo is None:
        raise ValueError("a time needs the form YYYY-MM-DDThh:mm:ss+09:00")
    return int(moment.timestamp())


def read_moment(moment: datetime | str) -> int:
    """Return whole seconds since 1970 for a control argument; a time without an offset is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
