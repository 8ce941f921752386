from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_RULES, PortalPage


class HealthPage(PortalPage):
    permission_required = SEE_RULES
    template_name = "portal/page.html"
    title = _("Health")
