"""The tables of a rule's page are written in a quicker way than Django's; what a browser gets stays the same."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.contrib.admin import TabularInline
from django.contrib.auth.models import Permission, User
from django.test import Client

from sync.admin import rule_tables, rules
from sync.forms import inputs
from sync.models import SyncRule, TagSelection
from tests.portal import Portal
from tests.sync.admin.locating import Post, locate


class Elements(HTMLParser):
    """Texts, and elements with their attributes, in order; blanks and secrets of the request do not count."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: " ".join((value or "").split()) for name, value in attrs}
        if known.get("name") != "csrfmiddlewaretoken":
            self.found.append((tag, sorted(known.items())))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(" ".join(data.split()))

    def list_fields(self) -> dict[str, str]:
        """What a browser would send."""
        fields: dict[str, str] = {}
        select = ""
        for element in self.found:
            if isinstance(element, str):
                continue
            tag, attributes = element[0], dict(element[1])  # type: ignore[index]
            if tag == "select":
                select = attributes["name"]
            elif tag == "option" and "selected" in attributes:
                fields[select] = attributes["value"]
            elif tag == "textarea" or (tag == "input" and attributes.get("type") in ("text", "number", "hidden")):
                fields[attributes["name"]] = attributes.get("value", "")
            elif tag == "input" and attributes.get("type") == "checkbox" and "checked" in attributes:
                fields[attributes["name"]] = "on"
        return fields


@pytest.fixture
def tagged(portal: Portal) -> Portal:
    names = ["VIP", "<b>太字</b>", 'a "quoted" tag', "日本 & 海外", "named"]
    for position, name in enumerate(names, start=1):
        TagSelection.objects.create(
            rule=portal.rule,
            position=position,
            tag_id=f"t{position}",
            name=name,
            type=["public", "shared"][position % 2],
        )
    portal.add_filter("companyName", "contains", '株式会社 "&"')
    portal.change_rule(only_with_email=False)
    return portal


@pytest.fixture
def read_rule(admin_client: Client, tagged: Portal) -> Callable[[], Elements]:
    address = locate(SyncRule, "change", tagged.rule.pk)
    return lambda: Elements(admin_client.get(address, headers={"accept-language": "ja"}).content.decode())


def use_djangos_own(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(inputs, "WRITERS", {})
    patch.setattr(rules.TagInline, "formset", rule_tables.LabelledFormSet)
    patch.setattr(rules.TagInline, "template", TabularInline.template)


def test_a_page_has_what_djangos_own_tables_have(
    read_rule: Callable[[], Elements], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = read_rule().found
    use_djangos_own(monkeypatch)
    assert quick == read_rule().found


def test_what_is_sent_back_unchanged_changes_nothing(
    admin_client: Client, read_rule: Callable[[], Elements], tagged: Portal
) -> None:
    before = list(tagged.rule.tags.values_list("pk", "position", "tag_id", "name", "type"))
    fields = read_rule().list_fields()
    answer = admin_client.post(locate(SyncRule, "change", tagged.rule.pk), {**fields, "_save": "1"})
    assert answer.status_code == 302
    assert list(tagged.rule.tags.values_list("pk", "position", "tag_id", "name", "type")) == before
    assert tagged.rule.mappings.count() > 20


def test_a_tag_is_changed_another_goes_and_one_comes(
    post: Post, read_rule: Callable[[], Elements], tagged: Portal
) -> None:
    fields = read_rule().list_fields()
    fields |= {"tags-0-name": "changed", "tags-1-DELETE": "on", "tags-TOTAL_FORMS": "6"}
    fields |= {"tags-5-tag_id": "t9", "tags-5-name": "new", "tags-5-type": "shared", "_save": "1"}
    post(locate(SyncRule, "change", tagged.rule.pk), **fields)
    names = list(tagged.rule.tags.order_by("position").values_list("name", flat=True))
    assert names == ["changed", "new", 'a "quoted" tag', "日本 & 海外", "named"]


def test_what_is_refused_comes_back_with_the_reason(
    post: Post, read_rule: Callable[[], Elements], tagged: Portal
) -> None:
    fields = read_rule().list_fields() | {"tags-0-name": "", "tags-0-tag_id": "kept"}
    page = post(locate(SyncRule, "change", tagged.rule.pk), **fields)
    assert "This field is required." in page
    assert 'value="kept"' in page


def test_who_may_only_look_gets_no_inputs(client: Client, tagged: Portal) -> None:
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(guest)
    page = client.get(locate(SyncRule, "change", tagged.rule.pk)).content.decode()
    assert "&lt;b&gt;太字&lt;/b&gt;" in page
    assert 'name="tags-0-name"' not in page
    assert "tags-empty" not in page
