from collections.abc import Iterator

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from sync.admin.links import NOTHING, PortalLinks, link_to, link_to_list
from sync.admin.reading import ReadOnlyAdmin, explain_reason, name_reason
from sync.models import LogAction, RecordLog, SyncRun

# The counters of a run in the order in which they are shown, each with the audit rows behind it, if it has any.
COUNTERS = (
    ("created", _("%(count)s created"), LogAction.CREATE),
    ("updated", _("%(count)s updated"), LogAction.UPDATE),
    ("archived", _("%(count)s archived"), LogAction.ARCHIVE),
    ("unchanged", _("%(count)s unchanged"), None),
    ("excluded", _("%(count)s excluded"), LogAction.EXCLUDE),
    ("failed", _("%(count)s failed"), LogAction.FAIL),
)


@admin.register(SyncRun)
class RunAdmin(PortalLinks, ReadOnlyAdmin):
    portal_list, portal_page = "run_list", "run_detail"
    list_display = ["__str__", "kind", "status", "show_counts", "show_error_title", "started_at", "show_duration"]
    list_filter = ["status", "kind", "trigger", "rule"]
    search_fields = ["rule_name", "requested_by"]
    date_hierarchy = "created_at"
    list_per_page = 50
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "show_rule",
                    "kind",
                    "status",
                    "dry_run",
                    "show_undone",
                    "trigger",
                    "requested_by",
                    "cancel_requested_at",
                    "cancel_requested_by",
                    "show_error",
                    "show_logs",
                ],
                "description": _("A run is one execution of a rule. It is only read here: runs write it themselves."),
            },
        ),
        (
            _("Records"),
            {
                "fields": ["seen", "created", "updated", "archived", "unchanged", "excluded", "failed"],
                "description": _("Every record that was seen ended in exactly one of the others."),
            },
        ),
        (
            _("Reading"),
            {
                "fields": ["reads_everything", "window_from", "window_to", "position", "watermark"],
                "description": _("Which changes the run reads, and how far it has come."),
            },
        ),
        (
            _("Requests and times"),
            {
                "fields": ["requests_sansan", "requests_hubspot", "created_at", "started_at", "finished_at"],
                "description": _("Requests are those really sent, repeats included."),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        return super().get_queryset(request).select_related("rule", "undoes")

    @admin.display(description=_("sync rule"))
    def show_rule(self, run: SyncRun) -> str:
        return link_to(run.rule) if run.rule else run.rule_name

    @admin.display(description=_("takes back"))
    def show_undone(self, run: SyncRun) -> str:
        return link_to(run.undoes)

    @admin.display(description=_("records"))
    def show_counts(self, run: SyncRun) -> str:
        return format_html_join(" · ", "{}", ((counter,) for counter in word_counters(run))) or NOTHING

    @admin.display(description=_("seconds"))
    def show_duration(self, run: SyncRun) -> str:
        if run.started_at is None or run.finished_at is None:
            return NOTHING
        return f"{(run.finished_at - run.started_at).total_seconds():.1f}"

    @admin.display(description=_("error"))
    def show_error_title(self, run: SyncRun) -> str:
        return name_reason(run.error_code, run.error_detail)

    @admin.display(description=_("error"))
    def show_error(self, run: SyncRun) -> str:
        return explain_reason(run.error_code, run.error_detail)

    @admin.display(description=_("audit"))
    def show_logs(self, run: SyncRun) -> str:
        return link_to_list(RecordLog, _("audit rows of this run"), run__id__exact=run.pk)


def word_counters(run: SyncRun) -> Iterator[str]:
    """Those of the run's counters that are not zero, in words."""
    for field, words, action in COUNTERS:
        if not (count := getattr(run, field)):
            continue
        text = words % {"count": f"{count:,}"}
        if action is None:
            yield text
        else:
            yield link_to_list(RecordLog, text, run__id__exact=run.pk, action__exact=action.value)
