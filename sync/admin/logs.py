from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from sync.admin.links import NOTHING, link_to, link_to_list
from sync.admin.paging import UncountedAdmin
from sync.admin.reading import ReadOnlyAdmin, explain_reason, name_reason, shorten_id
from sync.models import RecordLink, RecordLog


@admin.register(RecordLog)
class LogAdmin(UncountedAdmin, ReadOnlyAdmin):
    list_display = ["show_name", "action", "show_reason_title", "created_at", "show_card", "hubspot_id", "run"]
    list_filter = ["action", "rule"]
    list_select_related = ["run"]
    search_fields = ["sansan_id__exact", "hubspot_id__exact", "name"]
    fieldsets = [
        (
            None,
            {
                "fields": ["created_at", "action", "show_changes", "show_reason", "correlation_id"],
                "description": _("What one run did to one record. Nobody can change or delete it."),
            },
        ),
        (
            _("Which record"),
            {
                "fields": ["name", "sansan_id", "hubspot_id", "show_record", "show_run", "show_rule"],
                "description": _("As it was called at the time."),
            },
        ),
    ]

    @admin.display(description=_("name"))
    def show_name(self, log: RecordLog) -> str:
        return log.name or shorten_id(log.sansan_id)

    @admin.display(description=_("card id"))
    def show_card(self, log: RecordLog) -> str:
        return shorten_id(log.sansan_id)

    @admin.display(description=_("changes"))
    def show_changes(self, log: RecordLog) -> str:
        changes = ((name, *show_change(change)) for name, change in sorted(log.changes.items()))
        return format_html_join("", "{}: {} → {}<br>", changes) or NOTHING

    @admin.display(description=_("reason"))
    def show_reason_title(self, log: RecordLog) -> str:
        return name_reason(log.reason_code, log.reason_detail)

    @admin.display(description=_("reason"))
    def show_reason(self, log: RecordLog) -> str:
        return explain_reason(log.reason_code, log.reason_detail)

    @admin.display(description=_("run"))
    def show_run(self, log: RecordLog) -> str:
        return link_to(log.run)

    @admin.display(description=_("sync rule"))
    def show_rule(self, log: RecordLog) -> str:
        return link_to(log.rule)

    @admin.display(description=_("record"))
    def show_record(self, log: RecordLog) -> str:
        text = _("where it stands now")
        return link_to_list(RecordLink, text, rule__id__exact=log.rule_id, sansan_id__exact=log.sansan_id)


def show_change(change: Any) -> tuple[Any, Any]:
    """The old and the new value; an empty one says so."""
    old, new = change
    return old or _("(empty)"), new or _("(empty)")
