"""Random records, chains and texts with a liking for what Japanese cards bring."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from sync.engine.records import SourceRecord, Value

FIELD_NAMES = ("lastName", "email", "tel", "exchangeDate", "updatedTime", "tags", "street", "building", "countryCode")
_TRICKY = "ｶﾞﾊﾟ゛゜\u3099\u309a㈱㋿　＠．０９－ー‐−~()（）\u200b\u200d\ufeff\x00\r\n;,、/#内線代年月日@.+"

_USUAL = (
    "０３（１２３４）５６７８",
    "03-1234-5678 内線12",
    "+81 3-1234-5678",
    "Ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
    "taro@example.jp",
    "2026年4月2日",
    "ﾔﾏﾀﾞ　ﾊﾅｺ",
)


def any_text() -> st.SearchStrategy[str]:
    everything = st.characters(codec=None, categories=None)
    japanese = st.characters(min_codepoint=0x3000, max_codepoint=0x30FF) | st.characters(
        min_codepoint=0xFF00, max_codepoint=0xFFEF
    )
    return st.text(st.sampled_from(_TRICKY) | japanese | everything, max_size=20) | st.sampled_from(_USUAL)


def configured_text() -> st.SearchStrategy[str]:
    """Text as a configuration file or form can hold it: without lone surrogates."""
    return any_text().map(lambda text: text.encode(errors="ignore").decode())


def moments() -> st.SearchStrategy[datetime]:
    return st.datetimes(timezones=st.just(UTC)) | st.datetimes()


def values() -> st.SearchStrategy[Value]:
    tags = st.lists(st.sampled_from(["t1", "t2", "t3"]) | any_text(), max_size=3).map(tuple)
    return any_text() | st.dates() | moments() | tags


def records() -> st.SearchStrategy[SourceRecord]:
    labels = st.dictionaries(st.sampled_from(["t1", "t2"]), any_text(), max_size=2)
    return st.builds(
        SourceRecord,
        id=st.just("B1"),
        values=st.dictionaries(st.sampled_from(FIELD_NAMES), values()),
        updated_at=st.none() | st.just(datetime(2026, 4, 2, tzinfo=UTC)),
        exchange_date=st.none() | st.just(date(2026, 4, 2)),
        tag_ids=st.frozensets(st.sampled_from(["t1", "t2"])),
        country=st.sampled_from(["", "JP", "US", "us", "ZZ", "日本"]),
        tag_names=st.frozensets(any_text(), max_size=2),
        tag_labels=labels,
    )


def chains() -> st.SearchStrategy[list[Any]]:
    plain = st.sampled_from(["nfkc", "trim", "email", "phone_e164", "kana_katakana", "kana_hiragana", "join", "date"])
    return st.lists(plain | _steps_with_options(), max_size=4)


def _steps_with_options() -> st.SearchStrategy[dict[str, Any]]:
    table = st.dictionaries(configured_text(), configured_text(), min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"name": st.just("phone_e164"), "default_country": st.sampled_from(["JP", "US"])}),
        st.fixed_dictionaries(
            {"name": st.just("join"), "fields": st.lists(st.sampled_from(FIELD_NAMES), max_size=2)},
            optional={"separator": configured_text()},
        ),
        st.fixed_dictionaries(
            {"name": st.just("split")},
            optional={"part": st.integers(-3, 3).filter(bool), "separator": configured_text().filter(bool)},
        ),
        st.fixed_dictionaries(
            {"name": st.just("option_map"), "options": table}, optional={"otherwise": st.none() | configured_text()}
        ),
        st.fixed_dictionaries({"name": st.just("date"), "time_zone": st.sampled_from(["UTC", "Asia/Tokyo"])}),
        st.fixed_dictionaries({"name": st.just("truncate"), "length": st.integers(1, 30)}),
        st.fixed_dictionaries({"name": st.just("constant"), "value": configured_text()}),
    )
