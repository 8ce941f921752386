"""Shortcuts that most values take come to the same as the long way."""

import random
import re
import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.engine.mapping import REMEMBERED_VALUES, Mapper, MappingRule
from sync.engine.records import SourceRecord
from sync.engine.transforms import ValueRejectedError, parse_chain, phone, text
from sync.engine.transforms.mail import normalize_email

NOTHING = re.compile("(?!)")
digits = st.text("0123456789", min_size=8, max_size=11)
separators = st.lists(st.integers(1, 11), max_size=3)


def normalize_slowly(printed: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phone, "_PLAIN_JAPANESE", NOTHING)
        return phone.normalize_phone.__wrapped__(printed, "JP", "JP")


def hyphenate(number: str, places: list[int]) -> str:
    for place in sorted(set(places), reverse=True):
        number = f"{number[:place]}-{number[place:]}" if place < len(number) else number
    return number


@settings(max_examples=600, deadline=None)
@given(digits, separators)
def test_a_plain_number_of_japan(number: str, places: list[int]) -> None:
    printed = hyphenate(f"0{number}", places)
    assert phone.normalize_phone.__wrapped__(printed, "JP", "JP") == normalize_slowly(printed)


def test_numbers_of_every_area_of_japan() -> None:
    dice = random.Random(1)
    numbers = [
        f"0{area:03d}{dice.randrange(10**places):0{places}d}" for area in range(10, 1000, 3) for places in (6, 7)
    ]
    assert [phone.normalize_phone(number, "JP", "JP") for number in numbers] == list(map(normalize_slowly, numbers))
    assert sum(phone._PLAIN_JAPANESE.fullmatch(number) is not None for number in numbers) > len(numbers) * 0.8


local_parts = st.text("aB1._+-é ", min_size=1, max_size=70)
domains = st.sampled_from(
    [
        "example.jp",
        "Sub.Example.com",
        "test",
        "office.local",
        "-x.example",
        "日本.example",
        "a" * 64 + ".example",
        "x..y",
    ]
)


@settings(max_examples=600, deadline=None)
@given(local_parts, domains)
def test_an_address_is_judged_as_email_validator_judges_it(local_part: str, domain: str) -> None:
    address = "".join(f"{local_part}@{domain}".lower().split())
    try:
        expected = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError:
        expected = None
    if expected is None or "." not in expected.domain:
        with pytest.raises(ValueRejectedError):
            normalize_email(address)
    else:
        assert normalize_email(address) == expected.normalized


def test_settled_characters_have_no_other_form() -> None:
    settled = [chr(code) for code in range(0x10000) if text._SETTLED.fullmatch(chr(code))]
    assert len(settled) > 20_000
    assert "".join(settled) == unicodedata.normalize("NFKC", "".join(settled))
    assert not any(text._INVISIBLE.search(character) for character in settled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_SETTLED", NOTHING)
        assert [text.normalize_text(character) for character in settled] == settled


@given(st.text("かガｶﾞ゛゜a\u200b 　"))
def test_katakana_with_and_without_hiragana(written: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_HIRAGANA", re.compile(""))
        slowly = text.write_katakana(written)
    assert text.write_katakana(written) == slowly


def test_what_uses_the_record_is_not_remembered() -> None:
    rules = [
        MappingRule("street", "address", parse_chain([{"name": "join", "fields": ["building"]}])),
        MappingRule("tel", "phone", parse_chain("phone_e164")),
        MappingRule("title", "jobtitle", parse_chain("trim")),
    ]
    mapper = Mapper(rules)
    first = SourceRecord(
        "1", {"street": "本町1", "building": "A館", "tel": "212-555-0100", "title": "課長"}, country="US"
    )
    second = SourceRecord(
        "2", {"street": "本町1", "building": "B館", "tel": "212-555-0100", "title": "課長"}, country="JP"
    )
    mapped = [mapper.map(record).values for record in (first, second, first)]
    assert mapped[0] == mapped[2] == Mapper(rules).map(first).values
    assert mapped[1] == Mapper(rules).map(second).values
    assert mapped[0]["address"] != mapped[1]["address"]
    assert mapped[0]["phone"] != mapped[1]["phone"]


def test_the_memory_of_a_mapper_is_limited() -> None:
    mapper = Mapper([MappingRule("title", "jobtitle", parse_chain("trim"))])
    for number in range(REMEMBERED_VALUES * 2):
        mapper.map(SourceRecord("1", {"title": f"{number}"}))
    [(_, _, _, remembered)] = mapper._writers
    assert remembered.cache_info().currsize == REMEMBERED_VALUES
