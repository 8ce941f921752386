"""Pages of cards and other things, with both ways in which the service might make its page tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from connectors.sandbox.sansan.cards import SandboxCard, SandboxUser
from connectors.sandbox.sansan.parameters import ListRequest
from connectors.sandbox.sansan.refusals import refuse
from connectors.sandbox.sansan.store import CardStore, sort_key
from connectors.sandbox.sansan.tokens import PageTokenError, make_token, read_token
from connectors.sandbox.web import Answer

Row = TypeVar("Row")


class Pager:
    """Cuts listings into pages. `style` says what a token holds, `generation` which tokens are still good."""

    def __init__(self) -> None:
        self.style = "offset"
        self.generation = 0

    def cut(self, rows: Sequence[Row], request: ListRequest, key: Callable[[Row], Any]) -> tuple[Sequence[Row], str]:
        """Return one page of `rows`, which are sorted by `key` (up or down), and the token of the next."""
        start = self._find_start(rows, request, key)
        page = rows[start : start + request.limit]
        if start + request.limit >= len(rows):
            return page, ""
        position = list(key(page[-1])) if self.style == "keyset" else start + request.limit
        return page, make_token(position, request.filters, self.generation)

    def _find_start(self, rows: Sequence[Row], request: ListRequest, key: Callable[[Row], Any]) -> int:
        if not request.token:
            return 0
        try:
            position = read_token(request.token, request.filters, self.generation)
        except PageTokenError as error:
            refuse(400, "invalid_next_page_token", str(error))
        if isinstance(position, int):
            return position
        last = tuple(position)
        if request.descending:
            return len(rows) - bisect_left(rows[::-1], last, key=key)
        return bisect_right(rows, last, key=key)


def list_answer(data: list[Any], token: str) -> Answer:
    """Return the envelope of all listings."""
    return Answer(content={"hasMore": bool(token), "nextPageToken": token or None, "data": data})


def answer_cards(
    store: CardStore, pager: Pager, viewer: SandboxUser, request: ListRequest, rows: Sequence[SandboxCard]
) -> Answer:
    """Return one page of cards, given all of them in ascending order."""
    if request.descending:
        rows = rows[::-1]
    page, token = pager.cut(rows, request, sort_key(request.order_by))
    return list_answer([describe_card(store, card, viewer, with_tags=request.with_tags) for card in page], token)


def describe_card(store: CardStore, card: SandboxCard, viewer: SandboxUser, *, with_tags: bool) -> dict[str, Any]:
    """Return a card as the viewer gets it."""
    described = card.describe()
    if with_tags:
        described["tags"] = [tag.describe() for tag in store.visible_tags(card, viewer)]
    return described
