"""`apply` on a good file: what it creates, what it leaves alone, what it says."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.utils import timezone

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.engine.defaults import DEFAULT_MAPPINGS
from sync.models import ConnectedAccount, RecordFilter, SyncRule, TagSelection
from tests.sync.configuration.conftest import CONFIGURATION, Outcome, edit, get_rule, has_property

Apply = Callable[..., Outcome]

NEEDED = [name for name in SANSAN_PROPERTIES if name != "sansan_memo"]


def test_everything_is_made_and_told_a_line_each(apply: Apply) -> None:
    outcome = apply()
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.changes == [
        "+ account Sansan HQ",
        "+ account HubSpot",
        "+ HubSpot property group sansan",
        *(f"+ HubSpot property {name}" for name in NEEDED),
        "+ rule cards-to-contacts",
    ]


def test_accounts_are_stored_encrypted_and_with_what_the_test_found(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    sansan, hubspot = ConnectedAccount.objects.get(provider="sansan"), ConnectedAccount.objects.get(provider="hubspot")
    assert sansan.credentials == {"api_key": sandbox.sansan.api_key}
    assert hubspot.credentials == {"access_token": sandbox.hubspot.token}
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM sync_connectedaccount")
        assert not any(secret in str(cursor.fetchall()) for secret in (sandbox.sansan.api_key, sandbox.hubspot.token))
    assert hubspot.external_id == str(sandbox.hubspot.portal_id)
    assert sansan.external_id == "u1001"
    assert sansan.external_name.startswith("営業 花子")
    assert (hubspot.missing_scopes, hubspot.checked_at is not None) == ([], True)


def test_the_rule_is_what_the_file_says_and_due_at_once(apply: Apply, sandbox: Sandbox) -> None:
    before = timezone.now()
    apply(edit("interval_minutes: 10", "interval_minutes: 15", "only_with_email: true", "only_with_email: false"))
    rule = get_rule()
    assert (rule.sansan_account.name, rule.hubspot_account.name) == ("Sansan HQ", "HubSpot")
    assert (rule.enabled, rule.interval_minutes, rule.only_with_email) == (True, 15, False)
    assert (rule.sync_all_tags, rule.only_with_these_tags, rule.matching) == (False, False, ["link", "email"])
    ids = {tag["name"]: tag["id"] for tag in sandbox.sansan.tags()}
    assert [(tag.tag_id, tag.name, tag.type, tag.position) for tag in rule.tags.all()] == [
        (ids["展示会2026春"], "展示会2026春", "shared", 1),
        (ids["VIP"], "VIP", "shared", 2),
    ]
    assert [(f.side, f.field, f.operator, f.value) for f in rule.filters.all()] == [
        ("hubspot", "lifecyclestage", "equals", "customer"),
        ("sansan", "companyName", "contains", "株式会社"),
    ]
    mappings = {mapping.hubspot_property: mapping for mapping in rule.mappings.all()}
    assert set(mappings) == {default.target for default in DEFAULT_MAPPINGS}
    assert mappings["sansan_memo"].enabled is False
    assert mappings["address"].transform == [{"name": "join", "fields": ["building"]}, "nfkc", "trim"]
    assert rule.next_run_at is not None
    assert before <= rule.next_run_at <= timezone.now()


def test_hubspot_gets_its_properties_with_the_selected_tags_as_options(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    assert sandbox.hubspot.property_definition("sansan_card_id")["hasUniqueValue"] is True
    assert {name: has_property(sandbox, name) for name in SANSAN_PROPERTIES} == {
        name: name in NEEDED for name in SANSAN_PROPERTIES
    }
    tags = sandbox.hubspot.property_definition("sansan_tags")
    ids = {tag["name"]: tag["id"] for tag in sandbox.sansan.tags()}
    assert [(option["label"], option["value"]) for option in tags["options"]] == [
        ("VIP", ids["VIP"]),
        ("展示会2026春", ids["展示会2026春"]),
    ]


def test_with_all_tags_every_visible_one_but_the_private_becomes_an_option(apply: Apply, sandbox: Sandbox) -> None:
    apply(edit("sync: [展示会2026春, VIP]", "sync: all"))
    options = {option["value"] for option in sandbox.hubspot.property_definition("sansan_tags")["options"]}
    assert options == {tag["id"] for tag in sandbox.sansan.tags() if tag["type"] != "private"}
    assert get_rule().sync_all_tags is True
    assert not TagSelection.objects.exists()


def test_applied_twice_the_second_changes_nothing(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    stamps = list(SyncRule.objects.values()), list(ConnectedAccount.objects.values())
    parts = list(RecordFilter.objects.values()), list(TagSelection.objects.values())
    sandbox.hubspot.forget_requests()
    outcome = apply()
    assert outcome.changes == ["Nothing to change: everything is as the file says."]
    assert outcome.status == 0
    assert sandbox.hubspot.writes == []
    assert (list(SyncRule.objects.values()), list(ConnectedAccount.objects.values())) == stamps
    assert (list(RecordFilter.objects.values()), list(TagSelection.objects.values())) == parts


def test_a_dry_run_says_the_same_and_changes_nothing_anywhere(apply: Apply, sandbox: Sandbox) -> None:
    rehearsed = apply(CONFIGURATION, "--dry-run")
    assert (rehearsed.status, rehearsed.err) == (0, "Dry run: nothing was changed.\n")
    assert not ConnectedAccount.objects.exists()
    assert not SyncRule.objects.exists()
    assert not any(has_property(sandbox, name) for name in SANSAN_PROPERTIES)
    assert apply().changes == rehearsed.changes


def test_a_dry_run_of_a_change_leaves_the_database_as_it_is(apply: Apply) -> None:
    apply()
    outcome = apply(edit("interval_minutes: 10", "interval_minutes: 15"), "--dry-run")
    assert outcome.changes == ["~ rule cards-to-contacts: interval_minutes 10 -> 15"]
    assert get_rule().interval_minutes == 10


def test_what_the_file_does_not_name_is_left_alone(apply: Apply) -> None:
    apply()
    apply(edit("name: cards-to-contacts", "name: second"))
    assert set(SyncRule.objects.values_list("name", flat=True)) == {"cards-to-contacts", "second"}
    assert apply("accounts: []\nsync_rules: []\n").changes == ["Nothing to change: everything is as the file says."]
    assert ConnectedAccount.objects.count() == 2


def test_a_rule_may_use_accounts_that_only_the_database_knows(apply: Apply) -> None:
    apply()
    rules = "accounts: []\nsync_rules:\n" + CONFIGURATION.partition("sync_rules:\n")[2]
    outcome = apply(rules.replace("name: cards-to-contacts", "name: second"))
    assert (outcome.status, outcome.changes) == (0, ["+ rule second"])


def test_a_new_name_is_warned_of_as_a_second_rule(apply: Apply) -> None:
    apply()
    text = edit("name: cards-to-contacts", "name: renamed")
    assert apply(text).err.startswith("Warning: config.yaml:9 sync_rules[0].name: this becomes a new rule beside")


def test_credentials_from_a_file_beside_the_configuration(apply: Apply, sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sansan").write_text(f"{sandbox.sansan.api_key}\n")
    outcome = apply(edit("{env: SANSAN_API_KEY}", "{file: keys/sansan}"))
    assert (outcome.status, outcome.err) == (0, "")
    assert ConnectedAccount.objects.get(provider="sansan").credentials == {"api_key": sandbox.sansan.api_key}


def test_a_literal_credential_is_taken_with_a_warning_that_does_not_show_it(apply: Apply, sandbox: Sandbox) -> None:
    outcome = apply(edit("{env: HUBSPOT_TOKEN}", sandbox.hubspot.token))
    assert outcome.status == 0
    assert outcome.err == (
        "Warning: config.yaml:7 accounts[1].credentials.access_token: a secret stands in the file itself: "
        "better give it as {env: NAME} or {file: PATH}\n"
    )


def test_changed_credentials_are_tested_and_stored(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    ConnectedAccount.objects.filter(provider="sansan").update(credentials={"api_key": "FAKE-old-sandbox-key"})
    sandbox.sansan.forget_requests()
    assert apply().changes == ["~ account Sansan HQ: credentials changed"]
    assert ConnectedAccount.objects.get(provider="sansan").credentials == {"api_key": sandbox.sansan.api_key}
    assert any(request.path.endswith("/me") for request in sandbox.sansan.requests)


def test_credentials_that_cannot_be_decrypted_are_replaced(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_connectedaccount SET credentials = 'not what we wrote'")
    assert apply().changes == ["~ account Sansan HQ: credentials changed", "~ account HubSpot: credentials changed"]
    assert ConnectedAccount.objects.get(provider="hubspot").credentials == {"access_token": sandbox.hubspot.token}


def test_an_account_keeps_its_credentials_when_the_file_gives_none(apply: Apply) -> None:
    apply()
    text = edit("    credentials: {access_token: {env: HUBSPOT_TOKEN}}\n", "    requests_per_10_seconds: 190\n")
    assert apply(text).changes == ["~ account HubSpot: requests_per_10_seconds - -> 190"]
    account = ConnectedAccount.objects.get(provider="hubspot")
    assert account.requests_per_10_seconds == 190
    assert account.credentials
    assert apply().changes == ["Nothing to change: everything is as the file says."]


def test_a_key_that_sees_no_tag_is_warned_of(apply: Apply, sandbox: Sandbox) -> None:
    for tag in sandbox.sansan.tags():
        sandbox.sansan.remove_tag(tag["name"])
    outcome = apply(edit("sync: [展示会2026春, VIP]", "sync: all"))
    assert outcome.status == 0
    assert outcome.err.startswith(
        "Warning: config.yaml:2 accounts[0]: The key of account 'Sansan HQ' sees no public or shared"
    )


def test_two_tags_of_one_name_are_told_apart_by_id(apply: Apply, sandbox: Sandbox) -> None:
    other = sandbox.sansan.add_tag("VIP", "public")
    text = edit("[展示会2026春, VIP]", f"[{{id: {other}}}]")
    assert apply(text).status == 0
    assert get_rule().tags.get().tag_id == other
    # By name alone, the one that the rule has already is meant.
    assert apply(edit("[展示会2026春, VIP]", "[VIP]")).changes == [
        "Nothing to change: everything is as the file says."
    ]
