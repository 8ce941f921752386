"""What people type into the search of a list, and what they find."""

import pytest
from django.test import Client
from django.utils import timezone

from sync.models import LinkState, LogAction, PreviewLink, RecordLink, RecordLog, RunKind, RunStatus, SyncRun
from tests.sync.admin.locating import locate
from tests.sync.admin.long_lists import Books, Reader, make_books


@pytest.fixture
def books(db: None) -> Books:
    books = make_books()
    RecordLink.objects.all().delete()
    RecordLog.objects.all().delete()
    return books


class Search:
    """Adds records with their audit, and searches for them."""

    def __init__(self, client: Client, books: Books) -> None:
        self.client = client
        self.books = books

    def add(self, card_id: str, name: str = "", **fields: object) -> RecordLink:
        rule, run = self.books.rules[0], self.books.runs[0]
        link = RecordLink.objects.create(
            rule=rule, sansan_id=card_id, name=name, **{"state": LinkState.IN_SYNC, **fields}
        )
        RecordLog.objects.create(
            rule=rule, run=run, sansan_id=card_id, name="then", action=LogAction.CREATE, created_at=timezone.now()
        )
        return link

    def find(self, text: str, model: type = RecordLink, **conditions: object) -> list[str]:
        answer = self.client.get(locate(model, "changelist"), {"q": text, **conditions})
        assert answer.status_code == 200
        return [row.sansan_id for row in answer.context["cl"].result_list]


@pytest.fixture
def site(admin_client: Client, books: Books) -> Search:
    return Search(admin_client, books)


@pytest.mark.parametrize(
    "text", ["山", "山田", "山田太", "山田 太郎", "山田太郎", " 山田\u3000太郎 ", "山田 太郎 ", "山 田太郎"]
)
def test_a_name_is_found_by_its_beginning(site: Search, text: str) -> None:
    site.add("a", "山田 太郎")
    site.add("b", "小山田 太郎")
    site.add("c", "山本 太郎")
    expected = ["c", "a"] if text == "山" else ["a"]
    assert site.find(text) == expected
    assert site.find(text, RecordLog) == expected


@pytest.mark.parametrize("text", ["sato", "SATO J", "SatoJ", "sAtO jUn"])
def test_capitals_do_not_matter(site: Search, text: str) -> None:
    site.add("a", "Sato Jun")
    assert site.find(text) == ["a"]


@pytest.mark.parametrize("text", ["%", "_", "100%", "\\", "'", '"', "山%", "a\x01b", "太郎"])
def test_nothing_is_a_wildcard_and_nothing_else_is_found(site: Search, text: str) -> None:
    site.add("a", "山田 太郎")
    site.add("b", "1000 a")
    assert site.find(text) == []
    assert site.find(text, RecordLog) == []


def test_names_are_shown_in_order_over_all_pages(admin_client: Client, site: Search, monkeypatch) -> None:
    monkeypatch.setattr("sync.admin.paging.LongListAdmin.list_per_page", 2)
    given = ["太郎", "花子", "一郎", "太郎", "太郎", "健", "太郎"]
    for number, name in enumerate(given):
        site.add(f"card-{number}", f"山田 {name}")
    site.add("other", "小山田 太郎")
    expected = list(
        RecordLink.objects.filter(name__startswith="山田").order_by("name", "pk").values_list("pk", "name")
    )
    # The order of the bytes of UTF-8, whatever language the database sorts in.
    expected.sort(key=lambda entry: (entry[1].encode(), entry[0]))
    reader = Reader(admin_client, RecordLink)
    assert reader.read_all("?q=山") == [pk for pk, _ in expected]
    assert reader.read_all_backwards("?q=山") == [pk for pk, _ in expected]
    assert "q=" in reader.links["next"]


@pytest.mark.parametrize("text", ["card-1", "7001", "taro@sample.example", "Taro@Sample.Example", " card-1 "])
def test_ids_and_addresses_are_found_in_full(site: Search, text: str) -> None:
    site.add("card-1", "山田 太郎", hubspot_id="7001", email="taro@sample.example")
    site.add("card-12", "card-1", hubspot_id="70012", email="taro@sample.example.jp")
    assert site.find(text) == ["card-1"]
    assert site.find(text, RecordLog) == ["card-1"]
    for part in ("card-", "700", "taro@sample"):
        assert "card-1" not in site.find(part)


def test_a_search_stays_within_the_filters(site: Search) -> None:
    site.add("a", "山田 太郎")
    site.add("b", "山田 花子", state=LinkState.FAILING)
    assert site.find("山田", state__exact="failing") == ["b"]
    assert site.find("a", state__exact="failing") == []
    assert site.find("山田", RecordLog, run__id__exact=site.books.runs[0].pk) == ["b", "a"]
    assert site.find("山田", RecordLog, run__id__exact=site.books.runs[1].pk) == []
    assert site.find("a", RecordLog, action__exact="fail") == []


def test_the_audit_of_a_card_outlives_its_record(site: Search) -> None:
    site.add("a", "山田 太郎")
    RecordLink.objects.all().delete()
    assert site.find("a", RecordLog) == ["a"]


def test_the_audit_of_a_contact_begins_with_the_card_that_had_it_first(site: Search) -> None:
    site.add("first", state=LinkState.EXCLUDED, winner_id="second")
    site.add("second", hubspot_id="7001")
    site.add("third", hubspot_id="7002")
    assert site.find("7001", RecordLog) == ["second", "first"]
    assert site.find("second", RecordLog) == ["second"]


def test_too_many_names_are_said_to_be_too_many(admin_client: Client, site: Search, monkeypatch) -> None:
    monkeypatch.setattr("sync.selectors.search.MOST_RECORDS_OF_AUDIT", 2)
    monkeypatch.setattr("sync.admin.logs.MOST_RECORDS_OF_AUDIT", 2)
    for number, name in enumerate(["山田 b", "山田 c", "山田 a"]):
        site.add(f"card-{number}", name)
    assert site.find("山田", RecordLog) == ["card-2", "card-0"]
    page = admin_client.get(locate(RecordLog, "changelist"), {"q": "山田"}).content.decode()
    assert "More than 2 records match." in page
    page = admin_client.get(locate(RecordLog, "changelist"), {"q": "山田 a"}).content.decode()
    assert "records match." not in page


def test_a_preview_under_way_is_searched_in_full_only(site: Search) -> None:
    run = SyncRun.objects.create(
        rule=site.books.rules[0], rule_name="r", kind=RunKind.PREVIEW, dry_run=True, status=RunStatus.RUNNING
    )
    fields = {"hubspot_id": "7001", "email": "taro@sample.example", "state": LinkState.IN_SYNC, "name": "山田 太郎"}
    PreviewLink.objects.create(run=run, sansan_id="a", **fields)
    for text in ("a", "7001", "taro@sample.example"):
        assert site.find(text, PreviewLink) == ["a"]
    assert site.find("山田", PreviewLink) == []


@pytest.mark.parametrize("model", [RecordLog, RecordLink, PreviewLink])
def test_the_page_says_what_is_searched(admin_client: Client, books: Books, model: type) -> None:
    page = admin_client.get(locate(model, "changelist"), headers={"accept-language": "ja"}).content.decode()
    assert "名刺ID、コンタクトID、メールアドレス" in page
