"""Transforms as form fields: one of them with its options; a longer chain stays as it is, and is shown as text."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.sansan.fields import SANSAN_FIELDS
from sync.engine.transforms import TRANSFORMS, Chain, TransformSpecError, dump_chain, parse_chain
from sync.services.rule_editing.labels import ARROW, describe_chain, label_field, label_transform

KEPT = "kept"
REFUSE, LEAVE_OUT, WRITE = "refuse", "leave_out", "write"
UNLISTED = [
    (REFUSE, gettext_lazy("fail, and name the value")),
    (LEAVE_OUT, gettext_lazy("write nothing")),
    (WRITE, gettext_lazy("write this:")),
]

# The form fields that each transform's options are entered in.
OPTION_FIELDS: dict[str, tuple[str, ...]] = {
    "phone_e164": ("country",),
    "join": ("others", "separator"),
    "split": ("part", "separator"),
    "option_map": ("table", "unlisted", "otherwise"),
    "date": ("zone",),
    "truncate": ("length",),
    "constant": ("fixed",),
}


def list_transforms() -> list[tuple[str, str]]:
    return [("", _("What suits the field")), *((name, label_transform(name)) for name in TRANSFORMS)]


def enter_transform(raw: list[Any]) -> dict[str, Any]:
    """A stored transform as the values of the form fields; what they can't show is kept as a whole."""
    try:
        chain = parse_chain(raw)
        entered = _enter(chain)
        if entered is not None and read_transform(entered) == chain:
            return entered
    except (TransformSpecError, ValueError):
        pass  # stored by another version, or not to be written in these fields
    return {"transform": KEPT, "kept": json.dumps(raw, ensure_ascii=False)}


def _enter(chain: Chain) -> dict[str, Any] | None:
    if not chain:
        return {"transform": ""}
    if len(chain) > 1:
        return None
    step = chain[0]
    return {"transform": step.name, **(_ENTER[step.name](step.options) if step.name in _ENTER else {})}


def _enter_table(options: Any) -> dict[str, Any]:
    otherwise = options.otherwise
    return {
        "table": "\n".join(f"{key} {ARROW} {value}" for key, value in options.options.items()),
        "unlisted": REFUSE if otherwise is None else WRITE if otherwise else LEAVE_OUT,
        "otherwise": otherwise or "",
    }


_ENTER: dict[str, Callable[[Any], dict[str, Any]]] = {
    "phone_e164": lambda options: {"country": options.default_country},
    "join": lambda options: {"others": list(options.fields), "separator": options.separator},
    "split": lambda options: {"part": str(options.part), "separator": options.separator},
    "option_map": _enter_table,
    "date": lambda options: {"zone": options.time_zone},
    "truncate": lambda options: {"length": str(options.length)},
    "constant": lambda options: {"fixed": options.value},
}


def read_transform(entered: Mapping[str, Any]) -> Chain:
    """The chain that form fields hold. Raises TransformSpecError, or ValueError with what is wrong in words."""
    name = entered.get("transform") or ""
    if name == KEPT:
        return parse_chain(json.loads(entered.get("kept") or "[]"))
    if not name:
        return ()
    return parse_chain([{"name": name, **(dict(_READ[name](entered)) if name in _READ else {})}])


Options = Iterator[tuple[str, Any]]


def _read_phone(entered: Mapping[str, Any]) -> Options:
    if country := str(entered.get("country") or "").strip().upper():
        yield "default_country", country


def _read_join(entered: Mapping[str, Any]) -> Options:
    yield "fields", list(entered.get("others") or [])
    yield "separator", entered.get("separator") or ""


def _read_split(entered: Mapping[str, Any]) -> Options:
    yield "part", read_number(entered.get("part") or "1")
    yield "separator", entered.get("separator") or " "


def _read_table(entered: Mapping[str, Any]) -> Options:
    yield "options", read_table(str(entered.get("table") or ""))
    unlisted = entered.get("unlisted") or REFUSE
    if unlisted != REFUSE:
        yield "otherwise", (entered.get("otherwise") or "") if unlisted == WRITE else ""


def _read_date(entered: Mapping[str, Any]) -> Options:
    if zone := str(entered.get("zone") or "").strip():
        yield "time_zone", zone


_READ: dict[str, Callable[[Mapping[str, Any]], Options]] = {
    "phone_e164": _read_phone,
    "join": _read_join,
    "split": _read_split,
    "option_map": _read_table,
    "date": _read_date,
    "truncate": lambda entered: iter([("length", read_number(entered.get("length") or ""))]),
    "constant": lambda entered: iter([("value", str(entered.get("fixed") or ""))]),
}


def read_number(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise ValueError(_("Enter a whole number.")) from None


def read_table(text: str) -> dict[str, str]:
    """Lines of the form "a → b" or "a = b". Raises ValueError with the line that is none."""
    table = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        sign = ARROW if ARROW in line else "="
        value, found, mapped = line.partition(sign)
        if not (found and value.strip()):
            message = _("Write one replacement a line, as 'on the card → in HubSpot'. This line is none: %(line)s")
            raise ValueError(message % {"line": line})
        table[value.strip()] = mapped.strip()
    if not table:
        raise ValueError(_("Write at least one replacement, as 'on the card → in HubSpot'."))
    return table


class TransformFields(forms.Form):
    """The form fields of one transform. Only those of the chosen one are shown: see `option_names`."""

    transform = forms.ChoiceField(required=False, label=gettext_lazy("transform"))
    kept = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    country = forms.CharField(
        required=False, max_length=2, label=gettext_lazy("Country, where the card has none (two letters)")
    )
    others = forms.MultipleChoiceField(required=False, label=gettext_lazy("Fields to add behind it"))
    separator = forms.CharField(required=False, strip=False, max_length=20, label=gettext_lazy("Separator"))
    part = forms.CharField(
        required=False, max_length=4, label=gettext_lazy("Which part (1 is the first, -1 the last)")
    )
    table = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 28}),
        label=gettext_lazy("Replacements, one a line: on the card → in HubSpot"),
    )
    unlisted = forms.ChoiceField(required=False, choices=UNLISTED, label=gettext_lazy("For any other value"))
    otherwise = forms.CharField(required=False, max_length=200, label=gettext_lazy("The value to write then"))
    zone = forms.CharField(required=False, max_length=60, label=gettext_lazy("Time zone that decides on the day"))
    length = forms.CharField(required=False, max_length=6, label=gettext_lazy("Longest length in characters"))
    fixed = forms.CharField(required=False, max_length=1000, label=gettext_lazy("The value to write"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept_text = self._describe_kept()
        choices = list_transforms()
        if self.kept_text:
            choices.append((KEPT, _("Several steps (as shown)")))
        self._set_choices("transform", choices)
        self._set_choices("others", [(name, label_field(name)) for name in SANSAN_FIELDS])

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _describe_kept(self) -> str:
        raw = self["kept"].value() or ""
        try:
            return describe_chain(json.loads(raw)) if raw else ""
        except (TransformSpecError, ValueError):
            return str(raw)

    @property
    def option_names(self) -> tuple[str, ...]:
        return OPTION_FIELDS.get(self["transform"].value() or "", ())

    @property
    def option_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.option_names]

    def read_chain(self) -> list[Any]:
        """The chain as JSON holds it; what is wrong with it is put to the form's errors."""
        try:
            return dump_chain(read_transform(self.cleaned_data))
        except TransformSpecError as error:
            self.add_error("transform", error.message)
        except ValueError as error:
            self.add_error("transform", str(error))
        return []
