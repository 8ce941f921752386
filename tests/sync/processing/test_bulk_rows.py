"""Rows written past the ORM are what the ORM reads."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sync.models import CardPlace, ConnectedAccount, RecordLink, SyncRule, SyncRun
from sync.services.processing.link_store import RealLinks
from sync.services.processing.places import COLUMNS, Place

ODD_TEXT = "タブ\tと\\改行\nと\"引用符'と\\N と絵文字👍"


@pytest.fixture
def links(db: None) -> RealLinks:
    accounts = [ConnectedAccount.objects.create(name=name, provider=name) for name in ("sansan", "hubspot")]
    rule = SyncRule.objects.create(name="cards", sansan_account=accounts[0], hubspot_account=accounts[1])
    return RealLinks(SyncRun.objects.create(rule=rule, rule_name="x", kind="full"))


def make_place(card_id: str = "a", **fields: object) -> Place:
    values = {
        "hubspot_id": f"h-{card_id}",
        "state": "in_sync",
        "reason_detail": {"名": ODD_TEXT, "n": 1, "none": None},
        "name": ODD_TEXT,
        "email": f"{card_id}@sample.example",
        "eligible": True,
        "exchange_date": date(2026, 4, 1),
        "card_updated_at": datetime(2026, 4, 1, 3, 4, 5, 678901, tzinfo=UTC),
        "content_hash": "f" * 64,
        "synced_values": {"lastname": ODD_TEXT},
        "last_synced_at": timezone.now(),
    }
    return Place(card_id, **{**values, **fields})  # type: ignore[arg-type]


def read(card_id: str = "a") -> RecordLink:
    return RecordLink.objects.get(sansan_id=card_id)


def test_a_place_has_the_columns_of_the_model() -> None:
    assert set(COLUMNS) == {field.name for field in CardPlace._meta.fields}


def test_a_new_place_and_a_stored_one_come_back_as_they_were(links: RealLinks) -> None:
    place = make_place()
    with transaction.atomic():
        links.save([place])
    first = read()
    assert {name: getattr(first, name) for name in COLUMNS} == {name: getattr(place, name) for name in COLUMNS}
    assert first.rule_id == links._run.rule_id
    place.name, place.exchange_date, place.eligible = "新しい名", None, False
    with transaction.atomic():
        links.save([place])
    again = read()
    assert (again.pk, again.created_at) == (first.pk, first.created_at)
    assert {name: getattr(again, name) for name in COLUMNS} == {name: getattr(place, name) for name in COLUMNS}


def test_values_that_were_not_loaded_stay(links: RealLinks) -> None:
    with transaction.atomic():
        links.save([make_place()])
        [loaded] = links.load(["a"]).values()
        assert (loaded.is_stored, loaded.synced_values) == (True, None)
        loaded.name = "新しい名"
        links.save([loaded, make_place("b")])
    assert (read().name, read().synced_values) == ("新しい名", {"lastname": ODD_TEXT})
    assert read("b").name == ODD_TEXT


def test_a_contact_moves_from_card_to_card_in_one_go(links: RealLinks) -> None:
    with transaction.atomic():
        links.save([make_place("a", hubspot_id="1"), make_place("b", hubspot_id="2")])
        places = links.load(["a", "b"])
        places["a"].hubspot_id, places["b"].hubspot_id = "", "1"
        links.save([places["b"], places["a"], make_place("c", hubspot_id="2")])
    assert [read(card_id).hubspot_id for card_id in "abc"] == ["", "1", "2"]


def test_two_saves_of_one_transaction_do_not_mix(links: RealLinks) -> None:
    with transaction.atomic():
        links.save([make_place("a"), make_place("b")])
        for name in ("一", "二"):
            places = links.load(["a", "b"])
            for place in places.values():
                place.name = f"{name}{place.sansan_id}"
            links.save(list(places.values()))
    assert [read(card_id).name for card_id in "ab"] == ["二a", "二b"]


def test_what_is_there_already_is_not_added_again(links: RealLinks) -> None:
    with transaction.atomic():
        links.save([make_place()])
    with pytest.raises(IntegrityError), transaction.atomic():
        links.save([make_place(hubspot_id="other")])
    assert read().hubspot_id == "h-a"


def test_nothing_of_a_transaction_that_fails_is_kept(links: RealLinks) -> None:
    with transaction.atomic():
        links.save([make_place()])
    [loaded] = links.load(["a"]).values()
    loaded.name = "nobody"
    with pytest.raises(IntegrityError), transaction.atomic():
        links.save([loaded, make_place("b"), make_place("b")])
    assert (read().name, RecordLink.objects.count()) == (ODD_TEXT, 1)


@pytest.mark.parametrize("asked", [["a", "b"], [], [""], ["a", ""], ["a", "x\x1fy"], ["it's", 'a"b', "{a,b}", "a"]])
def test_texts_are_found_by_hundreds_as_one_by_one(links: RealLinks, asked: list[str]) -> None:
    with transaction.atomic():
        links.save(
            [make_place(card_id, hubspot_id="") for card_id in ("a", "b", "c", "x\x1fy", "it's", 'a"b', "{a,b}")]
        )
    found = RecordLink.objects.filter(sansan_id__one_of=asked).values_list("sansan_id", flat=True)
    assert sorted(found) == sorted(card_id for card_id in asked if card_id)
