import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.sandbox import Sandbox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def cards() -> list[dict[str, Any]]:
    return Sandbox(cards=2000, now=NOW).sansan.cards()


def test_the_same_seed_gives_the_same_cards(cards: list[dict[str, Any]]) -> None:
    assert cards == Sandbox(cards=2000, now=NOW).sansan.cards()
    assert cards[:50] != Sandbox(cards=2000, seed=2, now=NOW).sansan.cards()[:50]
    assert len({card["id"] for card in cards}) == 2000


def test_updates_are_spread_over_two_years(cards: list[dict[str, Any]]) -> None:
    times = sorted(datetime.fromisoformat(card["updatedTime"]) for card in cards)
    assert NOW - timedelta(days=731) < times[0] < NOW - timedelta(days=700)
    assert NOW - timedelta(days=30) < times[-1] < NOW
    assert all(card["registeredTime"] <= card["updatedTime"] for card in cards)


def test_an_import_of_350_cards_lies_at_one_second(cards: list[dict[str, Any]]) -> None:
    most, second = (count for _, count in Counter(card["updatedTime"] for card in cards).most_common(2))
    assert (most, second) == (350, 2)


def test_emails_have_their_difficulties(cards: list[dict[str, Any]]) -> None:
    emails = Counter(card["email"] for card in cards)
    assert emails.pop(None) == 160
    assert sum(count - 1 for count in emails.values()) == 80
    assert sum("@@" in email for email in emails) == 10
    assert sum(email.endswith(".con") for email in emails) == 10
    assert any(email != email.lower() for email in emails)
    assert any(unicodedata.normalize("NFKC", email) != email for email in emails)
    valid = [unicodedata.normalize("NFKC", email).lower() for email in emails if not email.endswith(".con")]
    assert all(email.endswith((".example.jp", ".example.com")) for email in valid)


def test_some_people_have_several_cards_and_all_of_them_show(cards: list[dict[str, Any]]) -> None:
    by_person: dict[str, list[dict[str, Any]]] = {}
    for card in cards:
        by_person.setdefault(card["personId"], []).append(card)
    several = [group for group in by_person.values() if len(group) > 1]
    assert sum(len(group) - 1 for group in several) == 80
    for group in several:
        places = {(card["companyId"], card["owner"]["id"]) for card in group}
        assert len(places) == len(group), "else Sansan would show only one of them"
        assert len({(card["lastName"].strip(), card["firstName"]) for card in group}) == 1


def test_texts_have_their_difficulties(cards: list[dict[str, Any]]) -> None:
    def count(name: str, *parts: str) -> int:
        return sum(any(part in (card[name] or "") for part in parts) for card in cards)

    assert count("companyName", "㈱") > 20
    assert count("companyName", "（株）") > 20
    assert count("lastNameReading", "ｻ", "ﾔ", "ﾀ") > 10
    assert count("tel", "０") > 100
    assert count("tel", "+1 ", "+65 ") == 60
    assert count("lastName", "　") > 10
    assert count("memo", "。", "田中") > 20
    assert Counter(card["countryCode"] for card in cards if card["countryCode"] != "JP").keys() == {"US", "SG"}
    assert sum(card["companyName"] is None for card in cards) == 40
    assert sum(card["exchangeDate"] is None for card in cards) == 60


def test_tags_are_of_all_types_and_in_use(cards: list[dict[str, Any]]) -> None:
    used = {tag["name"]: tag["type"] for card in cards for tag in card["tags"]}
    assert len(used) == 12
    assert set(used.values()) == {"private", "public", "shared"}
    assert (used["展示会2026春"], used["VIP"], used["要フォロー"]) == ("shared", "shared", "public")


@pytest.mark.parametrize("count", [0, 1, 10, 150])
def test_any_number_of_cards_can_be_seeded(count: int) -> None:
    assert len(Sandbox(cards=count).sansan.cards()) == count


def test_hubspot_starts_with_as_many_contacts_as_asked() -> None:
    assert Sandbox(cards=0).hubspot.contacts() == []
    contacts = Sandbox(cards=0, contacts=30).hubspot.contacts()
    assert len({contact["email"] for contact in contacts}) == 30


def test_plain_cards_have_no_difficulties() -> None:
    cards = Sandbox(cards=2000, now=NOW, plain=True).sansan.cards()
    for name in ("email", "personId"):
        assert len({card[name] for card in cards}) == 2000
    assert all(card["email"].isascii() and card["email"].count("@") == 1 and card["exchangeDate"] for card in cards)
