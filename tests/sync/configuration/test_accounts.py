"""The connection test, as a service and as a command."""

import pytest
from pytest_django.fixtures import Settings

from connectors.sandbox import Fault, Sandbox
from sync.models import ConnectedAccount, LinkState, RecordLink, SyncRule
from sync.services.accounts import AccountError, check_account
from tests.sync.configuration.conftest import run_command


@pytest.fixture
def sansan(services: Sandbox) -> ConnectedAccount:
    return ConnectedAccount.objects.create(
        name="Sansan HQ", provider="sansan", credentials={"api_key": services.sansan.api_key}
    )


@pytest.fixture
def hubspot(services: Sandbox) -> ConnectedAccount:
    return ConnectedAccount.objects.create(
        name="HubSpot", provider="hubspot", credentials={"access_token": services.hubspot.token}
    )


def refuse(account: ConnectedAccount) -> AccountError:
    with pytest.raises(AccountError) as caught:
        check_account(account, remember=bool(account.pk))
    for secret in account.credentials.values():
        assert secret not in f"{caught.value!r} {caught.value}"
    return caught.value


def test_a_sansan_key_reports_its_user_and_the_tags_it_sees(sansan: ConnectedAccount, sandbox: Sandbox) -> None:
    report = check_account(sansan)
    visible = sandbox.sansan.tags()
    assert (report.external_id, report.external_name) == ("u1001", "営業 花子 <hanako.eigyo@tenant.example>")
    assert report.tag_counts == {kind: sum(tag["type"] == kind for tag in visible) for kind in ("public", "shared")}
    assert (report.is_complete, report.warnings) == (True, ())


def test_a_hubspot_token_reports_its_portal_and_scopes(hubspot: ConnectedAccount, sandbox: Sandbox) -> None:
    report = check_account(hubspot)
    assert report.external_id == str(sandbox.hubspot.portal_id)
    assert "crm.objects.contacts.write" in report.granted_scopes
    assert (report.missing_scopes, report.fixes) == ((), ())


def test_the_test_itself_changes_nothing_in_hubspot(hubspot: ConnectedAccount, sandbox: Sandbox) -> None:
    check_account(hubspot)
    assert sandbox.hubspot.contacts() == []
    assert sandbox.hubspot.written == []


def test_missing_scopes_come_with_what_to_do(hubspot: ConnectedAccount, sandbox: Sandbox) -> None:
    sandbox.hubspot.remove_scope("crm.objects.contacts.write")
    sandbox.hubspot.remove_scope("crm.objects.owners.read")
    report = check_account(hubspot, remember=True)
    assert report.missing_scopes == ("crm.objects.contacts.write", "crm.objects.owners.read")
    (fix,) = report.fixes
    assert fix == (
        "The token of account 'HubSpot' lacks crm.objects.contacts.write, crm.objects.owners.read. Add this to the "
        "service key or private app in HubSpot, then check again."
    )
    hubspot.refresh_from_db()
    assert hubspot.missing_scopes == ["crm.objects.contacts.write", "crm.objects.owners.read"]


def test_only_what_is_asked_to_be_remembered_is_stored(sansan: ConnectedAccount) -> None:
    check_account(sansan)
    sansan.refresh_from_db()
    assert (sansan.external_id, sansan.checked_at) == ("", None)
    check_account(sansan, remember=True)
    sansan.refresh_from_db()
    assert (sansan.external_id, sansan.external_name[:5]) == ("u1001", "営業 花子")
    assert sansan.checked_at is not None


def test_an_account_need_not_be_saved_to_be_tested(services: Sandbox) -> None:
    account = ConnectedAccount(name="New", provider="hubspot", credentials={"access_token": services.hubspot.token})
    assert check_account(account, remember=True).external_id == str(services.hubspot.portal_id)
    assert not ConnectedAccount.objects.exists()


def test_a_key_that_sees_no_tag_is_warned_of(sansan: ConnectedAccount, sandbox: Sandbox) -> None:
    for tag in sandbox.sansan.tags():
        if tag["type"] != "private":
            sandbox.sansan.remove_tag(tag["name"])
    report = check_account(sansan)
    assert report.tag_counts == {}
    assert "sees no public or shared tag" in report.warnings[0]


def test_a_service_without_a_user_call_still_tests_the_key(sansan: ConnectedAccount, sandbox: Sandbox) -> None:
    sandbox.sansan.revoke_credentials()
    error = refuse(sansan)
    assert error.code == "CREDENTIALS_REFUSED"
    assert error.message.startswith("Sansan does not accept the API key of account 'Sansan HQ' (")
    assert "Have a key issued in Sansan's administrator settings" in error.message


