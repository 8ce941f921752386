"""Sansan Open API: what the sync needs of it.

Documentation: https://docs.ap.sansan.com/ja/api/openapi/index.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Unpack
from urllib.parse import quote

from connectors.answers import make_shape_error
from connectors.budget import Budget
from connectors.errors import AnswerLostError, NotFoundError, UnexpectedAnswerError
from connectors.http import HttpClient, HttpOptions
from connectors.sansan.complaints import translate_answer
from connectors.sansan.parsing import (
    SERVICE,
    format_new_card,
    parse_card,
    parse_card_page,
    parse_page,
    parse_registered_id,
    parse_tag,
    parse_user,
    unwrap_item,
)
from connectors.sansan.records import Card, CardPage, NewCard, Tag, User

DEFAULT_BASE_URL = "https://api.sansan.com/v6.0"
MOST_CARDS_PER_PAGE = 300
MOST_TAGS_PER_PAGE = 100

# A guess: other endpoints were seen with "[]", so a list parameter of another tenant's version may want it.
LIST_SUFFIX = ""
# A guess: that `updatedFrom` is inclusive comes from client code. One second here would make up for an exclusive one.
LOWER_BOUND_SHIFT = timedelta(0)

JAPAN_TIME = timezone(timedelta(hours=9))

Params = Mapping[str, str | Sequence[str]]


class SansanClient:
    """The cards and tags that the owner of an API key may see. For any number of threads at once."""

    def __init__(
        self, api_key: str, *, base_url: str = DEFAULT_BASE_URL, budget: Budget, **options: Unpack[HttpOptions]
    ) -> None:
        """Raises CredentialsError when the key cannot be one."""
        headers = {"X-Sansan-Api-Key": api_key.strip()}
        self._http = HttpClient(base_url, headers, budget, service=SERVICE, translate=translate_answer, **options)

    def __repr__(self) -> str:
        return f"SansanClient({self._http!r})"

    @property
    def requests_sent(self) -> int:
        """How many requests really went out, repeats included."""
        return self._http.requests_sent

    def close(self) -> None:
        """Closes the connections that are kept open. A call afterwards opens new ones."""
        self._http.close()

    def me(self) -> User:
        """The user whose key this is; an empty one where the service has no `/me` but takes the key.

        `GET /me` is not in the public part of the documentation: seen in client code for v3.1 and v6.0.
        """
        try:
            body = self._get("/me")
        except NotFoundError:
            self._get("/tags", {"limit": "1"})
            return User(id="", name="")
        return parse_user(unwrap_item(body)) or User(id="", name="")

    def tags(self, types: Sequence[str] = ("public", "shared")) -> Iterator[Tag]:
        """All visible tags of these types (`private`, `public`, `shared`), page by page. `GET /tags`."""
        params = {"range": "all", f"type{LIST_SUFFIX}": tuple(types), "limit": str(MOST_TAGS_PER_PAGE)}
        for items in self._walk("/tags", params):
            for item in items:
                if (tag := parse_tag(item)) is None:
                    raise make_shape_error(SERVICE, "a tag with an id", item)
                yield tag

    def cards_page(
        self,
        updated_from: datetime,
        updated_to: datetime,
        *,
        page_token: str = "",
        limit: int = MOST_CARDS_PER_PAGE,
        newest_first: bool = False,
    ) -> CardPage:
        """One page of the cards updated in a period, both ends included to the second, oldest first by default.

        Takes aware datetimes with `updated_from` before `updated_to`. `GET /bizCards`.
        """
        params = {
            "updatedFrom": format_time(updated_from - LOWER_BOUND_SHIFT),
            "updatedTo": format_time(updated_to),
            "range": "all",
            "includeTags": "true",
            "orderBy": "updatedAt",
            "orderDirection": "desc" if newest_first else "asc",
            "limit": str(limit),
        }
        return parse_card_page(self._get("/bizCards", with_token(params, page_token)))

    def search_cards(
        self,
        *,
        email: str = "",
        tag_ids: Sequence[str] = (),
        name: str = "",
        company_name: str = "",
        include_past: bool = False,
    ) -> Iterator[Card]:
        """All visible cards that meet every given condition (any one of the tags), newest first.

        `email` is compared whole, `name` from its start, `company_name` in part. `GET /bizCards/search`.
        """
        conditions: dict[str, str | Sequence[str]] = {
            "email": email,
            f"tagId{LIST_SUFFIX}": tuple(tag_ids),
            "name": name,
            "companyName": company_name,
            "includePastBizCards": "true" if include_past else "",
        }
        params = {key: value for key, value in conditions.items() if value}
        params |= {"range": "all", "includeTags": "true", "limit": str(MOST_CARDS_PER_PAGE)}
        for items in self._walk("/bizCards/search", params):
            yield from map(parse_card, items)

    def card(self, card_id: str) -> Card:
        """One card with its tags. Raises NotFoundError. `GET /bizCards/{id}`."""
        return parse_card(unwrap_item(self._get(f"/bizCards/{quote(card_id, safe='')}", {"includeTags": "true"})))

    def register_card(self, card: NewCard) -> str:
        """Registers a card from data and returns its id. Never overwrites: each call makes a new card.

        Raises AnswerLostError when the card may be there all the same: look for it before you repeat.
        `POST /bizCards`.
        """
        if not (card.last_name or card.first_name or card.company_name):
            raise ValueError("A new card needs a last name, a first name or a company name.")
        body = self._http.call("POST", "/bizCards", json=format_new_card(card), repeatable=False)
        if not (card_id := parse_registered_id(body)):
            raise AnswerLostError("Sansan registered the card but did not say under which id.", code="NO_ID")
        return card_id

    def _get(self, path: str, params: Params | None = None) -> Any:
        return self._http.call("GET", path, params=params, repeatable=True)

    def _walk(self, path: str, params: Params) -> Iterator[list[Any]]:
        token = ""
        while True:
            items, next_token = parse_page(self._get(path, with_token(params, token)))
            yield items
            if not next_token:
                return
            refuse_loop(token, next_token, path)
            token = next_token


def format_time(time: datetime) -> str:
    """The way the API takes times: Japanese time, whole seconds, with the offset."""
    if time.tzinfo is None:
        raise ValueError("A time without a time zone could mean any instant.")
    return time.astimezone(JAPAN_TIME).isoformat(timespec="seconds")


def with_token(params: Params, page_token: str) -> Params:
    """The same conditions go with every page."""
    return {**params, "nextPageToken": page_token} if page_token else params


def refuse_loop(token: str, next_token: str, path: str) -> None:
    if token == next_token:
        raise UnexpectedAnswerError(f"Sansan {path} leads to the same page again and again", code="PAGE_LOOP")
