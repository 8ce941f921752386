"""Where people mend what a reason names."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connectors.hubspot.links import locate_contact
from connectors.sansan.links import SEARCH_PAGE
from sync.models import ConnectedAccount, SyncRule


@dataclass(frozen=True, slots=True)
class Place:
    """A link; `is_outside` leads to another service."""

    label: str | Promise
    address: str
    is_outside: bool = False


MAPPING_CODES = frozenset(
    {
        "MAPPING_INVALID",
        "UNKNOWN_OPTION",
        "VALUE_TOO_LONG",
        "VALUE_TOO_SHORT",
        "INVALID_NUMBER",
        "INVALID_DATE",
        "INVALID_BOOLEAN",
        "REQUIRED_PROPERTY",
        "VALUE_REJECTED",
    }
)
FILTER_CODES = frozenset({"FILTER_INVALID", "FILTERED"})
SETTING_CODES = frozenset({"NO_EMAIL", "DIRECTION_UNSUPPORTED"})
CARD_CODES = frozenset({"INVALID_EMAIL", "NO_NAME", "INVALID_PHONE", "NO_EMAIL", "DUPLICATE_EMAIL", "BLOCKED_EMAIL"})
CONTACT_CODES = frozenset(
    {"EMAIL_IN_USE", "CARD_ID_IN_USE", "CONTACT_DELETED", "DUPLICATE_CONTACT", "NOT_APPLIED", "REJECTED"}
)
ACCOUNT_CODES = frozenset(
    {"ACCOUNT_DISCONNECTED", "CREDENTIALS_REFUSED", "CREDENTIALS_UNREADABLE", "SCOPE_MISSING", "SERVICE_REFUSED"}
)


def list_fixes(code: str, rule: SyncRule | None, detail: dict[str, Any] | None = None) -> list[Place]:
    """The places where a reason is dealt with, the likeliest first."""
    places = [] if rule is None else _list_own(code, rule, str((detail or {}).get("account") or ""))
    if code in CARD_CODES:
        places.append(Place(_("Look the card up in Sansan"), SEARCH_PAGE, is_outside=True))
    contact = str((detail or {}).get("contact") or "")
    if rule is not None and code in CONTACT_CODES and (address := find_contact_address(rule, contact)):
        places.append(Place(_("Open the contact in HubSpot"), address, is_outside=True))
    return places


def _list_own(code: str, rule: SyncRule, account: str) -> list[Place]:
    if code in MAPPING_CODES:
        return [Place(_("To the field mapping"), reverse("rule_mapping", args=[rule.pk]))]
    if code in FILTER_CODES:
        return [Place(_("To the filters"), reverse("rule_filters", args=[rule.pk]))]
    if code == "TAG_NOT_SELECTED":
        return [Place(_("To the tags"), reverse("rule_tags", args=[rule.pk]))]
    if code in SETTING_CODES:
        return [Place(_("To the rule's settings"), reverse("rule_settings", args=[rule.pk]))]
    if code in ACCOUNT_CODES:
        places = {
            rule.sansan_account_id: Place(
                _("To the Sansan account"), reverse("account_detail", args=[rule.sansan_account_id])
            ),
            rule.hubspot_account_id: Place(
                _("To the HubSpot account"), reverse("account_detail", args=[rule.hubspot_account_id])
            ),
        }
        named = ConnectedAccount.objects.filter(name=account, pk__in=places).values_list("pk", flat=True)
        return [places[pk] for pk in named] or list(places.values())
    return []


def find_contact_address(rule: SyncRule, contact_id: str) -> str:
    """The contact's page in HubSpot; empty when it is not known."""
    if not contact_id:
        return ""
    account = ConnectedAccount.objects.defer("credentials").get(pk=rule.hubspot_account_id)
    domain, _separator, _kind = account.external_name.partition(" ")
    return locate_contact(account.external_id, contact_id, domain if "." in domain else "")
