"""The mapping editor, against the sandbox."""

import pytest
from django.test import Client
from django.urls import reverse

from sync.models import FieldMapping, LinkState, RecordLink, SettingChange
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.views.rule_forms import Editor


@pytest.fixture
def operator(portal: Portal) -> Client:
    client = Client()
    client.force_login(make_user(Rank.OPERATOR))
    return client


@pytest.fixture
def editor(portal: Portal, operator: Client) -> Editor:
    portal.sandbox.sansan.add_card(
        lastName="見本", firstName="太郎", email="Taro@Sample.example", title="課長", tel="03-1234-5678"
    )
    return Editor(operator, reverse("rule_mapping", args=(portal.rule.pk,)))


def find_row(editor: Editor, target: str) -> str:
    """The prefix of the row that goes to a property."""
    found = [name for name, value in editor.values.items() if name.endswith("-hubspot_property") and value == [target]]
    return found[0].removesuffix("-hubspot_property")


def read_offer(editor: Editor, key: str) -> str:
    return editor.text.split(f'<datalist id="fits-{key}">')[1].split("</datalist>")[0]


def count_rows(editor: Editor) -> int:
    return sum(name.endswith("-hubspot_property") for name in editor.values)


def read_mappings(portal: Portal) -> list[tuple[str, str]]:
    return list(portal.rule.mappings.values_list("sansan_field", "hubspot_property"))


def test_what_is_stored_is_shown_with_a_real_card(editor: Editor) -> None:
    assert "The example is the card of 見本 太郎" in editor.text
    assert "<bdi>03-1234-5678</bdi> →" in editor.text
    assert '<bdi class="new">+81312345678</bdi>' in editor.text
    assert "Join with other fields (Building) → Unify full-width" in editor.text
    assert "can't work" not in editor.text


def test_saving_without_a_change_changes_nothing(editor: Editor, portal: Portal) -> None:
    before = list(portal.rule.mappings.values("sansan_field", "hubspot_property", "transform", "write", "enabled"))
    editor.send("save")
    assert editor.is_saved
    after = list(portal.rule.mappings.values("sansan_field", "hubspot_property", "transform", "write", "enabled"))
    assert after == before
    assert not SettingChange.objects.exists()


def test_a_row_is_changed_switched_off_and_noted(editor: Editor, portal: Portal) -> None:
    title, fax = find_row(editor, "jobtitle"), find_row(editor, "fax")
    editor.send("check", **{f"{title}-transform": "truncate"})
    editor.send("save", **{f"{title}-length": "1", f"{title}-write": "if_empty", f"{fax}-enabled": None})
    assert editor.is_saved
    mapping = portal.rule.mappings.get(hubspot_property="jobtitle")
    assert (mapping.transform, mapping.write) == ([{"name": "truncate", "length": 1}], "if_empty")
    assert not portal.rule.mappings.get(hubspot_property="fax").enabled
    change = SettingChange.objects.get()
    assert (change.changed_by, change.source, len(change.changes)) == ("operator", "portal", 3)
    assert "<bdi>課長</bdi> →" in editor.text
    assert '<bdi class="new">課</bdi>' in editor.text


def test_rows_are_moved_added_and_taken_away(editor: Editor, portal: Portal) -> None:
    editor.send("down-0")
    assert editor.values["rows-0-hubspot_property"] == ["firstname"]
    editor.send("up-0")
    assert editor.values["rows-0-hubspot_property"] == ["firstname"]
    last = count_rows(editor) - 1
    editor.send("check", **{f"rows-{last}-position": "1"})
    assert editor.values["rows-0-hubspot_property"] == ["sansan_memo"]
    editor.send("remove-0")
    editor.send("add")
    editor.send("save", **{f"rows-{last}-sansan_field": "building", f"rows-{last}-hubspot_property": "sansan_memo"})
    assert editor.is_saved
    mappings = read_mappings(portal)
    assert mappings[0] == ("firstName", "firstname")
    assert mappings[-1] == ("building", "sansan_memo")


def test_a_blank_row_is_passed_over(editor: Editor, portal: Portal) -> None:
    before = read_mappings(portal)
    editor.send("add")
    editor.send("save")
    assert editor.is_saved
    assert read_mappings(portal) == before


