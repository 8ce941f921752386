"""The set-up of a rule, from the first key to the end of the first sync."""

import pytest
from django.test import Client
from django.urls import reverse

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.models import RuleSetup, RunKind, RunStatus, SettingChange, SyncRule, SyncRun
from sync.services.connections import open_hubspot
from sync.services.execution import execute_run
from tests.people import Rank, make_user
from tests.portal import Portal, assert_consistent
from tests.sync.views.setup_walk import CHOSEN_TAG, SetupWalk


@pytest.fixture
def walk(db: None, services: Sandbox, queued: list[object]) -> SetupWalk:
    tag = services.sansan.add_tag(CHOSEN_TAG, "public")
    assert tag
    services.sansan.add_card(lastName="見本", firstName="太郎", email="taro@sample.example", tags=[CHOSEN_TAG])
    services.sansan.add_card(lastName="見本", firstName="花子", email="hanako@sample.example")
    services.sansan.add_card(lastName="見本", firstName="次郎")
    return SetupWalk(services)


def list_own_properties(setup: RuleSetup) -> set[str]:
    assert setup.hubspot_account is not None
    return {one.name for one in open_hubspot(setup.hubspot_account).properties()} & SANSAN_PROPERTIES.keys()


def read_rule(walk: SetupWalk) -> SyncRule:
    rule = walk.setup.rule
    assert rule is not None
    return rule


def test_the_whole_way_to_a_finished_first_sync(walk: SetupWalk, services: Sandbox, queued: list[object]) -> None:
    walk.connect_sansan()
    walk.send("save")
    tag_id = next(tag["id"] for tag in services.sansan.tags() if tag["name"] == CHOSEN_TAG)
    walk.send("save", scope="some", tags=[tag_id])
    walk.connect_hubspot()
    walk.send("save")
    assert walk.step == "direction"
    assert "disabled" in walk.text.split('value="two_way"')[1].split(">")[0]
    for step in ("direction", "mapping", "limits"):
        assert walk.step == step
        walk.send("save")
    assert (queued, services.hubspot.written) == ([], [])
    walk.send("preview", sample="")
    preview = SyncRun.objects.get()
    assert (preview.kind, len(queued)) == (RunKind.PREVIEW, 1)
    execute_run(preview.pk)
    walk.open("preview")
    assert reverse("run_detail", args=(preview.pk,)) in walk.text
    assert (services.hubspot.written, list_own_properties(walk.setup)) == ([], set())
    walk.send("save")
    assert walk.step == "review"
    assert "sansan_card_id" in walk.text
    walk.send("finish", name="名刺からコンタクトへ", interval_minutes="15")
    run = SyncRun.objects.exclude(pk=preview.pk).get()
    assert walk.address == reverse("run_detail", args=(run.pk,))
    assert (run.kind, run.requested_by, len(queued)) == (RunKind.INITIAL, "administrator", 2)
    run = execute_run(run.pk)
    assert (run.status, run.created, run.excluded) == (RunStatus.SUCCEEDED, 2, 1)
    rule = read_rule(walk)
    assert (rule.name, rule.interval_minutes, rule.enabled) == ("名刺からコンタクトへ", 15, True)
    assert [tag.name for tag in rule.tags.all()] == [CHOSEN_TAG]
    assert_consistent(Portal(services, rule))
    contacts = {contact["email"]: contact["sansan_tags"] for contact in services.hubspot.contacts()}
    assert contacts["taro@sample.example"] == tag_id


def test_pressing_save_and_sync_twice_runs_once(walk: SetupWalk, services: Sandbox) -> None:
    walk.walk_to_review()
    form = {**walk.values, "action": "finish"}
    answers = [walk.client.post(walk.address, form) for _press in range(2)]
    run = SyncRun.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("run_detail", args=(run.pk,))}
    execute_run(run.pk)
    assert walk.client.post(walk.address, form)["Location"] == answers[0]["Location"]
    assert (SyncRule.objects.count(), SyncRun.objects.count()) == (1, 1)
    assert len(services.hubspot.contacts()) == 2


def test_nothing_runs_and_nothing_is_written_before_the_last_step(
    walk: SetupWalk, services: Sandbox, queued: list[object]
) -> None:
    walk.walk_to_review()
    assert (SyncRun.objects.count(), queued, services.hubspot.written) == (0, [], [])
    assert list_own_properties(walk.setup) == set()
    assert not read_rule(walk).enabled


