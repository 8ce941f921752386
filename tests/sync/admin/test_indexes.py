"""Every way into a long list has an index behind it, and the index is used."""

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sync.models import RecordLink, RecordLog
from sync.selectors.changes import list_changes
from sync.selectors.records import list_records
from tests.sync.admin.locating import locate
from tests.sync.admin.long_lists import Books, make_books

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL that holds many rows")

# What an address asks for, and the index that gives the rows in their order.
LOGS = {
    "": "sync_recordlog_pkey",
    "&p=after-{middle}": "sync_recordlog_pkey",
    "&p=before-{middle}": "sync_recordlog_pkey",
    "&action__exact=fail": "log_by_rule",
    "&rule__isnull=True": "log_by_rule",
    "&rule__isnull=True&p=before-0": "log_by_rule",
    "&rule__id__exact={rule}": "log_by_rule",
    "&rule__id__exact={rule}&p=after-{middle}": "log_by_rule",
    "&rule__id__exact={rule}&action__exact=fail&p=before-{middle}": "log_by_rule",
    "&run__id__exact={run}": "log_by_run",
    "&run__id__exact={run}&p=before-0": "log_by_run",
    "&run__id__exact={run}&action__exact=create&p=after-{middle}": "log_by_run",
}
LINKS = {
    "": "sync_recordlink_pkey",
    "&state__exact=failing": "link_by_state",
    "&rule__id__exact={rule}&p=before-0": "link_by_state",
    "&rule__id__exact={rule}&state__exact=in_sync&p=after-{middle}": "link_by_state",
    "&q=佐": "link_by_name",
    "&q=佐&p=after-{middle}-佐藤": "link_by_name",
    "&q=佐&p=before-{middle}-佐藤": "link_by_name",
}


@pytest.fixture
def books(db: None) -> Books:
    return make_books()


def explain(statement: str, *forbidden: str) -> str:
    """The plan that PostgreSQL makes if it can do without these; with so few rows it would not care."""
    with connection.cursor() as cursor:
        for way in forbidden:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        for way in forbidden:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    return plan


def find_first(queries: CaptureQueriesContext, model: type[Model]) -> str:
    """The statement that decides which rows are shown."""
    table = f'FROM "{model._meta.db_table}"'
    return next(entry["sql"] for entry in queries if table in entry["sql"] and "ORDER BY" in entry["sql"])


def check(client: Client, books: Books, model: type[Model], query: str, index: str) -> None:
    middle = model._default_manager.order_by("pk")[5].pk
    address = query.format(rule=books.rules[0].pk, run=books.runs[0].pk, middle=middle)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{locate(model, 'changelist')}?{address}").status_code == 200
    check_plan(find_first(queries, model), index)


def check_plan(statement: str, index: str) -> None:
    plan = explain(statement, "seqscan", "bitmapscan", "sort", "incremental_sort")
    assert index in plan
    assert "Sort" not in plan
    # Entered where the page begins, not read from its start.
    assert plan.count("Index Cond") >= plan.count(index) or index.endswith("_pkey")


@pytest.mark.parametrize(("query", "index"), LOGS.items())
def test_audit_rows_come_in_the_order_of_an_index(admin_client: Client, books: Books, query: str, index: str) -> None:
    check(admin_client, books, RecordLog, query, index)


@pytest.mark.parametrize(("query", "index"), LINKS.items())
def test_records_come_in_the_order_of_an_index(admin_client: Client, books: Books, query: str, index: str) -> None:
    check(admin_client, books, RecordLink, query, index)


@pytest.mark.parametrize(("place", "side"), [("after", ">="), ("before", "<=")])
def test_names_are_read_from_the_cursor_on(admin_client: Client, books: Books, place: str, side: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(locate(RecordLink, "changelist"), {"q": "佐", "p": f"{place}-5-佐々木健"})
    plan = explain(find_first(queries, RecordLink), "seqscan", "bitmapscan", "sort", "incremental_sort")
    assert f"{side} '佐々木健'" in plan.partition("Index Cond")[2].splitlines()[0]


def test_a_run_is_not_searched_for_rows_of_another_rule(admin_client: Client, books: Books) -> None:
    conditions = {"run__id__exact": books.runs[0].pk, "rule__id__exact": books.rules[1].pk}
    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get(locate(RecordLog, "changelist"), conditions).status_code == 200
    assert [entry["sql"] for entry in queries if RecordLog._meta.db_table in entry["sql"]] == []


@pytest.mark.parametrize("condition", ["sansan_id__exact", "q"])
def test_a_card_is_found_by_an_index(admin_client: Client, books: Books, condition: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(locate(RecordLog, "changelist"), {condition: "card-fail"})
    # A bitmap of rows needs something to look up, and without nested loops that can only be the card.
    assert "log_by_card" in explain(find_first(queries, RecordLog), "seqscan", "indexscan", "nestloop")


def test_an_id_is_looked_up_in_three_indexes(admin_client: Client, books: Books) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(locate(RecordLink, "changelist"), {"q": "card-1"})
    [statement] = [entry["sql"] for entry in queries if '"hubspot_id" = ' in entry["sql"]]
    plan = explain(statement, "seqscan", "indexscan")
    for index in ("link_one_per_card", "link_one_per_contact", "link_by_email"):
        assert index in plan


def test_commands_read_in_the_order_of_an_index(books: Books) -> None:
    with CaptureQueriesContext(connection) as queries:
        next(list_changes(books.runs[0]))
    check_plan(find_first(queries, RecordLog), "log_by_run")
    for state in ("", "failing"):
        with CaptureQueriesContext(connection) as queries:
            next(list_records(books.rules[0], state))
        check_plan(find_first(queries, RecordLink), "link_by_state")
