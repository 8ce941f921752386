"""The list of records, and the page of one."""

import pytest
from django.test import Client
from django.urls import reverse
from dramatiq import Message

from sync.models import LinkState, RecordLink, RecordLog, SyncRule, SyncRun
from sync.selectors.record_page import mask_secrets
from sync.services.execution import execute_run
from tests.people import Rank, make_user
from tests.portal import Portal


def sign_in(rank: Rank) -> Client:
    client = Client()
    client.force_login(make_user(rank))
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def fail_one(portal: Portal) -> RecordLink:
    card = portal.sandbox.sansan.add_card(lastName="見本", firstName="太郎", email="taro@@sample.example")
    portal.run_well()
    return portal.link(card)


def test_the_list_narrows_by_what_is_asked(portal: Portal) -> None:
    portal.sandbox.sansan.add_card(lastName="見本", firstName="花子", email="hanako@sample.example")
    failing = fail_one(portal)
    client, address = sign_in(Rank.VIEWER), reverse("record_list")
    assert all(name in read(client, address) for name in ("見本 太郎", "見本 花子"))
    for query in (
        "state=failing",
        "cause=INVALID_EMAIL",
        f"rule={portal.rule.pk}&state=failing&dismissed=no",
        "q=見本太",
    ):
        page = read(client, f"{address}?{query}")
        assert "見本 太郎" in page, query
        assert "見本 花子" not in page, query
    assert reverse("record_detail", args=[failing.pk]) in page
    assert "No record is like this." in read(client, f"{address}?state=failing&dismissed=yes")
    assert "No record is like this." in read(client, f"{address}?rule={portal.rule.pk}&state=review")


def test_pages_go_on_where_the_last_one_ended(portal: Portal) -> None:
    RecordLink.objects.bulk_create(
        RecordLink(rule=portal.rule, sansan_id=f"c{number}", name=f"見本 {number}", state=LinkState.IN_SYNC)
        for number in range(120)
    )
    client, seen, address = sign_in(Rank.VIEWER), [], reverse("record_list")
    while True:
        answer = client.get(address)
        seen += [record.pk for record, _reason in answer.context["rows"]]
        cursor = answer.context["page"].next
        if cursor is None:
            break
        assert f"?page={cursor}" in answer.content.decode()
        address = f"{reverse('record_list')}?page={cursor}"
    assert seen == sorted(RecordLink.objects.values_list("pk", flat=True), reverse=True)


def test_a_record_tells_its_state_its_reason_and_its_history(portal: Portal) -> None:
    record = fail_one(portal)
    portal.sandbox.sansan.edit_card(record.sansan_id, email="taro@sample.example", title="部長")
    portal.run_well()
    portal.sandbox.sansan.edit_card(record.sansan_id, title="本部長")
    portal.run_well()
    page = read(sign_in(Rank.VIEWER), reverse("record_detail", args=[record.pk]))
    for run in SyncRun.objects.all():
        assert reverse("run_detail", args=[run.pk]) in page
    assert '<bdi>部長</bdi></del> → <ins class="new"><bdi>本部長</bdi></ins>' in page
    assert "taro@@sample.example is not a valid e-mail address." in page, "what failed before is in its history"
    assert "The card and the contact were the same" in page
    portal.sandbox.sansan.edit_card(record.sansan_id, title="会長")
    portal.run(dry_run=True)
    assert "would be updated" in read(sign_in(Rank.OPERATOR), reverse("record_detail", args=[record.pk]))


def test_cards_with_one_address_lead_to_each_other(portal: Portal) -> None:
    cards = [
        portal.sandbox.sansan.add_card(lastName="見本", email="one@sample.example", exchangeDate=day)
        for day in ("2026-01-01", "2026-02-02")
    ]
    portal.run_well()
    loser, winner = (portal.link(card) for card in cards)
    client = sign_in(Rank.VIEWER)
    pages = {record.pk: read(client, reverse("record_detail", args=[record.pk])) for record in (loser, winner)}
    assert reverse("record_detail", args=[winner.pk]) in pages[loser.pk]
    assert reverse("record_detail", args=[loser.pk]) in pages[winner.pk]


