"""The rows of the mapping editor: what a person has entered, checked, and moved about.

Everything on the page is in its rows, also what is stored and was not touched: stored mappings are entered into
them as a person would, so that they are checked and shown the same way.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.engine.mapping import MappingRule, choose_chain
from sync.forms.inputs import QuickRenderer
from sync.forms.rules import list_sansan_fields
from sync.forms.transforms import TransformFields, enter_transform
from sync.models import FieldDirection, WritePolicy
from sync.services.configuration.definition import MappingDefinition
from sync.services.configuration.live import Portal
from sync.services.configuration.schema import MappingEntry
from sync.services.rule_editing.labels import label_transform
from sync.services.rule_editing.mappings import CheckedMappings, RowFault, check_mappings
from sync.services.rule_editing.properties import describe_type, find_unfit_step, name_offer
from sync.services.rule_plan import FIELD_SPECS

Row = MultiValueDict[str, Any]
_NAME = re.compile(r"rows-(\d{1,4})-(\w+)")
_PLACES = {"sansan": "sansan_field", "hubspot": "hubspot_property", "transform": "transform"}


class MappingRowForm(TransformFields):
    """One row. `rule` is what it says, for examples, as far as that makes sense."""

    position = forms.CharField(
        required=False, widget=forms.NumberInput(attrs={"min": 1}), label=gettext_lazy("position")
    )
    sansan_field = forms.ChoiceField(required=False, choices=list_sansan_fields, label=gettext_lazy("Sansan field"))
    hubspot_property = forms.CharField(required=False, max_length=100, label=gettext_lazy("HubSpot property"))
    write = forms.ChoiceField(choices=WritePolicy.choices, label=gettext_lazy("write"))
    direction = forms.ChoiceField(choices=FieldDirection.choices, label=gettext_lazy("direction"))
    enabled = forms.BooleanField(required=False, label=gettext_lazy("on"))

    def __init__(self, row: Row, number: int) -> None:
        prefix = f"rows-{number}"
        data: Row = MultiValueDict({f"{prefix}-{name}": values for name, values in row.lists()})
        self.number = number
        super().__init__(data, prefix=prefix, renderer=QuickRenderer())
        self.rule = self._read_rule()
        self.offer = name_offer(self.rule)
        self._check_steps()
        self.fields["hubspot_property"].widget.attrs.update(list=f"fits-{self.offer}", autocomplete="off")

    @property
    def is_blank(self) -> bool:
        return not (self["sansan_field"].value() or self["hubspot_property"].value())

    @property
    def source_type(self) -> str:
        field = FIELD_SPECS.get(self.rule.source)
        return field.type if field else ""

    def _read_rule(self) -> MappingRule:
        source, target = str(self["sansan_field"].value() or ""), str(self["hubspot_property"].value() or "").strip()
        self.steps: list[Any] = []
        self.full_clean()
        field = FIELD_SPECS.get(source)
        chain = choose_chain(self.steps, field.type if field else "text")
        return MappingRule(source, target, chain, self["write"].value(), self["direction"].value(), self.is_on)

    def _check_steps(self) -> None:
        if name := find_unfit_step(self.rule):
            message = _("“%(transform)s” can't be used on this kind of field (%(kind)s).")
            values = {"transform": label_transform(name), "kind": describe_type(self.source_type)}
            self.add_error("transform", message % values)

    @property
    def is_on(self) -> bool:
        return bool(self["enabled"].value())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.steps = self.read_chain()
        if not self.is_blank and not cleaned.get("hubspot_property"):
            self.add_error("hubspot_property", gettext_lazy("Choose the HubSpot property that this goes to."))
        return cleaned

    def make_entry(self) -> MappingEntry | None:
        """The row in the configuration's form; None for one that is blank or faulty."""
        if self.is_blank or self.errors:
            return None
        return MappingEntry(
            sansan=self.cleaned_data["sansan_field"],
            hubspot=self.cleaned_data["hubspot_property"],
            transform=self.steps,
            write=self.cleaned_data["write"],
            direction=self.cleaned_data["direction"],
            enabled=self.cleaned_data["enabled"],
        )


