"""The page of every morning, and what is started from it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from dramatiq import Message
from pytest_django import DjangoAssertNumQueries

from sync.models import LinkState, RecordLink, RuleSetup, RunKind, SyncRule, SyncRun
from sync.reasons import FAILURES
from sync.selectors.health import draw_health
from sync.selectors.rule_counts import count_states
from sync.services.execution import execute_run
from sync.services.runs import request_run
from tests.people import Rank, make_user
from tests.portal import Portal


def sign_in(rank: Rank) -> Client:
    client = Client()
    client.force_login(make_user(rank))
    return client


def read(client: Client) -> str:
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_without_rules_it_says_what_to_do(db: None) -> None:
    assert "An integration administrator can set one up." in read(sign_in(Rank.OPERATOR))
    assert "Set up a sync: connect Sansan and HubSpot" in read(sign_in(Rank.ADMINISTRATOR))


def test_failures_are_grouped_by_cause_with_their_fix(portal: Portal) -> None:
    cards = [portal.sandbox.sansan.add_card(lastName="見本", email=f"{number}@@sample.example") for number in range(3)]
    portal.sandbox.sansan.add_card(lastName="見本", email="fine@sample.example")
    portal.change_rule(enabled=True, next_run_at=timezone.now() + timedelta(minutes=5))
    portal.run_well()
    page = read(sign_in(Rank.OPERATOR))
    assert "some records fail" in page
    assert "Invalid e-mail address</a> </strong> ×3" in page
    assert "Correct the address on the card in Sansan, then re-run the record." in page
    assert reverse("record_detail", args=[portal.link(cards[2]).pk]) in page
    assert f"{reverse('rule_retry', args=[portal.rule.pk])}?code=INVALID_EMAIL" in page
    assert "all is well" not in page


def test_each_cause_has_its_newest_examples_and_the_dismissed_are_counted_apart(portal: Portal) -> None:
    RecordLink.objects.bulk_create(
        RecordLink(
            rule=portal.rule,
            sansan_id=f"{code}-{number}",
            state=LinkState.FAILING,
            reason_code=code,
            failed_hash="h",
            dismissed_hash="h" if number == 4 else "",
        )
        for number in range(5)
        for code in ("INVALID_EMAIL", "NO_NAME", "BLOCKED_EMAIL")[: 1 if number < 3 else 3]
    )
    (health,) = draw_health()
    groups = {group.code: (group.count, [one.sansan_id for one in group.examples]) for group in health.causes.groups}
    assert groups == {
        "INVALID_EMAIL": (4, ["INVALID_EMAIL-3", "INVALID_EMAIL-2", "INVALID_EMAIL-1"]),
        "NO_NAME": (1, ["NO_NAME-3"]),
        "BLOCKED_EMAIL": (1, ["BLOCKED_EMAIL-3"]),
    }
    assert health.causes.dismissed == 3
    assert health.states[LinkState.FAILING].number == 9
    client = sign_in(Rank.OPERATOR)
    page = client.get(f"{reverse('rule_retry', args=[portal.rule.pk])}?code=NO_NAME").content.decode()
    assert "2 records will be read" in " ".join(page.split())
    assert "1 of them was dismissed, and is re-run as well." in " ".join(page.split())


def test_many_causes_and_rules_take_few_queries(
    portal: Portal, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fields = {"sansan_account": portal.rule.sansan_account, "hubspot_account": portal.rule.hubspot_account}
    for name in ("one", "two", "three"):
        rule = SyncRule.objects.create(name=name, **fields)
        for code in FAILURES:
            RecordLink.objects.create(rule=rule, sansan_id=code, state=LinkState.FAILING, reason_code=code)
    with django_assert_max_num_queries(20):
        assert len(draw_health()) == 4


def test_of_very_many_failures_the_newest_are_grouped(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.selectors.causes.MOST_GROUPED", 2)
    for code in ("NO_NAME", "INVALID_EMAIL", "INVALID_EMAIL"):
        number = RecordLink.objects.count()
        RecordLink.objects.create(
            rule=portal.rule, sansan_id=str(number), state=LinkState.FAILING, reason_code=code, failed_hash="h"
        )
    (health,) = draw_health()
    assert [(group.code, group.count) for group in health.causes.groups] == [("INVALID_EMAIL", 2)]
    assert "counted among the newest of them only" in read(sign_in(Rank.VIEWER))


def test_a_count_that_takes_too_long_is_cut(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.selectors.rule_counts.MOST_COUNTED", 2)
    RecordLink.objects.bulk_create(
        RecordLink(rule=portal.rule, sansan_id=str(number), state=LinkState.EXCLUDED) for number in range(3)
    )
    counts = count_states(portal.rule)
    assert {state: str(count) for state, count in counts.items()} == {
        "in_sync": "0",
        "failing": "0",
        "excluded": "2+",
        "review": "0",
    }


def test_the_standing_is_what_matters_most(portal: Portal) -> None:
    client = sign_in(Rank.VIEWER)
    portal.change_rule(enabled=False)
    assert "paused" in read(client)
    portal.change_rule(enabled=True, next_run_at=timezone.now())
    assert "has not run yet" in read(client)
    portal.run_well()
    assert "all is well" in read(client)
    portal.change_rule(next_run_at=timezone.now() - timedelta(hours=1))
    page = read(client)
    assert "behind schedule" in page
    assert "due now" in page
    run = request_run(portal.rule)
    assert "running now" in read(client)
    SyncRun.objects.filter(pk=run.pk).update(status="failed", error_code="CREDENTIALS_REFUSED")
    page = read(client)
    assert "the last run failed" in page
    assert "The key or token was refused" in page
    assert reverse("account_detail", args=[portal.rule.sansan_account_id]) in page


def test_a_preview_is_no_run_of_the_rule(portal: Portal) -> None:
    portal.run(dry_run=True)
    portal.change_rule(enabled=True, next_run_at=timezone.now())
    assert "has not run yet" in read(sign_in(Rank.VIEWER))


def test_neither_is_the_preview_of_an_undo(portal: Portal) -> None:
    run = portal.run_well()
    portal.undo(run, dry_run=True)
    assert draw_health()[0].last_run == run


def test_a_disconnected_account_is_led_to(portal: Portal) -> None:
    account = portal.rule.hubspot_account
    account.credentials = {}
    account.save()
    run = portal.run()
    assert run.error_code == "ACCOUNT_DISCONNECTED"
    page = read(sign_in(Rank.VIEWER))
    assert "An account is disconnected" in page
    assert reverse("account_detail", args=[account.pk]) in page
    assert reverse("account_detail", args=[portal.rule.sansan_account_id]) not in page


def test_an_open_set_up_is_shown_instead_of_its_rule(portal: Portal) -> None:
    setup = RuleSetup.objects.create(started_by="mihon", rule=portal.rule, step="mapping")
    page = read(sign_in(Rank.ADMINISTRATOR))
    assert "waits at the step “Field mapping”" in page
    assert reverse("setup_step", args=[setup.pk, "mapping"]) in page
    assert reverse("rule_detail", args=[portal.rule.pk]) not in page


def test_run_now_twice_runs_once(portal: Portal, queued: list[Message]) -> None:
    client = sign_in(Rank.OPERATOR)
    first, second = (client.post(reverse("run_start", args=[portal.rule.pk])) for _ in range(2))
    run = SyncRun.objects.get()
    assert first["Location"] == second["Location"] == reverse("run_detail", args=[run.pk])
    assert run.requested_by == "operator"
    assert len(queued) == 1


def test_a_direction_that_cannot_run_is_refused_in_words(portal: Portal, queued: list[Message]) -> None:
    portal.change_rule(direction="two_way", enabled=False)
    client = sign_in(Rank.OPERATOR)
    for name in ("run_start", "rule_resume"):
        answer = client.post(reverse(name, args=[portal.rule.pk]), follow=True)
        assert "can be kept, but not run yet" in str([str(message) for message in answer.context["messages"]])
    assert not SyncRun.objects.exists()
    assert not SyncRule.objects.get().enabled


def test_pause_and_resume(portal: Portal) -> None:
    client = sign_in(Rank.OPERATOR)
    client.post(reverse("rule_resume", args=[portal.rule.pk]))
    assert SyncRule.objects.get().enabled
    client.post(reverse("rule_pause", args=[portal.rule.pk]))
    assert not SyncRule.objects.get().enabled


def test_a_group_is_re_run_after_its_count_was_said(portal: Portal, queued: list[Message]) -> None:
    card = portal.sandbox.sansan.add_card(lastName="見本", email="taro@@sample.example")
    portal.run_well()
    client = sign_in(Rank.OPERATOR)
    address = f"{reverse('rule_retry', args=[portal.rule.pk])}?code=INVALID_EMAIL"
    assert "1 record will be read from Sansan again" in " ".join(client.get(address).content.decode().split())
    portal.sandbox.sansan.edit_card(card, email="taro@sample.example")
    client.post(address, {"code": "INVALID_EMAIL"})
    run = SyncRun.objects.get(kind=RunKind.RETRY)
    execute_run(run.pk)
    assert portal.link(card).state == LinkState.IN_SYNC
    assert "Nothing fails any more." in client.get(address).content.decode()
    assert RecordLink.objects.count() == 1
