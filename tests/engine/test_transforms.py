"""Each transform on what cards really bring, and the laws that hold for any text."""

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.engine.records import SourceRecord, Value
from sync.engine.transforms import (
    TRANSFORMS,
    ValueRejectedError,
    parse_chain,
    run_chain,
)

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


@pytest.mark.parametrize(
    "printed", ["　山田　太郎　", " 山田　太郎\u200b", "\u3000\n山田　太郎\t", "\ufeff山田　太郎"]
)
def test_trim_takes_only_the_ends(printed: str) -> None:
    assert run(printed, "trim") == "山田　太郎"


def test_kana_go_both_ways() -> None:
    assert run("　やまだ ﾊﾅｺ ヴァー", "kana_katakana") == "ヤマダ ハナコ ヴァー"
    assert run("ヤマダ ﾊﾅｺ ラーメン", "kana_hiragana") == "やまだ はなこ らーめん"


def test_join_appends_fields_and_leaves_no_gap() -> None:
    joined = {"name": "join", "fields": ["building"]}
    assert run("見本町1-2-3", joined, "nfkc", "trim") == "見本町1-2-3 見本ビル4F"
    assert run("", joined, "nfkc") == "見本ビル4F"
    assert run("見本町1-2-3", {"name": "join", "fields": ["nowhere"]}) == "見本町1-2-3"
    assert run("　", joined) == "見本ビル４Ｆ"
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


def test_date_needs_nothing_of_the_machines_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert run(datetime(2026, 4, 1, 15), "date") == date(2026, 4, 2)  # noqa: DTZ001
    finally:
        monkeypatch.undo()
        time.tzset()


def test_date_survives_the_end_of_the_calendar() -> None:
    assert run(datetime.max.replace(tzinfo=UTC), "date") == date.max


def test_date_knows_the_first_year_of_an_era() -> None:
    assert run("令和元年5月1日", "date") == date(2019, 5, 1)
    assert run("昭和64年1月7日", "date") == date(1989, 1, 7)


def test_date_follows_the_zone_asked_for() -> None:
    assert run("2026-04-01T15:00:00Z", {"name": "date", "time_zone": "UTC"}) == date(2026, 4, 1)


@pytest.mark.parametrize(
    "printed", ["2026-02-30", "04/02/2026", "26/4/2", "2026-04/02", "4月2日", "あした", "0000-00-00"]
)
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
