"""What a set-up says to bad keys, to people who meet in it, and to those who leave it or may not be there."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import translation

from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RuleSetup, SettingChange, SyncRule, SyncRun
from sync.roles import ADMINISTRATOR
from sync.services.connections import open_hubspot
from tests.people import Rank, make_user
from tests.sync.views.rule_forms import Editor
from tests.sync.views.set_up import Walk, work_off


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=3, plain=True) as running:
        yield running


@pytest.fixture
def walk(db: None, services: Sandbox, queued: list[object]) -> Iterator[Walk]:
    yield Walk(services)
    translation.deactivate()  # a page leaves the thread speaking its language


def test_a_wrong_key_is_not_stored_and_the_rest_is_kept(walk: Walk) -> None:
    page = walk.send("sansan", "enter", name="Sansan 本社", sansan_api_key="a-wrong-key")
    assert "Sansan does not accept the API key" in page.text
    assert "administrator settings" in page.text
    assert 'value="Sansan 本社"' in page.text
    assert "a-wrong-key" not in page.text
    assert not ConnectedAccount.objects.exists()
    assert walk.client.get(walk.locate("tags"))["Location"] == walk.locate("sansan")


def test_a_key_that_sees_no_tag_says_so(walk: Walk) -> None:
    for tag in walk.sandbox.sansan.tags():
        walk.sandbox.sansan.remove_tag(tag["name"])
    key = walk.sandbox.sansan.add_key("見本 花子", sees_all=False)
    page = walk.send("sansan", "enter", name="Sansan 本社", sansan_api_key=key)
    assert "見本 花子" in page.text
    assert "sees no public or shared tag" in page.text
    assert "administrator" in page.text


def test_a_token_without_a_scope_goes_no_further_until_it_has_it(walk: Walk) -> None:
    scope = "crm.schemas.contacts.write"
    walk.sandbox.hubspot.remove_scope(scope)
    walk.enter_keys()
    page = walk.open("hubspot")
    assert f"lacks {scope}" in page.text
    page.send("save")
    assert page.answer.redirect_chain[-1][0] == walk.locate("hubspot")
    assert walk.client.get(walk.locate("direction"))["Location"] == walk.locate("hubspot")
    walk.sandbox.hubspot.restore_credentials()
    page.send("save")
    assert page.answer.redirect_chain[-1][0].startswith(walk.locate("direction"))


def test_a_scope_that_is_lost_before_the_end_stops_the_end(walk: Walk) -> None:
    walk.reach_review()
    walk.sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    page = walk.send("review", "finish", name="名刺", interval_minutes="7")
    assert "lacks crm.schemas.contacts.write" in page.text
    assert page.values["name"] == ["名刺"]
    assert not SyncRun.objects.exists()
    assert not SyncRule.objects.get().enabled
    assert walk.reload().finished_at is None


def test_a_revoked_key_is_told_when_its_account_is_taken(walk: Walk) -> None:
    walk.enter_keys()
    walk.sandbox.sansan.revoke_credentials()
    account = ConnectedAccount.objects.get(provider="sansan")
    RuleSetup.objects.filter(pk=walk.setup.pk).update(sansan_account=None)
    page = walk.send("sansan", "choose", account=str(account.pk))
    assert "Sansan does not accept the API key" in page.text
    assert walk.reload().sansan_account is None


def test_a_token_of_another_portal_than_the_links_is_refused(walk: Walk) -> None:
    walk.reach_review()
    walk.send("review", "finish")
    work_off()
    old = walk.sandbox.hubspot.portal_id
    walk.sandbox.hubspot.portal_id = 62_599_999
    walk.client.post(reverse("setup_start"))
    walk.setup = RuleSetup.objects.get(finished_at=None)
    for provider in ("sansan", "hubspot"):
        account = ConnectedAccount.objects.get(provider=provider)
        page = walk.send(provider, "choose", account=str(account.pk))
        walk.send(provider, "save")
        walk.send("tags", "save")
    assert f"linked with portal {old}" in page.text
    assert "62599999" in page.text
    assert walk.reload().hubspot_account is None


def test_nothing_is_made_in_hubspot_before_the_last_step(walk: Walk) -> None:
    walk.reach_review()
    account = ConnectedAccount.objects.get(provider="hubspot")
    before = {one.name for one in open_hubspot(account).properties()}
    assert not {name for name in before if name.startswith("sansan_")}
    assert "<code>sansan_card_id</code>" in walk.open("review").text
    walk.send("review", "finish")
    assert "sansan_card_id" in {one.name for one in open_hubspot(account).properties()}


def test_a_direction_that_cannot_run_is_refused(walk: Walk) -> None:
    walk.enter_keys()
    page = walk.send("direction", "save", direction="two_way")
    assert "can&#x27;t run yet" in page.text
    assert SyncRule.objects.get().direction == "sansan_to_hubspot"
    assert walk.reload().step == "direction"


def test_the_end_waits_for_a_preview_that_is_under_way(walk: Walk) -> None:
    walk.reach_review()
    walk.send("preview", "start")
    page = walk.send("review", "finish")
    assert "is under way" in page.text
    assert not SyncRule.objects.get().enabled
    work_off()
    walk.send("review", "finish")
    assert SyncRule.objects.get().enabled


def test_another_name_is_asked_for_when_it_is_taken(walk: Walk) -> None:
    walk.reach_review()
    rule = SyncRule.objects.get()
    SyncRule.objects.create(name="名刺", sansan_account=rule.sansan_account, hubspot_account=rule.hubspot_account)
    page = walk.send("review", "finish", name="名刺")
    assert "already exists" in page.text
    assert not SyncRun.objects.exists()


def test_whoever_left_goes_on_where_it_stopped_and_so_does_a_colleague(walk: Walk) -> None:
    walk.enter_keys()
    walk.send("direction", "save")
    colleague = Client()
    user = make_user(Rank.OPERATOR)
    user.groups.set(Group.objects.filter(name=ADMINISTRATOR))
    colleague.force_login(user)
    start = colleague.get(reverse("setup_start")).content.decode()
    assert walk.locate("mapping") in start
    page = Editor(colleague, walk.locate("mapping"))
    page.send("save")
    assert page.answer.redirect_chain[-1][0].startswith(walk.locate("limits"))
    assert set(SettingChange.objects.values_list("changed_by", flat=True)) == {"administrator"}
    # Going back to an earlier step takes nothing away.
    walk.send("tags", "save")
    assert walk.reload().step == "limits"


def test_two_people_in_one_step_lose_nothing(walk: Walk) -> None:
    walk.enter_keys()
    walk.send("direction", "save")
    mine = walk.open("mapping")
    name = next(key for key in mine.values if key.endswith("-write"))
    walk.send("mapping", "save", **{name: "if_empty"})
    mine.send("save", **{name: "never"})
    assert mine.answer.status_code == 409
    assert "Somebody else changed this rule meanwhile" in mine.text
    assert mine.values[name] == ["never"]
    assert "Save over the other changes" in mine.text


def test_a_rule_that_changed_since_the_review_is_to_be_looked_at_again(walk: Walk) -> None:
    walk.reach_review()
    page = walk.open("review")
    walk.send("limits", "save", only_with_email=None)
    page.send("finish")
    assert page.answer.status_code == 409
    assert not SyncRun.objects.exists()
    page.send("finish")
    assert SyncRun.objects.count() == 1


def test_an_expired_session_leads_back_to_the_step(walk: Walk) -> None:
    walk.enter_keys()
    walk.client.logout()
    answer = walk.client.post(walk.locate("tags"), {"action": "save"})
    assert answer["Location"] == f"{reverse('login')}?next={walk.locate('tags')}"


def test_dropping_a_set_up_takes_its_rule_but_no_account(walk: Walk) -> None:
    walk.enter_keys()
    for _press in range(2):
        assert walk.client.post(reverse("setup_discard", args=[walk.setup.pk])).status_code == 302
    assert not RuleSetup.objects.exists()
    assert not SyncRule.objects.exists()
    assert ConnectedAccount.objects.count() == 2


def test_dropping_a_set_up_keeps_what_its_previews_told(walk: Walk) -> None:
    walk.reach_review()
    walk.send("preview", "start")
    work_off()
    walk.send("preview", "start")
    walk.client.post(reverse("setup_discard", args=[walk.setup.pk]))
    assert not SyncRule.objects.exists()
    assert [run.status for run in SyncRun.objects.order_by("pk")] == ["succeeded", "cancelled"]


def test_a_finished_set_up_is_not_dropped(walk: Walk) -> None:
    walk.reach_review()
    walk.send("review", "finish")
    walk.client.post(reverse("setup_discard", args=[walk.setup.pk]))
    assert SyncRule.objects.count() == RuleSetup.objects.count() == 1


def test_another_account_can_be_taken_as_long_as_nothing_ran(walk: Walk) -> None:
    walk.enter_keys()
    key = walk.sandbox.sansan.add_key("見本 花子")
    walk.send("sansan", "enter", name="Sansan 支社", sansan_api_key=key)
    rule = SyncRule.objects.get()
    assert rule.sansan_account.name == "Sansan 支社"
    SyncRule.objects.filter(pk=rule.pk).update(enabled=False)
    rule.links.create(sansan_id="card-1", hubspot_id="1", state="in_sync")
    first = ConnectedAccount.objects.get(name="Sansan 本社")
    page = walk.send("sansan", "choose", account=str(first.pk))
    assert "has run already" in page.text
    rule.refresh_from_db()
    assert rule.sansan_account.name == "Sansan 支社"


@pytest.mark.parametrize("rank", [Rank.VIEWER, Rank.OPERATOR])
def test_only_administrators_set_up(walk: Walk, rank: Rank) -> None:
    walk.enter_keys()
    client = Client()
    client.force_login(make_user(rank))
    assert client.get(reverse("setup_start")).status_code == 403
    assert client.post(reverse("setup_start")).status_code == 403
    assert client.post(reverse("setup_discard", args=[walk.setup.pk])).status_code == 403
    for step in ("sansan", "tags", "hubspot", "direction", "mapping", "limits", "preview", "review"):
        assert client.get(walk.locate(step)).status_code == 403
        assert client.post(walk.locate(step), {"action": "save"}).status_code == 403
    assert walk.reload().step == "direction"


def test_a_replaced_key_leads_back_to_the_step_and_nowhere_else(walk: Walk) -> None:
    walk.enter_keys()
    account = ConnectedAccount.objects.get(provider="sansan")
    step, page = walk.locate("sansan"), reverse("account_key", args=[account.pk])
    assert f"{page}?next={step}" in walk.open("sansan").text
    entered = {"name": account.name, "sansan_api_key": walk.sandbox.sansan.add_key("見本 花子")}
    assert walk.client.post(f"{page}?next={step}", entered)["Location"] == step
    assert "見本 花子" in walk.open("sansan").text
    own_page = reverse("account_detail", args=[account.pk])
    assert walk.client.post(f"{page}?next=https://elsewhere.example/", entered)["Location"] == own_page


@pytest.mark.parametrize("way", ["run_start", "rule_resume"])
def test_nobody_starts_a_rule_that_is_still_being_set_up(walk: Walk, way: str) -> None:
    walk.enter_keys()
    rule = SyncRule.objects.get()
    answer = walk.client.post(reverse(way, args=[rule.pk]), follow=True)
    assert "is still being set up" in answer.content.decode()
    rule.refresh_from_db()
    assert not rule.enabled
    assert not SyncRun.objects.exists()
