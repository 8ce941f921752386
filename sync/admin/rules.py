from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sync.admin.links import PortalLinks, link_to_list
from sync.admin.rule_actions import RULE_ACTIONS, RUN_RULES
from sync.admin.rule_tables import FilterInline, MappingInline, TagInline
from sync.forms.rules import RuleForm
from sync.models import (
    MAX_SELECTED_TAGS,
    ChangeSource,
    ConnectedAccount,
    RecordLink,
    RecordLog,
    SettingChange,
    SyncRule,
    SyncRun,
)
from sync.services.configuration.mapping_rows import add_default_mappings
from sync.services.setting_history import edit_rule, note_deletion, note_rule_change

MOST_COUNTED = 10_000


class AccountFilter(admin.RelatedFieldListFilter):
    """Names the accounts without reading their credentials."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        provider = field.name.removesuffix("_account")
        return list(ConnectedAccount.objects.filter(provider=provider).values_list("pk", "name"))


@admin.register(SyncRule)
class RuleAdmin(PortalLinks):
    portal_list, portal_page = "rule_list", "rule_detail"
    form = RuleForm
    inlines = [TagInline, MappingInline, FilterInline]
    actions = RULE_ACTIONS
    list_display = ["name", "enabled", "show_last_run", "show_places", "next_run_at", "interval_minutes"]
    list_filter = [
        "enabled",
        "direction",
        ("sansan_account", AccountFilter),
        ("hubspot_account", AccountFilter),
    ]
    search_fields = ["name", "sansan_account__name", "hubspot_account__name"]
    readonly_fields = ["watermark", "next_run_at", "show_last_run", "show_places"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "sansan_account", "hubspot_account", "direction", "seen_revision"],
                "description": _(
                    "A rule keeps the contacts of one HubSpot account up to date from one Sansan account."
                ),
            },
        ),
        (
            _("Schedule"),
            {
                "fields": ["enabled", "interval_minutes", "overlap_minutes", "next_run_at", "watermark"],
                "description": _("An enabled rule runs by itself; a paused one only when it is asked to."),
            },
        ),
        (
            _("Which cards"),
            {
                "fields": ["only_with_email", "sync_all_tags", "only_with_these_tags", "filter_match"],
                "description": _(
                    "A linked card that stops passing these limits becomes excluded: its contact stays in HubSpot and "
                    "is no longer updated. After a change here, run the rule in full."
                ),
            },
        ),
        (
            _("Contacts"),
            {
                "fields": ["matching", "conflict", "hubspot_filter_match"],
                "description": _("How cards and contacts find each other, and who wins when both were edited."),
            },
        ),
        (_("What came of it"), {"fields": ["show_last_run", "show_places"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRule]:
        return super().get_queryset(request).defer("sansan_account__credentials", "hubspot_account__credentials")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field is not None and field.queryset is not None:
            provider = db_field.name.removesuffix("_account")
            field.queryset = field.queryset.filter(provider=provider).defer("credentials")
        return field

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RUN_RULES)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A rule and all its tables are saved, and what changed is noted, as one."""
        known = request.method == "POST" and object_id and self.get_object(request, unquote(object_id))
        if not known:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with edit_rule(known.pk, by=request.user.get_username(), source=ChangeSource.ADMIN):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: SyncRule, form: Any, change: bool) -> None:
        if obj.enabled and (not change or "enabled" in form.changed_data):
            obj.next_run_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        number_new_rows(formset)
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            return
        if not form.instance.mappings.exists():
            add_default_mappings(form.instance)
            self.message_user(request, gettext("The rule got the default field mappings."))
        note_rule_change(form.instance, None, by=request.user.get_username(), source=ChangeSource.ADMIN)

    def delete_model(self, request: HttpRequest, obj: SyncRule) -> None:
        self.delete_queryset(request, SyncRule.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SyncRule]) -> None:
        with transaction.atomic():
            for name in queryset.values_list("name", flat=True):
                note_deletion(name, "rule", by=request.user.get_username(), source=ChangeSource.ADMIN)
            super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A rule takes its records along, which may be very many: they are counted, not listed."""
        rules = list(objs)
        counts = {
            SyncRule._meta.verbose_name_plural: len(rules),
            RecordLink._meta.verbose_name_plural: count_records(rules),
        }
        not_allowed = set() if self.has_delete_permission(request) else {SyncRule._meta.verbose_name}
        return [str(rule) for rule in rules], counts, not_allowed, []

    @admin.display(description=_("last run"))
    def show_last_run(self, rule: SyncRule) -> str:
        run = rule.runs.order_by("-pk").first()
        text = f"#{run.pk}: {run.get_status_display()}" if run else _("none yet")
        return link_to_list(SyncRun, text, rule__id__exact=rule.pk)

    @admin.display(description=_("where its cards are"))
    def show_places(self, rule: SyncRule) -> str:
        places = ((RecordLink, _("records")), (RecordLog, _("audit")), (SettingChange, _("changes of settings")))
        links = ((link_to_list(model, text, rule__id__exact=rule.pk),) for model, text in places)
        return format_html_join(" · ", "{}", links)


def count_records(rules: list[SyncRule]) -> str:
    """How many records the rules have; not further than it takes a moment."""
    count = RecordLink.objects.filter(rule__in=rules)[: MOST_COUNTED + 1].count()
    return f"{count:,}" if count <= MOST_COUNTED else gettext("more than %(count)s") % {"count": f"{MOST_COUNTED:,}"}


def number_new_rows(formset: Any) -> None:
    """Puts new rows behind the existing ones, on the lowest positions that are free."""
    deleted = {form.instance.pk for form in formset.deleted_forms}
    kept = [form.instance for form in formset.initial_forms if form.instance.pk not in deleted]
    taken = {row.position for row in kept}
    free = (position for position in range(1, MAX_SELECTED_TAGS + len(formset.forms) + 2) if position not in taken)
    for form in formset.extra_forms:
        if form.has_changed():
            form.instance.position = next(free)