@pytest.mark.parametrize(
    ("field", "changes", "complaint"),
    [
        ("jobtitle", {"hubspot_property": "jobtitel"}, "has no contact property &#x27;jobtitel&#x27;; did you mean"),
        ("jobtitle", {"hubspot_property": "email"}, "another mapping goes to &#x27;email&#x27;, too"),
        ("jobtitle", {"hubspot_property": "sansan_card_id"}, "is written by the sync itself"),
        ("jobtitle", {"hubspot_property": "sansan_exchange_day"}, "has no contact property"),
        ("jobtitle", {"hubspot_property": "lifecyclestage"}, "does not fit the HubSpot property"),
        ("jobtitle", {"hubspot_property": ""}, "Choose the HubSpot property that this goes to."),
        ("jobtitle", {"sansan_field": ""}, "is missing"),
        ("jobtitle", {"transform": "truncate", "length": "many"}, "Enter a whole number."),
        ("jobtitle", {"transform": "option_map", "table": "課長"}, "This line is none: 課長"),
        ("sansan_exchange_date", {"transform": "truncate", "length": "3"}, "used on this kind of field (date)"),
    ],
)
def test_what_cannot_work_is_refused_at_its_row(
    editor: Editor, portal: Portal, field: str, changes: dict[str, str], complaint: str
) -> None:
    before = read_mappings(portal)
    row = find_row(editor, field)
    editor.send("save", **{f"{row}-{name}": value for name, value in changes.items()})
    assert complaint in editor.text
    assert "Nothing was saved." in editor.text
    assert read_mappings(portal) == before


def test_only_what_fits_is_offered_and_the_rest_has_its_reason(editor: Editor) -> None:
    text, tags = read_offer(editor, "text"), read_offer(editor, "tags")
    assert '<option value="jobtitle">' in text
    assert '<option value="sansan_exchange_date">' not in text
    assert '<option value="sansan_tags">' in tags
    assert '<option value="jobtitle">' not in tags
    assert '<option value="sansan_card_id">' not in editor.text
    assert "Written by the sync itself" in editor.text
    assert "Calculated by HubSpot" in editor.text


def test_a_property_that_is_gone_is_told_in_the_words_of_the_run(editor: Editor, portal: Portal) -> None:
    portal.sandbox.hubspot.archive_property("jobtitle")
    run = portal.run()
    editor.send("reread")
    words = "HubSpot has no contact property &#x27;jobtitle&#x27;"
    assert run.error_code == "MAPPING_INVALID"
    assert words in editor.text


def test_a_table_and_a_fixed_value_may_go_to_options(editor: Editor, portal: Portal) -> None:
    editor.send("add")
    number = count_rows(editor) - 1
    row = f"rows-{number}"
    editor.send("check", **{f"{row}-transform": "constant", f"{row}-hubspot_property": "lifecyclestage"})
    editor.send("save", **{f"rows-{number}-fixed": "lead"})
    assert editor.is_saved
    mapping = portal.rule.mappings.get(hubspot_property="lifecyclestage")
    assert (mapping.sansan_field, mapping.transform) == ("", [{"name": "constant", "value": "lead"}])
    assert editor.values[f"rows-{number}-fixed"] == ["lead"]


def test_chains_that_the_editor_cannot_show_stay_as_they_are(editor: Editor, portal: Portal) -> None:
    row = find_row(editor, "address")
    assert editor.values[f"{row}-transform"] == ["kept"]
    editor.send("save", **{f"{row}-write": "if_empty"})
    mapping = portal.rule.mappings.get(hubspot_property="address")
    assert [step if isinstance(step, str) else step["name"] for step in mapping.transform] == ["join", "nfkc", "trim"]
    assert mapping.write == "if_empty"


def test_a_transform_of_another_version_is_shown_and_not_saved_again(editor: Editor, portal: Portal) -> None:
    FieldMapping.objects.filter(hubspot_property="jobtitle").update(transform=["from_the_future"])
    editor.load("?card=none")
    assert "from_the_future" in editor.text
    editor.send("save")
    assert "no transform is called" in editor.text
    assert not editor.is_saved