def test_the_contact_opens_in_the_portal_it_is_in(portal: Portal) -> None:
    portal.sandbox.sansan.add_card(lastName="見本", email="taro@sample.example")
    portal.run_well()
    record = RecordLink.objects.get()
    account = portal.rule.hubspot_account
    account.external_id, account.external_name = "20130001", "app-eu1.hubspot.com STANDARD"
    account.save()
    page = read(sign_in(Rank.VIEWER), reverse("record_detail", args=[record.pk]))
    assert f"https://app-eu1.hubspot.com/contacts/20130001/record/0-1/{record.hubspot_id}" in page
    assert 'rel="noreferrer"' in page


def test_a_dismissed_failure_comes_back_when_it_fails_anew(portal: Portal) -> None:
    record = fail_one(portal)
    client = sign_in(Rank.OPERATOR)
    client.post(reverse("record_actions"), {"ids": [record.pk], "action": "dismiss"})
    record.refresh_from_db()
    assert record.is_dismissed
    assert record.dismissed_by == "operator"
    portal.run_well(full=True)
    record.refresh_from_db()
    assert record.is_dismissed, "the same failure stays dismissed"
    assert "1 failure was dismissed" in read(client, reverse("health"))
    portal.sandbox.sansan.edit_card(record.sansan_id, email="taro@@other.example")
    portal.run_well()
    record.refresh_from_db()
    assert not record.is_dismissed
    assert "Invalid e-mail address</a> </strong> ×1" in read(client, reverse("health"))


def test_a_dismissal_is_taken_back(portal: Portal) -> None:
    record = fail_one(portal)
    client = sign_in(Rank.OPERATOR)
    for action, expected in (("dismiss", True), ("restore", False)):
        client.post(reverse("record_actions"), {"ids": [record.pk], "action": action})
        record.refresh_from_db()
        assert record.is_dismissed is expected


def test_ticked_records_are_re_run_once(portal: Portal, queued: list[Message]) -> None:
    record = fail_one(portal)
    client = sign_in(Rank.OPERATOR)
    asked = {"ids": [record.pk], "action": "retry"}
    first, second = (client.post(reverse("record_actions"), asked) for _ in range(2))
    run = SyncRun.objects.get(kind="retry")
    assert run.selection["sansan_ids"] == [record.sansan_id]
    assert first["Location"] == second["Location"] == reverse("run_detail", args=[run.pk])
    assert len(queued) == 1


def test_a_narrowed_list_is_re_run_after_its_count_was_said(portal: Portal, queued: list[Message]) -> None:
    portal.add_filter("companyName", "is_not_empty")
    cards = [portal.sandbox.sansan.add_card(lastName="見本", email=f"c{number}@sample.example") for number in range(3)]
    fail_one(portal)
    portal.rule.filters.all().delete()
    client = sign_in(Rank.OPERATOR)
    asked = f"?rule={portal.rule.pk}&state=excluded&cause=FILTERED"
    address = reverse("record_retry", args=[portal.rule.pk]) + asked
    assert address in read(client, reverse("record_list") + asked).replace("&amp;", "&")
    page = read(client, address)
    assert f"{RecordLink.objects.filter(reason_code='FILTERED').count()} records will be read" in page
    first, second = (client.post(address) for _ in range(2))
    run = SyncRun.objects.get(kind="retry")
    assert first["Location"] == second["Location"] == reverse("run_detail", args=[run.pk])
    assert len(queued) == 1
    execute_run(run.pk)
    assert {portal.link(card).state for card in cards} == {LinkState.IN_SYNC}
    assert client.post(address)["Location"] == reverse("record_list"), "nothing is like this any more"
    assert "No record is like this." in read(client, address)


