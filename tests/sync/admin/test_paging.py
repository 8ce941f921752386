"""Lists of several pages: nothing is skipped or shown twice, whatever is added meanwhile."""

import re

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sync.admin.paging import LongListAdmin
from sync.models import LinkState, LogAction, PreviewLink, RecordLink, RecordLog
from tests.sync.admin.locating import locate
from tests.sync.admin.long_lists import ON_A_PAGE, Books, Reader, list_ids, make_books

LONG = [RecordLog, RecordLink, PreviewLink]


@pytest.fixture
def books(db: None, monkeypatch: pytest.MonkeyPatch) -> Books:
    monkeypatch.setattr(LongListAdmin, "list_per_page", ON_A_PAGE)
    return make_books()


@pytest.fixture
def logs(admin_client: Client, books: Books) -> Reader:
    return Reader(admin_client, RecordLog)


@pytest.fixture
def links(admin_client: Client, books: Books) -> Reader:
    return Reader(admin_client, RecordLink)


def check_logs(logs: Reader, books: Books, query: str, condition: Q) -> None:
    """Both ways through the list show exactly the rows of the condition, newest first."""
    expected = list_ids(RecordLog.objects.filter(condition))
    assert logs.read_all(query) == expected
    assert logs.read_all_backwards(query) == expected


@pytest.mark.parametrize("run", [None, 0, -1])
@pytest.mark.parametrize("rule", [None, 0, 1, "deleted"])
@pytest.mark.parametrize("action", [None, LogAction.FAIL])
def test_the_audit_is_read_by_run_rule_and_action(
    logs: Reader, books: Books, run: int | None, rule: int | str | None, action: str | None
) -> None:
    query, condition = "?", Q()
    if run is not None:
        query += f"&run__id__exact={books.runs[run].pk}"
        condition &= Q(run=books.runs[run])
    if rule == "deleted":
        query += "&rule__isnull=True"
        condition &= Q(rule=None)
    elif rule is not None:
        query += f"&rule__id__exact={books.rules[rule].pk}"
        condition &= Q(rule=books.rules[rule])
    if action:
        query += f"&action__exact={action}"
        condition &= Q(action=action)
    check_logs(logs, books, query, condition)


@pytest.mark.parametrize("rule", [None, 0, 1])
@pytest.mark.parametrize("state", [None, LinkState.FAILING])
def test_records_are_read_by_rule_and_state(links: Reader, books: Books, rule: int | None, state: str | None) -> None:
    query, condition = "?", Q()
    if rule is not None:
        query += f"&rule__id__exact={books.rules[rule].pk}"
        condition &= Q(rule=books.rules[rule])
    if state:
        query += f"&state__exact={state}"
        condition &= Q(state=state)
    expected = list_ids(RecordLink.objects.filter(condition))
    assert links.read_all(query) == expected
    assert links.read_all_backwards(query) == expected


def test_one_card_is_read_to_its_end(logs: Reader, books: Books) -> None:
    query = f"?rule__id__exact={books.rules[0].pk}&sansan_id__exact=card-fail"
    check_logs(logs, books, query, Q(rule=books.rules[0], sansan_id="card-fail"))


CONDITIONS = ["?", "?action__exact=create", "?rule__isnull=True", "?sansan_id__exact=card-fail"]


@pytest.mark.parametrize("query", CONDITIONS)
def test_what_is_added_on_the_way_down_moves_nothing(logs: Reader, books: Books, query: str) -> None:
    check_the_way_down(logs, books, query)


def check_the_way_down(logs: Reader, books: Books, query: str) -> None:
    before, read = logs.read_all(query), []
    for number, page in enumerate(logs.open(query).walk("next")):
        read += page
        if number < 3:
            books.add_logs()
    assert read == before


@pytest.mark.parametrize("query", CONDITIONS)
def test_what_is_added_on_the_way_up_is_met_at_the_end(logs: Reader, books: Books, query: str) -> None:
    check_the_way_up(logs, books, query)


