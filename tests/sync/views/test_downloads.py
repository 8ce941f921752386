"""Files for spreadsheets: complete, readable in Japan, and without formulas."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sync.models import LinkState, LogAction, RecordLink, RunKind, SyncRun
from sync.selectors import streams
from tests.people import Rank
from tests.portal import Portal, build_portal
from tests.sync.views.run_pages import MOMENT, add_log, download, make_run, sign_in


@pytest.fixture
def run(portal: Portal) -> SyncRun:
    run = make_run(portal)
    add_log(
        run, "new", LogAction.CREATE, hubspot_id="501", changes={"phone": [None, "+81312345678"], "city": ["", "東京"]}
    )
    detail = {"value": "taro@@sample.example"}
    add_log(run, "bad", LogAction.FAIL, reason_code="INVALID_EMAIL", reason_detail=detail, correlation_id="corr-1")
    return run


def test_a_run_is_downloaded_with_reasons_and_changes(run: SyncRun) -> None:
    new, bad = download(sign_in(), "run_csv", run.pk)
    assert (new["Action"], new["Card id"], new["Contact id"]) == ("created", "new", "501")
    assert new["Changes"] == "city:  → 東京\nphone:  → +81312345678"
    assert new["Time"] == "2026-11-20 12:04:05"
    assert (bad["Reason code"], bad["HubSpot's correlation id"]) == ("INVALID_EMAIL", "corr-1")
    assert bad["Reason"] == "Invalid e-mail address taro@@sample.example is not a valid e-mail address."


def test_the_filters_of_the_page_hold_for_the_file(run: SyncRun) -> None:
    client = sign_in()
    assert [row["Card id"] for row in download(client, "run_csv", run.pk, query="?action=fail")] == ["bad"]
    assert [row["Card id"] for row in download(client, "run_csv", run.pk, query="?cause=NO_EMAIL")] == []


def test_a_preview_says_what_would_happen(portal: Portal) -> None:
    run = make_run(portal, kind=RunKind.PREVIEW, dry_run=True)
    add_log(run, "new", LogAction.CREATE)
    assert [row["Action"] for row in download(sign_in(), "run_csv", run.pk)] == ["would be created"]


def test_the_time_is_that_of_the_reader(run: SyncRun) -> None:
    client = sign_in()
    client.cookies["time_zone"] = "Europe/Berlin"
    assert download(client, "run_csv", run.pk)[0]["Time"] == "2026-11-20 04:04:05"


def test_the_language_is_that_of_the_reader(run: SyncRun) -> None:
    client = sign_in()
    in_japanese = client.get(reverse("run_csv", args=[run.pk]), headers={"accept-language": "ja"})
    # Another page is read in another language before the file is.
    client.get(reverse("run_list"), headers={"accept-language": "en"})
    text = b"".join(in_japanese.streaming_content).decode()
    assert "メールアドレス" in text


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(portal: Portal, beginning: str) -> None:
    run = make_run(portal)
    evil = f"{beginning}HYPERLINK(1)"
    add_log(run, evil, LogAction.CREATE, name=evil, changes={evil: [None, evil]})
    RecordLink.objects.create(rule=portal.rule, sansan_id=evil, name=evil, email=evil, state=LinkState.IN_SYNC)
    client = sign_in()
    [log] = download(client, "run_csv", run.pk)
    [record] = download(client, "record_csv")
    cells = [log["Card id"], log["Name"], log["Changes"], record["Card id"], record["Name"], record["E-mail"]]
    assert all(cell.startswith("'" + beginning) for cell in cells)


def test_a_file_is_written_while_it_is_read(run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHUNK", 10)
    for number in range(60):
        add_log(run, f"card-{number}", LogAction.UPDATE)
    answer = sign_in().get(reverse("run_csv", args=[run.pk]))
    lines = iter(answer.streaming_content)
    with CaptureQueriesContext(connection) as at_first:
        for _ in range(10):
            next(lines)
    with CaptureQueriesContext(connection) as later:
        assert len(list(lines)) == 1 + 62 - 10
    assert 0 < len(at_first) < len(later)


def test_records_are_downloaded_as_their_list_is_narrowed(portal: Portal) -> None:
    other = build_portal(portal.sandbox, "another rule")
    for one, card_id, state in (
        (portal, "a", LinkState.IN_SYNC),
        (portal, "b", LinkState.FAILING),
        (other, "c", LinkState.FAILING),
    ):
        RecordLink.objects.create(
            rule=one.rule, sansan_id=card_id, state=state, reason_code="NO_NAME", last_synced_at=MOMENT
        )
    client = sign_in()

    def list_cards(query: str) -> list[str]:
        return [row["Card id"] for row in download(client, "record_csv", query=query)]

    assert list_cards("") == ["a", "b", "c"]
    assert list_cards("?state=failing") == ["b", "c"]
    assert list_cards(f"?rule={portal.rule.pk}&state=failing") == ["b"]
    assert list_cards("?state=nonsense&rule=x") == ["a", "b", "c"]
    assert list_cards("?cause=NO_NAME") == ["b", "c"], "a cause of failures"
    assert list_cards("?dismissed=yes") == list_cards("?state=in_sync&cause=NO_NAME") == []
    assert list_cards("?q=c") == ["c"]
    [row] = download(client, "record_csv", query=f"?rule={other.rule.pk}")
    assert (row["Sync rule"], row["State"], row["Last synced"]) == ("another rule", "failing", "2026-11-20 12:04:05")
    assert row["Reason"].startswith("Neither name nor e-mail")


def test_strangers_download_nothing(run: SyncRun) -> None:
    client = sign_in(Rank.STRANGER)
    assert client.get(reverse("run_csv", args=[run.pk])).status_code == 403
    assert client.get(reverse("record_csv")).status_code == 403
