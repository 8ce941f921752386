"""The list of connected accounts, and the page of each."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from connectors.registry import PROVIDERS
from sync.models import ConnectedAccount
from sync.selectors.accounts import find_accounts, list_account_changes
from sync.services.account_changes import find_rules_of
from sync.services.account_sight import look_at
from sync.views.access import CHANGE_ACCOUNTS, SEE_ACCOUNTS, PortalPage


class AccountListPage(PortalPage):
    permission_required = SEE_ACCOUNTS
    template_name = "portal/accounts/list.html"
    title = _("Accounts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(account, find_rules_of(account)) for account in find_accounts()]
        may_change = self.request.user.has_perm(CHANGE_ACCOUNTS)
        return super().get_context_data(rows=rows, providers=PROVIDERS.values(), may_change=may_change, **kwargs)


class AccountPage(PortalPage):
    """A page about one account."""

    permission_required: str | tuple[str, ...] = SEE_ACCOUNTS

    @cached_property
    def account(self) -> ConnectedAccount:
        return get_object_or_404(find_accounts(), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return str(self.title) or self.account.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.account
        return super().get_context_data(account=account, provider=PROVIDERS[account.provider], **kwargs)


class AccountDetailPage(AccountPage):
    template_name = "portal/accounts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.account
        return super().get_context_data(
            sight=look_at(account),
            rules=find_rules_of(account),
            changes=list_account_changes(account),
            may_change=self.request.user.has_perm(CHANGE_ACCOUNTS),
            **kwargs,
        )
