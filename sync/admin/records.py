from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from sync.admin.links import NOTHING, PortalLinks, link_to, link_to_list
from sync.admin.paging import Conditions, LongListAdmin
from sync.admin.reading import ReadOnlyAdmin, explain_reason, name_reason, shorten_id
from sync.admin.rule_actions import RUN_RULES, start_runs
from sync.models import ACTIVE_STATUSES, PreviewLink, RecordLink, RecordLog, SyncRule, SyncRun
from sync.selectors.paging import AgeOrder, NameOrder, Order, SelectionOrder, StreamOrder
from sync.selectors.search import find_records, match_exactly
from sync.selectors.streams import find_link_streams
from sync.services.runs import request_retry

PLACE_COLUMNS = ["__str__", "state", "show_reason_title", "show_card", "hubspot_id"]
IDENTITY_FIELDS = ["sansan_id", "hubspot_id", "name", "email", "person_id"]
CARD_FIELDS = ["exchange_date", "card_updated_at", "eligible", "winner_id"]


class PlaceAdmin(LongListAdmin, ReadOnlyAdmin):
    """Where a card stands, and why."""

    @admin.display(description=_("card id"))
    def show_card(self, record: Any) -> str:
        return shorten_id(record.sansan_id)

    @admin.display(description=_("reason"))
    def show_reason_title(self, record: Any) -> str:
        return name_reason(record.reason_code, record.reason_detail)

    @admin.display(description=_("reason"))
    def show_reason(self, record: Any) -> str:
        return explain_reason(record.reason_code, record.reason_detail)

    @admin.display(description=_("values last synced"))
    def show_values(self, record: Any) -> str:
        return format_html_join("", "{}: {}<br>", sorted(record.synced_values.items())) or NOTHING


@admin.register(RecordLink)
class RecordAdmin(PortalLinks, PlaceAdmin):
    portal_list, portal_page = "record_list", "record_detail"
    actions = ["rerun_records"]
    list_display = [*PLACE_COLUMNS, "rule", "last_synced_at"]
    list_filter = ["state", "rule"]
    list_select_related = ["rule"]
    conditions = {"rule__id__exact": None, "state__exact": None, "sansan_id__exact": None, "hubspot_id__exact": None}
    search_fields = ["sansan_id", "hubspot_id", "email", "name"]
    search_help_text = _(
        "A card id, a contact id or an e-mail address in full, or the beginning of a name, with or without spaces."
    )
    fieldsets = [
        (
            None,
            {
                "fields": ["show_rule", "state", "show_reason", "dismissed_by", "dismissed_at", "show_logs"],
                "description": _("A card is in sync, failing or excluded; if it is not in sync, here is why."),
            },
        ),
        (
            _("Who it is"),
            {"fields": (*IDENTITY_FIELDS,), "description": _("The card in Sansan and the contact in HubSpot.")},
        ),
        (
            _("What the sync knows of the card"),
            {
                "fields": (*CARD_FIELDS, "created_at", "last_synced_at", "show_values"),
                "description": _(
                    "Of several cards with one e-mail address the one exchanged last stands for the contact."
                ),
            },
        ),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RecordLink], search_term: str
    ) -> tuple[QuerySet[RecordLink], bool]:
        text = search_term.strip()
        return find_records(queryset, text) if text else queryset, False

    def choose_order(self, rows: QuerySet[RecordLink], conditions: Conditions, text: str) -> Order:
        if NameOrder.fits(rows):
            return NameOrder()
        if text or "sansan_id__exact" in conditions or "hubspot_id__exact" in conditions:
            return SelectionOrder()
        rules = [int(rule) for rule in conditions.get("rule__id__exact", ())]
        states = conditions.get("state__exact", ())
        if not (rules or states):
            return AgeOrder()
        return StreamOrder(find_link_streams(rules=rules, states=states), RecordLink.objects.select_related("rule"))

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RUN_RULES)

    @admin.action(permissions=["rerun"], description=_("Re-run the selected records"))
    def rerun_records(self, request: HttpRequest, records: QuerySet[RecordLink]) -> None:
        by = request.user.get_username()
        for rule in SyncRule.objects.filter(pk__in=records.values("rule")):
            ids = list(records.filter(rule=rule).values_list("sansan_id", flat=True))
            ask = partial(request_retry, sansan_ids=ids, requested_by=by)
            start_runs(self, request, SyncRule.objects.filter(pk=rule.pk), ask)

    @admin.display(description=_("sync rule"))
    def show_rule(self, record: RecordLink) -> str:
        return link_to(record.rule)

    @admin.display(description=_("audit"))
    def show_logs(self, record: RecordLink) -> str:
        conditions = {"rule__id__exact": record.rule_id, "sansan_id__exact": record.sansan_id}
        return link_to_list(RecordLog, _("what runs did with it"), **conditions)


@admin.register(PreviewLink)
class PreviewAdmin(PlaceAdmin):
    list_display = [*PLACE_COLUMNS, "run"]
    list_select_related = ["run"]
    search_fields = ["sansan_id", "hubspot_id", "email"]
    search_help_text = _("A card id, a contact id or an e-mail address, in full.")
    fieldsets = [
        (
            None,
            {
                "fields": ["show_run", "state", "show_reason", *IDENTITY_FIELDS, *CARD_FIELDS],
                "description": _("What a preview that is under way believes of a card; gone when the preview ends."),
            },
        ),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PreviewLink], search_term: str
    ) -> tuple[QuerySet[PreviewLink], bool]:
        if not (text := search_term.strip()):
            return queryset, False
        under_way = list(SyncRun.objects.filter(dry_run=True, status__in=ACTIVE_STATUSES))
        return queryset.filter(match_exactly(text), run__in=under_way), False

    def choose_order(self, rows: QuerySet[PreviewLink], conditions: Conditions, text: str) -> Order:
        return SelectionOrder() if text else AgeOrder()

    @admin.display(description=_("run"))
    def show_run(self, record: PreviewLink) -> str:
        return link_to(record.run)