class MappingTable:
    """All rows of an editor. Rendered by `portal/rules/_mapping_table.html` as `table`.

    `MappingTable(enter_mappings(stored))` shows what is stored, `MappingTable(read_rows(request.POST))` what was
    sent. `check(portal)` puts every fault to its row (or to `problems`); then `is_valid()` tells, and `mappings` can
    be saved.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self.forms = [MappingRowForm(row, number) for number, row in enumerate(self.rows)]
        self.problems: list[str] = []
        self.mappings: tuple[MappingDefinition, ...] = ()

    def __iter__(self) -> Iterator[MappingRowForm]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def rules(self) -> list[MappingRule]:
        return [form.rule for form in self.forms if not form.is_blank]

    def check(self, portal: Portal | None) -> None:
        checked: CheckedMappings = check_mappings([form.make_entry() for form in self.forms], portal)
        for fault in checked.faults:
            self._place(fault)
        self.mappings = checked.mappings

    def _place(self, fault: RowFault) -> None:
        if fault.row is None:
            self.problems.append(fault.message)
        else:
            self.forms[fault.row].add_error(_PLACES.get(fault.key), fault.message)

    def is_valid(self) -> bool:
        return not self.problems and all(form.is_blank or not form.errors for form in self.forms)

    @property
    def faulty_count(self) -> int:
        return sum(1 for form in self.forms if form.errors and not form.is_blank)


def enter_mappings(mappings: Iterable[MappingDefinition]) -> list[Row]:
    """Stored mappings as rows."""
    return number_rows([_enter(mapping) for mapping in mappings])


def _enter(mapping: MappingDefinition) -> Row:
    return make_row(
        sansan_field=mapping.sansan,
        hubspot_property=mapping.hubspot,
        write=mapping.write,
        direction=mapping.direction,
        **({"enabled": "on"} if mapping.enabled else {}),
        **enter_transform(mapping.transform),
    )


def make_row(**values: Any) -> Row:
    given = {"write": WritePolicy.ALWAYS.value, "direction": FieldDirection.SANSAN_TO_HUBSPOT.value, **values}
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in given.items()})


def read_rows(data: Any) -> list[Row]:
    """The rows that a browser sent, in the order of their positions: a number that was changed moves its row."""
    found: dict[int, dict[str, list[Any]]] = {}
    for key, values in data.lists():
        if name := _NAME.fullmatch(key):
            found.setdefault(int(name[1]), {})[name[2]] = values
    rows = [MultiValueDict(found[number]) for number in sorted(found)]
    order = sorted(range(len(rows)), key=lambda index: _place_row(rows[index], index))
    return number_rows([rows[index] for index in order])


def _place_row(row: Row, index: int) -> tuple[int, int]:
    """A row that was moved up stands before the one whose number it got, one that was moved down behind it."""
    here = index + 1
    try:
        wanted = int(row.get("position") or here)
    except ValueError:
        wanted = here
    return wanted, (wanted > here) - (wanted < here)


def number_rows(rows: list[Row]) -> list[Row]:
    for number, row in enumerate(rows, start=1):
        row["position"] = str(number)
    return rows


def move_row(rows: list[Row], number: int, by: int) -> list[Row]:
    """The row `number` (from 0) moved up (-1) or down (1); at the end it stays where it is."""
    other = number + by
    if 0 <= number < len(rows) and 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]
    return number_rows(rows)


def remove_row(rows: list[Row], number: int) -> list[Row]:
    return number_rows([row for index, row in enumerate(rows) if index != number])


def add_row(rows: list[Row], **values: Any) -> list[Row]:
    return number_rows([*rows, make_row(enabled="on", **values)])
