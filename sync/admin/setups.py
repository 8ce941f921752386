from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sync.admin.links import PortalLinks, link_to
from sync.admin.reading import ReadOnlyAdmin
from sync.models import RuleSetup


@admin.register(RuleSetup)
class SetupAdmin(PortalLinks, ReadOnlyAdmin):
    portal_list = "setup_start"
    list_display = ["__str__", "step", "started_by", "started_at", "finished_at", "show_rule"]
    list_filter = ["step", ("finished_at", admin.EmptyFieldListFilter)]
    search_fields = ["started_by", "rule__name"]
    fieldsets = [
        (
            None,
            {
                "fields": ["step", "started_by", "started_at", "finished_at"],
                "description": _(
                    "The set-up of one rule, step by step. It is gone through in the portal, and can be left and "
                    "taken up again there; here it is only read."
                ),
            },
        ),
        (_("What it is about"), {"fields": ["show_sansan", "show_hubspot", "show_rule"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSetup]:
        related = super().get_queryset(request).select_related("sansan_account", "hubspot_account", "rule")
        return related.defer("sansan_account__credentials", "hubspot_account__credentials")

    def view_on_site(self, setup: RuleSetup) -> str | None:
        return None if setup.finished_at else reverse("setup_step", args=[setup.pk, setup.step])

    @admin.display(description=_("Sansan account"))
    def show_sansan(self, setup: RuleSetup) -> str:
        return link_to(setup.sansan_account)

    @admin.display(description=_("HubSpot account"))
    def show_hubspot(self, setup: RuleSetup) -> str:
        return link_to(setup.hubspot_account)

    @admin.display(description=_("sync rule"))
    def show_rule(self, setup: RuleSetup) -> str:
        return link_to(setup.rule)