def test_a_long_list_is_re_run_in_portions_and_says_so(
    portal: Portal, queued: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.selectors.record_lists.MOST_RETRIED", 2)
    RecordLink.objects.bulk_create(
        RecordLink(rule=portal.rule, sansan_id=f"c{number}", state=LinkState.EXCLUDED) for number in range(3)
    )
    client, address = sign_in(Rank.OPERATOR), reverse("record_retry", args=[portal.rule.pk])
    page = read(client, address)
    assert "2 records will be read" in page
    assert "These are the first of the list" in page
    client.post(address)
    assert SyncRun.objects.get().selection["sansan_ids"] == ["c2", "c1"]


def test_a_cause_that_no_such_record_has_gives_an_empty_list(portal: Portal) -> None:
    fail_one(portal)
    client = sign_in(Rank.VIEWER)
    for asked in ("state=in_sync&cause=INVALID_EMAIL", "state=in_sync&dismissed=no", "cause=NO_EMAIL&dismissed=yes"):
        assert "No record is like this." in read(client, f"{reverse('record_list')}?{asked}"), asked
        assert "No record is like this." in read(client, f"{reverse('record_list')}?{asked}&q=見本"), asked


def test_records_of_two_rules_or_of_a_direction_that_cannot_run_are_not_re_run(
    portal: Portal, queued: list[Message]
) -> None:
    record = fail_one(portal)
    other = SyncRule.objects.create(
        name="other", sansan_account=portal.rule.sansan_account, hubspot_account=portal.rule.hubspot_account
    )
    foreign = RecordLink.objects.create(rule=other, sansan_id="c1", state=LinkState.FAILING)
    client = sign_in(Rank.OPERATOR)
    answer = client.post(reverse("record_actions"), {"ids": [record.pk, foreign.pk], "action": "retry"}, follow=True)
    assert "Tick records of one sync rule" in answer.content.decode()
    portal.change_rule(direction="two_way")
    for address in (reverse("record_actions"), reverse("record_retry", args=[portal.rule.pk])):
        answer = client.post(address, {"ids": [record.pk], "action": "retry"}, follow=True)
        assert "can be kept, but not run yet" in answer.content.decode()
    assert not SyncRun.objects.filter(kind="retry").exists()


def test_ids_that_are_none_do_no_harm(portal: Portal) -> None:
    record = fail_one(portal)
    client = sign_in(Rank.OPERATOR)
    odd = ["9" * 40, "-1", "x", str(record.pk)]
    client.post(reverse("record_actions"), {"ids": odd, "action": "dismiss"})
    record.refresh_from_db()
    assert record.is_dismissed
    answer = client.post(reverse("record_actions"), {"ids": ["9" * 40], "action": "retry"})
    assert answer["Location"] == reverse("record_list")


def test_what_is_in_sync_cannot_be_dismissed(portal: Portal) -> None:
    card = portal.sandbox.sansan.add_card(lastName="見本", email="taro@sample.example")
    portal.run_well()
    client = sign_in(Rank.OPERATOR)
    asked = {"ids": [portal.link(card).pk], "action": "dismiss"}
    assert "0 failures were dismissed." in client.post(reverse("record_actions"), asked, follow=True).content.decode()
    assert not portal.link(card).dismissed_by


def test_what_was_recorded_of_each_step_is_shown_without_secrets(portal: Portal) -> None:
    record = fail_one(portal)
    RecordLog.objects.filter(action="fail").update(
        correlation_id="a-correlation-id",
        reason_detail={"value": "見本<b>", "access_token": "abcdef", "message": "sent Bearer ghijkl to HubSpot"},
    )
    page = read(sign_in(Rank.VIEWER), reverse("record_detail", args=[record.pk]))
    assert "見本&lt;b&gt;" in page
    assert "a-correlation-id" in page
    assert "abcdef" not in page
    assert "ghijkl" not in page


def test_nothing_ticked_and_a_foreign_way_back(portal: Portal) -> None:
    client = sign_in(Rank.OPERATOR)
    answer = client.post(reverse("record_actions"), {"action": "dismiss", "next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("record_list")


def test_what_looks_like_a_secret_is_masked() -> None:
    detail = {"message": "no", "headers": {"Authorization": "Bearer abc"}, "tries": [{"api_key": "abc"}]}
    detail["text"] = "with pat-na1-abc and Bearer abc"
    shown = str(mask_secrets(detail))
    assert "abc" not in shown
    assert "no" in shown
