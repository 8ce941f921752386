from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_ACCOUNTS, PortalPage


class AccountListPage(PortalPage):
    permission_required = SEE_ACCOUNTS
    template_name = "portal/page.html"
    title = _("Accounts")
