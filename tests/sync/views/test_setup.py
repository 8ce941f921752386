"""The set-up of a rule, from the first key to the end of the first sync."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RuleSetup, RunKind, RunStatus, SyncRule, SyncRun
from sync.services.connections import open_hubspot
from tests.portal import Portal, assert_consistent
from tests.sync.views.set_up import Walk, work_off

TAG = "展示会2027"


@pytest.fixture
def walk(db: None, services: Sandbox, queued: list[object]) -> Iterator[Walk]:
    services.sansan.add_tag(TAG, "public")
    add = services.sansan.add_card
    add(lastName="見本", firstName="太郎", email="taro@sample.example", tags=[TAG])
    add(lastName="見本", firstName="花子", email="hanako@sample.example")
    add(lastName="見本", firstName="次郎")
    yield Walk(services)
    translation.deactivate()  # a page leaves the thread speaking its language


def list_own_properties() -> set[str]:
    account = ConnectedAccount.objects.get(provider="hubspot")
    return {one.name for one in open_hubspot(account).properties()} & SANSAN_PROPERTIES.keys()


def test_the_whole_way_to_a_finished_first_sync(walk: Walk, services: Sandbox, queued: list[object]) -> None:
    tag_id = next(tag["id"] for tag in services.sansan.tags() if tag["name"] == TAG)
    walk.enter_keys()
    walk.send("tags", "save", scope="some", tags=[tag_id])
    page = walk.open("direction")
    assert "disabled" in page.text.split('value="two_way"')[1].split(">")[0]
    for step, following in (("direction", "mapping"), ("mapping", "limits"), ("limits", "preview")):
        page = walk.send(step, "save")
        assert page.answer.redirect_chain[-1][0].startswith(walk.locate(following))
    assert (queued, services.hubspot.written) == ([], [])

    walk.send("preview", "start", sample="")
    [preview] = work_off()
    assert (preview.kind, preview.seen, preview.created, preview.excluded) == (RunKind.PREVIEW, 3, 2, 1)
    assert reverse("run_detail", args=(preview.pk,)) in walk.open("preview").text
    assert (services.hubspot.written, list_own_properties()) == ([], set())

    walk.send("preview", "save")
    page = walk.send("review", "finish", name="名刺からコンタクトへ", interval_minutes="15")
    run = SyncRun.objects.exclude(pk=preview.pk).get()
    assert page.answer.redirect_chain[-1][0] == reverse("run_detail", args=(run.pk,))
    assert (run.kind, run.requested_by, len(queued)) == (RunKind.INITIAL, "administrator", 2)
    [run] = work_off()
    assert (run.status, run.created, run.excluded) == (RunStatus.SUCCEEDED, 2, 1)
    rule = SyncRule.objects.get()
    assert (rule.name, rule.interval_minutes, rule.enabled) == ("名刺からコンタクトへ", 15, True)
    assert_consistent(Portal(services, rule))
    found = {contact["email"]: contact.get("sansan_tags") for contact in services.hubspot.contacts()}
    assert found == {"taro@sample.example": tag_id, "hanako@sample.example": None}


def test_pressing_save_and_sync_twice_runs_once(walk: Walk, services: Sandbox) -> None:
    walk.reach_review()
    address, form = walk.locate("review"), {**walk.open("review").values, "action": "finish"}
    answers = [walk.client.post(address, form) for _press in range(2)]
    run = SyncRun.objects.get()
    work_off()
    answers.append(walk.client.post(address, form))
    assert {answer["Location"] for answer in answers} == {reverse("run_detail", args=(run.pk,))}
    assert (SyncRule.objects.count(), SyncRun.objects.count()) == (1, 1)
    assert len(services.hubspot.contacts()) == 2
    # Whoever goes back by the browser's button is led to the rule.
    assert walk.client.get(address)["Location"] == reverse("rule_detail", args=(run.rule_id,))


def test_nothing_runs_and_nothing_is_written_before_the_last_step(
    walk: Walk, services: Sandbox, queued: list[object]
) -> None:
    walk.reach_review()
    assert (SyncRun.objects.count(), queued, services.hubspot.written) == (0, [], [])
    assert list_own_properties() == set()
    assert not SyncRule.objects.get().enabled


def test_going_back_keeps_what_was_done_since(walk: Walk) -> None:
    walk.reach_review()
    walk.send("tags", "save", scope="all", only_with_these="on")
    walk.send("limits", "save", only_with_email=None)
    rule = SyncRule.objects.get()
    assert (walk.reload().rule, walk.setup.step) == (rule, "review")
    assert (rule.only_with_these_tags, rule.only_with_email) == (True, False)


def test_steps_are_not_skipped(walk: Walk) -> None:
    for step in ("tags", "mapping", "review"):
        assert walk.client.get(walk.locate(step))["Location"] == walk.locate("sansan")
    assert walk.client.get(walk.locate("nonsense")).status_code == 404


def test_accounts_that_are_there_are_chosen(walk: Walk, portal: Portal) -> None:
    for provider, account in (("sansan", portal.rule.sansan_account), ("hubspot", portal.rule.hubspot_account)):
        walk.send(provider, "choose", account=str(account.pk))
        walk.send(provider, "save")
        walk.send("tags", "save")
    rule = walk.reload().rule
    assert rule is not None
    assert rule != portal.rule
    assert (rule.sansan_account, rule.hubspot_account) == (portal.rule.sansan_account, portal.rule.hubspot_account)
    assert ConnectedAccount.objects.count() == 2


def test_entering_a_key_twice_makes_one_account(walk: Walk, services: Sandbox) -> None:
    entered = {"name": "Sansan", "sansan_api_key": services.sansan.api_key, "action": "enter"}
    for _press in range(2):
        assert walk.client.post(walk.locate("sansan"), entered)["Location"] == walk.locate("sansan")
    assert walk.reload().sansan_account == ConnectedAccount.objects.get()
    assert services.sansan.api_key not in walk.open("sansan").text


def test_a_key_revoked_meanwhile_stops_the_last_step(walk: Walk, services: Sandbox) -> None:
    walk.reach_review()
    services.hubspot.revoke_credentials()
    assert "HubSpot does not accept the token" in walk.send("review", "finish").text
    assert not SyncRule.objects.get().enabled
    assert not SyncRun.objects.exists()


def test_starting_twice_makes_one_set_up(walk: Walk) -> None:
    walk.client.post(reverse("setup_start"))
    assert RuleSetup.objects.count() == 1