def test_what_would_a_card_become(editor: Editor, portal: Portal) -> None:
    portal.run_well()
    link = RecordLink.objects.get(rule=portal.rule)
    editor.send("find", card_name="見本")
    assert f'value="{link.sansan_id}"' in editor.text
    row = find_row(editor, "jobtitle")
    editor.send("check", card=link.sansan_id, **{f"{row}-transform": "constant", f"{row}-fixed": "部長"})
    outlook = editor.text.split('id="outlook"')[1]
    assert "<bdi>taro@sample.example</bdi>" in outlook
    assert "<bdi>部長</bdi>" in outlook
    editor.send("find", card_name="<script>")
    assert "No record of this rule is called so." in editor.text
    assert "<script>" not in editor.text.split('id="outlook"')[1].split("</section>")[0]


def test_a_card_that_would_not_sync_says_why(editor: Editor, portal: Portal) -> None:
    card = portal.sandbox.sansan.add_card(lastName="見本", firstName="次郎")
    RecordLink.objects.create(rule=portal.rule, sansan_id=card, name="見本 次郎", state=LinkState.EXCLUDED)
    editor.load(f"?card={card}")
    assert "No e-mail address: The card has no e-mail address" in editor.text


def test_a_property_is_created_from_the_editor(editor: Editor, portal: Portal) -> None:
    editor.send("create", **{"property-label": "ランク", "property-name": "sansan_rank", "property-kind": "text"})
    assert "HubSpot has the property ランク now" in editor.text
    number = count_rows(editor) - 1
    assert editor.values[f"rows-{number}-hubspot_property"] == ["sansan_rank"]
    editor.send("save", **{f"rows-{number}-sansan_field": "title"})
    assert editor.is_saved
    assert portal.properties()["sansan_rank"].label == "ランク"
    editor.send("create", **{"property-label": "再び", "property-name": "sansan_rank", "property-kind": "date"})
    assert "HubSpot already has a property sansan_rank: &#x27;ランク&#x27;" in editor.text


def test_a_missing_scope_is_named_and_nothing_is_lost(editor: Editor, portal: Portal) -> None:
    portal.sandbox.hubspot.remove_scope("crm.schemas.contacts.write")
    row = find_row(editor, "jobtitle")
    new = {"property-label": "ランク", "property-name": "sansan_rank", "property-kind": "select"}
    editor.send("create", **new, **{"property-options": "A\nB", f"{row}-write": "never"})
    assert "lacks the scope crm.schemas.contacts.write" in editor.text
    assert editor.values[f"{row}-write"] == ["never"]
    assert editor.values["property-name"] == ["sansan_rank"]


def test_hubspot_out_of_reach_stops_saving_and_keeps_what_was_entered(editor: Editor, portal: Portal) -> None:
    portal.sandbox.hubspot.revoke_credentials()
    row = find_row(editor, "jobtitle")
    editor.send("save", **{f"{row}-write": "never"})
    assert "HubSpot does not accept the token of account &#x27;HubSpot&#x27;" in editor.text
    assert editor.values[f"{row}-write"] == ["never"]
    assert portal.rule.mappings.get(hubspot_property="jobtitle").write == "always"
    portal.sandbox.hubspot.restore_credentials()
    editor.send("save")
    assert portal.rule.mappings.get(hubspot_property="jobtitle").write == "never"


def test_sansan_out_of_reach_only_takes_the_example(editor: Editor, portal: Portal) -> None:
    portal.sandbox.sansan.revoke_credentials()
    account = portal.rule.sansan_account
    account.save()  # another moment, so that nothing is remembered of it
    editor.load()
    assert "Sansan does not accept the API key" in editor.text
    editor.send("save", **{f"{find_row(editor, 'jobtitle')}-write": "never"})
    assert editor.is_saved


def test_saving_says_how_many_records_it_concerns(editor: Editor, portal: Portal) -> None:
    portal.run_well()
    editor.load()
    assert "Saving concerns 1 linked record." in editor.text
    editor.send("save", **{f"{find_row(editor, 'jobtitle')}-write": "never"})
    assert "This concerns 1 linked record." in editor.text


def test_our_own_properties_are_created_when_they_are_mapped(editor: Editor, portal: Portal) -> None:
    portal.sandbox.hubspot.archive_property("sansan_memo")
    editor.send("save", **{f"{find_row(editor, 'sansan_memo')}-enabled": "on"})
    assert editor.is_saved
    assert "Created in HubSpot: sansan_memo." in editor.text
    assert "sansan_memo" in portal.properties()
