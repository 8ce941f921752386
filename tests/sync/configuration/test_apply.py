"""`apply` on a good file: what it creates, what it leaves alone, what it says."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.engine.defaults import DEFAULT_MAPPINGS
from sync.models import ConnectedAccount, LinkState, RecordFilter, RecordLink, SyncRule, TagSelection
from tests.sync.configuration.conftest import CONFIGURATION, Outcome, edit, replace_mappings

Apply = Callable[..., Outcome]

NEEDED = [name for name in SANSAN_PROPERTIES if name != "sansan_memo"]


def get_rule(name: str = "cards-to-contacts") -> SyncRule:
    return SyncRule.objects.get(name=name)


def has_property(sandbox: Sandbox, name: str) -> bool:
    try:
        return not sandbox.hubspot.property_definition(name)["archived"]
    except LookupError:
        return False


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


def test_each_change_of_a_rule_is_told(apply: Apply) -> None:
    apply()
    text = edit(
        "interval_minutes: 10",
        "interval_minutes: 15",
        "[展示会2026春, VIP], only_with_these: false",
        "[VIP, 休眠], only_with_these: true",
        "value: 株式会社",
        "value: 有限会社",
        "[link, email]",
        "[email]",
        "conflict: sansan_wins",
        "conflict: review",
    )
    assert apply(text).changes == [
        "~ rule cards-to-contacts: interval_minutes 10 -> 15",
        "~ rule cards-to-contacts: only_with_these_tags false -> true",
        "~ rule cards-to-contacts: matching [link, email] -> [email]",
        "~ rule cards-to-contacts: conflict sansan_wins -> review",
        "~ rule cards-to-contacts: tags -展示会2026春",
        "~ rule cards-to-contacts: tags +休眠",
        "~ rule cards-to-contacts: filters -companyName contains 株式会社",
        "~ rule cards-to-contacts: filters +companyName contains 有限会社",
    ]
    rule = get_rule()
    assert [tag.name for tag in rule.tags.all()] == ["VIP", "休眠"]
    assert (rule.matching, rule.conflict, rule.only_with_these_tags) == (["email"], "review", True)


def test_a_list_of_mappings_replaces_the_default_set(apply: Apply, sandbox: Sandbox) -> None:
    text = replace_mappings(
        """\
        - {sansan: lastName, hubspot: lastname}
        - {sansan: email, hubspot: email, transform: email}
        - {sansan: tel, hubspot: phone, transform: [nfkc, {name: truncate, length: 20}], write: if_empty}
        - {sansan: memo, hubspot: sansan_memo, enabled: false}
        - {hubspot: jobtitle, transform: {name: constant, value: 担当者}}
        """
    )
    outcome = apply(text)
    assert outcome.err == ""
    rows = get_rule().mappings.values_list("sansan_field", "hubspot_property", "transform", "write", "enabled")
    assert list(rows) == [
        ("lastName", "lastname", [], "always", True),
        ("email", "email", [], "always", True),
        ("tel", "phone", ["nfkc", {"name": "truncate", "length": 20}], "if_empty", True),
        ("memo", "sansan_memo", [], "always", False),
        ("", "jobtitle", [{"name": "constant", "value": "担当者"}], "always", True),
    ]
    assert [name for name in SANSAN_PROPERTIES if has_property(sandbox, name)] == ["sansan_card_id"]
    assert apply(text).changes == ["Nothing to change: everything is as the file says."]


def test_a_mapping_that_is_off_may_wait_for_its_property(apply: Apply) -> None:
    waiting = "- {sansan: email, hubspot: email}\n- {sansan: memo, hubspot: not_made_yet, enabled: false}\n"
    assert apply(replace_mappings(waiting)).status == 0
    assert apply(replace_mappings(waiting.replace("memo", "memos"))).status == 2


def test_a_changed_mapping_is_told_by_what_differs(apply: Apply) -> None:
    apply(replace_mappings("- {sansan: tel, hubspot: phone}\n- {sansan: email, hubspot: email}\n"))
    changed = replace_mappings("- {sansan: mobile, hubspot: phone, write: if_empty}\n- {sansan: fax, hubspot: fax}\n")
    assert apply(changed).changes == [
        "~ rule cards-to-contacts: mappings -email -> email",
        "~ rule cards-to-contacts: mappings +fax -> fax",
        "~ rule cards-to-contacts: mappings mobile -> phone: sansan tel -> mobile, write always -> if_empty",
    ]
    swapped = replace_mappings("- {sansan: fax, hubspot: fax}\n- {sansan: mobile, hubspot: phone, write: if_empty}\n")
    assert apply(swapped).changes == ["~ rule cards-to-contacts: mappings in another order"]
    assert [mapping.hubspot_property for mapping in get_rule().mappings.all()] == ["fax", "phone"]


def test_a_changed_rule_keeps_its_watermark_links_and_time(apply: Apply) -> None:
    apply()
    rule = get_rule()
    soon = timezone.now() + timedelta(minutes=3)
    SyncRule.objects.filter(pk=rule.pk).update(watermark=soon, next_run_at=soon, overlap_minutes=25)
    RecordLink.objects.create(rule=rule, sansan_id="B1", hubspot_id="77", state=LinkState.IN_SYNC)
    text = replace_mappings("- {sansan: email, hubspot: email}\n").replace(
        "interval_minutes: 10", "interval_minutes: 9"
    )
    assert apply(text).status == 0
    changed = get_rule()
    assert (changed.pk, changed.watermark, changed.next_run_at) == (rule.pk, soon, soon)
    assert (changed.interval_minutes, changed.overlap_minutes) == (9, 25)
    assert changed.links.get().hubspot_id == "77"


def test_a_shorter_interval_brings_the_next_run_nearer(apply: Apply) -> None:
    apply()
    later = timezone.now() + timedelta(hours=20)
    SyncRule.objects.update(next_run_at=later, interval_minutes=1440)
    apply(edit("interval_minutes: 10", "interval_minutes: 30"))
    due = get_rule().next_run_at
    assert due is not None
    assert timedelta(minutes=29) < due - timezone.now() <= timedelta(minutes=30)


def test_switching_a_rule_off_and_on_takes_it_off_the_schedule_and_back(apply: Apply) -> None:
    apply()
    assert apply(edit("enabled: true", "enabled: false")).changes == [
        "~ rule cards-to-contacts: enabled true -> false"
    ]
    assert get_rule().next_run_at is None
    apply()
    assert get_rule().is_due


def test_a_rule_that_is_off_starts_nothing(apply: Apply) -> None:
    apply(edit("enabled: true", "enabled: false"))
    assert get_rule().next_run_at is None


@pytest.mark.parametrize("direction", ["hubspot_to_sansan", "two_way"])
def test_directions_that_cannot_run_yet_are_kept_in_a_rule_that_is_off(apply: Apply, direction: str) -> None:
    text = edit(
        "direction: sansan_to_hubspot",
        f"direction: {direction}",
        "enabled: true",
        "enabled: false",
        "[link, email]",
        "[link, email, name_and_company]",
        "conflict: sansan_wins",
        "conflict: newest",
        "mappings: default",
        "mappings: [{sansan: title, hubspot: jobtitle, direction: both}]",
    )
    assert apply(text).status == 0
    rule = get_rule()
    assert (rule.direction, rule.conflict) == (direction, "newest")
    assert rule.matching == ["link", "email", "name_and_company"]
    assert rule.mappings.get().direction == "both"


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
    assert apply(text).err.startswith("config.yaml:9 sync_rules[0].name: this becomes a new rule beside")


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
        "config.yaml:7 accounts[1].credentials.access_token: a secret stands in the file itself: better give it as "
        "{env: NAME} or {file: PATH}\n"
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
    assert outcome.err.startswith("config.yaml:2 accounts[0]: The key of account 'Sansan HQ' sees no public or shared")


def test_two_tags_of_one_name_are_told_apart_by_id(apply: Apply, sandbox: Sandbox) -> None:
    other = sandbox.sansan.add_tag("VIP", "public")
    text = edit("[展示会2026春, VIP]", f"[{{id: {other}}}]")
    assert apply(text).status == 0
    assert get_rule().tags.get().tag_id == other
    # By name alone, the one that the rule has already is meant.
    assert apply(edit("[展示会2026春, VIP]", "[VIP]")).changes == [
        "Nothing to change: everything is as the file says."
    ]
