"""Opens clients for connected accounts."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.conf import settings

from connectors.budget import Budget, build_hubspot_budget, build_sansan_budget
from connectors.errors import CredentialsError
from connectors.hubspot.client import HubSpotClient
from connectors.sansan.client import SansanClient
from sync.models import ConnectedAccount

# Somebody waits for a page: it rather says that a service doesn't answer than keeps trying for minutes.
PAGE_OPTIONS: dict[str, Any] = {"connect_timeout_seconds": 3, "read_timeout_seconds": 15, "max_attempts": 2}


class AccountDisconnectedError(CredentialsError):
    """The account has no key or token: it was disconnected."""

    def __init__(self, account: ConnectedAccount) -> None:
        super().__init__(f"Account {account.name} has no key or token.")
        self.account_name = account.name


# One budget per account and process: all runs of an account draw from it. A changed limit gets a new one.
_budgets: dict[tuple[object, ...], Budget] = {}
_budgets_lock = Lock()


def _share_budget(account: ConnectedAccount, limits: tuple[int, ...], build: Callable[[], Budget]) -> Budget:
    with _budgets_lock:
        return _budgets.setdefault((_name_budget(account), *limits), build())


def open_sansan(
    account: ConnectedAccount, on_request: Callable[[], None] | None = None, *, for_page: bool = False
) -> SansanClient:
    """A client with the account's key, on the budget that all users of the account in this process share.

    With `for_page` it gives up sooner. Raises AccountDisconnectedError when there is no key, and
    CredentialsUnreadableError.
    """
    per_second, per_minute = settings.SANSAN_REQUESTS_PER_SECOND, settings.SANSAN_REQUESTS_PER_MINUTE
    budget = _share_budget(
        account,
        (per_second, per_minute),
        lambda: build_sansan_budget(per_second=per_second, per_minute=per_minute),
    )
    return SansanClient(
        _read_credential(account, "api_key"),
        base_url=settings.SANSAN_BASE_URL,
        budget=budget,
        on_request=on_request,
        **_choose_options(for_page=for_page),
    )


def open_hubspot(
    account: ConnectedAccount, on_request: Callable[[], None] | None = None, *, for_page: bool = False
) -> HubSpotClient:
    """A client with the account's token, on the budget that all users of the account in this process share.

    With `for_page` it gives up sooner. Raises AccountDisconnectedError when there is no token, and
    CredentialsUnreadableError.
    """
    own_limit = account.requests_per_10_seconds
    per_10_seconds = settings.HUBSPOT_REQUESTS_PER_10_SECONDS if own_limit is None else own_limit
    return HubSpotClient(
        _read_credential(account, "access_token"),
        base_url=settings.HUBSPOT_BASE_URL,
        api_version=settings.HUBSPOT_API_VERSION,
        budget=_share_budget(account, (per_10_seconds,), lambda: build_hubspot_budget(per_10_seconds=per_10_seconds)),
        on_request=on_request,
        **_choose_options(for_page=for_page),
    )


def _read_credential(account: ConnectedAccount, name: str) -> str:
    if not (credential := account.credentials.get(name, "")):
        raise AccountDisconnectedError(account)
    return credential


def _choose_options(*, for_page: bool) -> dict[str, Any]:
    return {**(PAGE_OPTIONS if for_page else {}), **settings.CONNECTOR_OPTIONS}


def _name_budget(account: ConnectedAccount) -> str:
    # An account that is only being tried out has no id yet; it gets a budget of its own by its name.
    return f"{account.provider}:{account.pk or account.name}"
