"""The steps that connect the two services: an account that is there already, or a new key."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from connectors.registry import PROVIDERS
from sync.forms.accounts import ProviderAccountForm
from sync.forms.setups import AccountChoiceForm
from sync.models import ConnectedAccount, SetupStep
from sync.selectors.accounts import find_accounts
from sync.services.account_sight import look_at
from sync.services.accounts import AccountError, AccountReport, check_account
from sync.services.setups.choices import SetupError, choose_account
from sync.views.accounts.changing import ADD_ACCOUNTS, save_entered, tell_report
from sync.views.setup.steps import SetupPage, locate_step


class AccountStep(SetupPage):
    template_name = "portal/setup/account.html"
    provider = ""

    @property
    def account_id(self) -> int:
        """0 as long as none is chosen."""
        account_id: int | None = getattr(self.setup_row, f"{self.provider}_account_id")
        return account_id or 0

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action = request.POST.get("action", "")
        if action == "choose":
            return self.choose()
        if action == "enter":
            return self.enter()
        return self.check(goes_on=action == "save")

    def choose(self) -> HttpResponseBase:
        form = AccountChoiceForm(self.request.POST, provider=self.provider)
        if not form.is_valid():
            return self.show(choice=form)
        account = form.cleaned_data["account"]
        if report := self.ask(account):
            return self.take(account, report)
        return self.show(choice=form)

    def enter(self) -> HttpResponseBase:
        if not self.request.user.has_perm(ADD_ACCOUNTS):
            raise PermissionDenied
        form = ProviderAccountForm(self.request.POST, provider=self.provider)
        if account := save_entered(form, self.username):
            return self.take(account, form.report)
        return self.show(entry=form)

    def check(self, *, goes_on: bool) -> HttpResponseBase:
        """Asks the service again; with all that a sync needs, the next step is open."""
        if not self.account_id:
            messages.error(self.request, _("Choose an account, or enter a new key below."))
            return self.lead_back()
        report = self.ask(get_object_or_404(ConnectedAccount.objects.defer("credentials"), pk=self.account_id))
        if report is None or not goes_on:
            if report:
                tell_report(self.request, report)
            return self.lead_back()
        if not report.is_complete:
            tell_report(self.request, report)
            return self.lead_back()
        return HttpResponseRedirect(self.get_success_url())

    def ask(self, account: ConnectedAccount) -> AccountReport | None:
        try:
            return check_account(account, remember=True, for_page=True)
        except AccountError as error:
            messages.error(self.request, error.message)
            return None

    def take(self, account: ConnectedAccount, report: AccountReport | None) -> HttpResponseBase:
        """The page is shown again: whose key it is and what it sees is to be read before the next step."""
        try:
            choose_account(self.setup_row.pk, account, by=self.username)
        except SetupError as error:
            messages.error(self.request, str(error))
        else:
            if report:
                tell_report(self.request, report)
        return self.lead_back()

    def lead_back(self) -> HttpResponseBase:
        return HttpResponseRedirect(locate_step(self.setup_row, self.step))

    def show(
        self, *, choice: AccountChoiceForm | None = None, entry: ProviderAccountForm | None = None
    ) -> HttpResponse:
        account = find_accounts().filter(pk=self.account_id).first()
        others = find_accounts().filter(provider=self.provider).exclude(pk=self.account_id)
        context = self.get_context_data(
            provider=PROVIDERS[self.provider],
            account=account,
            sight=look_at(account) if account else None,
            others=others,
            choice=choice or AccountChoiceForm(provider=self.provider),
            entry=entry or ProviderAccountForm(provider=self.provider, initial=self.suggest()),
            is_entered=entry is not None,
        )
        return self.render_to_response(context)

    def suggest(self) -> dict[str, Any]:
        label = PROVIDERS[self.provider].label
        is_taken = ConnectedAccount.objects.filter(name=label).exists()
        return {} if is_taken else {"name": label}


class SansanStep(AccountStep):
    step = SetupStep.SANSAN
    provider = "sansan"


class HubSpotStep(AccountStep):
    step = SetupStep.HUBSPOT
    provider = "hubspot"
