"""How tests and demos steer the Sansan stand-in: what its users could do, and the sandbox's own switches."""

from datetime import date
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.sansan.cards import (
    TEXT_POSITIONS,
    SandboxCard,
    SandboxTag,
    SandboxUser,
    read_moment,
)
from connectors.sandbox.sansan.listing import Pager
from connectors.sandbox.sansan.store import CardStore
from connectors.sandbox.service import Service

TAG_TYPES = ("private", "public", "shared")
OTHER_FIELDS = ("personId", "companyId", "exchangeDate", "registeredTime", "updatedTime", "owner", "entryStatus")


class SansanControl(Service):
    """The control methods; safe to call from any thread while the stand-in runs."""

    control_methods = Service.control_methods | {
        "add_card",
        "add_key",
        "add_tag",
        "card",
        "cards",
        "delete_card",
        "edit_card",
        "expire_tokens",
        "merge_persons",
        "remove_tag",
        "rename_tag",
        "retag_card",
        "retype_tag",
        "split_person",
        "tags",
    }
    control_settings = frozenset({"api_key", "tag_change_updates_card", "token_style", "url"})

    store: CardStore
    pager: Pager
    keys: dict[str, SandboxUser]

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.scope_removed = False
        # Whether a tag change moves updatedTime is not known; not moving it is the harder case for a client.
        self.tag_change_updates_card = False

    # --- cards ---

    def cards(self) -> list[dict[str, Any]]:
        """Return all cards as the service shows them, with all their tags, in order of creation."""
        with self.lock:
            return [self._describe(card) for card in self.store.cards.values()]

    def card(self, card_id: str) -> dict[str, Any]:
        """Return one card with all its tags; raises `LookupError`."""
        with self.lock:
            return self._describe(self._find(card_id))

    def add_card(self, *, tags: list[str] | tuple[str, ...] = (), id: str = "", **fields: Any) -> str:  # noqa: A002  (Sansan's word)
        """Add a card given its fields by their camelCase names; returns its id, which is made unless given.

        `tags` are names of existing tags, `owner` a user id (the key's user by default), `updatedTime` and
        `registeredTime` a datetime or ISO text (now by default). Raises `ValueError` for an unknown field.
        """
        with self.lock:
            now = int(self.clock.seconds())
            card = SandboxCard(
                id=id or self.store.new_id("B"),
                person_id=self.store.new_id("P"),
                company_id=self.store.find_company_id(fields.get("companyName") or ""),
                owner=next(iter(self.keys.values())),
                exchange_date=None,
                registered_at=read_moment(fields["updatedTime"]) if fields.get("updatedTime") else now,
                updated_at=now,
                texts=[None] * len(TEXT_POSITIONS),
                tags=self._find_tag_ids(tags),
            )
            self._change(card, fields)
            self.store.cards[card.id] = card
            self.store.touch()
            return card.id

    def edit_card(self, card_id: str, *, tags: list[str] | tuple[str, ...] | None = None, **fields: Any) -> None:
        """Change fields (and tags, if given) of a card; its `updatedTime` becomes now unless given."""
        with self.lock:
            card = self._find(card_id)
            if tags is not None:
                card.tags = self._find_tag_ids(tags)
            self._change(card, {"updatedTime": self.clock.now(), **fields})
            self.store.touch()

    def retag_card(self, card_id: str, tags: list[str]) -> None:
        """Give a card exactly these tags, by name. Moves `updatedTime` only if `tag_change_updates_card`."""
        with self.lock:
            card = self._find(card_id)
            card.tags = self._find_tag_ids(tags)
            if self.tag_change_updates_card:
                card.updated_at = int(self.clock.seconds())
            self.store.touch()

    def delete_card(self, card_id: str) -> None:
        """Delete a card; nothing will ever tell a client."""
        with self.lock:
            del self.store.cards[self._find(card_id).id]
            self.store.touch()

    def merge_persons(self, card_id: str, other_id: str) -> str:
        """Make the second card one of the first card's person, as name matching would; returns the person id."""
        with self.lock:
            card, other = self._find(card_id), self._find(other_id)
            other.person_id = card.person_id
            other.updated_at = int(self.clock.seconds())
            self.store.touch()
            return card.person_id or ""

    def split_person(self, card_id: str) -> str:
        """Make a card one of a person of its own; returns the new person id."""
        with self.lock:
            card = self._find(card_id)
            card.person_id = self.store.new_id("P")
            card.updated_at = int(self.clock.seconds())
            self.store.touch()
            return card.person_id

    # --- tags ---

    def tags(self) -> list[dict[str, Any]]:
        """Return all tags, of all types and users."""
        with self.lock:
            return [tag.describe() for tag in self.store.tags.values()]

    def add_tag(self, name: str, type: str = "shared", owner: str = "") -> str:  # noqa: A002  (Sansan's word)
        """Add a tag (private, public or shared) of a user (the key's by default); returns its id."""
        with self.lock:
            tag = SandboxTag(f"t{1000 + len(self.store.tags)}", name, _check_type(type), self._find_user(owner))
            while tag.id in self.store.tags:
                tag.id += "1"
            self.store.tags[tag.id] = tag
            self.store.touch()
            return tag.id

    def rename_tag(self, name: str, new_name: str) -> None:
        """Rename a tag; its id stays."""
        with self.lock:
            self.store.find_tag(name).name = new_name

    def retype_tag(self, name: str, new_type: str) -> None:
        """Make a tag private, public or shared."""
        with self.lock:
            self.store.find_tag(name).type = _check_type(new_type)

    def remove_tag(self, name: str) -> None:
        """Delete a tag; it disappears from all cards."""
        with self.lock:
            tag_id = self.store.find_tag(name).id
            del self.store.tags[tag_id]
            for card in self.store.cards.values():
                card.tags = tuple(one for one in card.tags if one != tag_id)
            self.store.touch()

    # --- keys and tokens ---

    def add_key(self, name: str, *, sees_all: bool = True) -> str:
        """Add a user with a key of their own; returns the key. Without `sees_all` only own cards are visible."""
        with self.lock:
            number = len(self.keys) + 1
            user = SandboxUser(f"u{2000 + number}", name, f"user{number}@tenant.example", sees_all)
            self.store.users[user.id] = user
            key = f"SandboxKeyThatOpensNothing{number:06d}"
            self.keys[key] = user
            return key

    def remove_scope(self, name: str = "") -> None:
        """Limit the key to Sansan Data Hub: from now on 403."""
        self.scope_removed = True

    def restore_credentials(self) -> None:
        """Make the key good again, with its scope."""
        super().restore_credentials()
        self.scope_removed = False

    @property
    def token_style(self) -> str:
        """What page tokens hold: an `offset` (edits shift it), or the last key (`keyset`)."""
        return self.pager.style

    @token_style.setter
    def token_style(self, style: str) -> None:
        if style not in ("offset", "keyset"):
            raise ValueError("token_style is offset or keyset")
        self.pager.style = style

    def expire_tokens(self) -> None:
        """Make all page tokens given so far useless: 400."""
        with self.lock:
            self.pager.generation += 1

    # --- parts ---

    def _describe(self, card: SandboxCard) -> dict[str, Any]:
        tags = [self.store.tags[tag_id].describe() for tag_id in card.tags if tag_id in self.store.tags]
        return {**card.describe(), "tags": tags}

    def _find(self, card_id: str) -> SandboxCard:
        if card_id not in self.store.cards:
            raise LookupError(f"no such card: {card_id}")
        return self.store.cards[card_id]

    def _find_user(self, user_id: str) -> SandboxUser:
        return self.store.users[user_id] if user_id else next(iter(self.keys.values()))

    def _find_tag_ids(self, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.store.find_tag(name).id for name in names)

    def _change(self, card: SandboxCard, fields: dict[str, Any]) -> None:
        unknown = set(fields) - set(TEXT_POSITIONS) - set(OTHER_FIELDS)
        if unknown:
            raise ValueError(f"a card has no field {', '.join(sorted(unknown))}")
        for name, value in fields.items():
            if name in TEXT_POSITIONS:
                card.texts[TEXT_POSITIONS[name]] = value or None
        card.person_id = fields.get("personId", card.person_id)
        card.company_id = fields.get("companyId", card.company_id)
        card.entry_status = fields.get("entryStatus", card.entry_status)
        if "exchangeDate" in fields:
            day = fields["exchangeDate"]
            card.exchange_date = day.isoformat() if isinstance(day, date) else day or None
        if "owner" in fields:
            card.owner = self._find_user(fields["owner"])
        if "updatedTime" in fields:
            card.updated_at = read_moment(fields["updatedTime"])
        if "registeredTime" in fields:
            card.registered_at = read_moment(fields["registeredTime"])


def _check_type(kind: str) -> str:
    if kind not in TAG_TYPES:
        raise ValueError(f"a tag is {', '.join(TAG_TYPES)}")
    return kind