def check_the_way_up(logs: Reader, books: Books, query: str) -> None:
    pages = []
    for number, page in enumerate(logs.open(query).walk_back()):
        pages.append(page)
        if number < 2:
            books.add_logs()
    assert [pk for page in reversed(pages) for pk in page] == logs.read_all(query)


def test_rows_that_go_take_no_others_along(logs: Reader, books: Books) -> None:
    first = logs.open("?").shown
    RecordLog.objects.filter(pk__in=first).delete()
    rest = [pk for page in list(logs.walk("next"))[1:] for pk in page]
    assert rest == list_ids(RecordLog.objects.all())


def test_back_and_forth_is_the_same_page(logs: Reader, books: Books) -> None:
    first, second = logs.open("?").shown, logs.follow("next").shown
    assert logs.follow("prev").shown == first
    assert set(logs.links) == {"next", "last"}
    assert logs.follow("next").shown == second
    assert set(logs.links) == {"first", "prev", "next", "last"}
    assert logs.follow("first").shown == first
    logs.follow("last")
    assert set(logs.links) == {"first", "prev"}


@pytest.mark.parametrize("link", ["next", "prev", "first", "last"])
def test_pages_keep_what_was_asked_for(logs: Reader, books: Books, link: str) -> None:
    condition = f"rule__id__exact={books.rules[0].pk}"
    logs.open(f"?{condition}").follow("next")
    assert condition in logs.links[link]
    assert len(logs.follow(link).shown) == ON_A_PAGE or link == "last"
    assert condition in logs.links["first" if link in ("next", "last") else "last"]


def test_a_filter_leads_to_its_own_first_page(admin_client: Client, logs: Reader, books: Books) -> None:
    logs.open("?").follow("next")
    page = admin_client.get(locate(RecordLog, "changelist") + logs.query).content.decode()
    assert 'href="?action__exact=fail"' in page
    assert 'name="p"' not in page  # in the form of the search


@pytest.mark.parametrize("place", ["2", "after-", "after-x", "before", "after--1", "after-99999999999999999999", ""])
def test_an_odd_place_is_the_beginning(logs: Reader, books: Books, place: str) -> None:
    first = logs.open("?").shown
    assert logs.open(f"?p={place}").shown == first


def test_a_place_behind_the_end_is_the_last_page(logs: Reader, books: Books) -> None:
    logs.open("?").follow("last")
    last = logs.shown
    assert logs.open(f"?p=after-{last[-1]}").shown == last
    assert logs.links.keys() == {"first", "prev"}


def test_a_list_that_fits_says_how_many_there_are(admin_client: Client, logs: Reader, books: Books) -> None:
    RecordLog.objects.exclude(pk__in=list_ids(RecordLog.objects)[:2]).delete()
    page = admin_client.get(locate(RecordLog, "changelist")).content.decode()
    assert re.search(r"2 audit rows\s*</p>", page)
    assert logs.open("?").links == {}
    RecordLog.objects.all().delete()
    assert logs.open("?p=after-5").shown == []


@pytest.mark.parametrize("model", LONG)
def test_nothing_is_counted_or_sorted_at_will(admin_client: Client, books: Books, model: type) -> None:
    address = locate(model, "changelist")
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(address, {"o": "1", "_facets": "True", "all": ""})
    table = model._meta.db_table  # type: ignore[attr-defined]
    statements = [entry["sql"] for entry in queries if table in entry["sql"]]
    assert statements
    assert [sql for sql in statements if "COUNT(" in sql] == []
    assert [sql for sql in statements if f'ORDER BY "{table}"."id" DESC' not in sql] == []
    page = admin_client.get(address).content.decode()
    assert re.findall("Show all|Show counts|Hide counts|[?&;]o=", page) == []


@pytest.mark.parametrize("model", LONG)
@pytest.mark.parametrize("condition", ["name__contains", "created_at__gte", "sansan_id__startswith", "state__in"])
def test_no_address_asks_for_what_no_index_finds(
    admin_client: Client, books: Books, model: type, condition: str
) -> None:
    assert admin_client.get(locate(model, "changelist"), {condition: "1"}).status_code == 400
