"""Taking a run back in the portal: the preview, what it tells, and the real thing after it."""

import pytest
from django.test import Client
from django.urls import reverse

from sync.models import SyncRun
from sync.services.execution import execute_run
from sync.services.runs import cancel_run
from tests.people import Rank
from tests.portal import Portal
from tests.sync.views.run_pages import read_page, sign_in


@pytest.fixture
def run(portal: Portal, queued: list[object]) -> SyncRun:
    """A run that changed two contacts and created a third; one of the changed ones was edited since."""
    add = portal.sandbox.sansan.add_card
    cards = [
        add(lastName="見本", firstName=name, email=f"{name}@sample.example", title="課長") for name in ("ichi", "ni")
    ]
    portal.run_well()
    for card_id in cards:
        portal.sandbox.sansan.edit_card(card_id, title="部長")
    add(lastName="見本", firstName="san", email="san@sample.example")
    changed = portal.run_well()
    portal.sandbox.hubspot.edit_contact(portal.link(cards[0]).hubspot_id, jobtitle="<b>社長")
    return changed


@pytest.fixture
def operator(db: None) -> Client:
    return sign_in(Rank.OPERATOR)


def send(client: Client, run: SyncRun, step: str) -> str:
    """The address that the form leads to."""
    answer = client.post(reverse("run_undo", args=[run.pk]), {"step": step})
    assert answer.status_code == 302
    return answer["Location"]


def list_undos(run: SyncRun, **conditions: object) -> list[SyncRun]:
    return list(SyncRun.objects.filter(undoes=run, **conditions).order_by("pk"))


def preview(client: Client, run: SyncRun) -> None:
    assert send(client, run, "preview") == reverse("run_undo", args=[run.pk])
    execute_run(list_undos(run, dry_run=True)[-1].pk)


def test_a_preview_is_started_once_and_followed(operator: Client, run: SyncRun, queued: list[object]) -> None:
    assert "Show what would be taken back" in read_page(operator, "run_undo", run.pk)
    for _time in range(2):
        assert send(operator, run, "preview") == reverse("run_undo", args=[run.pk])
    [undo] = list_undos(run)
    assert (undo.dry_run, undo.requested_by, len(queued)) == (True, "operator", 1)
    page = read_page(operator, "run_undo", run.pk)
    assert 'hx-trigger="every 2s"' in page
    assert "Take it back" not in page


def test_the_preview_tells_what_would_be_archived_put_back_and_left(operator: Client, run: SyncRun) -> None:
    preview(operator, run)
    page = read_page(operator, "run_undo", run.pk)
    assert 'hx-trigger="every 2s"' not in page
    assert "would be archived" in page
    assert '<del class="old">部長</del> →\n' in page
    assert '<ins class="new">課長</ins>' in page
    assert '<ins class="new">&lt;b&gt;社長</ins>' in page
    archived = read_page(operator, "run_undo", run.pk, query="?show=archive")
    assert ("見本 san" in archived, "見本 ni" in archived) == (True, False)


def test_taking_back_needs_the_preview_and_happens_once(
    operator: Client, run: SyncRun, portal: Portal, queued: list[object]
) -> None:
    assert send(operator, run, "undo") == reverse("run_undo", args=[run.pk])
    assert list_undos(run, dry_run=False) == []
    preview(operator, run)
    address = send(operator, run, "undo")
    assert send(operator, run, "undo") == address
    [undo] = list_undos(run, dry_run=False)
    assert address == reverse("run_detail", args=[undo.pk])
    assert "is being taken back" in read_page(operator, "run_undo", run.pk)
    done = execute_run(undo.pk)
    assert (done.archived, done.updated, done.excluded, done.requested_by) == (1, 1, 1, "operator")
    assert send(operator, run, "undo") == address
    assert len(list_undos(run, dry_run=False)) == 1
    assert "taken back already" in read_page(operator, "run_undo", run.pk)
    assert "put back" in read_page(operator, "run_detail", undo.pk)


def test_the_page_of_a_run_offers_its_undo(operator: Client, run: SyncRun) -> None:
    address = reverse("run_undo", args=[run.pk])
    assert f'action="{address}"' in read_page(operator, "run_detail", run.pk)
    assert address not in read_page(sign_in(), "run_detail", run.pk)
    preview(operator, run)
    [looked] = list_undos(run)
    assert reverse("run_undo", args=[looked.pk]) not in read_page(operator, "run_detail", looked.pk)


def test_an_undo_that_was_cancelled_can_be_started_again(operator: Client, run: SyncRun) -> None:
    preview(operator, run)
    send(operator, run, "undo")
    cancel_run(list_undos(run, dry_run=False)[0].pk, by="operator")
    assert "was not taken back to the end" in read_page(operator, "run_undo", run.pk)
    preview(operator, run)
    send(operator, run, "undo")
    assert [undo.status for undo in list_undos(run, dry_run=False)] == ["cancelled", "queued"]


def test_nothing_to_take_back_is_said(operator: Client, run: SyncRun, portal: Portal) -> None:
    portal.undo(run)
    preview(operator, run)
    page = read_page(operator, "run_undo", run.pk)
    assert "There is nothing to take back" in page
    assert "Take it back" not in page


def test_what_cannot_be_taken_back_is_refused_in_words(operator: Client, run: SyncRun, portal: Portal) -> None:
    undo = portal.undo(run)
    assert "is an undo itself" in read_page(operator, "run_undo", undo.pk)
    assert send(operator, undo, "preview") == reverse("run_undo", args=[undo.pk])
    assert list_undos(undo) == []


def test_an_undo_waits_for_a_run_that_is_under_way(operator: Client, run: SyncRun, portal: Portal) -> None:
    active = SyncRun.objects.create(rule=portal.rule, rule_name=portal.rule.name, kind="incremental")
    answer = operator.post(reverse("run_undo", args=[run.pk]), {"step": "preview"}, follow=True)
    assert f"Run #{active.pk} of this rule is under way" in answer.content.decode()
    assert list_undos(run) == []
