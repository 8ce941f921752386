"""The mapping editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.engine.transforms import TransformSpecError
from sync.forms.mapping_rows import (
    MappingRowForm,
    MappingTable,
    Row,
    add_row,
    enter_mappings,
    move_row,
    read_rows,
    remove_row,
)
from sync.forms.new_property import NewPropertyForm
from sync.selectors.rule_counts import count_touched
from sync.selectors.search import find_by_name
from sync.services.configuration.definition import MappingDefinition, read_definition
from sync.services.configuration.live import Portal
from sync.services.property_setup import PropertySetupError
from sync.services.rule_editing.examples import (
    ExampleCard,
    RowExample,
    draw_outlook,
    find_example,
    replace_mappings,
    show_row,
)
from sync.services.rule_editing.live import Asked, ask_portal
from sync.services.rule_editing.mappings import save_rule_mappings
from sync.services.rule_editing.properties import (
    PropertyChoice,
    add_own_properties,
    create_new_property,
    create_own_properties,
    describe_type,
    list_offers,
    make_choice,
)
from sync.services.rule_plan import plan_rule
from sync.views.rules.editing import RuleEditor, read_action


@dataclass(frozen=True, slots=True)
class MappingLine:
    """A row with what it is shown with: the type of its field in words, the property it goes to (None if it is
    unknown), and what it makes of a real card."""

    form: MappingRowForm
    source_type: str
    chosen: PropertyChoice | None
    example: RowExample | None


class RuleMappingPage(RuleEditor):
    template_name = "portal/rules/mapping.html"
    view_name = "rule_mapping"
    title = gettext_lazy("Field mapping")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = enter_mappings(read_definition(self.rule).mappings)
        asked = ask_portal(self.rule.hubspot_account, fresh="fresh" in request.GET)
        return self.show(rows, asked)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action, number = read_action(request)
        rows = read_rows(request.POST)
        asked = ask_portal(self.rule.hubspot_account, fresh=action in ("save", "create", "reread"))
        if action == "save":
            return self.save_rows(rows, asked)
        if action == "create":
            return self.create_property(rows, asked)
        if action in ("up", "down"):
            rows = move_row(rows, number, -1 if action == "up" else 1)
        elif action == "remove":
            rows = remove_row(rows, number)
        elif action == "add":
            rows = add_row(rows)
        return self.show(rows, asked)

    def save_rows(self, rows: list[Row], asked: Asked[Portal]) -> HttpResponseBase:
        table = MappingTable(rows)
        table.check(asked.value)
        if asked.value is None or not table.is_valid():
            return self.show(rows, asked, is_refused=True)
        rule, mappings, by = self.rule, table.mappings, self.username
        try:
            made = self.create_own_properties(mappings, asked.value)
        except PropertySetupError as error:
            return self.show(rows, asked, problems=error.problems)
        if made:
            messages.info(self.request, _("Created in HubSpot: %(names)s.") % {"names": ", ".join(made)})
        done = self.save(
            lambda revision: save_rule_mappings(rule.pk, mappings, by=by, revision=revision),
            is_stored=lambda: read_definition(type(rule).objects.get(pk=rule.pk)).mappings == mappings,
        )
        return done or self.show(rows, asked)

    def create_own_properties(self, mappings: tuple[MappingDefinition, ...], portal: Portal) -> tuple[str, ...]:
        return create_own_properties(self.rule.hubspot_account, self.rule.sansan_account, mappings, portal)

    def create_property(self, rows: list[Row], asked: Asked[Portal]) -> HttpResponseBase:
        form = NewPropertyForm(self.request.POST)
        if asked.value is None or not form.is_valid():
            return self.show(rows, asked, new_property=form)
        wanted = form.wanted
        try:
            portal = create_new_property(self.rule.hubspot_account, wanted, asked.value)
        except PropertySetupError as error:
            for problem in error.problems:
                form.add_error(None, problem)
            return self.show(rows, asked, new_property=form)
        text = _("HubSpot has the property %(label)s now. Choose the field that goes to it, then save.")
        messages.success(self.request, text % {"label": wanted.label})
        return self.show(add_row(rows, hubspot_property=wanted.name), Asked(portal))

    def show(
        self,
        rows: list[Row],
        asked: Asked[Portal],
        *,
        is_refused: bool = False,
        problems: Sequence[str] = (),
        new_property: NewPropertyForm | None = None,
    ) -> HttpResponse:
        table = MappingTable(rows)
        table.check(asked.value)
        specs = add_own_properties(asked.value.specs) if asked.value else {}
        example, no_example = self.find_example()
        return self.render_editor(
            table=table,
            lines=[make_line(form, specs, example) for form in table.forms],
            offers=list_offers(table.rules, asked.value).values(),
            trouble=asked.trouble,
            problems=[*problems, *table.problems] if is_refused or problems or not rows else [],
            is_refused=is_refused,
            touched=count_touched(self.rule),
            new_property=new_property or NewPropertyForm(),
            example=example,
            no_example=no_example,
            outlook=self.draw_outlook(table, example, specs),
            **self.find_cards(),
        )

    def find_example(self) -> tuple[ExampleCard | None, str]:
        rule = self.rule
        card_id = self.read_sent("card")
        known = rule.links.filter(sansan_id=card_id).exists() if card_id else False
        selected = None if rule.sync_all_tags else frozenset(rule.tags.values_list("tag_id", flat=True))
        return find_example(rule.sansan_account, card_id if known else "", selected)

    def draw_outlook(self, table: MappingTable, example: ExampleCard | None, specs: Any) -> Any:
        if example is None or not self.read_sent("card"):
            return None
        try:
            plan = replace_mappings(plan_rule(self.rule), table.rules)
        except TransformSpecError:
            return None  # stored by another version; its row says so
        return draw_outlook(self.rule, plan, example, specs)

    def find_cards(self) -> dict[str, Any]:
        text = self.read_sent("card_name")
        return {
            "card_name": text,
            "cards": find_by_name(self.rule, text) if text else [],
            "card_id": self.read_sent("card"),
        }

    def read_sent(self, name: str) -> str:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return sent.get(name, "").strip()


def make_line(form: MappingRowForm, specs: Any, example: ExampleCard | None) -> MappingLine:
    spec = specs.get(form.rule.target)
    has_example = not (form.is_blank or form.errors or form.rule.direction == "hubspot_to_sansan")
    shown = show_row(form.rule, example, specs) if example and has_example else None
    source_type = describe_type(form.source_type) if form.source_type else ""
    return MappingLine(form, source_type, make_choice(spec) if spec else None, shown)
