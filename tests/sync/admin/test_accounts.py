"""Credentials go in, and never come out."""

from django.test import Client
from pytest_django.fixtures import Settings

from sync.models import ConnectedAccount, SyncRule
from tests.portal import Portal
from tests.sync.admin.locating import Post, locate


def read_account_form(client: Client, account: ConnectedAccount) -> str:
    return client.get(locate(ConnectedAccount, "change", account.pk)).content.decode()


def test_stored_credentials_never_get_into_a_page(admin_client: Client, portal: Portal) -> None:
    account = portal.rule.sansan_account
    page = read_account_form(admin_client, account)
    assert portal.sandbox.sansan.api_key not in page
    assert "Set. Leave empty to keep it." in page
    assert 'name="sansan_api_key"' in page
    assert 'name="hubspot_access_token"' not in page


def test_an_empty_credential_keeps_what_is_stored(post: Post, portal: Portal) -> None:
    account = portal.rule.sansan_account
    post(locate(ConnectedAccount, "change", account.pk), name="Renamed")
    account.refresh_from_db()
    assert account.name == "Renamed"
    assert account.credentials == {"api_key": portal.sandbox.sansan.api_key}


def test_a_new_credential_is_tried_before_it_is_stored(post: Post, portal: Portal) -> None:
    account = portal.rule.hubspot_account
    address = locate(ConnectedAccount, "change", account.pk)
    page = post(address, name="HubSpot", hubspot_access_token="pat-sandbox-FAKE-wrong")
    assert "pat-sandbox-FAKE-wrong" not in page
    assert "errornote" in page
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}
    post(address, name="HubSpot", hubspot_access_token=f" {portal.sandbox.hubspot.token} ")
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}
    assert account.external_id == str(portal.sandbox.hubspot.portal_id)
    assert account.checked_at is not None


def test_a_credential_that_cannot_be_tried_is_not_stored(post: Post, portal: Portal, settings: Settings) -> None:
    account = portal.rule.hubspot_account
    settings.HUBSPOT_BASE_URL = "http://127.0.0.1:1"
    settings.CONNECTOR_OPTIONS = {"sleep": lambda _: None}
    page = post(
        locate(ConnectedAccount, "change", account.pk), name="HubSpot", hubspot_access_token="pat-sandbox-FAKE-b"
    )
    assert "Nothing was stored, because the key could not be tried out." in page
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}


def test_a_new_account_needs_its_own_providers_credential(post: Post, portal: Portal) -> None:
    address = locate(ConnectedAccount, "add")
    page = post(address, name="Second", provider="hubspot", sansan_api_key=portal.sandbox.sansan.api_key)
    assert "This is needed to connect." in page
    post(address, name="Second", provider="hubspot", hubspot_access_token=portal.sandbox.hubspot.token)
    account = ConnectedAccount.objects.get(name="Second")
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}


def test_the_provider_is_asked_for_first(admin_client: Client, portal: Portal) -> None:
    address = locate(ConnectedAccount, "add")
    page = admin_client.get(address, {"_popup": "1"}).content.decode()
    assert "api_key" not in page
    assert 'href="?_popup=1&amp;provider=hubspot"' in page
    page = admin_client.get(address, {"provider": "hubspot"}).content.decode()
    assert 'name="hubspot_access_token"' in page
    assert 'name="sansan_api_key"' not in page
    assert '<option value="sansan"' not in page


def test_a_lost_encryption_key_can_be_put_right_in_the_site(
    admin_client: Client, post: Post, portal: Portal, settings: Settings
) -> None:
    account = portal.rule.sansan_account
    settings.CREDENTIALS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    for model in (ConnectedAccount, SyncRule):
        assert admin_client.get(locate(model, "changelist")).status_code == 200
    assert admin_client.get(locate(SyncRule, "change", portal.rule.pk)).status_code == 200
    assert "no key of CREDENTIALS_KEYS opens it" in read_account_form(admin_client, account)
    key = portal.sandbox.sansan.api_key
    post(locate(ConnectedAccount, "change", account.pk), name=account.name, sansan_api_key=key)
    assert ConnectedAccount.objects.get(pk=account.pk).credentials == {"api_key": key}


def test_the_connection_can_be_checked(post: Post, portal: Portal) -> None:
    account = portal.rule.hubspot_account
    check = {"action": "check_connection", "_selected_action": [account.pk]}
    assert "The connection works, and nothing is missing." in post(locate(ConnectedAccount, "changelist"), **check)
    portal.sandbox.hubspot.revoke_credentials()
    assert 'class="error"' in post(locate(ConnectedAccount, "changelist"), **check)


def test_an_account_in_use_is_protected_even_when_its_key_is_lost(
    admin_client: Client, portal: Portal, settings: Settings
) -> None:
    settings.CREDENTIALS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    address = locate(ConnectedAccount, "delete", portal.rule.sansan_account_id)
    page = admin_client.get(address).content.decode()
    assert locate(SyncRule, "change", portal.rule.pk) in page
    admin_client.post(address, {"post": "yes"})
    assert ConnectedAccount.objects.filter(pk=portal.rule.sansan_account_id).exists()
    portal.rule.delete()
    assert "Are you sure" in admin_client.get(address).content.decode()
    admin_client.post(address, {"post": "yes"})
    assert not ConnectedAccount.objects.filter(provider="sansan").exists()
