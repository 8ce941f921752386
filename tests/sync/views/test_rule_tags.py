"""The tags of a rule: what can be chosen, and what became of what was."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from sync.forms.tag_picker import TagPickerForm
from sync.models import SettingChange, TagSelection
from sync.services.rule_editing.tags import TagChoice, load_tag_shelf
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.views.rule_forms import Editor


@pytest.fixture
def tags(portal: Portal) -> dict[str, str]:
    """Tag ids by name, beside those that the sandbox begins with."""
    add = portal.sandbox.sansan.add_tag
    names = {"展示会2027": "public", "得意先A": "shared", "得意先B": "public", "内緒": "private"}
    return {name: add(name, kind) for name, kind in names.items()}


@pytest.fixture
def editor(portal: Portal, tags: dict[str, str]) -> Editor:
    client = Client()
    client.force_login(make_user(Rank.OPERATOR))
    return Editor(client, reverse("rule_tags", args=(portal.rule.pk,)))


def read_tags(portal: Portal) -> list[str]:
    return list(portal.rule.tags.values_list("name", flat=True))


def test_public_and_shared_tags_are_chosen_private_ones_never_shown(
    editor: Editor, portal: Portal, tags: dict[str, str]
) -> None:
    assert "展示会2027" in editor.text
    assert "内緒" not in editor.text
    chosen = [tags["得意先A"], tags["展示会2027"], tags["内緒"]]
    editor.send("save", scope="some", only_with_these="on", tags=chosen)
    assert editor.is_saved
    portal.rule.refresh_from_db()
    assert (portal.rule.sync_all_tags, portal.rule.only_with_these_tags) == (False, True)
    assert read_tags(portal) == ["展示会2027", "得意先A"]
    assert SettingChange.objects.get().changed_by == "operator"
    assert "2/300" in editor.text


def test_a_search_keeps_what_was_ticked(editor: Editor, portal: Portal, tags: dict[str, str]) -> None:
    editor.send("search", scope="some", q="得意先", tags=[tags["展示会2027"]])
    found = editor.text.split('id="tags-found"')[1]
    assert "得意先A" in found
    assert "展示会2027" not in found
    assert editor.values["tags"] == [tags["展示会2027"]]
    editor.send("select_found")
    assert set(editor.values["tags"]) == {tags["展示会2027"], tags["得意先A"], tags["得意先B"]}
    assert read_tags(portal) == []
    editor.send("save")
    assert read_tags(portal) == ["展示会2027", "得意先A", "得意先B"]


def test_no_more_than_300(editor: Editor, portal: Portal) -> None:
    made = [portal.sandbox.sansan.add_tag(f"番号{number:03d}", "public") for number in range(301)]
    editor.load("?fresh=1")
    editor.send("select_found", scope="some", q="番号")
    assert "With all that the search finds, 301 tags would be selected, but at most 300 can be." in editor.text
    assert "tags" not in editor.values
    editor.send("save", scope="some", tags=made)
    assert "301 tags are selected, but at most 300 can be. Take at least 1 away" in editor.text
    assert not TagSelection.objects.exists()
    editor.send("save", tags=made[:300])
    assert TagSelection.objects.count() == 300


def test_all_tags_need_no_selection(editor: Editor, portal: Portal) -> None:
    editor.send("save", scope="some", only_with_these="on")
    assert "With no tag selected, no card would ever sync." in editor.text
    editor.send("save", scope="all", only_with_these="on")
    assert editor.is_saved
    portal.rule.refresh_from_db()
    assert portal.rule.sync_all_tags


def test_what_became_of_selected_tags_is_told(editor: Editor, portal: Portal, tags: dict[str, str]) -> None:
    editor.send("save", scope="some", tags=[tags["展示会2027"], tags["得意先A"], tags["得意先B"]])
    sansan = portal.sandbox.sansan
    sansan.rename_tag("展示会2027", "展示会2027春")
    sansan.retype_tag("得意先A", "private")
    sansan.remove_tag("得意先B")
    editor.send("reread")
    detail = editor.client.get(reverse("rule_detail", args=(portal.rule.pk,))).content.decode()
    for page in (editor.text, detail):
        assert "<strong>展示会2027</strong>: Called 展示会2027春 in Sansan now." in page
        assert "<strong>得意先A</strong>: Private in Sansan now." in page
        assert "<strong>得意先B</strong>: No longer in Sansan" in page
    editor.send("save")
    assert read_tags(portal) == ["展示会2027春"]


def test_sansan_out_of_reach_shows_what_is_stored(editor: Editor, portal: Portal, tags: dict[str, str]) -> None:
    editor.send("save", scope="some", tags=[tags["得意先A"], tags["得意先B"]])
    portal.sandbox.sansan.revoke_credentials()
    editor.load("?fresh=1")
    assert "Sansan does not accept the API key" in editor.text
    assert set(editor.values["tags"]) == {tags["得意先A"], tags["得意先B"]}
    editor.send("save", tags=[tags["得意先B"]])
    assert read_tags(portal) == ["得意先B"]


def test_names_are_shown_as_text(editor: Editor, portal: Portal) -> None:
    portal.sandbox.sansan.add_tag("<script>alert(1)</script>\u202e", "public")
    editor.load("?fresh=1")
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u202e</bdi>" in editor.text


def test_of_very_many_tags_the_first_are_shown_and_all_are_searched(editor: Editor, portal: Portal) -> None:
    for number in range(500):
        portal.sandbox.sansan.add_tag(f"大量{number:04d}", "shared")
    editor.load("?fresh=1&q=大量")
    assert "500 more tags found" in editor.text
    assert "大量0199" in editor.text
    assert "大量0200" not in editor.text
    editor.send("search", q="量049")
    assert "大量0499" in editor.text


def test_the_picker_needs_no_rule(portal: Portal, tags: dict[str, str]) -> None:
    shelf = load_tag_shelf(portal.rule.sansan_account)
    data = QueryDict(mutable=True)
    data["scope"] = "some"
    data.setlist("tags", [tags["得意先A"]])
    form = TagPickerForm(data, shelf=shelf, initial_choice=TagChoice(True, (), False))
    assert form.is_valid()
    assert [tag.name for tag in form.choice.tags] == ["得意先A"]
