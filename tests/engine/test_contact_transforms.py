"""E-mail addresses and phone numbers as cards bring them."""

import pytest

from sync.engine.records import SourceRecord, Value
from sync.engine.transforms import ValueRejectedError, parse_chain, run_chain


def run(value: Value, *raw: object, country: str = "JP") -> Value:
    return run_chain(value, parse_chain(list(raw)), SourceRecord(id="B1", values={}, country=country))


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
        "taro@test",
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
        ("+81-3-0000-0000", "JP", "+81300000000"),
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
        ("123-4567-8901", "JP"),
        ("920-448-8971", "JP"),
        ("7946 0958", "GB"),
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
