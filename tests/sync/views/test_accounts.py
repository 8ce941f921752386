"""Accounts in the portal: connected, checked, given another key, disconnected and connected again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RunStatus, SettingChange, SyncRun
from sync.reasons import describe
from sync.services.runs import claim_due_rules, request_run
from tests.people import Rank, make_user
from tests.portal import Portal, assert_consistent
from tests.sync.views.rule_forms import Editor

WRONG = "pat-sandbox-FAKE-wrong"


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(make_user(Rank.ADMINISTRATOR))
    return client


def open_page(client: Client, name: str, **place: object) -> Editor:
    return Editor(client, reverse(name, kwargs=place))


def test_an_account_is_connected_and_tells_whose_key_it_has(client: Client, services: Sandbox) -> None:
    services.sansan.add_tag("展示会", "public")
    page = open_page(client, "account_add", provider="sansan")
    page.send("", name="Sansan HQ", sansan_api_key=services.sansan.api_key)
    account = ConnectedAccount.objects.get()
    assert account.credentials == {"api_key": services.sansan.api_key}
    whose = account.external_name.partition(" <")[0]
    assert whose
    assert whose in page.text
    public = sum(tag["type"] == "public" for tag in services.sansan.tags())
    assert f"{public} public" in page.text
    assert services.sansan.api_key not in page.text
    changes = SettingChange.objects.get().changes
    assert services.sansan.api_key not in str(changes)


def test_pressing_connect_twice_makes_one_account(client: Client, services: Sandbox) -> None:
    address = reverse("account_add", kwargs={"provider": "hubspot"})
    entered = {"name": "HubSpot", "hubspot_access_token": services.hubspot.token}
    answers = [client.post(address, entered) for _press in range(2)]
    account = ConnectedAccount.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("account_detail", args=(account.pk,))}


def test_a_wrong_key_keeps_the_other_fields_and_says_what_to_do(client: Client, services: Sandbox) -> None:
    page = open_page(client, "account_add", provider="hubspot")
    page.send("", name="HubSpot HQ", hubspot_access_token=WRONG, requests_per_10_seconds="100")
    assert not ConnectedAccount.objects.exists()
    assert WRONG not in page.text
    assert "HubSpot does not accept the token" in page.text
    assert page.values["name"] == ["HubSpot HQ"]
    assert page.values["requests_per_10_seconds"] == ["100"]
    assert page.values["hubspot_access_token"] == [""]


def test_missing_scopes_are_named_with_what_to_do(client: Client, portal: Portal) -> None:
    portal.sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    account = portal.rule.hubspot_account
    answer = client.post(reverse("account_check", args=(account.pk,)), follow=True)
    text = answer.content.decode()
    assert "<code>crm.schemas.contacts.write</code>" in text
    assert "Add this to the service key or private app in HubSpot" in text
    assert "permissions missing" in client.get(reverse("account_list")).content.decode()


def test_a_key_that_sees_no_tags_is_told(client: Client, services: Sandbox) -> None:
    for tag in services.sansan.tags():
        services.sansan.remove_tag(tag["name"])
    page = open_page(client, "account_add", provider="sansan")
    page.send("", name="Sansan", sansan_api_key=services.sansan.api_key)
    assert "This key sees no public or shared tag. An administrator" in page.text


def test_a_key_of_another_portal_is_refused_while_records_are_linked(client: Client, portal: Portal) -> None:
    portal.sandbox.sansan.add_card(email="taro@sample.example", lastName="見本")
    portal.run_well()
    account = portal.rule.hubspot_account
    ConnectedAccount.objects.filter(pk=account.pk).update(external_id="111")
    page = open_page(client, "account_key", pk=account.pk)
    page.send("", hubspot_access_token=portal.sandbox.hubspot.token)
    assert "linked with portal 111" in page.text
    account.refresh_from_db()
    assert account.external_id == "111"


def test_a_key_that_cannot_be_tried_out_is_not_stored(client: Client, portal: Portal, settings: Settings) -> None:
    settings.HUBSPOT_BASE_URL = "http://127.0.0.1:1"
    settings.CONNECTOR_OPTIONS = {"sleep": lambda _: None}
    account = portal.rule.hubspot_account
    page = open_page(client, "account_key", pk=account.pk)
    page.send("", hubspot_access_token=WRONG)
    assert "Nothing was stored, because the key could not be tried out." in page.text
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}


def test_a_name_is_changed_without_a_key(client: Client, portal: Portal) -> None:
    account = portal.rule.hubspot_account
    page = open_page(client, "account_key", pk=account.pk)
    page.send("", name="HubSpot EU")
    account.refresh_from_db()
    assert (account.name, account.credentials) == ("HubSpot EU", {"access_token": portal.sandbox.hubspot.token})
    assert SettingChange.objects.get().changes[0]["setting"] == "name"


def test_disconnecting_pauses_rules_and_keeps_links(client: Client, portal: Portal) -> None:
    portal.sandbox.sansan.add_card(email="taro@sample.example", lastName="見本")
    portal.run_well()
    waiting = request_run(portal.rule)
    account = portal.rule.hubspot_account
    page = open_page(client, "account_disconnect", pk=account.pk)
    assert portal.rule.name in page.text
    for _press in range(2):
        page = open_page(client, "account_disconnect", pk=account.pk)
        page.send("")
    account.refresh_from_db()
    portal.rule.refresh_from_db()
    waiting.refresh_from_db()
    assert account.credentials == {}
    assert not portal.rule.enabled
    assert waiting.status == RunStatus.CANCELLED
    assert portal.rule.links.count() == 1
    assert claim_due_rules(timezone.now()) == []
    assert SettingChange.objects.filter(account=account).count() == 1
    assert SettingChange.objects.filter(rule=portal.rule).count() == 1


def test_a_run_without_a_key_says_so(client: Client, portal: Portal) -> None:
    open_page(client, "account_disconnect", pk=portal.rule.sansan_account_id).send("")
    run = portal.run()
    assert (run.status, run.error_code) == (RunStatus.FAILED, "ACCOUNT_DISCONNECTED")
    assert "The account Sansan HQ has no key or token" in describe(run.error_code, run.error_detail).message


def test_connecting_again_makes_no_duplicate(client: Client, portal: Portal) -> None:
    for number in range(3):
        portal.sandbox.sansan.add_card(email=f"person{number}@sample.example", lastName="見本")
    portal.run_well()
    before = {contact["hs_object_id"] for contact in portal.sandbox.hubspot.contacts()}
    account = portal.rule.hubspot_account
    open_page(client, "account_disconnect", pk=account.pk).send("")
    page = open_page(client, "account_key", pk=account.pk)
    page.send("")
    assert "This is needed to connect." in page.text
    page.send("", hubspot_access_token=portal.sandbox.hubspot.token)
    portal.rule.refresh_from_db()
    assert not portal.rule.enabled
    resume = reverse("rule_resume", args=(portal.rule.pk,))
    assert f'action="{resume}"' in page.text
    client.post(resume)
    portal.rule.refresh_from_db()
    assert portal.rule.enabled
    run = portal.run_well(full=True)
    assert (run.created, run.unchanged) == (0, 3)
    assert {contact["hs_object_id"] for contact in portal.sandbox.hubspot.contacts()} == before
    assert_consistent(portal)


def test_a_lost_encryption_key_leaves_the_pages_standing(client: Client, portal: Portal, settings: Settings) -> None:
    settings.CREDENTIALS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    account = portal.rule.sansan_account
    assert client.get(reverse("account_list")).status_code == 200
    assert "cannot be decrypted" in open_page(client, "account_detail", pk=account.pk).text
    page = open_page(client, "account_key", pk=account.pk)
    page.send("", sansan_api_key=portal.sandbox.sansan.api_key)
    assert ConnectedAccount.objects.get(pk=account.pk).credentials == {"api_key": portal.sandbox.sansan.api_key}
    other = portal.rule.hubspot_account
    open_page(client, "account_disconnect", pk=other.pk).send("")
    assert ConnectedAccount.objects.get(pk=other.pk).credentials == {}


@pytest.mark.parametrize("rank", [Rank.VIEWER, Rank.OPERATOR], ids=lambda rank: rank.name)
def test_others_may_only_look(portal: Portal, rank: Rank) -> None:
    client = Client()
    client.force_login(make_user(rank))
    account = portal.rule.hubspot_account
    page = client.get(reverse("account_detail", args=(account.pk,)))
    assert reverse("account_key", args=(account.pk,)) not in page.content.decode()
    for name in ("account_key", "account_check", "account_disconnect"):
        assert client.post(reverse(name, args=(account.pk,))).status_code == 403
    assert client.get(reverse("account_add", args=("sansan",))).status_code == 403
    assert SyncRun.objects.count() == 0


@pytest.mark.parametrize("pasted", ["ｐａｔ－ＮＡ１", "two words", "見本のキー", "line\u2028break"])
def test_what_can_be_no_key_is_told_without_being_sent(client: Client, services: Sandbox, pasted: str) -> None:
    page = open_page(client, "account_add", provider="hubspot")
    page.send("", name="HubSpot", hubspot_access_token=pasted)
    assert not ConnectedAccount.objects.exists()
    assert "has spaces, line breaks or full-width characters" in page.text
    assert pasted not in page.text
