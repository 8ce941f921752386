"""Each transform on what cards really bring, and the laws that hold for any text."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.engine.records import SourceRecord, Value
from sync.engine.transforms import (
    TRANSFORMS,
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

CARD = SourceRecord(
    id="B1",
    values={"building": "見本ビル４Ｆ", "firstName": "太郎", "exchangeDate": date(2026, 4, 2), "tags": ("t2", "t1")},
    country="JP",
    tag_labels={"t1": "展示会2026春", "t2": "VIP"},
)


def run(value: Value, *raw: object, country: str = "JP") -> Value:
    record = SourceRecord(id=CARD.id, values=CARD.values, country=country, tag_labels=CARD.tag_labels)
    return run_chain(value, parse_chain(list(raw)), record)


@pytest.mark.parametrize(
    ("printed", "tidy"),
    [
        ("㈱見本", "(株)見本"),
        ("ﾔﾏﾀﾞ ﾊﾟﾙ", "ヤマダ パル"),
        ("カﾞ", "ガ"),
        ("か゛は゜", "がぱ"),
        ("Ｓａｌｅｓ　Ｄｅｐｔ．　１２３", "Sales Dept. 123"),
        ("山\u200b田\ufeff", "山田"),
        ("山\u200d田", "山田"),
        ("か\u200b\u3099", "が"),
        ("一行目\r\n二行目\x0b三行目", "一行目\n二行目\n三行目"),
        ("営業\x00部\ud83d", "営業部"),
    ],
)
def test_nfkc_brings_widths_together_and_drops_the_invisible(printed: str, tidy: str) -> None:
    assert run(printed, "nfkc") == tidy


@pytest.mark.parametrize("name", ["髙橋", "山﨑", "\ufa19田", "\ufa1b島", "辻\U000e0100", "𠮷野", "👩\u200d💻"])
def test_nfkc_leaves_a_persons_kanji_and_emoji_as_they_are(name: str) -> None:
    assert run(name, "nfkc") == name


@pytest.mark.parametrize("printed", ["　山田　太郎　", " 山田　太郎\u200b", "\u3000\n山田　太郎\t", "\ufeff山田　太郎"])
def test_trim_takes_only_the_ends(printed: str) -> None:
    assert run(printed, "trim") == "山田　太郎"


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("Ｔａｒｏ．Ｙａｍａｄａ＠Ｅｘａｍｐｌｅ．ＪＰ", "taro.yamada@example.jp"),
        (" taro @ example.jp\u3000", "taro@example.jp"),
        ("\u200btaro@exam\u200bple.jp\ufeff", "taro@example.jp"),
        ("mailto:Taro@example.jp", "taro@example.jp"),
        ("taro‐y@sample.example", "taro-y@sample.example"),
        ("taro@example｡jp", "taro@example.jp"),
        ("taro+card@sub.example.com", "taro+card@sub.example.com"),
        ("taro@shop.test", "taro@shop.test"),
    ],
)
def test_email_has_one_form(printed: str, address: str) -> None:
    assert run(printed, "email") == address


@pytest.mark.parametrize(
    "printed",
    [
        "taro",
        "taro@",
        "@example.jp",
        "taro@example",
        "taro@@example.jp",
        "taro..y@example.jp",
        "taro@example.jp.",
        "taro@example.jp, hanako@example.jp",
        "太郎@example.jp",
        "taro@127.0.0.1",
        "taro@office.local",
        "a" * 65 + "@example.jp",
    ],
)
def test_email_that_is_none_is_rejected_as_it_came(printed: str) -> None:
    with pytest.raises(ValueRejectedError) as caught:
        run(printed, "email")
    assert (caught.value.code, caught.value.detail) == ("INVALID_EMAIL", printed)


@pytest.mark.parametrize(
    ("printed", "country", "number"),
    [
        ("０３（１２３４）５６７８", "JP", "+81312345678"),
        ("03-1234-5678", "", "+81312345678"),
        ("０３‐１２３４‐５６７８", "JP", "+81312345678"),
        ("03ー1234ー5678", "JP", "+81312345678"),
        ("090−0000−0000", "JP", "+819000000000"),
        ("+81-3-1234-5678", "US", "+81312345678"),
        ("+81-(0)3-1234-5678", "JP", "+81312345678"),
        ("81-3-1234-5678", "JP", "+81312345678"),
        ("010-1-212-555-0100", "JP", "+12125550100"),
        ("TEL：03-1234-5678(代表)", "JP", "+81312345678"),
        ("（代）03-1234-5678", "JP", "+81312345678"),
        ("0120-12-3456", "JP", "+81120123456"),
        ("03-1234-5678 内線12", "JP", "+81312345678 ext. 12"),
        ("03-1234-5678（内線：１２）", "JP", "+81312345678 ext. 12"),
        ("03-1234-5678(代)内線3", "JP", "+81312345678 ext. 3"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("(212) 555-0100 ext. 7", "us", "+12125550100 ext. 7"),
        ("020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_phone_is_written_as_e164(printed: str, country: str, number: str) -> None:
    assert run(printed, "phone_e164", country=country) == number


@pytest.mark.parametrize(
    ("printed", "country"),
    [
        ("1234-5678", "JP"),
        ("555-0100", "US"),
        ("03-1234-5678/5679", "JP"),
        ("03-1234-5678~9", "JP"),
        ("03-1234-5678 5679", "JP"),
        ("03-1234-5678、090-0000-0000", "JP"),
        ("1-800-FLOWERS", "US"),
        ("03-1234-5678", "ZZ"),
        ("00-0000-0000", "JP"),
        ("0000000000", "JP"),
        ("内線12", "JP"),
        ("#8000", "JP"),
        ("受付にて", "JP"),
        ("0" * 300, "JP"),
    ],
)
def test_phone_that_is_not_plainly_one_number_stays(printed: str, country: str) -> None:
    assert run(printed, "phone_e164", country=country) == printed


def test_phone_left_alone_is_still_tidied() -> None:
    assert run("　受付：１２３４　", "phone_e164") == "受付:1234"


def test_phone_takes_another_default_country() -> None:
    assert run("(212) 555-0100", {"name": "phone_e164", "default_country": "US"}, country="") == "+12125550100"


def test_kana_go_both_ways() -> None:
    assert run("　やまだ ﾊﾅｺ ヴァー", "kana_katakana") == "ヤマダ ハナコ ヴァー"
    assert run("ヤマダ ﾊﾅｺ ラーメン", "kana_hiragana") == "やまだ はなこ らーめん"


def test_join_appends_fields_and_leaves_no_gap() -> None:
    joined = {"name": "join", "fields": ["building"]}
    assert run("見本町1-2-3", joined, "nfkc", "trim") == "見本町1-2-3 見本ビル4F"
    assert run("", joined, "nfkc") == "見本ビル4F"
    assert run("見本町1-2-3", {"name": "join", "fields": ["nowhere"]}) == "見本町1-2-3"
    assert run("山田", {"name": "join", "fields": ["firstName", "exchangeDate"], "separator": "・"}) == (
        "山田・太郎・2026-04-02"
    )


def test_join_writes_the_names_of_tags_in_a_steady_order() -> None:
    assert run(("t1", "t2", "t3"), {"name": "join", "separator": "、"}) == "VIP、t3、展示会2026春"


@pytest.mark.parametrize(
    ("text", "options", "part"),
    [
        ("山田　太郎", {}, "山田"),
        ("山田　太郎", {"part": 2}, "太郎"),
        ("山田 花子 太郎", {"part": -1}, "太郎"),
        ("山田", {"part": 2}, ""),
        ("山田", {"part": -2}, ""),
        ("営業部 / 第一課", {"separator": "/", "part": 2}, "第一課"),
        ("　", {}, ""),
    ],
)
def test_split_takes_one_part(text: str, options: dict[str, Any], part: str) -> None:
    assert run(text, {"name": "split", **options}) == part


def test_option_map_reads_what_people_write() -> None:
    table = {"name": "option_map", "options": {"東京都": "tokyo", "ＯＳＡＫＡ": "osaka"}}
    assert run(" 東京都", table) == "tokyo"
    assert run("Osaka", table) == "osaka"
    assert run("京都府", {**table, "otherwise": "other"}) == "other"
    assert run("京都府", {**table, "otherwise": ""}) == ""
    with pytest.raises(ValueRejectedError, match="UNKNOWN_OPTION: 京都府"):
        run("京都府", table)


def test_option_map_knows_tags_by_id_and_name() -> None:
    table = {"name": "option_map", "options": {"t1": "event", "vip": "important"}, "otherwise": ""}
    assert run(("t1", "t2", "t3"), table) == ("event", "important")


@pytest.mark.parametrize(
    "printed",
    [
        "2026-04-02",
        "2026/4/2",
        "2026.04.02",
        "20260402",
        "２０２６年４月２日（木）",
        "令和8年4月2日",
        "㋿8年4月2日",
        "R8.4.2",
        "2026-04-02T00:30:00+09:00",
        "2026-04-01T15:00:00Z",
        date(2026, 4, 2),
        datetime(2026, 4, 1, 15, tzinfo=UTC),
        datetime(2026, 4, 1, 15),  # noqa: DTZ001 - a moment without a zone counts as UTC
    ],
)
def test_date_is_read_in_many_forms(printed: Value) -> None:
    assert run(printed, "date") == date(2026, 4, 2)


def test_date_knows_the_first_year_of_an_era() -> None:
    assert run("令和元年5月1日", "date") == date(2019, 5, 1)
    assert run("昭和64年1月7日", "date") == date(1989, 1, 7)


def test_date_follows_the_zone_asked_for() -> None:
    assert run("2026-04-01T15:00:00Z", {"name": "date", "time_zone": "UTC"}) == date(2026, 4, 1)


@pytest.mark.parametrize("printed", ["2026-02-30", "04/02/2026", "26/4/2", "2026-04/02", "4月2日", "あした", "0000-00-00"])
def test_date_that_is_none_is_rejected(printed: str) -> None:
    with pytest.raises(ValueRejectedError, match="INVALID_DATE"):
        run(printed, "date")


def test_truncate_does_not_part_a_kanji_from_its_variant() -> None:
    assert run("株式会社見本商事", {"name": "truncate", "length": 4}) == "株式会社"
    assert run("山辻\U000e0100田", {"name": "truncate", "length": 2}) == "山"
    assert run("山辻\U000e0100田", {"name": "truncate", "length": 3}) == "山辻\U000e0100"
    assert run("山田", {"name": "truncate", "length": 9}) == "山田"


def test_constant_stands_even_where_the_field_is_empty() -> None:
    assert run("", {"name": "constant", "value": "Sansan"}) == "Sansan"
    assert run(("t1",), {"name": "constant", "value": "Sansan"}) == "Sansan"


def test_an_empty_value_passes_by_the_others() -> None:
    for name, spec in TRANSFORMS.items():
        options = {"truncate": {"length": 3}, "option_map": {"options": {"a": "b"}}}.get(name, {})
        if not spec.takes_empty:
            assert run("", {"name": name, **options}) == ""


def test_a_chain_that_does_not_fit_rejects_the_value_and_is_found_beforehand() -> None:
    chain = parse_chain(["nfkc", "date", "truncate"][:2] + [{"name": "truncate", "length": 4}])
    with pytest.raises(ValueRejectedError, match="TYPE_MISMATCH"):
        run_chain("2026-04-02", chain, CARD)
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
def test_a_chain_gives_a_value_of_the_traced_kind_or_rejects(value: Value, raw: list[Any], record: SourceRecord) -> None:
    from sync.engine.records import classify_value

    chain = parse_chain(raw)
    try:
        given_value = run_chain(value, chain, record)
    except ValueRejectedError as error:
        assert error.code in {"INVALID_EMAIL", "INVALID_DATE", "UNKNOWN_OPTION", "TYPE_MISMATCH"}
        return
    try:
        traced = trace_kind(classify_value(value), chain)
    except TransformSpecError:
        assert not given_value or not value  # only emptiness slips past a step that does not fit
        return
    assert not given_value or not value or classify_value(given_value) == traced
