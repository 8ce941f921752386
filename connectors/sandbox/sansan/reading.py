"""Answers the Sansan requests that only read."""

from bisect import bisect_left, bisect_right
from typing import Any

from connectors.sandbox.sansan.cards import SandboxCard, SandboxUser, parse_time
from connectors.sandbox.sansan.listing import Pager, answer_cards, describe_card, list_answer
from connectors.sandbox.sansan.parameters import (
    MAX_OTHERS,
    ListRequest,
    read_choice,
    read_choices,
    read_flag,
    read_list_request,
    read_period,
)
from connectors.sandbox.sansan.refusals import refuse, refuse_parameter
from connectors.sandbox.sansan.store import CardStore
from connectors.sandbox.web import Answer, Incoming

TAG_TYPES = ("private", "public", "shared")
# The smallest JPEG that decoders take is longer; nobody here decodes it.
IMAGE = b"\xff\xd8\xff\xe0sandbox card image\xff\xd9"


class Reader:
    """Answers `GET`s for one viewer."""

    def __init__(self, store: CardStore, pager: Pager, viewer: SandboxUser) -> None:
        self._store = store
        self._pager = pager
        self._viewer = viewer

    def list_by_period(self, incoming: Incoming) -> Answer:
        """`GET /bizCards`: cards updated within a period, oldest update first by default."""
        start, end = read_period(incoming)
        request = read_list_request(incoming, orders=("updatedAt", "registeredAt", "completedAt"), direction="asc")
        cards = self._list(request)
        if request.order_by == "updatedAt":
            first = bisect_left(cards, start, key=_updated_at)
            within = cards[first : bisect_right(cards, end, key=_updated_at)]
        else:
            within = [card for card in cards if start <= card.updated_at <= end]
        return answer_cards(self._store, self._pager, self._viewer, request, within)

    def search(self, incoming: Incoming) -> Answer:
        """`GET /bizCards/search`: cards by condition, newest registration first by default."""
        request = read_list_request(incoming, orders=("registeredAt", "updatedAt"), direction="desc")
        key = ("search", self._viewer.id, search_key(request))
        found = self._store.remembered_listing(key)
        if found is None:
            tag_ids = {tag_id for tag_id in incoming.values("tagId") if self._may_see_tag(tag_id)}
            cards = self._list(request)
            if incoming.values("tagId"):
                cards = [card for card in cards if not tag_ids.isdisjoint(card.tags)]
            found = [card for card in cards if _meets(card, incoming)]
            self._store.remember_listing(key, found)
        return answer_cards(self._store, self._pager, self._viewer, request, found)

    def show_card(self, incoming: Incoming, card_id: str) -> Answer:
        """`GET /bizCards/{id}`; the `item` wrapper is a guess, after that of persons."""
        card = self._find(card_id)
        with_tags = read_flag(incoming, "includeTags")
        return Answer(content={"item": describe_card(self._store, card, self._viewer, with_tags=with_tags)})

    def show_image(self, incoming: Incoming, card_id: str) -> Answer:
        """`GET /bizCards/{id}/image`; 404 for a card that was registered from data (a guess)."""
        read_choice(incoming, "side", ("front", "back"))
        if not self._find(card_id).has_image:
            refuse(404, "not_found", "The card has no image")
        return Answer(raw=IMAGE, content_type="image/jpeg")

    def list_card_tags(self, incoming: Incoming, card_id: str) -> Answer:
        """`GET /bizCards/{id}/tags`."""
        tags = self._store.visible_tags(self._find(card_id), self._viewer)
        request = read_list_request(incoming, orders=("id",), direction="asc", max_limit=MAX_OTHERS)
        page, token = self._pager.cut(tags, request, lambda tag: (tag.id,))
        return list_answer([tag.describe() for tag in page], token)

    def show_person(self, incoming: Incoming, person_id: str) -> Answer:
        """`GET /persons/{id}`: the person's newest card."""
        cards = [
            card
            for card in self._store.cards.values()
            if card.person_id == person_id and self._store.is_visible(card, self._viewer)
        ]
        if not cards:
            refuse(404, "not_found", "There is no such person")
        head = max(cards, key=lambda card: (card.exchange_date or "", card.registered_at, card.id))
        with_tags = read_flag(incoming, "includeTags")
        card = describe_card(self._store, head, self._viewer, with_tags=with_tags)
        return Answer(content={"item": {"id": person_id, "headBizCard": card}})

    def list_tags(self, incoming: Incoming) -> Answer:
        """`GET /tags`: by default only the viewer's own."""
        kinds = read_choices(incoming, "type", TAG_TYPES) or TAG_TYPES
        request = read_list_request(incoming, orders=("id",), direction="asc", max_limit=MAX_OTHERS)
        owner, name = incoming.value("ownerUserId"), incoming.value("tagName")
        if len(owner) > 20 or len(name) > 50:
            refuse_parameter("ownerUserId" if len(owner) > 20 else "tagName", "is too long")
        tags = sorted(
            (
                tag
                for tag in self._store.tags.values()
                if tag.type in kinds
                and (tag.owner.id == self._viewer.id or (request.everyone and tag.type != "private"))
                and owner in ("", tag.owner.id)
                and name in tag.name
            ),
            key=lambda tag: (len(tag.id), tag.id),
        )
        page, token = self._pager.cut(tags, request, lambda tag: (len(tag.id), tag.id))
        return list_answer([tag.describe() for tag in page], token)

    def list_reports(self, incoming: Incoming) -> Answer:
        """`GET /reports`: contacts updated within a period, newest first by default."""
        start, end = read_period(incoming)
        request = read_list_request(incoming, orders=("updatedAt", "registeredAt"), direction="desc")
        kinds, categories = set(incoming.values("type")), set(incoming.values("category"))
        rows = [
            report
            for report in self._store.reports
            if start <= parse_time(report["updatedTime"]) <= end
            and (request.everyone or report["owner"]["id"] == self._viewer.id)
            and (not kinds or report["type"] in kinds)
            and (not categories or categories & {category["value"] for category in report["categories"]})
        ]
        name = "registeredTime" if request.order_by == "registeredAt" else "updatedTime"
        rows.sort(key=lambda report: (report[name], report["id"]), reverse=request.descending)
        page, token = self._pager.cut(rows, request, lambda report: (report[name], report["id"]))
        return list_answer(list(page), token)

    def show_user(self, user_id: str) -> Answer:
        """`GET /users/{userId}`; the fields are a guess."""
        user = self._store.users.get(user_id)
        if user is None:
            refuse(404, "not_found", "There is no such user")
        return Answer(content=user.describe())

    def _list(self, request: ListRequest) -> list[SandboxCard]:
        return self._store.list_cards(
            self._viewer,
            everyone=request.everyone,
            past=request.past,
            statuses=request.statuses,
            order_by=request.order_by,
        )

    def _may_see_tag(self, tag_id: str) -> bool:
        tag = self._store.tags.get(tag_id)
        return tag is not None and (tag.type != "private" or tag.owner.id == self._viewer.id)

    def _find(self, card_id: str) -> SandboxCard:
        card = self._store.cards.get(card_id)
        if card is None or not self._store.is_visible(card, self._viewer):
            refuse(404, "not_found", "There is no such card")
        return card


def search_key(request: ListRequest) -> tuple[Any, ...]:
    """Return what tells one search from another."""
    return (request.order_by, *(tuple(one) for one in request.filters))


def _updated_at(card: SandboxCard) -> int:
    return card.updated_at


def _meets(card: SandboxCard, incoming: Incoming) -> bool:
    """Say whether a card meets the conditions: e-mail exactly, name by its beginning, the rest in part."""
    return (
        (not incoming.value("email") or card.text("email") == incoming.value("email"))
        and (card.text("lastName") + card.text("firstName")).startswith(incoming.value("name"))
        and all(incoming.value(name) in card.text(name) for name in ("companyName", "tel", "mobile"))
    )
