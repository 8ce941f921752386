from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import ALWAYS, SansanCaller

JANUARY = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)


def add_cards(sandbox: Sandbox, count: int, **fields: object) -> list[str]:
    return [
        sandbox.sansan.add_card(lastName=f"見本{number}", updatedTime=JANUARY + timedelta(minutes=number), **fields)
        for number in range(count)
    ]


@pytest.mark.parametrize("key", ["", "short", "x" * 32, "あ" * 8])
def test_only_a_known_key_opens(sandbox: Sandbox, key: str) -> None:
    answer = SansanCaller(sandbox.sansan.url, key.encode() if key else "").get("/me")
    assert answer.status_code == 401
    assert answer.json()["error"][0]["code"] == "unauthorized"


def test_the_key_belongs_to_a_user(sansan: SansanCaller, sandbox: Sandbox) -> None:
    assert len(sandbox.sansan.api_key) == 32
    assert sandbox.sansan.api_key.isalnum()
    assert sansan.get("/me").json()["name"] == "営業 花子"


def test_any_version_answers_and_other_paths_do_not(sansan: SansanCaller) -> None:
    host = sansan.url.removesuffix("/v6.0")
    assert sansan.session.get(f"{host}/v3.2/me", timeout=5).status_code == 200
    assert sansan.session.get(f"{host}/me", timeout=5).status_code == 404
    assert sansan.get("/contacts").status_code == 404


def test_a_card_has_the_documented_fields(sansan: SansanCaller, sandbox: Sandbox) -> None:
    sandbox.sansan.add_card(
        lastName="見本",
        companyName="株式会社見本",
        exchangeDate="2026-04-02",
        updatedTime="2026-04-03T09:05:40+09:00",
        tags=["VIP"],
    )
    (card,) = sansan.page(includeTags="true")["data"]
    assert card["updatedTime"] == "2026-04-03T09:05:40+09:00"
    assert card["owner"] == {"id": "u1001", "name": "営業 花子", "email": "hanako.eigyo@tenant.example"}
    assert (card["exchangeDate"], card["entryStatus"], card["fax"]) == ("2026-04-02", "completed", None)
    assert [tag["name"] for tag in card["tags"]] == ["VIP"]
    assert "tags" not in sansan.page()["data"][0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("updatedFrom", ""),
        ("updatedFrom", "2026-01-01"),
        ("updatedFrom", "2026-01-01T00:00:00"),
        ("updatedTo", "2000-01-01T00:00:00+09:00"),
        ("range", "everyone"),
        ("orderBy", "name"),
        ("orderDirection", "down"),
        ("limit", "0"),
        ("limit", "301"),
        ("includeTags", "1"),
        ("entryStatus", "done"),
        ("nextPageToken", "garbage"),
    ],
)
def test_bad_parameters_are_refused(sansan: SansanCaller, name: str, value: str) -> None:
    answer = sansan.get("/bizCards", **{**ALWAYS, name: value})
    assert answer.status_code == 400
    assert answer.json()["error"][0]["message"].startswith(name)


def test_the_period_counts_both_ends_and_takes_any_offset(sansan: SansanCaller, sandbox: Sandbox) -> None:
    add_cards(sandbox, 3)
    both = {"updatedFrom": "2026-01-01T12:00:00+09:00", "updatedTo": "2026-01-01T03:01:00Z"}
    assert [card["lastName"] for card in sansan.page(**both)["data"]] == ["見本0", "見本1"]
    assert sansan.page(updatedFrom="2026-01-01T03:00:01Z", updatedTo="2026-01-01T03:00:59Z")["data"] == []


def test_defaults_are_own_cards_a_hundred_at_a_time_oldest_first(sansan: SansanCaller, sandbox: Sandbox) -> None:
    add_cards(sandbox, 101)
    sandbox.sansan.add_card(lastName="他人", owner="u1002", updatedTime=JANUARY)
    sandbox.sansan.add_card(lastName="未完", entryStatus="processing", updatedTime=JANUARY)
    answer = sansan.get("/bizCards", updatedFrom=ALWAYS["updatedFrom"], updatedTo=ALWAYS["updatedTo"]).json()
    assert [card["lastName"] for card in answer["data"]] == [f"見本{number}" for number in range(100)]
    assert answer["hasMore"] is True
    others = sansan.walk(entryStatus=["processing", "completed"])
    assert {"他人", "未完"} <= {card["lastName"] for card in others}
    assert len(sansan.walk(**{"entryStatus[]": ["processing", "completed"]})) == len(others) == 103


