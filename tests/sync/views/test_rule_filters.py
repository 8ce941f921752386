"""The filters editor: conditions in words, tried on real cards."""

import pytest
from django.test import Client
from django.urls import reverse

from sync.models import FilterSide, RecordFilter
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.views.rule_forms import Editor


@pytest.fixture
def editor(portal: Portal) -> Editor:
    add = portal.sandbox.sansan.add_card
    add(lastName="見本", firstName="太郎", companyName="株式会社見本", exchangeDate="2026-05-01")
    add(lastName="見本", firstName="花子", companyName="見本有限会社", exchangeDate="2020-05-01")
    client = Client()
    client.force_login(make_user(Rank.OPERATOR))
    return Editor(client, reverse("rule_filters", args=(portal.rule.pk,)))


def enter(editor: Editor, field: str, operator: str, value: str | list[str], number: int = 0) -> None:
    editor.send("add")
    prefix = f"conditions-{number}"
    editor.values |= {f"{prefix}-field": [field], f"{prefix}-operator": [operator]}
    editor.values[f"{prefix}-value"] = value if isinstance(value, list) else [value]


def read_filters(portal: Portal) -> list[tuple[str, str, object]]:
    return list(portal.rule.filters.values_list("field", "operator", "value"))


def test_conditions_are_tried_before_they_are_saved(editor: Editor, portal: Portal) -> None:
    assert "Of the 2 cards that were changed last, 2 pass." in editor.text
    enter(editor, "companyName", "contains", "株式会社")
    editor.send("try")
    assert "Of the 2 cards that were changed last, 1 pass" in editor.text
    verdict = editor.text.split('id="verdict"')[1]
    assert "見本 花子" in verdict
    assert "Company contains “株式会社”" in verdict
    assert "見本有限会社" in verdict
    assert read_filters(portal) == []
    editor.send("save")
    assert editor.is_saved
    assert read_filters(portal) == [("companyName", "contains", "株式会社")]


@pytest.mark.parametrize(
    ("field", "operator", "entered", "stored"),
    [
        ("companyName", "in", "株式会社見本\n\n見本商事", ["株式会社見本", "見本商事"]),
        ("companyName", "is_empty", "", None),
        ("companyName", "starts_with", " 見\x00本 ", "見本"),
        ("exchangeDate", "on_or_after", "2026-01-01", "2026-01-01"),
        ("exchangeDate", "within_days", "90", 90),
        ("tags", "has", ["VIP", "", ""], ["VIP"]),
    ],
)
def test_each_kind_of_value_is_kept_in_its_form(
    editor: Editor, portal: Portal, field: str, operator: str, entered: str | list[str], stored: object
) -> None:
    enter(editor, field, operator, entered)
    editor.send("save")
    assert editor.is_saved
    assert read_filters(portal) == [(field, operator, stored)]
    editor.send("save")
    assert read_filters(portal) == [(field, operator, stored)]


@pytest.mark.parametrize(
    ("field", "operator", "value", "complaint"),
    [
        ("companyName", "contains", "", "&#x27;contains&#x27; needs a value"),
        ("exchangeDate", "after", "soon", "&#x27;after&#x27; can&#x27;t compare with this value"),
        ("exchangeDate", "within_days", "-3", "can&#x27;t compare with this value"),
        ("exchangeDate", "contains", "2026", "Select a valid choice"),
        ("", "equals", "x", "Choose a field."),
    ],
)
def test_what_cannot_be_judged_is_refused_at_its_row(
    editor: Editor, portal: Portal, field: str, operator: str, value: str, complaint: str
) -> None:
    enter(editor, field, operator, value)
    editor.send("save")
    assert complaint in editor.text
    assert read_filters(portal) == []


def test_another_field_brings_its_own_operators(editor: Editor) -> None:
    enter(editor, "companyName", "contains", "x")
    editor.send("try", **{"conditions-0-field": "exchangeDate"})
    assert editor.values["conditions-0-operator"] == ["equals"]
    assert 'type="date"' in editor.text
    assert "is not more days ago than" in editor.text


def test_rows_are_taken_away_and_any_is_enough(editor: Editor, portal: Portal) -> None:
    enter(editor, "companyName", "contains", "株式会社")
    enter(editor, "exchangeDate", "before", "2021-01-01", number=1)
    editor.send("try", match="any")
    assert "Of the 2 cards that were changed last, 2 pass." in editor.text
    editor.send("remove-0")
    editor.send("save", only_with_email=None)
    portal.rule.refresh_from_db()
    assert (portal.rule.filter_match, portal.rule.only_with_email) == ("any", False)
    assert read_filters(portal) == [("exchangeDate", "before", "2021-01-01")]


def test_conditions_on_hubspots_side_stay(editor: Editor, portal: Portal) -> None:
    side = FilterSide.HUBSPOT
    RecordFilter.objects.create(
        rule=portal.rule, side=side, position=1, field="lifecyclestage", operator="equals", value="customer"
    )
    editor.load()
    assert "lifecyclestage is “customer”" in editor.text
    enter(editor, "companyName", "contains", "見本")
    editor.send("save")
    assert portal.rule.filters.get(side=side).value == "customer"
    assert portal.rule.filters.count() == 2


def test_sansan_out_of_reach_is_told_and_saving_goes_on(editor: Editor, portal: Portal) -> None:
    portal.sandbox.sansan.revoke_credentials()
    portal.rule.sansan_account.save()  # another moment, so that nothing is remembered of it
    enter(editor, "companyName", "contains", "見本")
    editor.send("try")
    assert "Sansan does not accept the API key" in editor.text
    editor.send("save")
    assert editor.is_saved


def test_tags_that_there_are_none_of_are_told(editor: Editor, portal: Portal) -> None:
    tag_id = portal.sandbox.sansan.add_tag("展示会2027", "public")
    enter(editor, "tags", "has", ["展示会2027", "展示会2072", tag_id])
    editor.send("try")
    assert "No public or shared tag is called 展示会2072, so no card has it." in editor.text
    assert f"{tag_id} is the tag 展示会2027." in editor.text
    assert "No public or shared tag is called 展示会2027" not in editor.text
