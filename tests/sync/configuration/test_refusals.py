"""What the services refuse, and accounts that cannot be what the file says: named, and nothing changed."""

from collections.abc import Callable

import pytest

from connectors.sandbox import Fault, Sandbox
from sync.models import ConnectedAccount, LinkState, RecordLink, SyncRule
from tests.sync.configuration.conftest import Outcome, assert_nothing_changed, edit, list_faults, replace_mappings

Apply = Callable[..., Outcome]

RULE = "sync_rules[0]"


def test_properties_that_values_cannot_be_written_to(apply: Apply, sandbox: Sandbox) -> None:
    sandbox.hubspot.set_read_only("fax")
    sandbox.hubspot.set_validation_rule("zip", "MAX_LENGTH", 3)
    text = replace_mappings(
        """\
        - {sansan: fax, hubspot: fax}
        - {hubspot: zip, transform: {name: constant, value: 東京都内}}
        """
    )
    assert list_faults(apply(text)) == [
        "config.yaml:28 sync_rules[0].mappings[0].hubspot: the HubSpot property 'fax' is read-only",
        "config.yaml:29 sync_rules[0].mappings[1].hubspot: a value is too long for the HubSpot property 'zip' (4 > 3)",
    ]
    (default,) = list_faults(apply())
    assert default == "config.yaml:27 sync_rules[0].mappings: fax -> fax: the HubSpot property 'fax' is read-only"


def test_a_property_of_our_name_that_cannot_serve(apply: Apply, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="sansan_card_id")
    sandbox.hubspot.add_property(name="sansan_tags")
    sandbox.hubspot.add_property(name="sansan_memo", type="number", fieldType="number")
    faults = list_faults(apply())
    assert [fault.partition(": ")[2].partition(", but")[0] for fault in faults] == [
        "HubSpot already has a property sansan_card_id",
        "HubSpot already has a property sansan_tags of type string/text",
    ]
    assert "unique values" in faults[0]
    assert "enumeration/checkbox is needed" in faults[1]
    assert not ConnectedAccount.objects.exists()


def test_a_token_that_may_not_create_properties(apply: Apply, sandbox: Sandbox) -> None:
    sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    (fault,) = list_faults(apply())
    assert fault == (
        "config.yaml:5 accounts[1]: The token of account 'HubSpot' lacks crm.schemas.contacts.write. Add this to the "
        "service key or private app in HubSpot, then check again."
    )
    assert_nothing_changed(sandbox)


def test_the_scope_to_create_properties_is_asked_for_again_when_more_are_needed(
    apply: Apply, sandbox: Sandbox
) -> None:
    assert apply(replace_mappings("- {sansan: email, hubspot: email}")).status == 0
    sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    assert apply(replace_mappings("- {sansan: tel, hubspot: phone}")).status == 0
    (fault,) = list_faults(apply())
    assert fault.startswith("config.yaml:11 sync_rules[0].hubspot: HubSpot properties have to be created, but the")
    assert "crm.schemas.contacts.write" in fault
    assert SyncRule.objects.get().mappings.count() == 1


