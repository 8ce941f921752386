"""What Sansan answers, as typed records. Every field but the id may be missing: the service promises little."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    id: str
    name: str
    type: str  # "private" | "public" | "shared"; empty when the answer did not say
    owner: User | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One business card. Texts are as printed on the card, empty when the card has none; `updated_at` is UTC."""

    id: str
    updated_at: datetime | None
    registered_at: datetime | None = None
    exchange_date: date | None = None
    company_id: str = ""
    person_id: str = ""
    owner: User | None = None
    last_name: str = ""
    first_name: str = ""
    last_name_reading: str = ""
    first_name_reading: str = ""
    company_name: str = ""
    department_name: str = ""
    title: str = ""
    email: str = ""
    tel: str = ""
    second_tel: str = ""
    fax: str = ""
    mobile: str = ""
    postal_code: str = ""
    address: str = ""
    prefecture: str = ""
    city: str = ""
    street: str = ""
    building: str = ""
    country_code: str = ""
    url: str = ""
    memo: str = ""
    entry_status: str = ""
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of cards; `next_page_token` is empty on the last."""

    cards: tuple[Card, ...]
    next_page_token: str = ""


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card to register from data. At least one of the names of person and company must be given.

    An empty `exchange_date` lets a card that Sansan already has stay the head of its person. `country_code` is ISO
    3166-1 alpha-2 or `AUTO`.
    """

    last_name: str = ""
    first_name: str = ""
    company_name: str = ""
    exchange_date: date | None = None
    last_name_reading: str = ""
    first_name_reading: str = ""
    department_name: str = ""
    title: str = ""
    email: str = ""
    tel: str = ""
    second_tel: str = ""
    fax: str = ""
    mobile: str = ""
    postal_code: str = ""
    prefecture: str = ""
    city: str = ""
    street: str = ""
    building: str = ""
    country_code: str = ""
    url: str = ""
    memo: str = ""
    tag_ids: tuple[str, ...] = ()
