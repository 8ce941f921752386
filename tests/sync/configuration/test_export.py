"""`export_config`: what is configured, as a file that `apply` takes again."""

from collections.abc import Callable

from ruamel.yaml import YAML

from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RecordFilter, SyncRule
from tests.sync.configuration.conftest import CONFIGURATION, Outcome, edit, replace_mappings, run_command

Apply = Callable[..., Outcome]

UNCHANGED = ["Nothing to change: everything is as the file says."]

EXPORTED = """\
# Secrets are left out: set these environment variables before applying.
accounts:
  - name: Sansan HQ
    provider: sansan
    credentials: {api_key: {env: SANSAN_API_KEY}}
  - name: HubSpot
    provider: hubspot
    credentials: {access_token: {env: HUBSPOT_TOKEN}}
sync_rules:
  - name: cards-to-contacts
    sansan: Sansan HQ
    hubspot: HubSpot
    direction: sansan_to_hubspot
    enabled: true
    interval_minutes: 10
    overlap_minutes: 10
    tags:
      sync: [展示会2026春, VIP]
      only_with_these: false
    only_with_email: true
    matching: [link, email]
    conflict: sansan_wins
    filters:
      match: all
      conditions:
        - {field: companyName, operator: contains, value: 株式会社}
    hubspot_filters:
      match: all
      conditions:
        - {field: lifecyclestage, operator: equals, value: customer}
    mappings: default
"""


def test_the_export_of_what_was_applied(apply: Apply) -> None:
    apply()
    outcome = run_command("export_config")
    assert (outcome.status, outcome.out, outcome.err) == (0, EXPORTED, "")
    assert apply(outcome.out).changes == UNCHANGED


def test_no_secret_is_exported(apply: Apply, sandbox: Sandbox) -> None:
    apply()
    out = run_command("export_config").out
    assert sandbox.sansan.api_key not in out
    assert sandbox.hubspot.token not in out


def test_a_rule_with_everything_unusual_comes_back_as_it_was(apply: Apply, sandbox: Sandbox) -> None:
    other = sandbox.sansan.add_tag("VIP", "public")
    ours = next(tag["id"] for tag in sandbox.sansan.tags() if tag["name"] == "VIP" and tag["id"] != other)
    text = replace_mappings(
        """\
        - {sansan: tel, hubspot: phone, transform: [nfkc, {name: truncate, length: 20}], write: if_empty}
        - {sansan: memo, hubspot: sansan_memo, enabled: false}
        - {sansan: title, hubspot: jobtitle, direction: both, transform: trim}
        - {hubspot: company, transform: {name: constant, value: "yes: no # null"}}
        """
    )
    changes = {
        "enabled: true": "enabled: false",
        "direction: sansan_to_hubspot": "direction: two_way",
        "[展示会2026春, VIP]": f"[{{id: {other}}}, {{id: {ours}}}, 休眠]",
        "only_with_these: false": "only_with_these: true",
        "interval_minutes: 10": "interval_minutes: 1440\n    overlap_minutes: 60",
        "[link, email]": "[email, link, name_and_company]",
        "match: all\n      conditions:\n        - {field: companyName": "match: any\n      conditions:\n"
        "        - {field: title, operator: in, value: [部長, '2026']}\n"
        "        - {field: exchangeDate, operator: after, value: 2026-01-02}\n"
        "        - {field: exchangeDate, operator: within_days, value: 90}\n"
        "        - {field: memo, operator: is_empty}\n"
        "        - {field: companyName",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert apply(text).err == ""
    stored = list(SyncRule.objects.values()), list(RecordFilter.objects.values())
    exported = run_command("export_config").out
    assert apply(exported).changes == UNCHANGED
    assert (list(SyncRule.objects.values()), list(RecordFilter.objects.values())) == stored
    SyncRule.objects.all().delete()
    assert apply(exported).changes == ["+ rule cards-to-contacts"]
    assert run_command("export_config").out == exported


def test_names_choose_accounts_and_rules(apply: Apply) -> None:
    apply()
    apply(edit("name: cards-to-contacts", "name: second"))
    document = YAML(typ="safe").load(run_command("export_config", "second", "HubSpot").out)
    assert [account["name"] for account in document["accounts"]] == ["HubSpot"]
    assert [rule["name"] for rule in document["sync_rules"]] == ["second"]
    alone = run_command("export_config", "cards-to-contacts").out
    assert alone.startswith("accounts: []\nsync_rules:\n")
    assert apply(alone).changes == UNCHANGED


def test_several_accounts_of_a_provider_get_variables_of_their_own(apply: Apply) -> None:
    second = "  - {name: Sansan 2, provider: sansan, credentials: {api_key: {env: SANSAN_API_KEY}}}\nsync_rules:"
    apply(CONFIGURATION.replace("sync_rules:", second))
    ConnectedAccount.objects.filter(provider="hubspot").update(requests_per_10_seconds=190)
    document = YAML(typ="safe").load(run_command("export_config").out)
    assert {account["name"]: account["credentials"] for account in document["accounts"]} == {
        "Sansan HQ": {"api_key": {"env": "SANSAN_API_KEY"}},
        "HubSpot": {"access_token": {"env": "HUBSPOT_TOKEN"}},
        "Sansan 2": {"api_key": {"env": "SANSAN_API_KEY_2"}},
    }
    assert [account.get("requests_per_10_seconds") for account in document["accounts"]] == [None, 190, None]
    alone = YAML(typ="safe").load(run_command("export_config", "Sansan 2").out)
    assert alone["accounts"][0]["credentials"] == {"api_key": {"env": "SANSAN_API_KEY_2"}}


def test_an_unknown_name_is_refused(apply: Apply) -> None:
    apply()
    outcome = run_command("export_config", "cards-to-contact")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "no account or rule is called 'cards-to-contact'; did you mean 'cards-to-contacts'?"


def test_nothing_configured_is_an_empty_file_that_can_be_applied(apply: Apply) -> None:
    out = run_command("export_config").out
    assert out == "accounts: []\nsync_rules: []\n"
    assert apply(out).changes == UNCHANGED