def test_keys_that_the_services_refuse(apply: Apply, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSAN_API_KEY", "FAKEsandbox0000000000000000wrong")
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-sandbox-FAKE-wrong")
    outcome = apply()
    faults = list_faults(outcome)
    assert [fault.partition(" (")[0] for fault in faults] == [
        "config.yaml:2 accounts[0]: Sansan does not accept the API key of account 'Sansan HQ'",
        "config.yaml:5 accounts[1]: HubSpot does not accept the token of account 'HubSpot'",
    ]
    assert "wrong" not in outcome.err
    assert_nothing_changed(sandbox)


@pytest.mark.parametrize("secret", ["", "  \n", "two words", "ＦＵＬＬ-width-FAKE", "line\nbreak"])
def test_secrets_that_no_key_can_look_like(apply: Apply, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", secret)
    outcome = apply()
    (fault,) = list_faults(outcome)
    assert fault.startswith("config.yaml:7 accounts[1].credentials.access_token: the secret ")
    assert "FAKE" not in outcome.err


def test_a_secret_file_that_is_not_there(apply: Apply) -> None:
    (fault,) = list_faults(apply(edit("{env: HUBSPOT_TOKEN}", "{file: no/such/file}")))
    assert "accounts[1].credentials.access_token: the file no/such/file can't be read: No such file" in fault


def test_a_token_of_another_portal_is_refused_when_records_are_linked(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    ConnectedAccount.objects.filter(provider="hubspot").update(
        credentials={"access_token": "pat-sandbox-FAKE-old"}, external_id="1111"
    )
    rule = SyncRule.objects.get()
    link = RecordLink.objects.create(rule=rule, sansan_id="B1", hubspot_id="77", state=LinkState.IN_SYNC)
    (fault,) = list_faults(apply())
    assert f"belongs to HubSpot portal {sandbox.hubspot.portal_id}, but the records of account 'HubSpot'" in fault
    assert "linked with portal 1111" in fault
    account = ConnectedAccount.objects.get(provider="hubspot")
    assert (account.credentials, account.external_id) == ({"access_token": "pat-sandbox-FAKE-old"}, "1111")
    link.delete()
    assert apply().changes == ["~ account HubSpot: credentials changed"]
    assert ConnectedAccount.objects.get(provider="hubspot").external_id == str(sandbox.hubspot.portal_id)


def test_a_linked_rule_does_not_move_to_the_account_of_another_portal(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    ConnectedAccount.objects.filter(provider="hubspot").update(external_id="1111")
    rule = SyncRule.objects.get()
    RecordLink.objects.create(rule=rule, sansan_id="B1", hubspot_id="77", state=LinkState.IN_SYNC)
    text = edit("name: HubSpot", "name: Other", "hubspot: HubSpot", "hubspot: Other")
    (fault,) = list_faults(apply(text))
    assert fault.startswith(
        "config.yaml:11 sync_rules[0].hubspot: the rule's records are linked with HubSpot portal 1111, but 'Other' is "
        f"portal {sandbox.hubspot.portal_id};"
    )
    ConnectedAccount.objects.update(external_id=str(sandbox.hubspot.portal_id))
    assert "~ rule cards-to-contacts: hubspot HubSpot -> Other" in apply(text).changes


def test_an_account_does_not_change_its_provider(apply: Apply) -> None:
    apply()
    text = "accounts:\n  - {name: HubSpot, provider: sansan, credentials: {api_key: {env: SANSAN_API_KEY}}}\n"
    (fault,) = list_faults(apply(text))
    assert fault == (
        "config.yaml:2 accounts[0].provider: 'HubSpot' is already an account of HubSpot; give this one another name"
    )


def test_a_service_that_does_not_answer_is_no_fault_of_the_file(apply: Apply, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("status_503", times=None))
    outcome = apply()
    assert outcome.status == 1
    assert outcome.err.startswith(
        "config.yaml:5 accounts[1]: HubSpot could not be asked about account 'HubSpot' (HubSpot GET /account-info/"
    )
    assert_nothing_changed(sandbox)


def test_a_service_that_fails_while_properties_are_created_leaves_the_database_alone(
    apply: Apply, sandbox: Sandbox
) -> None:
    sandbox.hubspot.add_fault(Fault("status_503", path="/crm/properties/", method="POST", times=None, after=4))
    outcome = apply()
    assert outcome.status == 1
    assert outcome.out == ""
    assert outcome.err.endswith("1 fault. Accounts and rules were not changed.")
    assert not ConnectedAccount.objects.exists()
    assert not SyncRule.objects.exists()
    sandbox.hubspot.clear_faults()
    repeated = apply()
    assert repeated.status == 0
    assert "+ HubSpot property sansan_card_id" not in repeated.changes
    assert "+ HubSpot property sansan_owner" in repeated.changes
