"""The administration notes who changed what; two people at one rule lose nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from sync.models import ChangeSource, ConnectedAccount, FieldMapping, SettingChange, SyncRule, TagSelection
from sync.services.configuration.definition import read_definition
from sync.services.rule_editing.mappings import save_rule_mappings
from sync.services.setting_history import edit_rule
from sync.services.setting_words import tell_change
from tests.portal import Portal
from tests.sync.admin.locating import Post, locate
from tests.sync.admin.test_rule_tables import Elements
from tests.sync.admin.test_rules import act, fill_rule_form

Fields = dict[str, str]


@pytest.fixture
def open_rule(admin_client: Client, portal: Portal) -> Callable[[], Fields]:
    """What a browser would send of the rule's page as it is now."""
    address = locate(SyncRule, "change", portal.rule.pk)
    return lambda: Elements(admin_client.get(address).content.decode()).list_fields() | {"_save": "1"}


def list_notes() -> list[tuple[str, str, list[str]]]:
    changes = SettingChange.objects.order_by("pk")
    return [(change.changed_by, change.source, tell_change(change)) for change in changes]


def find_row(fields: Fields, name: str, value: str) -> str:
    """The beginning of the names of a row's inputs."""
    return next(key for key, found in fields.items() if key.endswith(f"-{name}") and found == value).removesuffix(name)


def test_a_saved_rule_notes_its_tables_too(post: Post, open_rule: Callable[[], Fields], portal: Portal) -> None:
    fields = open_rule()
    row = find_row(fields, "hubspot_property", "jobtitle")
    post(locate(SyncRule, "change", portal.rule.pk), **fields | {"interval_minutes": "15", f"{row}write": "if_empty"})
    assert list_notes() == [
        (
            "admin",
            "admin",
            [
                "Interval in minutes: “10” became “15”",
                "Field mappings, Job title → jobtitle: write: “always” became “only if empty”",
            ],
        )
    ]
    post(locate(SyncRule, "change", portal.rule.pk), **open_rule())
    assert len(list_notes()) == 1


def test_a_refused_rule_notes_nothing(post: Post, open_rule: Callable[[], Fields], portal: Portal) -> None:
    post(locate(SyncRule, "change", portal.rule.pk), **open_rule() | {"name": ""})
    assert list_notes() == []


def test_a_new_rule_and_a_deleted_one_are_noted(post: Post, portal: Portal) -> None:
    post(locate(SyncRule, "add"), **fill_rule_form(portal))
    rule = SyncRule.objects.get(name="second")
    assert rule.setting_changes.count() == 1
    post(locate(SyncRule, "delete", rule.pk), post="yes")
    post(locate(SyncRule, "changelist"), action="delete_selected", _selected_action=[portal.rule.pk], post="yes")
    assert not SyncRule.objects.exists()
    assert [words for _by, _source, words in list_notes()] == [
        ["“second” was made"],
        ["The sync rule was deleted"],
        ["The sync rule was deleted"],
    ]
    assert {change.subject for change in SettingChange.objects.all()} == {"second", portal.rule.name}


def test_pausing_and_resuming_are_noted(post: Post, portal: Portal) -> None:
    act(post, portal, "pause")
    act(post, portal, "resume")
    assert [(by, source) for by, source, _words in list_notes()] == [("admin", "admin")] * 2


def test_the_second_editor_is_told_and_loses_nothing(
    post: Post, open_rule: Callable[[], Fields], portal: Portal
) -> None:
    address = locate(SyncRule, "change", portal.rule.pk)
    fields = open_rule() | {"interval_minutes": "25"}
    fields[f"{find_row(fields, 'hubspot_property', 'jobtitle')}write"] = "never"
    with edit_rule(portal.rule.pk, by="見本 花子") as rule:
        rule.overlap_minutes = 20
        rule.save()
    page = post(address, **fields)
    assert "見本 花子: Overlap in minutes: “10” became “20”" in page
    portal.rule.refresh_from_db()
    assert (portal.rule.interval_minutes, portal.rule.overlap_minutes) == (10, 20)
    again = Elements(page).list_fields()
    assert again["interval_minutes"] == "25"
    post(address, **again | {"_save": "1"})
    portal.rule.refresh_from_db()
    assert portal.rule.interval_minutes == 25
    assert portal.rule.mappings.get(hubspot_property="jobtitle").write == "never"


def test_rows_that_were_replaced_meanwhile_keep_what_was_entered(
    post: Post, open_rule: Callable[[], Fields], portal: Portal
) -> None:
    TagSelection.objects.create(rule=portal.rule, position=1, tag_id="t1", name="VIP", type="shared")
    portal.add_filter("companyName", "contains", "株式会社")
    portal.add_filter("tags", "has", ["VIP", "展示会"])
    address = locate(SyncRule, "change", portal.rule.pk)
    fields = open_rule()
    fields[f"{find_row(fields, 'hubspot_property', 'jobtitle')}write"] = "never"
    fields[f"{find_row(fields, 'tag_id', 't1')}name"] = "VIP 2"
    before = portal.rule.mappings.count()
    replace_all_rows(portal, without="phone")
    again = Elements(post(address, **fields)).list_fields()
    post(address, **again | {"_save": "1"})
    assert portal.rule.mappings.get(hubspot_property="jobtitle").write == "never"
    # The row that the other one removed comes back, as it was entered.
    assert portal.rule.mappings.count() == before
    assert [tag.name for tag in portal.rule.tags.all()] == ["VIP 2"]
    assert portal.rule.filters.count() == 2


def replace_all_rows(portal: Portal, without: str) -> None:
    """As an editor of the portal saves them: each row anew."""
    definition = read_definition(portal.rule)
    kept = [mapping for mapping in definition.mappings if mapping.hubspot != without]
    assert len(kept) == len(definition.mappings) - 1
    save_rule_mappings(portal.rule.pk, kept, by="operator")
    for row in [*portal.rule.tags.all(), *portal.rule.filters.all()]:
        row.delete()
        row.pk = None
        row.save(force_insert=True)
    assert FieldMapping.objects.filter(rule=portal.rule).count() == len(kept)


def test_accounts_note_what_changed_and_never_a_secret(post: Post, portal: Portal) -> None:
    account, token = portal.rule.hubspot_account, portal.sandbox.hubspot.token
    address = locate(ConnectedAccount, "change", account.pk)
    post(address, name="HubSpot 2", requests_per_10_seconds="50", hubspot_access_token=token)
    post(locate(ConnectedAccount, "changelist"), action="check_connection", _selected_action=[account.pk])
    post(locate(ConnectedAccount, "add"), name="Third", provider="hubspot", hubspot_access_token=token)
    third = ConnectedAccount.objects.get(name="Third")
    post(locate(ConnectedAccount, "delete", third.pk), post="yes")
    assert [words for _by, _source, words in list_notes()] == [
        [
            "Name: “HubSpot” became “HubSpot 2”",
            "Requests per 10 seconds: “-” became “50”",
            "The key or token was changed",
        ],
        ["“Third” was made", "The key or token was changed"],
        ["The connected account was deleted"],
    ]
    assert token not in str(list(SettingChange.objects.values()))
    assert {change.source for change in SettingChange.objects.all()} == {ChangeSource.ADMIN}
