from datetime import timedelta

import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import SansanCaller


def names(answer: dict[str, list[dict[str, str]]]) -> set[str]:
    return {one["name"] for one in answer["data"]}


def test_tags_are_by_default_the_users_own(sansan: SansanCaller, sandbox: Sandbox) -> None:
    sandbox.sansan.add_tag("同僚の公開", "public", owner="u1002")
    own, everyone = sansan.get("/tags").json(), sansan.get("/tags", range="all").json()
    assert "同僚の公開" in names(everyone)
    assert "同僚の公開" not in names(own)
    assert "個人メモ" in names(own)
    assert "社外秘" not in names(everyone), "a colleague's private tag"
    assert {tag["type"] for tag in own["data"]} == {"private", "public", "shared"}


def test_tags_by_type_and_name_in_pages(sansan: SansanCaller) -> None:
    listed = sansan.get("/tags", range="all", type=["public", "shared"]).json()
    assert {tag["type"] for tag in listed["data"]} == {"public", "shared"}
    assert names(sansan.get("/tags", tagName="展示会").json()) == {"展示会2026春", "展示会2025秋"}
    first = sansan.get("/tags", limit=4).json()
    second = sansan.get("/tags", limit=4, nextPageToken=first["nextPageToken"]).json()
    assert not names(first) & names(second)
    assert sansan.get("/tags", limit=101).status_code == 400
    assert sansan.get("/tags", type="secret").status_code == 400


def test_tags_are_renamed_retyped_and_removed(sansan: SansanCaller, sandbox: Sandbox) -> None:
    tag_id = sandbox.sansan.add_tag("新規")
    card_id = sandbox.sansan.add_card(lastName="見本", tags=["新規", "VIP"])
    sandbox.sansan.rename_tag("新規", "改名")
    sandbox.sansan.retype_tag("改名", "private")
    renamed = next(tag for tag in sansan.get("/tags").json()["data"] if tag["id"] == tag_id)
    assert (renamed["name"], renamed["type"]) == ("改名", "private")
    sandbox.sansan.remove_tag("改名")
    assert names(sansan.get(f"/bizCards/{card_id}/tags").json()) == {"VIP"}


@pytest.mark.parametrize(("moves", "expected"), [(False, "2026-01-01"), (True, "2026-03-01")])
def test_whether_a_tag_change_moves_the_card_can_be_chosen(
    sansan: SansanCaller, sandbox: Sandbox, moves: bool, expected: str
) -> None:
    card_id = sandbox.sansan.add_card(lastName="見本", updatedTime="2026-01-01T00:00:00+09:00")
    sandbox.sansan.tag_change_updates_card = moves
    sandbox.clock.freeze(sandbox.clock.now().replace(year=2026, month=3, day=1, hour=1))
    sandbox.sansan.retag_card(card_id, ["要フォロー"])
    card = sansan.get(f"/bizCards/{card_id}", includeTags="true").json()["item"]
    assert [tag["name"] for tag in card["tags"]] == ["要フォロー"]
    assert card["updatedTime"][:10] == expected


def test_search_defaults_differ_from_the_period(sansan: SansanCaller, sandbox: Sandbox) -> None:
    for day in (1, 2, 3):
        sandbox.sansan.add_card(
            lastName=f"見本{day}",
            registeredTime=f"2026-01-0{day}T00:00:00+09:00",
            updatedTime="2026-02-01T00:00:00+09:00",
        )
    assert [card["lastName"] for card in sansan.get("/bizCards/search").json()["data"]] == ["見本3", "見本2", "見本1"]
    assert sansan.get("/bizCards/search", orderBy="completedAt").status_code == 400


def test_search_conditions(sansan: SansanCaller, sandbox: Sandbox) -> None:
    sandbox.sansan.add_card(
        lastName="山田", firstName="太郎", email="taro@example.jp", companyName="株式会社見本", tel="03-0000-1234",
        tags=["VIP"],
    )  # fmt: skip
    sandbox.sansan.add_card(lastName="鈴木", firstName="山", email="yama@example.jp", tags=["要フォロー"])

    def search(**conditions: object) -> list[str]:
        return sorted(card["lastName"] for card in sansan.get("/bizCards/search", **conditions).json()["data"])

    ids = {tag["name"]: tag["id"] for tag in sandbox.sansan.tags()}
    assert search() == ["山田", "鈴木"]
    assert search(email="taro@example.jp") == ["山田"]
    assert search(email="example.jp") == [], "an e-mail address matches wholly"
    assert search(name="山田太") == ["山田"]
    assert search(name="太郎") == [], "a name matches from its beginning"
    assert search(companyName="見本", tel="0000") == ["山田"]
    assert search(tagId=[ids["VIP"], ids["要フォロー"]]) == ["山田", "鈴木"]
    assert search(tagId=ids["VIP"], name="鈴") == []


def test_search_pages_join_up(sansan: SansanCaller, sandbox: Sandbox) -> None:
    ids = {sandbox.sansan.add_card(lastName="見本", tags=["VIP"]) for _ in range(5)}
    seen, token = [], ""
    while True:
        conditions = {"name": "見本", "limit": 2, **({"nextPageToken": token} if token else {})}
        page = sansan.get("/bizCards/search", **conditions).json()
        seen += [card["id"] for card in page["data"]]
        token = page["nextPageToken"]
        if not page["hasMore"]:
            break
    assert (len(seen), set(seen)) == (5, ids)