@pytest.mark.parametrize("style", ["offset", "keyset"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_join_up(sansan: SansanCaller, sandbox: Sandbox, style: str, direction: str) -> None:
    sandbox.sansan.token_style = style
    ids = add_cards(sandbox, 7)
    ids += [sandbox.sansan.add_card(lastName="同時", updatedTime=JANUARY + timedelta(days=1)) for _ in range(5)]
    walked = [card["id"] for card in sansan.walk(limit=2, orderDirection=direction)]
    assert sorted(walked) == sorted(ids)
    assert len(set(walked)) == 12
    times = [sandbox.sansan.card(card_id)["updatedTime"] for card_id in walked]
    assert times == sorted(times, reverse=direction == "desc")


def test_the_last_page_has_no_token(sansan: SansanCaller, sandbox: Sandbox) -> None:
    add_cards(sandbox, 4)
    first = sansan.page(limit=2)
    last = sansan.page(first["nextPageToken"], limit=2)
    assert (last["hasMore"], last["nextPageToken"], len(last["data"])) == (False, None, 2)


def test_a_token_is_bound_to_its_filters_and_can_expire(sansan: SansanCaller, sandbox: Sandbox) -> None:
    add_cards(sandbox, 4)
    token = sansan.page(limit=2)["nextPageToken"]
    assert sansan.get("/bizCards", **ALWAYS, limit=2, includeTags="true", nextPageToken=token).status_code == 400
    assert len(sansan.page(token, limit=2)["data"]) == 2
    sandbox.sansan.expire_tokens()
    expired = sansan.get("/bizCards", **ALWAYS, limit=2, nextPageToken=token)
    assert expired.status_code == 400
    assert "expired" in expired.json()["error"][0]["message"]


def test_offset_tokens_lose_a_card_when_one_is_edited_meanwhile_and_keyset_tokens_do_not(
    sansan: SansanCaller, sandbox: Sandbox
) -> None:
    lost = {}
    for style in ("offset", "keyset"):
        sandbox.sansan.token_style = style
        ids = add_cards(sandbox, 6)
        first = sansan.page(limit=2)
        sandbox.sansan.edit_card(ids[0], title="部長")
        rest = sansan.page(first["nextPageToken"], limit=300)
        seen = {card["id"] for card in first["data"] + rest["data"]}
        lost[style] = [ids.index(card_id) for card_id in ids if card_id not in seen]
        for card_id in ids:
            sandbox.sansan.delete_card(card_id)
    assert lost == {"offset": [2], "keyset": []}


def test_of_a_persons_cards_within_one_company_and_owner_only_the_newest_shows(
    sansan: SansanCaller, sandbox: Sandbox
) -> None:
    same = {"lastName": "見本", "companyName": "株式会社見本", "updatedTime": JANUARY}
    old = sandbox.sansan.add_card(exchangeDate="2024-01-01", **same)
    new = sandbox.sansan.add_card(exchangeDate="2026-01-01", **same)
    elsewhere = sandbox.sansan.add_card(exchangeDate="2023-01-01", **{**same, "companyName": "例示商事"})
    colleague = sandbox.sansan.add_card(exchangeDate="2023-01-01", owner="u1002", **same)
    assert len(sansan.walk()) == 4
    for other in (new, elsewhere, colleague):
        sandbox.sansan.merge_persons(old, other)
    assert {card["id"] for card in sansan.walk()} == {new, elsewhere, colleague}
    assert {card["id"] for card in sansan.walk(includePastBizCards="true")} == {old, new, elsewhere, colleague}
    sandbox.sansan.split_person(new)
    assert {card["id"] for card in sansan.walk()} == {old, new, elsewhere, colleague}


def test_a_user_without_rights_sees_only_own_cards(sandbox: Sandbox) -> None:
    sandbox.sansan.add_card(lastName="他人", updatedTime=JANUARY)
    limited = SansanCaller(sandbox.sansan.url, sandbox.sansan.add_key("新人", sees_all=False))
    assert limited.walk() == []
    free = SansanCaller(sandbox.sansan.url, sandbox.sansan.add_key("同僚"))
    assert [card["lastName"] for card in free.walk()] == ["他人"]


def test_a_colleagues_private_tags_do_not_show(sansan: SansanCaller, sandbox: Sandbox) -> None:
    card_id = sandbox.sansan.add_card(lastName="見本", tags=["個人メモ", "社外秘", "VIP"])
    (card,) = sansan.walk(includeTags="true")
    assert [tag["name"] for tag in card["tags"]] == ["個人メモ", "VIP"]
    secret = next(tag["id"] for tag in sandbox.sansan.card(card_id)["tags"] if tag["name"] == "社外秘")
    assert sansan.get("/bizCards/search", tagId=secret).json()["data"] == []


def test_ascending_order_has_ties_by_id(sansan: SansanCaller, sandbox: Sandbox) -> None:
    for _ in range(4):
        sandbox.sansan.add_card(lastName="同時", updatedTime=JANUARY)
    ids = [card["id"] for card in sansan.walk(limit=3)]
    assert all(first < second for first, second in pairwise(ids))
