"""Every transform there is: its name, labels, what it takes and gives, and its options."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sync.engine.records import Kind, SourceRecord, Value
from sync.engine.transforms import options as o
from sync.engine.transforms.dates import read_date
from sync.engine.transforms.errors import ValueRejectedError
from sync.engine.transforms.mail import normalize_email
from sync.engine.transforms.output import write_value
from sync.engine.transforms.phone import normalize_phone
from sync.engine.transforms.text import (
    cut_text,
    fold_text,
    normalize_text,
    trim_text,
    write_hiragana,
    write_katakana,
)

Apply = Callable[[Any, Any, SourceRecord], Value]

_TEXT: frozenset[Kind] = frozenset({"text"})
_ANY: frozenset[Kind] = frozenset({"text", "date", "datetime", "tags"})


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """One transform. `gives` is "same" where it gives what it takes; `takes_empty` ones run without a value too.

    What one gives depends on the value and the options alone, unless it `uses_record`.
    """

    name: str
    label_en: str
    label_ja: str
    takes: frozenset[Kind]
    gives: Kind | Literal["same"]
    apply: Apply
    options_model: type[o.NoOptions] = o.NoOptions
    takes_empty: bool = False
    uses_record: bool = False


def _join_fields(value: Value, options: o.JoinOptions, record: SourceRecord) -> str:
    parts = [value, *(record.values.get(name, "") for name in options.fields)]
    texts: list[str] = []
    for part in parts:
        if isinstance(part, tuple):
            texts.extend(sorted(record.tag_labels.get(tag, tag) for tag in part))
        elif part:
            texts.append(trim_text(write_value(part)))
    return options.separator.join(text for text in texts if text)


def _split_text(value: str, options: o.SplitOptions) -> str:
    parts = [trim_text(part) for part in value.split(options.separator if options.separator.strip() else None)]
    position = options.part - 1 if options.part > 0 else options.part
    return parts[position] if -len(parts) <= position < len(parts) else ""


def _map_options(value: str | tuple[str, ...], options: o.OptionMapOptions, record: SourceRecord) -> Value:
    table = {fold_text(key): mapped for key, mapped in options.options.items()}
    if not isinstance(value, tuple):
        return _look_up(table, options.otherwise, value)
    mapped = [_look_up(table, options.otherwise, tag, record.tag_labels.get(tag, tag)) for tag in value]
    return tuple(dict.fromkeys(option for option in mapped if option))


def _look_up(table: dict[str, str], otherwise: str | None, *names: str) -> str:
    for name in names:
        if (key := fold_text(name)) in table:
            return table[key]
    if otherwise is None:
        raise ValueRejectedError("UNKNOWN_OPTION", names[-1])
    return otherwise


def _read_day(value: Value, options: o.DateOptions) -> date:
    found = read_date(value, ZoneInfo(options.time_zone))
    if found is None:
        raise ValueRejectedError("INVALID_DATE", write_value(value))
    return found


_TRANSFORMS = (
    TransformSpec(
        name="nfkc",
        label_en="Unify full-width and half-width",
        label_ja="全角・半角をそろえる",
        takes=_TEXT,
        gives="text",
        apply=lambda value, _, __: normalize_text(value),
    ),
    TransformSpec(
        name="trim",
        label_en="Remove spaces at both ends",
        label_ja="前後の空白を除く",
        takes=_TEXT,
        gives="text",
        apply=lambda value, _, __: trim_text(value),
    ),
    TransformSpec(
        name="email",
        label_en="Tidy as an e-mail address",
        label_ja="メールアドレスとして整える",
        takes=_TEXT,
        gives="text",
        apply=lambda value, _, __: normalize_email(value),
    ),
    TransformSpec(
        name="phone_e164",
        label_en="Phone number in international form (+81…)",
        label_ja="電話番号を国際形式（+81…）にする",
        takes=_TEXT,
        gives="text",
        apply=lambda value, chosen, record: normalize_phone(value, record.country, chosen.default_country),
        options_model=o.PhoneOptions,
        uses_record=True,
    ),
    TransformSpec(
        name="kana_katakana",
        label_en="Kana as katakana",
        label_ja="かなをカタカナにする",
        takes=_TEXT,
        gives="text",
        apply=lambda value, _, __: write_katakana(value),
    ),
    TransformSpec(
        name="kana_hiragana",
        label_en="Kana as hiragana",
        label_ja="かなをひらがなにする",
        takes=_TEXT,
        gives="text",
        apply=lambda value, _, __: write_hiragana(value),
    ),
    TransformSpec(
        name="join",
        label_en="Join with other fields",
        label_ja="ほかの項目とつなげる",
        takes=_ANY,
        gives="text",
        apply=_join_fields,
        options_model=o.JoinOptions,
        takes_empty=True,
        uses_record=True,
    ),
    TransformSpec(
        name="split",
        label_en="Take one part",
        label_ja="区切って一部を取り出す",
        takes=_TEXT,
        gives="text",
        apply=lambda value, chosen, _: _split_text(value, chosen),
        options_model=o.SplitOptions,
    ),
    TransformSpec(
        name="option_map",
        label_en="Replace by a table",
        label_ja="対応表で置き換える",
        takes=frozenset({"text", "tags"}),
        gives="same",
        apply=_map_options,
        options_model=o.OptionMapOptions,
        uses_record=True,
    ),
    TransformSpec(
        name="date",
        label_en="Date",
        label_ja="日付にする",
        takes=frozenset({"text", "date", "datetime"}),
        gives="date",
        apply=lambda value, chosen, _: _read_day(value, chosen),
        options_model=o.DateOptions,
    ),
    TransformSpec(
        name="truncate",
        label_en="Cut to a length",
        label_ja="長さを切り詰める",
        takes=_TEXT,
        gives="text",
        apply=lambda value, chosen, _: cut_text(value, chosen.length),
        options_model=o.TruncateOptions,
    ),
    TransformSpec(
        name="constant",
        label_en="Fixed value",
        label_ja="固定の値にする",
        takes=_ANY,
        gives="text",
        apply=lambda _, chosen, __: chosen.value,
        options_model=o.ConstantOptions,
        takes_empty=True,
    ),
)

TRANSFORMS: dict[str, TransformSpec] = {spec.name: spec for spec in _TRANSFORMS}
