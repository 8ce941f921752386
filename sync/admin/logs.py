from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sync.admin.links import NOTHING, PortalLinks, link_to, link_to_list
from sync.admin.paging import Conditions, LongListAdmin
from sync.admin.reading import ReadOnlyAdmin, explain_reason, name_reason, shorten_id
from sync.models import RecordLink, RecordLog
from sync.selectors.paging import AgeOrder, Order, SelectionOrder, StreamOrder
from sync.selectors.search import MOST_RECORDS_OF_AUDIT, find_audit
from sync.selectors.streams import find_log_streams


@admin.register(RecordLog)
class LogAdmin(PortalLinks, LongListAdmin, ReadOnlyAdmin):
    list_display = ["show_name", "action", "show_reason_title", "created_at", "show_card", "hubspot_id", "run"]
    list_filter = ["action", "rule"]
    list_select_related = ["run"]
    conditions = {
        "run__id__exact": None,
        "rule__id__exact": None,
        "rule__isnull": ["True"],
        "action__exact": None,
        "sansan_id__exact": None,
    }
    search_fields = ["sansan_id", "hubspot_id", "name"]
    search_help_text = _(
        "A card id, a contact id or an e-mail address in full, or the beginning of a name: the audit of the records "
        "that have it now."
    )
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

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RecordLog], search_term: str
    ) -> tuple[QuerySet[RecordLog], bool]:
        if not (text := search_term.strip()):
            return queryset, False
        found, is_cut = find_audit(queryset, text)
        if is_cut:
            self.message_user(
                request,
                gettext(
                    "More than %(count)s records match. Only the audit of some of them is shown; write more of the "
                    "name, or open a record to see its own."
                )
                % {"count": MOST_RECORDS_OF_AUDIT},
                messages.WARNING,
            )
        return found, False

    def view_on_site(self, log: RecordLog) -> str:
        """The record's page; the run's when there is no such record any more."""
        record = RecordLink.objects.filter(rule=log.rule_id, sansan_id=log.sansan_id).only("pk").first()
        return reverse("record_detail", args=[record.pk]) if record else reverse("run_detail", args=[log.run_id])

    def choose_order(self, rows: QuerySet[RecordLog], conditions: Conditions, text: str) -> Order:
        if text or "sansan_id__exact" in conditions:
            return SelectionOrder()
        runs = [int(run) for run in conditions.get("run__id__exact", ())]
        rules = [int(rule) for rule in conditions.get("rule__id__exact", ())]
        deleted = [None] if "rule__isnull" in conditions else []
        actions = conditions.get("action__exact", ())
        if runs or rules or deleted or actions:
            streams = find_log_streams(runs=runs, rules=[*rules, *deleted], actions=actions)
            return StreamOrder(streams, RecordLog.objects.select_related("run"))
        return AgeOrder()

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
