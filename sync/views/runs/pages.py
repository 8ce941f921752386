from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_RUNS, PortalPage


class RunListPage(PortalPage):
    permission_required = SEE_RUNS
    template_name = "portal/page.html"
    title = _("History")
