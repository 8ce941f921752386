"""Connecting accounts, replacing their keys, checking and disconnecting them."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.registry import PROVIDERS, Provider
from sync.forms.accounts import ProviderAccountForm
from sync.models import ConnectedAccount
from sync.services.account_changes import disconnect_account, find_rules_of, find_same_account, store_account
from sync.services.accounts import AccountError, AccountReport, check_account
from sync.views.access import CHANGE_ACCOUNTS, PortalPage, PortalView
from sync.views.accounts.pages import AccountPage

ADD_ACCOUNTS = "sync.add_connectedaccount"
DELETE_ACCOUNTS = "sync.delete_connectedaccount"


def save_entered(form: ProviderAccountForm, by: str) -> ConnectedAccount | None:
    """The account as it was entered, stored; None when the form has errors. A second press of the button gives the
    account that the first one made."""
    account: ConnectedAccount = form.instance
    if form.is_valid():
        try:
            store_account(account, form.report, by=by)
        except IntegrityError:
            form.add_error("name", _("Another account has this name. Take another one."))
        else:
            return account
    return find_same_account(account) if account.pk is None and account.credentials else None


def tell_report(request: HttpRequest, report: AccountReport) -> None:
    for sentence in (*report.warnings, *report.fixes):
        messages.warning(request, sentence)
    if report.is_complete and not report.warnings:
        messages.success(request, _("The connection works, and nothing is missing."))


class AccountAddPage(PortalPage):
    permission_required = ADD_ACCOUNTS
    template_name = "portal/accounts/form.html"

    @cached_property
    def provider(self) -> Provider:
        provider = PROVIDERS.get(self.kwargs["provider"])
        if provider is None:
            raise Http404
        return provider

    def get_title(self) -> str:
        return _("Connect %(provider)s") % {"provider": self.provider.label}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ProviderAccountForm(provider=self.provider.key))
        kwargs["provider"] = self.provider
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ProviderAccountForm(request.POST, provider=self.provider.key)
        if account := save_entered(form, self.username):
            if form.report:
                tell_report(request, form.report)
            return redirect("account_detail", pk=account.pk)
        return self.render_to_response(self.get_context_data(form=form))


class AccountKeyPage(AccountPage):
    permission_required = CHANGE_ACCOUNTS
    template_name = "portal/accounts/form.html"
    title = gettext_lazy("Replace the key")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.build_form())
        return super().get_context_data(way_back=self.find_way_back(), **kwargs)

    def find_way_back(self) -> str:
        """The page that led here: that of the account, or a step of a set-up."""
        wanted, request = self.request.GET.get("next", ""), self.request
        is_own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if is_own else reverse("account_detail", args=(self.account.pk,))

    def build_form(self, data: Any = None) -> ProviderAccountForm:
        """With an account of its own, which takes what is entered, valid or not."""
        account = get_object_or_404(ConnectedAccount.objects.defer("credentials"), pk=self.account.pk)
        return ProviderAccountForm(data, provider=account.provider, instance=account)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.build_form(request.POST)
        if save_entered(form, self.username):
            messages.success(request, _("Saved."))
            if form.report:
                tell_report(request, form.report)
            return redirect(self.find_way_back())
        return self.render_to_response(self.get_context_data(form=form))


class AccountCheck(PortalView):
    permission_required = CHANGE_ACCOUNTS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = get_object_or_404(ConnectedAccount.objects.defer("credentials"), pk=pk)
        try:
            report = check_account(account, remember=True, for_page=True)
        except AccountError as error:
            messages.error(request, error.message)
        else:
            tell_report(request, report)
        return redirect("account_detail", pk=pk)


class AccountDisconnectPage(AccountPage):
    """Asks first, and says what it does."""

    permission_required = DELETE_ACCOUNTS
    template_name = "portal/accounts/disconnect.html"
    title = gettext_lazy("Disconnect the account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rules=find_rules_of(self.account), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        disconnect_account(self.account.pk, by=self.username)
        text = _("%(account)s is disconnected: its key is erased, and the rules that use it are paused.")
        messages.success(request, text % {"account": self.account})
        return redirect("account_detail", pk=self.account.pk)
