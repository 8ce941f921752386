"""`apply` on bad files: every fault named with its place, and nothing changed."""

from collections.abc import Callable

import pytest

from connectors.sandbox import Sandbox
from sync.models import SyncRule
from tests.sync.configuration.conftest import (
    CONFIGURATION,
    Outcome,
    assert_nothing_changed,
    edit,
    find_line,
    list_faults,
    replace_mappings,
    run_command,
)

Apply = Callable[..., Outcome]

RULE = "sync_rules[0]"


FAULTY = [
    (
        edit("provider: sansan", "provider: sansn"),
        "sansn",
        "accounts[0].provider: 'sansn' is not possible here; did you mean 'sansan'?",
    ),
    (
        edit("sansan: Sansan HQ", "sansan: Sansan QH"),
        "sansan: Sansan QH",
        f"{RULE}.sansan: no account is called 'Sansan QH'; did you mean 'Sansan HQ'?",
    ),
    (
        edit("sansan: Sansan HQ", "sansan: HubSpot"),
        "sansan: HubSpot",
        f"{RULE}.sansan: 'HubSpot' is an account of HubSpot, but one of Sansan belongs here; there is: Sansan HQ",
    ),
    (
        edit("env: SANSAN_API_KEY", "env: UNSET_SANSAN_KEY"),
        "UNSET",
        "accounts[0].credentials.api_key: the environment variable UNSET_SANSAN_KEY is not set",
    ),
    (
        edit("{env: SANSAN_API_KEY}", "{env: SANSAN_API_KEY, file: x}"),
        "file: x",
        "accounts[0].credentials.api_key: must be either {env: NAME} or {file: PATH}",
    ),
    (
        edit("{api_key: {env: SANSAN_API_KEY}}", "{apikey: {env: SANSAN_API_KEY}}"),
        "apikey",
        "accounts[0].credentials.apikey: unknown key; did you mean 'api_key'?",
    ),
    (
        edit("    credentials: {api_key: {env: SANSAN_API_KEY}}\n", ""),
        "name: Sansan HQ",
        "accounts[0].credentials: is missing",
    ),
    (
        edit("{api_key: {env: SANSAN_API_KEY}}", "{api_key: {env: SANSAN_API_KEY}}\n    requests_per_10_seconds: 5"),
        "requests_per_10_seconds",
        "accounts[0].requests_per_10_seconds: is for HubSpot accounts only",
    ),
    (
        edit("VIP]", "VPI]"),
        "VPI",
        f"{RULE}.tags.sync[1]: no public or shared tag called 'VPI'; did you mean 'VIP'?",
    ),
    (
        edit("VIP]", "個人メモ]"),
        "個人メモ",
        f"{RULE}.tags.sync[1]: the tag '個人メモ' is private, and private tags never sync",
    ),
    (edit("VIP]", "VIP, VIP]"), "VIP", f"{RULE}.tags.sync[2]: the tag 'VIP' stands here twice"),
    (edit("VIP]", "'']"), "''", f"{RULE}.tags.sync[1]: must be a tag's name, as text"),
    (edit("VIP]", "{id: t404}]"), "t404", f"{RULE}.tags.sync[1]: no public or shared tag has the id 't404'"),
    (
        edit("[展示会2026春, VIP], only_with_these: false", "[], only_with_these: true"),
        "only_with_these",
        f"{RULE}.tags.sync: with only_with_these and no tag, no card would ever sync",
    ),
    (
        edit("field: companyName", "field: companyname2"),
        "companyname2",
        f"{RULE}.filters.conditions[0].field: no field is called 'companyname2'; did you mean 'companyName'?",
    ),
    (
        edit("operator: contains", "operator: contain"),
        "contain,",
        f"{RULE}.filters.conditions[0].operator: 'contain' does not exist for companyName; did you mean 'contains'?",
    ),
    (
        edit("operator: contains, value: 株式会社", "operator: contains"),
        "contains}",
        f"{RULE}.filters.conditions[0].value: 'contains' needs a value",
    ),
    (
        edit("companyName, operator: contains, value: 株式会社", "exchangeDate, operator: after, value: someday"),
        "someday",
        f"{RULE}.filters.conditions[0].value: 'after' can't compare with this value",
    ),
    (
        edit("field: lifecyclestage", "field: lifecycle"),
        "lifecycle,",
        f"{RULE}.hubspot_filters.conditions[0].field: no field is called 'lifecycle'; did you mean 'lifecyclestage'?",
    ),
    (
        edit("direction: sansan_to_hubspot", "direction: two_way"),
        "two_way",
        f"{RULE}.direction: a rule in the direction two_way can be kept, but not run yet: set enabled: false, or ",
    ),
    (edit("[link, email]", "[link, link]"), "matching", f"{RULE}.matching[1]: 'link' stands here twice"),
    (edit("[link, email]", "[]"), "matching", f"{RULE}.matching: must name at least one way of matching"),
    (edit("interval_minutes: 10", "interval_minutes: 0"), "interval", f"{RULE}.interval_minutes: must be at least 1"),
    (
        replace_mappings("- {sansan: lastname, hubspot: lastname}"),
        "lastname",
        f"{RULE}.mappings[0].sansan: no Sansan field is called 'lastname'; did you mean 'lastName'?",
    ),
    (replace_mappings("- {hubspot: jobtitle}"), "jobtitle", f"{RULE}.mappings[0].sansan: is missing"),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitel}"),
        "jobtitel",
        f"{RULE}.mappings[0].hubspot: HubSpot has no contact property 'jobtitel'; did you mean 'jobtitle'?",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitle}\n- {sansan: memo, hubspot: jobtitle, enabled: false}"),
        "memo",
        f"{RULE}.mappings[1].hubspot: another mapping goes to 'jobtitle', too",
    ),
    (
        replace_mappings("- {sansan: id, hubspot: sansan_card_id}"),
        "sansan_card_id",
        f"{RULE}.mappings[0].hubspot: 'sansan_card_id' is written by the sync itself and can't be mapped",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: sansan_exchange_date}"),
        "sansan_exchange_date",
        f"{RULE}.mappings[0].hubspot: 'title' does not fit the HubSpot property 'sansan_exchange_date' (text → date)",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitle, transform: [trim, nfck]}"),
        "nfck",
        f"{RULE}.mappings[0].transform: [1].name: no transform is called 'nfck'; there is nfkc",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitle, transform: {name: truncate, length: long}}"),
        "truncate",
        f"{RULE}.mappings[0].transform: length: truncate: ",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitle, transform: {name: join, fields: [tilte]}}"),
        "tilte",
        f"{RULE}.mappings[0].transform: no Sansan field is called 'tilte'; did you mean 'title'?",
    ),
    (
        replace_mappings("- {hubspot: lifecyclestage, transform: {name: constant, value: vip}}"),
        "constant",
        f"{RULE}.mappings[0].hubspot: the HubSpot property 'lifecyclestage' has no option 'vip'",
    ),
    (
        replace_mappings("- {sansan: title, hubspot: jobtitle, write: never}"),
        "mappings:",
        f"{RULE}.mappings: no mapping writes anything",
    ),
    (edit("mappings: default", "mappings: []"), "mappings", f"{RULE}.mappings: no mapping writes anything"),
]


