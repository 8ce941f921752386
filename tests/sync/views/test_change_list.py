"""The history of settings: who changed what, when and where, in words."""

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from sync.models import ChangeSource, SettingChange
from sync.services.configuration.differences import SECRET, Difference
from sync.services.pausing import pause_rule
from sync.services.setting_history import edit_rule
from sync.services.setting_words import describe_change
from tests.people import Rank, make_user
from tests.portal import Portal


@pytest.fixture(autouse=True)
def forget_language() -> Iterator[None]:
    yield
    translation.deactivate()


@pytest.fixture
def reader(portal: Portal) -> Client:
    client = Client()
    client.force_login(make_user(Rank.VIEWER))
    return client


def read(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(reverse("change_list") + query, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def note(*differences: Difference, **fields: object) -> SettingChange:
    changes = [asdict(difference) for difference in differences]
    described = {"changed_by": "operator", "source": ChangeSource.PORTAL, "subject": "a rule", **fields}
    return SettingChange.objects.create(changes=changes, **described)


def test_without_changes_it_says_what_will_be_here(reader: Client) -> None:
    assert "Nothing was changed yet." in read(reader)
    assert "No change is like that." in read(reader, "?source=admin")


def test_a_change_says_who_where_and_from_what_to_what(reader: Client, portal: Portal) -> None:
    pause_rule(portal.rule.pk, by="見本 花子", source=ChangeSource.COMMAND)
    page = read(reader)
    assert "見本 花子" in page
    assert '<td data-label="Where">command</td>' in page
    assert f'<a href="{reverse("rule_detail", args=[portal.rule.pk])}"><bdi>{portal.rule.name}</bdi></a>' in page
    assert "<bdi>Enabled</bdi>" in page
    assert '<del class="old"><bdi>yes</bdi></del> → <ins class="new"><bdi>no</bdi></ins>' in page


@pytest.mark.parametrize(
    ("difference", "english", "japanese"),
    [
        (Difference("interval_minutes", "10", "5"), "Interval in minutes: “10” became “5”", "5"),
        (Difference("direction", "sansan_to_hubspot", "two_way"), "“Sansan → HubSpot” became “both ways”", "双方向"),
        (Difference("matching", "[link, email]", "[email]"), "“earlier sync, e-mail address” became", ""),
        (Difference("tags", new="VIP", part="VIP"), "Tags: VIP was added", "VIP"),
        (Difference("tags"), "Tags stand in another order", ""),
        (
            Difference("filters", old="companyName contains 株式会社", part="companyName contains 株式会社"),
            "Filters: Company contains “株式会社” was taken away",
            "会社名",
        ),
        (
            Difference("mappings", "always", "if_empty", part="title -> jobtitle", field="write"),
            "Field mappings, Job title → jobtitle: write: “always” became “only if empty”",
            "役職 → jobtitle",
        ),
        (
            Difference("mappings", "[]", "[trim]", part="title -> jobtitle", field="transform"),
            "transform: “automatic” became “",
            "役職",
        ),
        (Difference(SECRET), "The key or token was changed", ""),
        (Difference("rule", old="a rule"), "The sync rule was deleted", ""),
        (Difference("name", new="a rule"), "“a rule” was made", "a rule"),
    ],
)
def test_every_kind_of_change_is_in_words(db: None, difference: Difference, english: str, japanese: str) -> None:
    change = note(difference)
    assert english in str(describe_change(change)[0])
    with translation.override("ja"):
        assert japanese in str(describe_change(change)[0])


def test_changes_are_chosen_by_rule_account_and_place(reader: Client, portal: Portal) -> None:
    note(Difference("interval_minutes", "10", "15"), rule=portal.rule, changed_by="by-rule")
    note(Difference(SECRET), account=portal.rule.hubspot_account, changed_by="by-account", source=ChangeSource.ADMIN)
    for query, shown, hidden in (
        (f"?rule={portal.rule.pk}", "by-rule", "by-account"),
        (f"?account={portal.rule.hubspot_account_id}", "by-account", "by-rule"),
        ("?source=admin", "by-account", "by-rule"),
    ):
        page = read(reader, query)
        assert shown in page
        assert f"<bdi>{hidden}</bdi>" not in page
    # What is no rule limits nothing.
    assert "by-rule" in read(reader, "?rule=none")


def test_long_changes_and_long_lists_are_shown_in_parts(reader: Client, portal: Portal) -> None:
    names = [f"tag {number}" for number in range(20)]
    note(*(Difference("tags", new=name, part=name) for name in names), rule=portal.rule)
    assert "12 more changes" in read(reader)
    for number in range(60):
        note(Difference("interval_minutes", str(number), str(number + 1)), changed_by=f"person-{number}")
    first = read(reader)
    assert "person-59" in first
    assert "person-9<" not in first
    older = SettingChange.objects.get(changed_by="person-10").pk
    assert f"page=after-{older}" in first
    assert "person-9<" in read(reader, f"?page=after-{older}")


def test_names_are_text_only(reader: Client, portal: Portal) -> None:
    with edit_rule(portal.rule.pk, by="<script>alert(1)</script>") as rule:
        rule.name = "<b>規則</b>"
        rule.save()
    page = read(reader, **{"accept-language": "ja"})
    assert "<script>alert" not in page
    assert "&lt;b&gt;規則&lt;/b&gt;" in page
