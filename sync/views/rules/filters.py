from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from sync.forms.filter_rows import FilterTable, adapt_operators, add_row, enter_filters, read_rows, remove_row
from sync.services.configuration.definition import read_definition
from sync.services.rule_editing.filters import TAGS, judge_sample, save_rule_filters
from sync.services.rule_editing.labels import describe_condition
from sync.services.rule_editing.tags import TagShelf, load_tag_shelf
from sync.views.rules.editing import RuleEditor, read_action


class RuleFiltersPage(RuleEditor):
    template_name = "portal/rules/filters.html"
    view_name = "rule_filters"
    title = _("Filters")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stored = read_definition(self.rule)
        rows = enter_filters(stored.filters)
        return self.show(FilterTable(rows=rows, match=stored.filter_match, only_with_email=stored.only_with_email))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action, number = read_action(request)
        rows = read_rows(request.POST)
        if action == "add":
            rows = add_row(rows)
        elif action == "remove":
            rows = remove_row(rows, number)
        if action != "save":
            rows = adapt_operators(rows)
        table = FilterTable(request.POST, rows=rows)
        table.check()
        if action == "save" and table.is_sound and (done := self.save_table(table)):
            return done
        return self.show(table)

    def save_table(self, table: FilterTable) -> HttpResponseBase | None:
        wanted = (table.match_value, table.filters, table.email_value)

        def change(revision: int) -> object:
            match, filters, only_with_email = wanted
            return save_rule_filters(
                self.rule.pk, match, filters, only_with_email=only_with_email, by=self.username, revision=revision
            )

        def is_stored() -> bool:
            stored = read_definition(type(self.rule).objects.get(pk=self.rule.pk))
            return (stored.filter_match, stored.filters, stored.only_with_email) == wanted

        return self.save(change, is_stored=is_stored)

    def show(self, table: FilterTable) -> HttpResponse:
        table.check()
        rule = self.rule
        others = read_definition(rule).hubspot_filters
        has_tags = any(form.shape == TAGS for form in table.conditions)
        shelf = load_tag_shelf(rule.sansan_account) if has_tags else TagShelf({})
        table.note_tags(shelf)
        return self.render_editor(
            table=table,
            verdict=judge_sample(rule.sansan_account, table.filters, table.match_value) if table.is_sound else None,
            tag_names=[option.name for option in shelf.options.values()],
            hubspot_conditions=[describe_condition(one.field, one.operator, one.value) for one in others],
        )