@pytest.mark.parametrize(("text", "line", "told"), FAULTY, ids=[told for _text, _line, told in FAULTY])
def test_each_fault_is_named_with_file_line_and_path(
    apply: Apply, sandbox: Sandbox, text: str, line: str, told: str
) -> None:
    (fault,) = list_faults(apply(text))
    assert fault.startswith(f"config.yaml:{find_line(text, line)} {told}")
    assert_nothing_changed(sandbox)


def test_all_faults_of_a_file_come_at_once_in_its_order(apply: Apply, sandbox: Sandbox) -> None:
    text = edit(
        "env: SANSAN_API_KEY",
        "env: UNSET_SANSAN_KEY",
        "interval_minutes: 10",
        "intervall_minutes: 10",
        "only_with_email: true",
        "only_with_email: maybe",
        "field: companyName",
        "field: company",
        "mappings: default",
        "mappings: [{sansan: tel, hubspot: fone}, {sansan: tel}]",
    )
    assert [fault.partition(":")[2].partition(":")[0] for fault in list_faults(apply(text))] == [
        "4 accounts[0].credentials.api_key",
        "14 sync_rules[0].intervall_minutes",
        "16 sync_rules[0].only_with_email",
        "22 sync_rules[0].filters.conditions[0].field",
        "27 sync_rules[0].mappings[0].hubspot",
        "27 sync_rules[0].mappings[1].hubspot",
    ]
    assert_nothing_changed(sandbox)


def test_a_fault_in_one_rule_keeps_the_others_out_too(apply: Apply, sandbox: Sandbox) -> None:
    rule = CONFIGURATION.partition("sync_rules:\n")[2].replace("name: cards-to-contacts", "name: second")
    (fault,) = list_faults(apply(CONFIGURATION + rule.replace("VIP", "個人メモ")))
    assert "sync_rules[1].tags.sync[1]: the tag '個人メモ' is private" in fault
    assert_nothing_changed(sandbox)


def test_names_that_stand_twice(apply: Apply, sandbox: Sandbox) -> None:
    account = "  - name: HubSpot\n    provider: hubspot\n    credentials: {access_token: {env: HUBSPOT_TOKEN}}\n"
    rule = CONFIGURATION.partition("sync_rules:\n")[2]
    faults = list_faults(apply(CONFIGURATION.replace("sync_rules:\n", account + "sync_rules:\n") + rule))
    assert faults == [
        "config.yaml:8 accounts[2].name: another account of the file is called 'HubSpot', too",
        "config.yaml:31 sync_rules[1].name: another rule of the file is called 'cards-to-contacts', too",
    ]
    assert_nothing_changed(sandbox)


def test_the_301st_tag(apply: Apply, sandbox: Sandbox) -> None:
    names = [f"タグ{number}" for number in range(301)]
    for name in names:
        sandbox.sansan.add_tag(name)
    (fault,) = list_faults(apply(edit("展示会2026春, VIP", ", ".join(names))))
    assert fault == "config.yaml:15 sync_rules[0].tags.sync: 301 tags are selected, but at most 300 can be"
    assert_nothing_changed(sandbox)
    assert apply(edit("展示会2026春, VIP", ", ".join(names[:300]))).status == 0
    assert SyncRule.objects.get().tags.count() == 300


def test_a_tag_name_that_two_owners_use(apply: Apply, sandbox: Sandbox) -> None:
    other = sandbox.sansan.add_tag("VIP", "public")
    (fault,) = list_faults(apply())
    assert "sync_rules[0].tags.sync[1]: several tags are called 'VIP': " in fault
    assert f"{other} (public" in fault
    assert fault.endswith("; say which as {id: …}")


def test_a_tag_that_was_renamed_in_sansan(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    sandbox.sansan.rename_tag("VIP", "最重要")
    (fault,) = list_faults(apply())
    assert fault.endswith("sync_rules[0].tags.sync[1]: the tag 'VIP' is now called '最重要' in Sansan")


def test_a_missing_file_ends_with_status_2(db: None) -> None:
    outcome = run_command("apply", "no-such-file.yaml")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "no-such-file.yaml: There is no such file.\n1 fault. Nothing was changed."