def test_another_administrator_takes_it_up_where_it_was_left(walk: SetupWalk) -> None:
    walk.walk_to_mapping()
    user = make_user(Rank.VIEWER)
    user.groups.set(type(user).objects.get(username="administrator").groups.all())
    other = Client()
    other.force_login(user)
    address = reverse("setup_step", args=(walk.setup.pk, "mapping"))
    assert address in other.get(reverse("setup_start")).content.decode()
    assert other.get(address).status_code == 200
    assert RuleSetup.objects.count() == 1


def test_going_back_keeps_what_was_done_since(walk: SetupWalk, services: Sandbox) -> None:
    walk.walk_to_review()
    rule = read_rule(walk)
    walk.open("tags")
    walk.send("save", scope="all", only_with_these="on")
    assert walk.setup.rule == rule
    assert read_rule(walk).only_with_these_tags
    walk.open("review")
    assert walk.step == "review"
    walk.open("limits")
    walk.send("save", only_with_email=None)
    assert not read_rule(walk).only_with_email


def test_steps_are_not_skipped(walk: SetupWalk) -> None:
    for step in ("tags", "mapping", "review"):
        walk.open(step)
        assert walk.step == "sansan"
    walk.connect_sansan()
    walk.open("review")
    assert walk.step in ("sansan", "tags")
    assert walk.client.get(reverse("setup_step", args=(walk.setup.pk, "nonsense"))).status_code == 404


def test_a_direction_that_cannot_run_is_refused(walk: SetupWalk) -> None:
    walk.walk_to_mapping()
    walk.open("direction")
    walk.send("save", direction="two_way")
    assert "This direction can&#x27;t run yet." in walk.text
    assert read_rule(walk).direction == "sansan_to_hubspot"


def test_a_name_that_is_taken_is_refused(walk: SetupWalk, portal: Portal) -> None:
    walk.walk_to_review()
    walk.send("finish", name=portal.rule.name)
    assert walk.step == "review"
    assert not SyncRun.objects.exists()
    walk.send("finish", name="another name")
    assert SyncRun.objects.get().rule == read_rule(walk)


def test_a_preview_under_way_is_named_when_one_would_finish(walk: SetupWalk) -> None:
    walk.walk_to_review()
    walk.open("preview")
    walk.send("preview", sample="50")
    walk.open("review")
    walk.send("finish")
    assert "Wait for its end or cancel it, then save and sync." in walk.text
    assert not read_rule(walk).enabled
    assert walk.setup.finished_at is None


def test_a_key_revoked_meanwhile_stops_the_last_step(walk: SetupWalk, services: Sandbox) -> None:
    walk.walk_to_review()
    services.hubspot.revoke_credentials()
    walk.send("finish")
    assert "HubSpot does not accept the token" in walk.text
    assert not read_rule(walk).enabled
    assert not SyncRun.objects.exists()


def test_a_set_up_is_dropped_with_its_rule(walk: SetupWalk) -> None:
    walk.walk_to_review()
    pk = walk.setup.pk
    for _press in range(2):
        walk.client.post(reverse("setup_discard", args=(pk,)))
    assert not RuleSetup.objects.exists()
    assert not SyncRule.objects.exists()
    assert SettingChange.objects.order_by("-pk")[0].changes[0]["setting"] == "rule"


def test_starting_twice_makes_one_set_up(walk: SetupWalk) -> None:
    walk.start()
    walk.start()
    assert RuleSetup.objects.count() == 1


@pytest.mark.parametrize("rank", [Rank.VIEWER, Rank.OPERATOR], ids=lambda rank: rank.name)
def test_others_are_refused(walk: SetupWalk, rank: Rank) -> None:
    client = Client()
    client.force_login(make_user(rank))
    step = reverse("setup_step", args=(walk.setup.pk, "sansan"))
    for address in (reverse("setup_start"), step):
        assert client.get(address).status_code == 403
        assert client.post(address, {"action": "save"}).status_code == 403
    assert client.post(reverse("setup_discard", args=(walk.setup.pk,))).status_code == 403
    assert RuleSetup.objects.count() == 1
