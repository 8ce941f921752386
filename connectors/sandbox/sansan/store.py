"""Everything the Sansan stand-in remembers, and which cards a user gets to see."""

from collections.abc import Iterable
from typing import Any

from connectors.sandbox.sansan.cards import SandboxCard, SandboxTag, SandboxUser
from connectors.sandbox.sansan.companies import make_id

REMEMBERED_LISTINGS = 16


class CardStore:
    """Cards, tags and users. Not thread-safe: its service locks."""

    def __init__(self, users: Iterable[SandboxUser], tags: Iterable[SandboxTag], cards: Iterable[SandboxCard]) -> None:
        self.users = {user.id: user for user in users}
        self.tags = {tag.id: tag for tag in tags}
        self.cards = {card.id: card for card in cards}
        self.reports: list[dict[str, Any]] = []
        self.digitised_at: dict[str, float] = {}
        self._version = 0
        self._listings: dict[Any, tuple[int, list[SandboxCard]]] = {}
        self._counter = 0

    def touch(self) -> None:
        """Note that something changed, so that listings are made anew."""
        self._version += 1

    def new_id(self, letter: str) -> str:
        """Return an id that no seeded record has."""
        self._counter += 1
        return f"{letter}F{self._counter:030d}"

    def finish_digitising(self, now_seconds: float) -> None:
        """Complete the cards whose image has been read by now."""
        for card_id in [card_id for card_id, at in self.digitised_at.items() if at <= now_seconds]:
            del self.digitised_at[card_id]
            if card_id in self.cards:
                card = self.cards[card_id]
                card.entry_status, card.updated_at = "completed", int(now_seconds)
                self.touch()

    def find_tag(self, name: str) -> SandboxTag:
        """Return a tag by name; raises `LookupError`."""
        for tag in self.tags.values():
            if tag.name == name:
                return tag
        raise LookupError(f"no such tag: {name}")

    def find_company_id(self, name: str) -> str | None:
        """Return the id of a company by its name on other cards, a new one for a new name, None without a name."""
        if not name:
            return None
        known = (card.company_id for card in self.cards.values() if card.text("companyName") == name)
        return next(known, None) or make_id("C", name)

    def list_cards(
        self, viewer: SandboxUser, *, everyone: bool, past: bool, statuses: tuple[str, ...], order_by: str
    ) -> list[SandboxCard]:
        """Return the cards the viewer may see, sorted ascending by `updatedAt` or another time, then id."""
        everyone = everyone and viewer.sees_all
        key = ("" if everyone else viewer.id, past, statuses, order_by)
        version, listing = self._listings.get(key, (-1, []))
        if version != self._version:
            chosen = [
                card
                for card in self.cards.values()
                if (everyone or card.owner.id == viewer.id) and card.entry_status in statuses
            ]
            listing = sorted(chosen if past else _drop_past(chosen), key=sort_key(order_by))
            self.remember_listing(key, listing)
        return listing

    def remembered_listing(self, key: Any) -> list[SandboxCard] | None:
        """Return a listing kept under this key, unless anything changed since."""
        version, listing = self._listings.get(key, (-1, []))
        return listing if version == self._version else None

    def remember_listing(self, key: Any, listing: list[SandboxCard]) -> None:
        """Keep a listing until something changes."""
        while len(self._listings) >= REMEMBERED_LISTINGS:
            del self._listings[next(iter(self._listings))]
        self._listings[key] = (self._version, listing)

    def is_visible(self, card: SandboxCard, viewer: SandboxUser) -> bool:
        """Say whether the viewer may see the card."""
        return viewer.sees_all or card.owner.id == viewer.id

    def visible_tags(self, card: SandboxCard, viewer: SandboxUser) -> list[SandboxTag]:
        """Return the tags on a card, without other people's private ones."""
        tags = [self.tags[tag_id] for tag_id in card.tags if tag_id in self.tags]
        return [tag for tag in tags if tag.type != "private" or tag.owner.id == viewer.id]


def sort_key(order_by: str) -> Any:
    """Return the sort key of cards for an `orderBy`."""
    if order_by == "registeredAt":
        return lambda card: (card.registered_at, card.id)
    return lambda card: (card.updated_at, card.id)


def _drop_past(cards: list[SandboxCard]) -> list[SandboxCard]:
    """Keep the newest card of each person within one company and owner, as Sansan does."""
    heads: dict[tuple[str, str | None, str], SandboxCard] = {}
    for card in cards:
        key = (card.person_id or card.id, card.company_id, card.owner.id)
        head = heads.get(key)
        if head is None or _recency(card) > _recency(head):
            heads[key] = card
    return list(heads.values())


def _recency(card: SandboxCard) -> tuple[str, int, str]:
    return card.exchange_date or "", card.registered_at, card.id
