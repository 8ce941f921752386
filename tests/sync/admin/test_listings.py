"""What commands list is read in chunks: all of it, once each, oldest first."""

import pytest

from sync.models import LinkState, RecordLink, RecordLog
from sync.selectors import streams
from sync.selectors.changes import list_changes
from sync.selectors.records import list_records
from tests.sync.admin.long_lists import Books, make_books


@pytest.fixture
def books(db: None) -> Books:
    return make_books()


@pytest.fixture(params=[1, 2, 3, 1000])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(streams, "CHUNK", request.param)
    return int(request.param)


@pytest.mark.parametrize("state", ["", LinkState.IN_SYNC, LinkState.FAILING])
def test_records_of_a_rule(books: Books, chunk: int, state: str) -> None:
    rule = books.rules[0]
    RecordLink.objects.filter(rule=rule, state=LinkState.REVIEW).delete()
    expected = RecordLink.objects.filter(rule=rule, **({"state": state} if state else {})).order_by("pk")
    assert [entry["sansan_id"] for entry in list_records(rule, state)] == [link.sansan_id for link in expected]


def test_records_that_are_added_meanwhile_come_too(books: Books, chunk: int) -> None:
    rule, listed = books.rules[0], []
    for entry in list_records(rule):
        if not listed:
            RecordLink.objects.create(rule=rule, sansan_id="late", state=LinkState.EXCLUDED)
        listed.append(entry["sansan_id"])
    assert len(set(listed)) == len(listed)
    assert ("late" in listed) == (chunk < 1000)


def test_a_record_that_moves_on_is_not_told_of_in_another_state(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, take_ids = books.rules[0], streams.Streams.take_ids

    def take_and_move(*arguments: object, **options: object) -> list[int]:
        ids = take_ids(*arguments, **options)  # type: ignore[arg-type]
        RecordLink.objects.filter(pk__in=ids[1:]).update(state=LinkState.IN_SYNC)
        return ids

    monkeypatch.setattr(streams.Streams, "take_ids", take_and_move)
    assert [entry["state"] for entry in list_records(rule, LinkState.FAILING)] == ["failing"]


@pytest.mark.parametrize("number", [0, -1])
def test_changes_of_a_run(books: Books, chunk: int, number: int) -> None:
    run = books.runs[number]
    expected = list(RecordLog.objects.filter(run=run).order_by("pk").values_list("action", flat=True))
    assert [change["action"] for change in list_changes(run)] == expected
