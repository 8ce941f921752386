"""Who has what in hand, while several batches are under way.

Two works that touch the same card, e-mail address or contact must not be in hand at once: one contact never has two
writes under way, and what is known of a card is what was recorded last. A work holds its claims until it is recorded.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.services.processing.work import Work


def name_card_key(card_id: str) -> str:
    return f"card {card_id}"


def name_email_key(email: str) -> str:
    return f"email {email}"


def name_contact_key(contact_id: str) -> str:
    return f"contact {contact_id}"


class Claims:
    """Which work holds which key."""

    def __init__(self) -> None:
        self._owners: dict[str, Work] = {}

    def is_free(self, keys: Iterable[str]) -> bool:
        return self._owners.keys().isdisjoint(keys)

    def find_owner(self, key: str) -> "Work | None":
        return self._owners.get(key)

    def take(self, keys: Iterable[str], work: "Work") -> None:
        """Gives the keys to the work, whoever of its company held them before."""
        for key in keys:
            self._owners[key] = work
            work.keys.append(key)

    def release(self, work: "Work") -> None:
        for key in work.keys:
            if self._owners.get(key) is work:
                del self._owners[key]
        work.keys.clear()
