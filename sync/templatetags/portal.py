"""What all pages share, those of the administration site among them."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_ACCOUNTS, SEE_CHANGES, SEE_RECORDS, SEE_RULES, SEE_RUNS

register = template.Library()


@dataclass(frozen=True, slots=True)
class Destination:
    view: str
    label: str | Promise
    permission: str


DESTINATIONS = (
    Destination("health", _("Health"), SEE_RULES),
    Destination("record_list", _("Records"), SEE_RECORDS),
    Destination("run_list", _("History"), SEE_RUNS),
    Destination("dashboard", _("Dashboard"), SEE_RUNS),
    Destination("rule_list", _("Sync rules"), SEE_RULES),
    Destination("account_list", _("Accounts"), SEE_ACCOUNTS),
    Destination("change_list", _("Settings history"), SEE_CHANGES),
)


@register.inclusion_tag("portal/_navigation.html", takes_context=True)
def portal_navigation(context: dict[str, Any]) -> dict[str, Any]:
    """The pages that the person may see, with the one (or its section) that is open."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return {"items": []}
    items = [
        {"label": one.label, "address": (address := reverse(one.view)), "is_open": is_open(request.path, address)}
        for one in DESTINATIONS
        if user.has_perm(one.permission)
    ]
    admin = reverse("admin:index")
    return {
        "items": items,
        "admin": admin if user.is_staff else "",
        "is_admin_open": request.path.startswith(admin),
    }


def is_open(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address))
