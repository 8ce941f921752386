from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_CHANGES, PortalPage


class ChangeListPage(PortalPage):
    permission_required = SEE_CHANGES
    template_name = "portal/page.html"
    title = _("Settings history")
