"""Asks a service whose key an account holds and what it may do."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.errors import (
    ConnectorError,
    CredentialsError,
    MissingScopeError,
    QuotaExhaustedError,
    RetryLaterError,
    UnexpectedAnswerError,
)
from connectors.hubspot.scopes import probe_scopes
from connectors.registry import PROVIDERS
from sync.models import ConnectedAccount, RecordLink
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.connections import AccountDisconnectedError, open_hubspot, open_sansan

CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
ACCOUNT_DISCONNECTED = "ACCOUNT_DISCONNECTED"
SCOPE_MISSING = "SCOPE_MISSING"
QUOTA_EXHAUSTED = "QUOTA_EXHAUSTED"
SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
PORTAL_CHANGED = "PORTAL_CHANGED"


class AccountError(Exception):
    """Something is wrong with an account. The text is for people: what is wrong and what to do, without the secret.

    `code` is stable: CREDENTIALS_REFUSED, ACCOUNT_DISCONNECTED, SCOPE_MISSING, QUOTA_EXHAUSTED, SERVICE_UNAVAILABLE,
    SERVICE_REFUSED, UNEXPECTED_ANSWER, PORTAL_CHANGED.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    @property
    def unreachable(self) -> bool:
        """Whether the account may be fine and the same call may work later."""
        return self.code in (SERVICE_UNAVAILABLE, QUOTA_EXHAUSTED)


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What a service said about an account's key.

    `external_id` is the HubSpot portal's or the Sansan user's id (empty where the service doesn't say);
    `tag_counts` are the numbers of visible tags by type (`public`, `shared`; Sansan only); `fixes` and `warnings`
    are sentences for people.
    """

    name: str
    provider: str
    external_id: str
    external_name: str
    tag_counts: dict[str, int] = field(default_factory=dict)
    granted_scopes: tuple[str, ...] = ()
    missing_scopes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the key may do all that a sync needs."""
        return not self.missing_scopes


def check_account(account: ConnectedAccount, *, remember: bool = False, for_page: bool = False) -> AccountReport:
    """Tests an account's credentials and reports what they open; the account need not be saved.

    With `remember`, what was found is stored on the (saved) account; `for_page` gives up sooner. Raises AccountError
    when the service refuses the key, can't be reached, or when the key belongs to another portal than the one the
    account's records are linked with; nothing is stored then.
    """
    try:
        report = _CHECKS[account.provider](account, for_page)
    except ConnectorError as error:
        raise translate_error(error, account) from error
    except CredentialsUnreadableError as error:
        raise AccountError(str(error), CREDENTIALS_REFUSED) from error
    if account.pk:
        check_same_portal(account, report)
        if remember:
            remember_report(account, report)
    return report


def check_same_portal(account: ConnectedAccount, report: AccountReport) -> None:
    """Guards the links of a saved account: the contact ids they hold mean nothing in another portal.

    Raises AccountError (PORTAL_CHANGED) naming both portals.
    """
    is_other = account.external_id and report.external_id and account.external_id != report.external_id
    if account.provider != "hubspot" or not is_other:
        return
    linked = RecordLink.objects.filter(rule__hubspot_account=account).exclude(hubspot_id="")
    if not linked.exists():
        return
    message = _(
        "The token belongs to HubSpot portal %(new)s, but the records of account '%(name)s' are linked with portal "
        "%(old)s. Use a token of portal %(old)s, or connect portal %(new)s as an account of its own."
    )
    values = {"new": report.external_id, "old": account.external_id, "name": account.name}
    raise AccountError(message % values, PORTAL_CHANGED)


def remember_report(account: ConnectedAccount, report: AccountReport) -> None:
    """Stores on a saved account whose key it holds and what that may not do."""
    account.external_id = report.external_id
    account.external_name = report.external_name[:200]
    account.missing_scopes = list(report.missing_scopes)
    account.checked_at = timezone.now()
    account.save(update_fields=["external_id", "external_name", "missing_scopes", "checked_at", "updated_at"])


def translate_error(error: ConnectorError, account: ConnectedAccount) -> AccountError:
    """What went wrong with a service as one plain text: what it is and what to do next."""
    if isinstance(error, MissingScopeError) and error.scopes:
        return AccountError(explain_missing_scopes(account.name, error.scopes), SCOPE_MISSING)
    code, message = next((code, message) for kind, code, message in _TROUBLES if isinstance(error, kind))
    if code == CREDENTIALS_REFUSED:
        message = _REFUSALS[account.provider]
    values = {
        "service": PROVIDERS[account.provider].label,
        "name": account.name,
        "reason": error.message.rstrip("."),
    }
    return AccountError(str(message) % values, code)


def explain_missing_scopes(account_name: str, scopes: tuple[str, ...]) -> str:
    """Names the scopes that a HubSpot token lacks and where to add them."""
    message = _(
        "The token of account '%(name)s' lacks %(scopes)s. Add this to the service key or private app in HubSpot, "
        "then check again."
    )
    return message % {"name": account_name, "scopes": ", ".join(scopes)}


def _check_sansan(account: ConnectedAccount, for_page: bool) -> AccountReport:
    client = open_sansan(account, for_page=for_page)
    user = client.me()
    counts = Counter(tag.type or "unknown" for tag in client.tags())
    warnings = []
    if not counts:
        warnings.append(
            _(
                "The key of account '%(name)s' sees no public or shared tag. Use the key of a Sansan administrator, "
                "or ask for the right to see the tags."
            )
            % {"name": account.name}
        )
    return AccountReport(
        name=account.name,
        provider=account.provider,
        external_id=user.id,
        external_name=" ".join(part for part in (user.name, f"<{user.email}>" if user.email else "") if part),
        tag_counts=dict(sorted(counts.items())),
        warnings=tuple(warnings),
    )


def _check_hubspot(account: ConnectedAccount, for_page: bool) -> AccountReport:
    client = open_hubspot(account, for_page=for_page)
    portal = client.account()
    scopes = probe_scopes(client)
    missing = tuple(scopes.missing)
    return AccountReport(
        name=account.name,
        provider=account.provider,
        external_id=portal.portal_id,
        external_name=" ".join(part for part in (portal.ui_domain, portal.account_type) if part),
        granted_scopes=tuple(scopes.granted),
        missing_scopes=missing,
        fixes=(explain_missing_scopes(account.name, missing),) if missing else (),
    )


_CHECKS: dict[str, Callable[[ConnectedAccount, bool], AccountReport]] = {
    "sansan": _check_sansan,
    "hubspot": _check_hubspot,
}
_REFUSALS = {
    "sansan": gettext_lazy(
        "Sansan does not accept the API key of account '%(name)s' (%(reason)s). Have a key issued in Sansan's "
        "administrator settings, with the API open to all of Sansan, and enter it again."
    ),
    "hubspot": gettext_lazy(
        "HubSpot does not accept the token of account '%(name)s' (%(reason)s). Copy it again from the service key or "
        "private app in HubSpot, or make a new one, and enter it again."
    ),
}
# The first that fits counts.
_TROUBLES: tuple[tuple[type[ConnectorError], str, str | Promise], ...] = (
    (
        AccountDisconnectedError,
        ACCOUNT_DISCONNECTED,
        gettext_lazy("Account '%(name)s' is not connected: it has no key. Enter one on the account's page."),
    ),
    (CredentialsError, CREDENTIALS_REFUSED, ""),
    (
        MissingScopeError,
        SCOPE_MISSING,
        gettext_lazy(
            "%(service)s does not let the key of account '%(name)s' do this (%(reason)s). Give it the rights in "
            "%(service)s, then check again."
        ),
    ),
    (
        QuotaExhaustedError,
        QUOTA_EXHAUSTED,
        gettext_lazy(
            "%(service)s takes no more requests from account '%(name)s' for now (%(reason)s). Try again when the "
            "quota is renewed."
        ),
    ),
    (
        RetryLaterError,
        SERVICE_UNAVAILABLE,
        gettext_lazy(
            "%(service)s could not be asked about account '%(name)s' (%(reason)s). Check the network and the base "
            "URL, or try again later."
        ),
    ),
    (
        UnexpectedAnswerError,
        "UNEXPECTED_ANSWER",
        gettext_lazy(
            "%(service)s answered account '%(name)s' with something unexpected (%(reason)s). Check the base URL and "
            "the API version."
        ),
    ),
    (
        ConnectorError,
        "SERVICE_REFUSED",
        gettext_lazy(
            "%(service)s refused a request of account '%(name)s' (%(reason)s). Check the base URL and the key."
        ),
    ),
)
