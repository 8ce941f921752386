"""Sansan's JSON to records, one function for each. A missing or odd field is empty; a missing id is an error."""

from datetime import UTC, date, datetime
from typing import Any

from connectors.answers import make_shape_error
from connectors.sansan.records import Card, CardPage, NewCard, Tag, User

SERVICE = "Sansan"

CARD_TEXTS = {
    "company_id": "companyId",
    "person_id": "personId",
    "last_name": "lastName",
    "first_name": "firstName",
    "last_name_reading": "lastNameReading",
    "first_name_reading": "firstNameReading",
    "company_name": "companyName",
    "department_name": "departmentName",
    "title": "title",
    "email": "email",
    "tel": "tel",
    "second_tel": "secondTel",
    "fax": "fax",
    "mobile": "mobile",
    "postal_code": "postalCode",
    "address": "address",
    "prefecture": "prefecture",
    "city": "city",
    "street": "street",
    "building": "building",
    "country_code": "countryCode",
    "url": "url",
    # The name in answers is a guess: it is the name that registering a card takes.
    "memo": "memo",
    "entry_status": "entryStatus",
}

NEW_CARD_TEXTS = {
    attribute: name
    for attribute, name in CARD_TEXTS.items()
    if attribute not in ("company_id", "person_id", "address", "entry_status")
}


def parse_text(value: object) -> str:
    """Texts without NUL, which no database stores, numbers as text, anything else empty."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def parse_time(value: object) -> datetime | None:
    """A time with an offset, as UTC; None for anything else."""
    try:
        time = datetime.fromisoformat(parse_text(value))
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def parse_date(value: object) -> date | None:
    """`YYYY-MM-DD`, also at the head of a date-time; None for anything else."""
    try:
        return date.fromisoformat(parse_text(value)[:10])
    except ValueError:
        return None


def parse_user(body: object) -> User | None:
    """A user, None when there is neither an id nor a name."""
    if not isinstance(body, dict):
        return None
    user = User(id=parse_text(body.get("id")), name=parse_text(body.get("name")), email=parse_text(body.get("email")))
    return user if user.id or user.name or user.email else None


def parse_tag(body: object) -> Tag | None:
    """A tag, None when it has no id."""
    if not isinstance(body, dict) or not (tag_id := parse_text(body.get("id"))):
        return None
    return Tag(
        id=tag_id,
        name=parse_text(body.get("name")),
        type=parse_text(body.get("type")),
        owner=parse_user(body.get("owner")),
    )


def parse_card(body: object) -> Card:
    """A card. Raises UnexpectedAnswerError when it has no id."""
    if not isinstance(body, dict) or not (card_id := parse_text(body.get("id"))):
        raise make_shape_error(SERVICE, "a card with an id", body)
    tags = body.get("tags")
    given = ((attribute, body.get(name)) for attribute, name in CARD_TEXTS.items())
    return Card(
        id=card_id,
        updated_at=parse_time(body.get("updatedTime")),
        registered_at=parse_time(body.get("registeredTime")),
        exchange_date=parse_date(body.get("exchangeDate")),
        owner=parse_user(body.get("owner")),
        tags=tuple(tag for tag in map(parse_tag, tags) if tag) if isinstance(tags, list) else (),
        **{attribute: parse_text(value) for attribute, value in given if value is not None},
    )


def parse_page(body: object) -> tuple[list[Any], str]:
    """The items of a list answer and the token of the next page, empty on the last.

    Raises UnexpectedAnswerError when there is no list, or more is promised without a token to get it by.
    """
    if not isinstance(body, dict) or not isinstance(items := body.get("data"), list):
        raise make_shape_error(SERVICE, "an object with a list `data`", body)
    token = parse_text(body.get("nextPageToken"))
    has_more = body.get("hasMore", bool(token))
    if has_more and not token:
        raise make_shape_error(SERVICE, "a `nextPageToken`, as `hasMore` says so", body)
    return items, token if has_more else ""


def parse_card_page(body: object) -> CardPage:
    items, token = parse_page(body)
    return CardPage(cards=tuple(map(parse_card, items)), next_page_token=token)


def unwrap_item(body: object) -> object:
    """A single object: whether it is wrapped in `item` is a guess for all but persons, so both forms are read."""
    return body.get("item", body) if isinstance(body, dict) else body


def parse_registered_id(body: object) -> str:
    """The new card's id, empty when the answer has none. Its place is a guess."""
    item = unwrap_item(body)
    return parse_text(item.get("id")) if isinstance(item, dict) else ""


def format_new_card(card: NewCard) -> dict[str, object]:
    """The JSON of a card to register: only what is not empty."""
    body: dict[str, object] = {
        name: value for attribute, name in NEW_CARD_TEXTS.items() if (value := getattr(card, attribute))
    }
    if card.exchange_date:
        body["exchangeDate"] = card.exchange_date.isoformat()
    if card.tag_ids:
        body["tagIds"] = list(card.tag_ids)
    return body
