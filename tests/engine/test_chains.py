"""Chains of transforms: how they are written, what is wrong with them, and the laws that hold for any value."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.engine.records import SourceRecord, Value, classify_value
from sync.engine.transforms import (
    TransformSpecError,
    ValueRejectedError,
    dump_chain,
    parse_chain,
    run_chain,
    trace_kind,
    write_value,
)
from sync.engine.transforms.text import fold_text
from tests.engine.strategies import any_text, chains, records, values


def run(value: Value, *raw: object, country: str = "JP") -> Value:
    return run_chain(value, parse_chain(list(raw)), SourceRecord(id="B1", values={}, country=country))


def test_a_chain_that_does_not_fit_rejects_the_value_and_is_found_beforehand() -> None:
    chain = parse_chain(["nfkc", "date", {"name": "truncate", "length": 4}])
    with pytest.raises(ValueRejectedError, match="TYPE_MISMATCH"):
        run_chain("2026-04-02", chain, SourceRecord("B1", {}))
    with pytest.raises(TransformSpecError) as caught:
        trace_kind("text", chain)
    assert caught.value.path == "[2]"
    assert trace_kind("tags", parse_chain({"name": "option_map", "options": {"a": "b"}})) == "tags"
    assert trace_kind("tags", parse_chain("join")) == "text"


@pytest.mark.parametrize(
    ("raw", "path", "words"),
    [
        ("nkfc", "name", "there is nfkc"),
        ({"nome": "nfkc"}, "name", "missing"),
        ({"name": ["nfkc"]}, "name", "missing"),
        (7, "", "not int"),
        (["nfkc", ["trim"]], "[1]", "not list"),
        (["nfkc", {"name": "truncate"}], "[1].length", "required"),
        (["nfkc", {"name": "truncate", "length": 0}], "[1].length", "greater than 0"),
        ({"name": "truncate", "length": "4"}, "length", "integer"),
        ({"name": "truncate", "length": True}, "length", "integer"),
        ({"name": "trim", "side": "left"}, "side", "Extra"),
        ({"name": "split", "part": 0}, "part", "counts from 1"),
        ({"name": "split", "separator": ""}, "separator", "at least 1"),
        ({"name": "option_map", "options": {}}, "options", "at least 1"),
        ({"name": "join", "fields": "building"}, "fields", "tuple"),
        ({"name": "phone_e164", "default_country": "Japan"}, "default_country", "two-letter"),
        ({"name": "date", "time_zone": "Tokyo"}, "time_zone", "IANA"),
        ({"name": "date", "time_zone": "../etc/passwd"}, "time_zone", "IANA"),
        ({"name": "constant", "value": 1}, "value", "string"),
    ],
)
def test_a_wrong_chain_names_its_place(raw: object, path: str, words: str) -> None:
    with pytest.raises(TransformSpecError) as caught:
        parse_chain(raw)
    assert caught.value.path == path
    assert words in caught.value.message


def test_a_chain_is_read_from_a_name_a_mapping_or_a_list() -> None:
    assert parse_chain("nfkc") == parse_chain({"name": "nfkc"}) == parse_chain(["nfkc"])
    assert parse_chain(None) == parse_chain("") == parse_chain([]) == ()
    assert dump_chain(parse_chain(["nfkc", {"name": "join", "fields": ["building"], "separator": " "}])) == [
        "nfkc",
        {"name": "join", "fields": ["building"]},
    ]


def test_the_shape_of_a_value_is_told() -> None:
    moment = datetime(2026, 4, 2, tzinfo=UTC)
    assert [classify_value(value) for value in ("", (), date(2026, 4, 2), moment)] == [
        "text",
        "tags",
        "date",
        "datetime",
    ]


def test_values_are_written_as_hubspot_takes_them() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert write_value(date(2026, 4, 2)) == "2026-04-02"
    assert write_value(datetime(2026, 4, 2, 9, 5, 40, tzinfo=tokyo)) == "2026-04-02T00:05:40Z"
    assert write_value(datetime(2026, 4, 2, 0, 5, 40, 123_456, tzinfo=UTC)) == "2026-04-02T00:05:40.123Z"
    assert write_value(("t10", "t2", "t10")) == "t10;t2"


@given(chains())
def test_dump_and_parse_are_inverse(raw: list[Any]) -> None:
    chain = parse_chain(raw)
    assert parse_chain(dump_chain(chain)) == chain
    assert dump_chain(parse_chain(dump_chain(chain))) == dump_chain(chain)


@pytest.mark.parametrize("name", ["nfkc", "trim", "email", "phone_e164", "kana_katakana", "kana_hiragana", "date"])
@given(text=any_text())
@example(text="🄀\u200d")
@example(text="゛か゛\u200b")
@example(text="03-1234-5678 内線12")
@example(text="ﾔﾏﾀﾞ＠Ｅｘａｍｐｌｅ。jp")
def test_a_tidy_value_stays_as_it_is(name: str, text: str) -> None:
    try:
        once = run(text, name)
    except ValueRejectedError:
        return
    assert run(once, name) == once


@given(any_text())
def test_text_that_was_tidied_is_free_of_what_nobody_sees(text: str) -> None:
    tidy = run(text, "nfkc", "trim")
    assert isinstance(tidy, str)
    assert tidy == tidy.strip()
    assert not set(tidy) & set("\u200b\ufeff\x00\u00ad\r")
    assert not any(unicodedata.category(char) == "Cs" for char in tidy)


@given(any_text())
def test_folding_is_blind_to_width_case_and_space(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert fold_text(f"\u3000{text}\ufeff ") == fold_text(text)
    assert fold_text(unicodedata.normalize("NFKC", text)) == fold_text(text)


@given(text=any_text(), length=st.integers(1, 12))
def test_truncated_text_fits_and_is_a_beginning(text: str, length: int) -> None:
    cut = run(text, {"name": "truncate", "length": length})
    assert isinstance(cut, str)
    assert len(cut) <= length
    assert text.startswith(cut)


@given(value=values(), raw=chains(), record=records())
def test_a_chain_gives_a_value_of_the_traced_kind_or_rejects(
    value: Value, raw: list[Any], record: SourceRecord
) -> None:
    chain = parse_chain(raw)
    try:
        given_value = run_chain(value, chain, record)
    except ValueRejectedError:
        return
    try:
        traced = trace_kind(classify_value(value), chain)
    except TransformSpecError:
        assert not given_value or not value  # only emptiness slips past a step that does not fit
        return
    assert not given_value or not value or classify_value(given_value) == traced
