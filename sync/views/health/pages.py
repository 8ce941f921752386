from typing import Any

from django.utils.translation import gettext_lazy as _

from sync.selectors.health import draw_health, list_open_setups
from sync.views.access import RUN_RULES, SEE_RULES, SET_UP_RULES, PortalPage
from sync.views.fixes import list_fixes


class HealthPage(PortalPage):
    permission_required = SEE_RULES
    template_name = "portal/health/page.html"
    title = _("Health")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        rules = draw_health()
        shown = [
            {
                "health": health,
                "fixes": list_fixes(health.last_run.error_code, health.rule, health.last_run.error_detail)
                if health.error and health.last_run
                else [],
                "groups": [
                    {"cause": cause, "fixes": list_fixes(cause.code, health.rule, cause.detail)}
                    for cause in health.causes.groups
                ],
            }
            for health in rules
        ]
        return super().get_context_data(
            rules=shown,
            setups=list_open_setups(),
            may_run=user.has_perm(RUN_RULES),
            may_set_up=user.has_perm(SET_UP_RULES),
            **kwargs,
        )