def test_a_refused_token_says_where_to_get_another(hubspot: ConnectedAccount, sandbox: Sandbox) -> None:
    sandbox.hubspot.expire_credentials()
    error = refuse(hubspot)
    assert error.code == "CREDENTIALS_REFUSED"
    assert error.message.endswith(
        "Copy it again from the service key or private app in HubSpot, or make a new one, and enter it again."
    )


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ({}, "ACCOUNT_DISCONNECTED"),
        ({"access_token": ""}, "ACCOUNT_DISCONNECTED"),
        ({"access_token": "pat-sandbox-FAKE\nline"}, "CREDENTIALS_REFUSED"),
    ],
)
def test_a_token_that_cannot_be_one(services: Sandbox, credentials: dict[str, str], code: str) -> None:
    account = ConnectedAccount(name="New", provider="hubspot", credentials=credentials)
    with pytest.raises(AccountError) as caught:
        check_account(account)
    assert caught.value.code == code
    assert "FAKE" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "code", "unreachable"),
    [
        ("status_503", "SERVICE_UNAVAILABLE", True),
        ("reset_before", "SERVICE_UNAVAILABLE", True),
        ("html_page", "SERVICE_UNAVAILABLE", True),
        ("status_429_daily", "QUOTA_EXHAUSTED", True),
        ("missing_scope", "SCOPE_MISSING", False),
        ("status_525", "SERVICE_REFUSED", False),
    ],
)
def test_each_trouble_has_its_code(
    hubspot: ConnectedAccount, sandbox: Sandbox, kind: str, code: str, unreachable: bool
) -> None:
    sandbox.hubspot.add_fault(Fault(kind, path="/account-info/", times=None))
    error = refuse(hubspot)
    assert (error.code, error.unreachable) == (code, unreachable)
    hubspot.refresh_from_db()
    assert hubspot.checked_at is None


def test_an_answer_without_the_ids_it_must_have_names_the_base_url(sansan: ConnectedAccount, sandbox: Sandbox) -> None:
    sandbox.sansan.add_fault(Fault("null_fields", path="/tags", fields=["id"]))
    error = refuse(sansan)
    assert error.code == "UNEXPECTED_ANSWER"
    assert error.message.endswith("Check the base URL and the API version.")


def test_a_wrong_address_is_named_as_such(hubspot: ConnectedAccount, sandbox: Sandbox, settings: Settings) -> None:
    settings.HUBSPOT_BASE_URL = f"{sandbox.hubspot.url}/nowhere"
    error = refuse(hubspot)
    assert error.code == "SERVICE_REFUSED"
    assert error.message.endswith("Check the base URL and the key.")


def test_linked_records_hold_an_account_to_its_portal(
    sansan: ConnectedAccount, hubspot: ConnectedAccount, sandbox: Sandbox
) -> None:
    hubspot.external_id = "1111"
    hubspot.save()
    rule = SyncRule.objects.create(name="r", sansan_account=sansan, hubspot_account=hubspot)
    excluded = RecordLink.objects.create(rule=rule, sansan_id="B1", state=LinkState.EXCLUDED)
    check_account(hubspot)
    excluded.hubspot_id = "77"
    excluded.save()
    error = refuse(hubspot)
    assert error.code == "PORTAL_CHANGED"
    assert error.message == (
        f"The token belongs to HubSpot portal {sandbox.hubspot.portal_id}, but the records of account 'HubSpot' are "
        "linked with portal 1111. Use a token of portal 1111, or connect portal "
        f"{sandbox.hubspot.portal_id} as an account of its own."
    )
    hubspot.refresh_from_db()
    assert hubspot.external_id == "1111"


def test_the_command_shows_a_report(sansan: ConnectedAccount, hubspot: ConnectedAccount, sandbox: Sandbox) -> None:
    outcome = run_command("check_account", "Sansan HQ")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "Sansan HQ: Sansan",
        "  belongs to: user u1001 営業 花子 <hanako.eigyo@tenant.example>",
        "  sees tags:  4 public, 6 shared",
        "  The connection works.",
    ]
    sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    outcome = run_command("check_account", "HubSpot")
    assert outcome.status == 1
    assert "  lacks:      crm.schemas.contacts.write" in outcome.out.splitlines()
    assert "The connection works." not in outcome.out
    assert outcome.err.startswith("The token of account 'HubSpot' lacks crm.schemas.contacts.write.")
    hubspot.refresh_from_db()
    assert hubspot.missing_scopes == ["crm.schemas.contacts.write"]


def test_the_command_fails_for_a_refused_key_and_for_an_unknown_name(
    hubspot: ConnectedAccount, sandbox: Sandbox
) -> None:
    sandbox.hubspot.revoke_credentials()
    refused = run_command("check_account", "HubSpot")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("HubSpot does not accept the token of account 'HubSpot'")
    unknown = run_command("check_account", "Hub")
    assert (unknown.status, unknown.err) == (2, "There is no account called 'Hub'. Accounts: HubSpot.")
