"""The list of rules, and the page of each."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sync.selectors.rule_overview import draw_overview, find_rules, list_latest_changes
from sync.services.rule_editing.labels import describe_condition
from sync.services.rule_editing.tags import load_tag_shelf, read_tag_choice
from sync.views.access import RUN_RULES, SEE_RULES, SET_UP_RULES, PortalPage
from sync.views.rules.editing import RulePage


class RuleListPage(PortalPage):
    permission_required = SEE_RULES
    template_name = "portal/rules/list.html"
    title = _("Sync rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = [draw_overview(rule) for rule in find_rules()]
        may_set_up = self.request.user.has_perm(SET_UP_RULES)
        return super().get_context_data(rules=rules, may_set_up=may_set_up, **kwargs)


class RuleDetailPage(RulePage):
    template_name = "portal/rules/detail.html"
    view_name = "rule_detail"

    def get_title(self) -> str:
        return self.rule.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = self.rule
        choice = read_tag_choice(rule)
        conditions = [
            (one.get_side_display(), describe_condition(one.field, one.operator, one.value))
            for one in rule.filters.all()
        ]
        return super().get_context_data(
            overview=draw_overview(rule),
            conditions=conditions,
            # Only what is selected can have changed.
            shelf=load_tag_shelf(rule.sansan_account, choice.tags) if choice.tags else None,
            changes=list_latest_changes(rule),
            may_run=self.request.user.has_perm(RUN_RULES),
            **kwargs,
        )
