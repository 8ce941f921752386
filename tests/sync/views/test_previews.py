"""A preview in the portal: started by a form, read as what would happen, run for real while it still holds."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sync.models import RecordLink, RuleSetup, RunKind, RunStatus, SyncRun
from sync.services.execution import execute_run
from sync.services.rule_editing.settings import save_settings
from sync.services.runs import request_run
from tests.people import Rank
from tests.portal import Portal
from tests.sync.views.run_pages import make_run, read_page, sign_in


@pytest.fixture
def operator() -> Client:
    return sign_in(Rank.OPERATOR)


@pytest.fixture
def card(portal: Portal) -> str:
    return portal.sandbox.sansan.add_card(lastName="見本", firstName="太郎", email="taro@sample.example", title="係長")


def start(client: Client, portal: Portal, **fields: object) -> SyncRun:
    answer = client.post(reverse("preview_start", args=[portal.rule.pk]), fields)
    assert answer.status_code == 302
    run = SyncRun.objects.latest("pk")
    assert answer["Location"] == reverse("run_detail", args=[run.pk])
    return run


@pytest.mark.usefixtures("db")
def test_a_preview_is_read_and_then_run_for_real(portal: Portal, operator: Client, card: str, queued: list) -> None:
    run = start(operator, portal)
    assert (run.kind, run.dry_run, run.reads_everything, run.selection) == ("preview", True, True, {})
    assert run.requested_by == "operator"
    assert [message.args for message in queued] == [(run.pk,)]
    execute_run(run.pk)
    page = read_page(operator, "run_detail", run.pk)
    assert "would be created" in page
    assert '<ins class="new">taro@sample.example</ins>' in page
    assert (portal.sandbox.hubspot.written, RecordLink.objects.count()) == ([], 0)

    execute_run(request_run(portal.rule).pk)
    portal.sandbox.sansan.edit_card(card, title="課長")
    run = start(operator, portal)
    execute_run(run.pk)
    page = read_page(operator, "run_detail", run.pk, query="?action=update")
    assert '<del class="old">係長</del>' in page
    assert '<ins class="new">課長</ins>' in page


def test_a_sample_is_asked_for_by_its_size(portal: Portal, operator: Client, queued: list) -> None:
    run = start(operator, portal, sample=100)
    assert run.selection == {"sample": 100}
    assert "at most the 100 cards" in read_page(operator, "run_detail", run.pk)


def test_a_size_that_is_not_offered_is_refused(portal: Portal, operator: Client) -> None:
    address = reverse("preview_start", args=[portal.rule.pk])
    assert "A sample: the 50 cards changed last" in operator.get(address).content.decode()
    answer = operator.post(address, {"sample": "7"})
    assert "Choose all cards, or one of the samples." in answer.content.decode()
    assert not SyncRun.objects.exists()


def test_a_double_click_starts_one_preview(portal: Portal, operator: Client, queued: list) -> None:
    first = start(operator, portal)
    assert start(operator, portal) == first
    assert len(queued) == 1


def test_a_run_in_the_way_is_shown(portal: Portal, operator: Client, queued: list) -> None:
    run = request_run(portal.rule)
    answer = operator.post(reverse("preview_start", args=[portal.rule.pk]), follow=True)
    assert "No preview was started: this run of the rule is under way." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("run_detail", args=[run.pk])
    assert queued == []


def test_viewers_start_none(portal: Portal) -> None:
    assert sign_in().post(reverse("preview_start", args=[portal.rule.pk])).status_code == 403
    assert not SyncRun.objects.exists()


def make_preview(portal: Portal, **fields: object) -> SyncRun:
    times = {"started_at": timezone.now() - timedelta(minutes=2), "finished_at": timezone.now()}
    return make_run(portal, kind=RunKind.PREVIEW, dry_run=True, **{**times, **fields})


def test_only_a_preview_that_still_holds_is_run_for_real(portal: Portal, operator: Client) -> None:
    fresh = make_preview(portal)
    assert "Run for real" in read_page(operator, "run_detail", fresh.pk)
    old = make_preview(portal, finished_at=timezone.now() - timedelta(hours=25))
    assert "more than a day old" in read_page(operator, "run_detail", old.pk)
    failed = make_preview(portal, status=RunStatus.CANCELLED)
    assert "Run for real" not in read_page(operator, "run_detail", failed.pk)
    values = {"overlap_minutes": 30}
    save_settings(portal.rule.pk, values, by="administrator", revision=portal.rule.revision)
    page = read_page(operator, "run_detail", fresh.pk)
    assert "settings have changed since this preview" in page
    assert "Run for real" not in page


def test_a_rule_that_is_being_set_up_leads_back_to_its_set_up(portal: Portal) -> None:
    setup = RuleSetup.objects.create(rule=portal.rule)
    page = read_page(sign_in(Rank.ADMINISTRATOR), "run_detail", make_preview(portal).pk)
    assert "is still being set up" in page
    assert reverse("setup_step", args=[setup.pk, "preview"]) in page
    assert "Run for real" not in page


def test_viewers_run_none_for_real(portal: Portal) -> None:
    assert "Run for real" not in read_page(sign_in(), "run_detail", make_preview(portal).pk)
