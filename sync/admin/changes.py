from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from sync.admin.links import NOTHING, PortalLinks, link_to
from sync.admin.reading import ReadOnlyAdmin
from sync.models import ConnectedAccount, SettingChange
from sync.services.setting_words import describe_change, tell_change


class ChangedAccountFilter(admin.RelatedFieldListFilter):
    """Names the accounts without reading their credentials."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return list(ConnectedAccount.objects.order_by("name").values_list("pk", "name"))


@admin.register(SettingChange)
class ChangeAdmin(PortalLinks, ReadOnlyAdmin):
    portal_list = "change_list"
    list_display = ["changed_at", "changed_by", "source", "subject", "show_summary"]
    list_filter = ["source", "rule", ("account", ChangedAccountFilter)]
    search_fields = ["changed_by", "subject"]
    search_help_text = _("The name of a person, of a rule or of an account.")
    list_per_page = 50
    fieldsets = [
        (
            None,
            {
                "fields": ["changed_at", "changed_by", "source", "subject", "show_changes"],
                "description": _(
                    "Written whenever somebody changes a rule or an account, wherever it is done. Of keys and tokens "
                    "it is only noted that they were changed. Nobody can change or delete it."
                ),
            },
        ),
        (_("Today's page"), {"fields": ["show_rule", "rule_revision", "show_account"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettingChange]:
        return super().get_queryset(request).select_related("rule", "account").defer("account__credentials")

    def view_on_site(self, change: SettingChange) -> str:
        address = reverse("change_list")
        if change.rule_id:
            return f"{address}?rule={change.rule_id}"
        return f"{address}?account={change.account_id}" if change.account_id else address

    @admin.display(description=_("changes"))
    def show_summary(self, change: SettingChange) -> str:
        return format_html_join("", "{}<br>", ((line,) for line in tell_change(change))) or NOTHING

    @admin.display(description=_("changes"))
    def show_changes(self, change: SettingChange) -> str:
        return format_html_join("", "{}<br>", ((str(words),) for words in describe_change(change))) or NOTHING

    @admin.display(description=_("sync rule"))
    def show_rule(self, change: SettingChange) -> str:
        return link_to(change.rule)

    @admin.display(description=_("connected account"))
    def show_account(self, change: SettingChange) -> str:
        return link_to(change.account)
