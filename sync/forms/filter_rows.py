"""The rows of the filters editor: conditions on a card's fields, as a person enters them."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.engine.transforms.text import fold_text
from sync.forms.inputs import QuickRenderer
from sync.forms.rules import list_sansan_fields
from sync.models import Match
from sync.services.configuration.definition import FilterDefinition
from sync.services.configuration.schema import ConditionEntry
from sync.services.rule_editing.filters import (
    DAYS,
    NO_VALUE,
    SEVERAL_TEXTS,
    TAGS,
    check_filters,
    choose_shape,
    list_operators,
)
from sync.services.rule_editing.tags import TagShelf

EMPTY_TAG_INPUTS = 2

Row = MultiValueDict[str, Any]
_NAME = re.compile(r"conditions-(\d{1,4})-(\w+)")
_SEPARATORS = re.compile("[,，、\n]")


class FilterRowForm(forms.Form):
    """One condition. How its value is entered follows from field and operator: see `shape`."""

    field = forms.ChoiceField(required=False, choices=list_sansan_fields, label=gettext_lazy("field"))
    operator = forms.ChoiceField(required=False, label=gettext_lazy("operator"))

    def __init__(self, row: Row, number: int) -> None:
        prefix = f"conditions-{number}"
        data: Row = MultiValueDict({f"{prefix}-{name}": values for name, values in row.lists()})
        self.number = number
        # No database keeps the sign that ends texts elsewhere; it can't be typed either.
        self.texts = [str(text).replace("\x00", "") for text in row.getlist("value")]
        self.notes: list[str] = []
        super().__init__(data, prefix=prefix, renderer=QuickRenderer())
        self.field_name = str(self["field"].value() or "")
        self._choose_operators()

    def _choose_operators(self) -> None:
        operators = list_operators(self.field_name)
        field = self.fields["operator"]
        if isinstance(field, forms.ChoiceField):
            field.choices = operators

    @property
    def operator_name(self) -> str:
        return str(self["operator"].value() or "")

    @property
    def is_blank(self) -> bool:
        return not self.field_name and not any(self.texts)

    @property
    def shape(self) -> str:
        return choose_shape(self.field_name, self.operator_name)

    @property
    def text(self) -> str:
        """What a single input shows."""
        return ("\n" if self.shape == SEVERAL_TEXTS else ", ").join(text for text in self.texts if text)

    @property
    def tag_texts(self) -> list[str]:
        """What the inputs for tags show, some empty ones at the end."""
        return [*(text for text in self.texts if text), *[""] * EMPTY_TAG_INPUTS]

    @property
    def value(self) -> object:
        """The value in the configuration's form."""
        shape, filled = self.shape, [text.strip() for text in self.texts if text.strip()]
        if shape == NO_VALUE or not filled:
            return None
        if shape == TAGS:
            return filled
        if shape == SEVERAL_TEXTS:
            return [part.strip() for text in filled for part in text.splitlines() if part.strip()]
        if shape == DAYS and filled[0].isdecimal():
            return int(filled[0])
        return filled[0]

    @property
    def value_errors(self) -> list[str]:
        return self._value_errors if hasattr(self, "_value_errors") else []

    def add_value_error(self, message: str) -> None:
        self._value_errors = [*self.value_errors, message]

    def make_entry(self) -> ConditionEntry | None:
        """The row in the configuration's form; None for one that is blank or faulty."""
        if self.is_blank or self.errors:
            return None
        if not self.field_name:
            self.add_error("field", gettext_lazy("Choose a field."))
            return None
        return ConditionEntry(field=self.field_name, operator=self.operator_name, value=self.value)