def test_one_card_its_image_and_its_person(sansan: SansanCaller, sandbox: Sandbox) -> None:
    old = sandbox.sansan.add_card(lastName="旧姓", exchangeDate="2024-01-01")
    new = sandbox.sansan.add_card(lastName="新姓", exchangeDate="2026-01-01")
    person = sandbox.sansan.merge_persons(old, new)
    assert sansan.get(f"/bizCards/{old}").json()["item"]["lastName"] == "旧姓"
    assert sansan.get(f"/persons/{person}").json()["item"]["headBizCard"]["id"] == new
    assert sansan.get(f"/bizCards/{old}/image").headers["Content-Type"] == "image/jpeg"
    sandbox.sansan.delete_card(old)
    for path in (f"/bizCards/{old}", f"/bizCards/{old}/image", "/persons/nobody", "/users/nobody"):
        assert sansan.get(path).status_code == 404, path
    assert sansan.get("/users/u1002").json()["name"] == "営業 次郎"


def test_a_card_is_registered(sansan: SansanCaller, sandbox: Sandbox) -> None:
    tag = sandbox.sansan.add_tag("HubSpotから")
    answer = sansan.post(
        "/bizCards",
        {"lastName": "見本", "prefecture": "東京都", "city": "千代田区", "countryCode": "AUTO", "tagIds": [tag]},
    )
    assert answer.status_code == 201
    card = sandbox.sansan.card(answer.json()["id"])
    assert (card["address"], card["countryCode"], card["owner"]["id"]) == ("東京都千代田区", "JP", "u1001")
    assert [one["name"] for one in card["tags"]] == ["HubSpotから"]
    assert sansan.get(f"/bizCards/{card['id']}/image").status_code == 404
    assert [seen.path for seen in sandbox.sansan.writes] == ["/v6.0/bizCards"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "taro@example.jp"},
        {"lastName": "長" * 251},
        {"lastName": 5},
        {"lastName": "見本", "postalCode": "100-00000000"},
        {"lastName": "見本", "memo": "長" * 2001},
        {"lastName": "見本", "tagIds": ["no such tag"]},
        {"lastName": "見本", "countryCode": "Japan"},
        {"lastName": "見本", "exchangeDate": "2026-02-30"},
        ["lastName"],
    ],
)
def test_a_bad_registration_is_refused(sansan: SansanCaller, sandbox: Sandbox, body: object) -> None:
    answer = sansan.post("/bizCards", body)
    assert (answer.status_code, sandbox.sansan.cards()) == (400, [])


def test_a_registered_card_joins_the_person_of_the_same_name_and_email(sansan: SansanCaller, sandbox: Sandbox) -> None:
    same = {"lastName": "見本", "firstName": "太郎", "email": "taro@example.jp", "companyName": "株式会社見本"}
    head = sandbox.sansan.add_card(exchangeDate="2025-01-01", **same)
    undated = sansan.post("/bizCards", same).json()["id"]
    assert sandbox.sansan.card(undated)["personId"] == sandbox.sansan.card(head)["personId"]
    assert [card["id"] for card in sansan.walk()] == [head], "a card without a date does not become the head"
    dated = sansan.post("/bizCards", {**same, "exchangeDate": "2026-01-01"}).json()["id"]
    assert [card["id"] for card in sansan.walk()] == [dated]


def test_an_image_is_digitised_after_a_while(sansan: SansanCaller, sandbox: Sandbox) -> None:
    files = {"image": ("card.jpg", b"x", "image/jpeg")}
    sandbox.clock.freeze()
    answer = sansan.session.post(f"{sansan.url}/bizCards/images", files=files, timeout=5)
    assert answer.status_code == 201
    assert (len(sansan.walk()), len(sansan.walk(entryStatus="processing"))) == (0, 1)
    sandbox.clock.advance(timedelta(seconds=6))
    assert [card["id"] for card in sansan.walk()] == [answer.json()["id"]]


def test_reports_make_cards_of_their_attendees(sansan: SansanCaller, sandbox: Sandbox) -> None:
    report = {
        "startTime": "2026-04-01T10:00:00+09:00",
        "endTime": "2026-04-01T11:00:00+09:00",
        "type": "Meeting",
        "externalAttendees": [{"lastName": "見本", "companyName": "株式会社見本"}],
    }
    assert sansan.post("/reports", {**report, "startTime": "2026-04-01T10:00:30+09:00"}).status_code == 400
    assert sansan.post("/reports", {**report, "type": "BizCardExchange"}).status_code == 400
    assert sansan.post("/reports", report).status_code == 201
    period = {"updatedFrom": "2000-01-01T00:00:00Z", "updatedTo": "2100-01-01T00:00:00Z"}
    (listed,) = sansan.get("/reports", **period).json()["data"]
    assert listed["externalAttendees"][0]["id"] == sandbox.sansan.cards()[0]["id"]
    assert sansan.get("/reports", **period, type="Call").json()["data"] == []


def test_control_refuses_what_does_not_exist(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no field lastname"):
        sandbox.sansan.add_card(lastname="見本")
    with pytest.raises(LookupError):
        sandbox.sansan.edit_card("nothing", title="部長")
    with pytest.raises(LookupError):
        sandbox.sansan.add_card(lastName="見本", tags=["no such tag"])
    with pytest.raises(ValueError, match="private, public, shared"):
        sandbox.sansan.add_tag("新規", "secret")
    with pytest.raises(ValueError, match="offset or keyset"):
        sandbox.sansan.token_style = "page"
