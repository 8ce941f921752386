"""What the services say about an account while somebody has a page open; remembered for a short while."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from urllib.parse import quote

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.errors import ConnectorError, NotFoundError
from connectors.registry import PROVIDERS
from connectors.sansan.records import Card, Tag
from sync.engine.watermark import BEGINNING
from sync.models import ConnectedAccount
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import translate_error
from sync.services.configuration.live import Portal, load_portal, load_tags
from sync.services.connections import open_hubspot, open_sansan

T = TypeVar("T")

REMEMBERED_SECONDS = 60
# Every change in an editor asks again: a service that is down must not be waited for each time.
TROUBLE_SECONDS = 15
SAMPLE_SIZE = 300
# How far Sansan's clock may be ahead of ours.
CLOCK_DIFFERENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """An answer, or None and the `trouble`: a sentence that says what is wrong and what to do next."""

    value: T | None
    trouble: str = ""


def ask_tags(account: ConnectedAccount, *, fresh: bool = False) -> Asked[list[Tag]]:
    """All tags that a Sansan account's key sees, private ones among them. Raises nothing."""
    return _ask(account, "tags", lambda: load_tags(open_sansan(account, for_page=True)), fresh=fresh)


def ask_portal(account: ConnectedAccount, *, fresh: bool = False) -> Asked[Portal]:
    """The contact properties of a HubSpot account. Raises nothing."""
    return _ask(account, "portal", lambda: load_portal(open_hubspot(account, for_page=True)), fresh=fresh)


def ask_newest_cards(account: ConnectedAccount, *, fresh: bool = False) -> Asked[list[Card]]:
    """The cards of a Sansan account that were changed last, at most SAMPLE_SIZE of them. Raises nothing."""
    return _ask(account, "cards", lambda: _load_newest(account), fresh=fresh)


def ask_card(account: ConnectedAccount, card_id: str) -> Asked[Card]:
    """One card of a Sansan account. Raises nothing."""
    about = f"card:{quote(card_id)}"
    return _ask(account, about, lambda: open_sansan(account, for_page=True).card(card_id), fresh=False)


def _load_newest(account: ConnectedAccount) -> list[Card]:
    until = timezone.now() + CLOCK_DIFFERENCE
    client = open_sansan(account, for_page=True)
    return list(client.cards_page(BEGINNING, until, limit=SAMPLE_SIZE, newest_first=True).cards)


def _ask(account: ConnectedAccount, about: str, load: Callable[[], T], *, fresh: bool) -> Asked[T]:
    # Of another key of the same account nothing is remembered.
    key = f"asked:{account.pk}:{account.updated_at.timestamp()}:{about}"
    if not fresh and (known := cache.get(key)) is not None:
        remembered: Asked[T] = known
        return remembered
    answer = _try(account, load)
    cache.set(key, answer, REMEMBERED_SECONDS if answer.value is not None else TROUBLE_SECONDS)
    return answer


def _try(account: ConnectedAccount, load: Callable[[], T]) -> Asked[T]:
    try:
        return Asked(load())
    except NotFoundError:
        trouble = _("%(service)s no longer shows this to the key of account '%(name)s': it was deleted or merged.")
        values = {"service": PROVIDERS[account.provider].label, "name": account.name}
        return Asked(None, trouble % values)
    except ConnectorError as error:
        return Asked(None, translate_error(error, account).message)
    except CredentialsUnreadableError as error:
        return Asked(None, str(error))
