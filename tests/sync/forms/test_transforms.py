"""Transforms in form fields: what is stored comes back as it was, whatever it is."""

import pytest

from sync.engine.transforms import dump_chain, parse_chain
from sync.forms.transforms import KEPT, enter_transform, read_table, read_transform
from sync.services.rule_editing.labels import describe_chain

SHOWN = [
    [],
    ["trim"],
    ["kana_hiragana"],
    ["phone_e164"],
    [{"name": "phone_e164", "default_country": "US"}],
    [{"name": "join", "fields": ["city", "building"], "separator": "、"}],
    [{"name": "join", "fields": [], "separator": ""}],
    [{"name": "split", "part": -1, "separator": "・"}],
    ["split"],
    [{"name": "option_map", "options": {"課長": "manager", "部長 = 本部長": "director"}}],
    [{"name": "option_map", "options": {"課長": "manager"}, "otherwise": ""}],
    [{"name": "option_map", "options": {"課長": ""}, "otherwise": "other"}],
    [{"name": "date", "time_zone": "Europe/Berlin"}],
    [{"name": "truncate", "length": 40}],
    [{"name": "constant", "value": "展示会"}],
]
NOT_SHOWN = [
    ["nfkc", "trim"],
    [{"name": "join", "fields": ["city"]}, "trim"],
    [{"name": "option_map", "options": {"a → b": "c"}}],
    [{"name": "option_map", "options": {"two\nlines": "c"}}],
    [{"name": "option_map", "options": {" 課長 ": "manager"}}],
    ["from_the_future"],
    [{"name": "truncate", "length": "many"}],
]


@pytest.mark.parametrize("raw", SHOWN, ids=str)
def test_a_single_transform_is_shown_with_its_options(raw: list) -> None:
    entered = enter_transform(raw)
    assert entered["transform"] != KEPT
    assert dump_chain(read_transform(entered)) == dump_chain(parse_chain(raw))


@pytest.mark.parametrize("raw", NOT_SHOWN, ids=str)
def test_what_the_fields_cannot_hold_is_kept_as_a_whole(raw: list) -> None:
    assert enter_transform(raw)["transform"] == KEPT


@pytest.mark.parametrize("raw", NOT_SHOWN[:-2], ids=str)
def test_what_is_kept_comes_back_as_it_was(raw: list) -> None:
    assert dump_chain(read_transform(enter_transform(raw))) == dump_chain(parse_chain(raw))


@pytest.mark.parametrize("text", ["", "   \n", "課長", "→ manager", "課長 → a\nnothing"])
def test_a_table_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"→"):
        read_table(text)


def test_chains_are_told_in_words() -> None:
    chain = ["nfkc", {"name": "option_map", "options": {"a": "b"}}, {"name": "truncate", "length": 3}]
    assert describe_chain(chain) == (
        "Unify full-width and half-width → Replace by a table (a → b) → Cut to a length (3)"
    )