class FilterTable(forms.Form):
    """All conditions of an editor. Rendered by `portal/rules/_filters_form.html` as `table`.

    `FilterTable(rows=enter_filters(stored), match=…, only_with_email=…)` shows what is stored;
    `FilterTable(request.POST, rows=read_rows(request.POST))` what was sent. After `check()`, `is_sound` tells whether
    `filters`, `match_value` and `email_value` can be saved.
    """

    match = forms.ChoiceField(choices=Match.choices, widget=forms.RadioSelect, label=gettext_lazy("A card must meet"))
    only_with_email = forms.BooleanField(
        required=False,
        label=gettext_lazy("Only sync cards with an e-mail address"),
        help_text=gettext_lazy(
            "Reduces the chance of duplicates: without an address, a card is only found again by its own id."
        ),
    )

    def __init__(
        self, data: Any = None, *, rows: Sequence[Row], match: str = Match.ALL.value, only_with_email: bool = True
    ) -> None:
        super().__init__(data, initial={"match": match, "only_with_email": only_with_email})
        self.rows = list(rows)
        self.conditions = [FilterRowForm(row, number) for number, row in enumerate(self.rows)]
        self.filters: tuple[FilterDefinition, ...] = ()

    @property
    def match_value(self) -> str:
        return str(self["match"].value() or Match.ALL.value)

    @property
    def email_value(self) -> bool:
        return bool(self["only_with_email"].value())

    def check(self) -> None:
        """Puts every fault to its row."""
        self.filters, faults = check_filters(self.match_value, [form.make_entry() for form in self.conditions])
        for fault in faults:
            form = self.conditions[fault.row]
            if fault.key == "value":
                form.add_value_error(fault.message)
            else:
                form.add_error(fault.key, fault.message)

    def note_tags(self, shelf: TagShelf) -> None:
        """Tells at each row which of its tags there is none of, and what those are called that stand there by id."""
        known = {fold_text(option.name) for option in shelf.options.values()}
        for form in self.conditions:
            if form.shape == TAGS and not shelf.trouble:
                form.notes = [note for text in form.texts if (note := _note_tag(text.strip(), known, shelf))]

    @property
    def is_sound(self) -> bool:
        match_is_known = self.match_value in Match.values
        return match_is_known and not any(
            form.errors or form.value_errors for form in self.conditions if not form.is_blank
        )


def _note_tag(text: str, known: Collection[str], shelf: TagShelf) -> str:
    if not text or fold_text(text) in known:
        return ""
    if option := shelf.options.get(text):
        return _("%(id)s is the tag %(name)s.") % {"id": text, "name": option.name}
    return _("No public or shared tag is called %(name)s, so no card has it.") % {"name": text}


def enter_filters(filters: Iterable[FilterDefinition]) -> list[Row]:
    """Stored conditions as rows."""
    return [_enter(condition) for condition in filters]


def _enter(condition: FilterDefinition) -> Row:
    value = condition.value
    if isinstance(value, (list, tuple)):
        texts = [str(item) for item in value]
    elif choose_shape(condition.field, condition.operator) == SEVERAL_TEXTS:
        texts = [part.strip() for part in _SEPARATORS.split(str(value or "")) if part.strip()]
    else:
        texts = [] if value is None else [str(value)]
    return MultiValueDict({"field": [condition.field], "operator": [condition.operator], "value": texts})


def read_rows(data: Any) -> list[Row]:
    """The rows that a browser sent. An operator that does not exist for a field that was just changed gives way to
    the field's first one."""
    found: dict[int, dict[str, list[Any]]] = {}
    for key, values in data.lists():
        if name := _NAME.fullmatch(key):
            found.setdefault(int(name[1]), {})[name[2]] = values
    return [MultiValueDict(found[number]) for number in sorted(found)]


def adapt_operators(rows: list[Row]) -> list[Row]:
    """Where an operator does not exist for its field, as after another field was chosen, the field's first one."""
    for row in rows:
        known = [name for name, _label in list_operators(str(row.get("field") or ""))]
        if row.get("operator") not in known:
            row["operator"] = known[0]
    return rows


def add_row(rows: list[Row]) -> list[Row]:
    return [*rows, MultiValueDict({"field": [""], "operator": ["equals"], "value": []})]


def remove_row(rows: list[Row], number: int) -> list[Row]:
    return [row for index, row in enumerate(rows) if index != number]
