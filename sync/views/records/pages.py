from django.utils.translation import gettext_lazy as _

from sync.views.access import SEE_RECORDS, PortalPage


class RecordListPage(PortalPage):
    permission_required = SEE_RECORDS
    template_name = "portal/page.html"
    title = _("Records")
