"""The list of rules, the page of each, its settings; and two people at one rule."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sync.models import ChangeSource, LinkState, RecordLink, SettingChange, SyncRule
from sync.services.rule_editing.settings import save_settings
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.views.rule_forms import Editor

EDITORS = ("rule_tags", "rule_mapping", "rule_filters", "rule_settings")


def sign_in(rank: Rank) -> Client:
    client = Client()
    client.force_login(make_user(rank))
    return client


def open_page(client: Client, name: str, portal: Portal, **headers: str) -> str:
    answer = client.get(reverse(name, args=(portal.rule.pk,)), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_rules_the_list_says_what_to_do(db: None) -> None:
    assert "There is no sync rule yet." in sign_in(Rank.VIEWER).get(reverse("rule_list")).content.decode()


def test_a_rule_says_what_it_does_and_leads_on(portal: Portal) -> None:
    portal.add_filter("companyName", "contains", "<b>株式会社")
    RecordLink.objects.create(rule=portal.rule, sansan_id="c1", state=LinkState.FAILING)
    client = sign_in(Rank.VIEWER)
    for page in (client.get(reverse("rule_list")).content.decode(), open_page(client, "rule_detail", portal)):
        assert "Makes and updates contacts in HubSpot from the business cards in Sansan HQ (every 10 minutes)." in page
        assert "Only what meets the condition." in page
        assert f'{reverse("record_list")}?rule={portal.rule.pk}&amp;state=failing"' in page
    assert "Sansan: Company contains “&lt;b&gt;株式会社”" in page
    for name in EDITORS:
        assert reverse(name, args=(portal.rule.pk,)) in page


def test_an_unreadable_key_hides_no_page(portal: Portal) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_connectedaccount SET credentials = 'not for any key'")
    client = sign_in(Rank.OPERATOR)
    for name in ("rule_detail", *EDITORS):
        open_page(client, name, portal)
    assert "Stored credentials cannot be decrypted" in open_page(client, "rule_mapping", portal)


@pytest.mark.parametrize("name", EDITORS)
def test_viewers_look_and_send_nothing(portal: Portal, name: str) -> None:
    client = sign_in(Rank.VIEWER)
    page = open_page(client, name, portal)
    assert "your role does not allow you to change it" in page
    assert 'value="save"' not in page
    assert client.post(reverse(name, args=(portal.rule.pk,)), {"action": "save"}).status_code == 403
    assert not SettingChange.objects.exists()


def test_settings_are_changed(portal: Portal) -> None:
    editor = Editor(sign_in(Rank.OPERATOR), reverse("rule_settings", args=(portal.rule.pk,)))
    editor.send("save", name="名刺の同期", interval_minutes="5", matching=["email"], only_with_email=None)
    assert editor.is_saved
    rule = SyncRule.objects.get(pk=portal.rule.pk)
    assert (rule.name, rule.interval_minutes, rule.matching, rule.only_with_email) == (
        "名刺の同期",
        5,
        ["email"],
        False,
    )
    page = open_page(editor.client, "rule_detail", portal)
    assert "Name: “cards-to-contacts” became “名刺の同期”" in page


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "taken"}, "Sync rule with this Name already exists."),
        ({"interval_minutes": "0"}, "greater than or equal to 1"),
        ({"overlap_minutes": "600000"}, "less than or equal to 527040"),
        ({"matching": None}, "Choose at least one way to find the contact."),
        ({"direction": "two_way"}, "can be kept, but not run yet. Pause the rule first"),
    ],
)
def test_settings_that_cannot_be_are_refused(portal: Portal, changes: dict[str, str], complaint: str) -> None:
    rule = portal.rule
    SyncRule.objects.create(name="taken", sansan_account=rule.sansan_account, hubspot_account=rule.hubspot_account)
    editor = Editor(sign_in(Rank.OPERATOR), reverse("rule_settings", args=(rule.pk,)))
    editor.send("save", **changes)
    assert complaint in editor.text
    assert not SettingChange.objects.exists()


def test_a_paused_rule_may_have_any_direction(portal: Portal) -> None:
    portal.change_rule(enabled=False)
    editor = Editor(sign_in(Rank.OPERATOR), reverse("rule_settings", args=(portal.rule.pk,)))
    editor.send("save", direction="two_way")
    assert editor.is_saved


def test_only_settings_are_saved_as_such(portal: Portal) -> None:
    with pytest.raises(ValueError, match="watermark"):
        save_settings(portal.rule.pk, {"watermark": None}, by="somebody")


# Each editor with a change for the first person, and another one for the second.
CHANGES = [
    ("rule_settings", {"interval_minutes": "5"}, {"overlap_minutes": "7"}),
    ("rule_tags", {"only_with_these": "on"}, {"scope": "some"}),
    ("rule_filters", {"only_with_email": None}, {"match": "any"}),
    ("rule_mapping", {"rows-0-write": "if_empty"}, {"rows-1-write": "never"}),
]


@pytest.mark.parametrize(("name", "first_change", "second_change"), CHANGES)
def test_the_second_of_two_people_is_told_and_loses_nothing(
    portal: Portal, name: str, first_change: dict[str, str], second_change: dict[str, str]
) -> None:
    address = reverse(name, args=(portal.rule.pk,))
    first, second = Editor(sign_in(Rank.OPERATOR), address), Editor(sign_in(Rank.ADMINISTRATOR), address)
    first.send("save", **first_change)
    assert first.is_saved
    entered = {**second.values, **{key: [value] for key, value in second_change.items()}}
    second.send("save", **second_change)
    assert second.answer.status_code == 409
    assert "Somebody else changed this rule meanwhile. Nothing was saved." in second.text
    assert "operator, " in second.text
    kept = {
        key: value for key, value in second.values.items() if key not in ("revision", "csrfmiddlewaretoken", "next")
    }
    assert kept.items() <= entered.items()
    assert SettingChange.objects.count() == 1
    second.send("save")
    assert second.is_saved
    assert [change.changed_by for change in SettingChange.objects.all()] == ["administrator", "operator"]


def test_pressing_twice_saves_once(portal: Portal) -> None:
    address = reverse("rule_mapping", args=(portal.rule.pk,))
    editor = Editor(sign_in(Rank.OPERATOR), address)
    again = {**editor.values, "rows-0-write": ["never"], "action": ["save"]}
    for _press in range(2):
        answer = editor.client.post(address, again)
        assert answer.status_code == 302
    change = SettingChange.objects.get()
    assert (change.source, change.rule_revision) == (ChangeSource.PORTAL, 1)


def test_pages_speak_japanese(portal: Portal) -> None:
    page = open_page(sign_in(Rank.VIEWER), "rule_mapping", portal, accept_language="ja")
    assert '<option value="lastName" selected>姓</option>' in page


@pytest.mark.parametrize("name", EDITORS)
def test_a_lost_session_takes_no_row_away(portal: Portal, name: str) -> None:
    address = reverse(name, args=(portal.rule.pk,))
    assert Client().post(address, {"action": "check"}, headers={"HX-Request": "true"}).status_code == 401
    answer = Client().post(address, {"action": "save"})
    assert answer["Location"] == f"{reverse('login')}?next={address}"


@pytest.mark.parametrize("name", EDITORS)
def test_a_form_that_did_not_arrive_whole_empties_nothing(portal: Portal, name: str) -> None:
    portal.add_filter("companyName", "contains", "株式会社")
    editor = Editor(sign_in(Rank.OPERATOR), reverse(name, args=(portal.rule.pk,)))
    editor.values = {"match": ["all"], "scope": ["all"]}
    editor.send("save")
    assert not editor.is_saved
    assert (portal.rule.filters.count(), portal.rule.mappings.count()) == (1, 23)
    assert not SettingChange.objects.exists()
