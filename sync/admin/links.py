"""Links between the pages of the administration site, and from them to the portal."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

NOTHING = "-"


class PortalLinks(admin.ModelAdmin):
    """Leads from the list to `portal_list`, and from each thing to its `portal_page`: views of the portal, by name."""

    portal_list = ""
    portal_page = ""

    def view_on_site(self, thing: Any) -> str | None:
        return reverse(self.portal_page, args=[thing.pk]) if self.portal_page else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        portal_address = reverse(self.portal_list) if self.portal_list else ""
        return super().changelist_view(request, {"portal_address": portal_address, **(extra_context or {})})


def link_to(thing: Model | None) -> str:
    """A link to the thing's own page."""
    if thing is None:
        return NOTHING
    return format_html('<a href="{}">{}</a>', locate(thing), thing)


def locate(thing: Model) -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=(quote(thing.pk),))


def link_to_list(model: type[Model], text: Any, **conditions: Any) -> SafeString:
    """A link to the list of those that meet the conditions, for example `run__id__exact=7`."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(conditions), text)
