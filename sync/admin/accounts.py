from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connectors.registry import PROVIDERS
from sync.admin.links import NOTHING, PortalLinks, link_to, link_to_list
from sync.forms.accounts import AccountForm, list_credential_names
from sync.models import ChangeSource, ConnectedAccount, SyncRule
from sync.services.accounts import AccountError, check_account, remember_report
from sync.services.setting_history import list_account_differences, note_account_change, note_deletion


@admin.register(ConnectedAccount)
class AccountAdmin(PortalLinks):
    portal_list, portal_page = "account_list", "account_detail"
    form = AccountForm
    list_display = ["name", "provider", "external_name", "show_permissions", "checked_at", "show_rules"]
    list_filter = ["provider"]
    search_fields = ["name", "external_name", "external_id"]
    readonly_fields = ["external_name", "external_id", "show_permissions", "checked_at", "show_rules", "show_docs"]

    actions = ["check_connection"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConnectedAccount]:
        # Credentials are decrypted only where they are needed: a lost key must not break the pages that could fix it.
        return super().get_queryset(request).defer("credentials")

    def get_readonly_fields(self, request: HttpRequest, obj: ConnectedAccount | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["provider"] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: ConnectedAccount | None = None) -> Any:
        if obj is None:
            basics = (None, {"fields": ["name", "provider"], "description": INTRODUCTION})
            return [basics, *list_credential_sets(read_provider(request))]
        return [
            (None, {"fields": ["name", "provider", "show_rules"], "description": INTRODUCTION}),
            *list_credential_sets(obj.provider),
            (_("What the provider says"), {"fields": CHECKED_FIELDS, "description": CHECK_EXPLANATION}),
            *([LIMITS] if obj.provider == "hubspot" else []),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Asks for the provider first: what a key is made of depends on it."""
        if read_provider(request) or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        choices = [
            (entry.label, f"?{urlencode({**request.GET.dict(), 'provider': entry.key})}")
            for entry in PROVIDERS.values()
        ]
        page = {
            **self.admin_site.each_context(request),
            "title": gettext("Which provider is the account at?"),
            "opts": self.opts,
            "is_popup": IS_POPUP_VAR in request.GET,
            "choices": choices,
        }
        return TemplateResponse(request, "admin/sync/connectedaccount/choose_provider.html", page)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        provider = read_provider(request)
        if db_field.name == "provider" and provider:
            options["choices"] = [(provider, PROVIDERS[provider].label)]
            options["initial"] = provider
        return super().formfield_for_choice_field(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: ConnectedAccount, form: Any, change: bool) -> None:
        before = ConnectedAccount.objects.defer("credentials").get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        differences = list_account_differences(before, obj, new_credentials=form.has_new_credentials)
        note_account_change(obj, differences, by=request.user.get_username(), source=ChangeSource.ADMIN)
        if form.report:
            remember_report(obj, form.report)

    def delete_model(self, request: HttpRequest, obj: ConnectedAccount) -> None:
        self.delete_queryset(request, self.get_queryset(request).filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ConnectedAccount]) -> None:
        with transaction.atomic():
            for name in queryset.values_list("name", flat=True):
                note_deletion(name, "account", by=request.user.get_username(), source=ChangeSource.ADMIN)
            super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The rules of an account protect it. They are read without credentials, as everything else here."""
        accounts = list(objs)
        rules = SyncRule.objects.filter(Q(sansan_account__in=accounts) | Q(hubspot_account__in=accounts))
        protected = [format_html("{}: {}", SyncRule._meta.verbose_name, link_to(rule)) for rule in rules]
        counts = {ConnectedAccount._meta.verbose_name_plural: len(accounts)}
        not_allowed = set() if self.has_delete_permission(request) else {ConnectedAccount._meta.verbose_name}
        return [str(account) for account in accounts], counts, not_allowed, protected

    @admin.action(permissions=["change"], description=_("Check the connection"))
    def check_connection(self, request: HttpRequest, accounts: QuerySet[ConnectedAccount]) -> None:
        for account in accounts:
            try:
                report = check_account(account, remember=True)
            except AccountError as error:
                self.message_user(request, f"{account}: {error.message}", messages.ERROR)
                continue
            sentences = [*report.warnings, *report.fixes] or [gettext("The connection works, and nothing is missing.")]
            level = messages.SUCCESS if report.is_complete else messages.WARNING
            self.message_user(request, f"{account}: {' '.join(sentences)}", level)

    @admin.display(description=_("permissions"))
    def show_permissions(self, account: ConnectedAccount) -> Any:
        if account.missing_scopes:
            return format_html("{}: {}", _("missing"), ", ".join(account.missing_scopes))
        return _("complete") if account.checked_at else NOTHING

    @admin.display(description=_("sync rules"))
    def show_rules(self, account: ConnectedAccount) -> str:
        rules = SyncRule.objects.filter(Q(sansan_account=account) | Q(hubspot_account=account)).count()
        return link_to_list(SyncRule, rules, **{f"{account.provider}_account__id__exact": account.pk})

    @admin.display(description=_("documentation"))
    def show_docs(self, account: ConnectedAccount) -> str:
        address = PROVIDERS[account.provider].docs_url
        return format_html('<a href="{}" rel="noreferrer">{}</a>', address, address)


INTRODUCTION = _("An account is one key or token at a provider; sync rules join a Sansan and a HubSpot account.")
CHECK_EXPLANATION = _("Asked when a key is entered, and again by the action “Check the connection” in the list.")
CHECKED_FIELDS = ["external_name", "external_id", "show_permissions", "checked_at", "show_docs"]
LIMITS = (
    _("Limits"),
    {
        "fields": ["requests_per_10_seconds"],
        "description": _("190 on Professional and Enterprise; every app in the HubSpot account has its own share."),
    },
)


def read_provider(request: HttpRequest) -> str:
    """The provider of an account to be added; empty as long as it is not chosen."""
    provider: str = request.GET.get("provider") or request.POST.get("provider") or ""
    return provider if provider in PROVIDERS else ""


def list_credential_sets(provider: str) -> list[tuple[str, dict[str, Any]]]:
    """The section with what the provider wants to know who asks."""
    if provider not in PROVIDERS:
        return []
    description = _("Stored encrypted, and never shown again.")
    return [(PROVIDERS[provider].label, {"fields": list_credential_names(provider), "description": description})]
