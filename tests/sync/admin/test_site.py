"""The administration as a whole: its sections, the ways to the portal, and the roles that people get there."""

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from sync.models import ConnectedAccount, RecordLink, RecordLog, RuleSetup, SettingChange, SyncRule, SyncRun
from sync.roles import OPERATOR
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.admin.locating import Post, locate


def list_sections(client: Client) -> list[tuple[str, list[str]]]:
    page = client.get(reverse("admin:index"))
    return [
        (str(section["name"]), [model["object_name"] for model in section["models"]])
        for section in page.context["app_list"]
    ]


def test_sections_come_in_the_order_of_the_work(admin_client: Client) -> None:
    assert list_sections(admin_client) == [
        ("Connections and rules", ["ConnectedAccount", "SyncRule", "RuleSetup", "SettingChange"]),
        ("What runs did", ["SyncRun", "RecordLink", "RecordLog", "PreviewLink"]),
        ("Authentication and Authorization", ["Group", "User"]),
    ]


def test_a_section_of_nothing_is_left_out(client: Client, db: None) -> None:
    client.force_login(make_user(Rank.VIEWER))
    assert [name for name, _models in list_sections(client)] == ["Connections and rules", "What runs did"]
    assert client.get(reverse("admin:app_list", args=["sync"])).status_code == 200


@pytest.mark.parametrize(
    ("model", "name", "page"),
    [
        (ConnectedAccount, "account_list", "account_detail"),
        (SyncRule, "rule_list", "rule_detail"),
        (SyncRun, "run_list", "run_detail"),
        (RecordLink, "record_list", "record_detail"),
    ],
)
def test_lists_and_things_lead_to_the_portal(
    admin_client: Client, filled: Portal, model: type[Model], name: str, page: str
) -> None:
    thing = model._default_manager.all()[0]
    listed = admin_client.get(locate(model, "changelist")).content.decode()
    assert f'<a href="{reverse(name)}">Open in the portal</a>' in listed
    shown = admin_client.get(locate(model, "change", thing.pk)).content.decode()
    assert f'<a href="{reverse(page, args=[thing.pk])}">Open in the portal</a>' in shown


def test_what_has_no_page_of_its_own_leads_to_the_next_best(admin_client: Client, filled: Portal) -> None:
    def read(model: type[Model]) -> str:
        return admin_client.get(locate(model, "change", model._default_manager.get().pk)).content.decode()

    run, setup = SyncRun.objects.get(), RuleSetup.objects.get()
    assert f'<a href="{reverse("run_detail", args=[run.pk])}">Open in the portal</a>' in read(RecordLog)
    RecordLog.objects.filter(pk=RecordLog.objects.get().pk).update(sansan_id="card-1")
    record = RecordLink.objects.get()
    assert f'<a href="{reverse("record_detail", args=[record.pk])}">Open in the portal</a>' in read(RecordLog)
    assert f'<a href="{reverse("change_list")}?rule={filled.rule.pk}">Open in the portal</a>' in read(SettingChange)
    assert f'<a href="{reverse("setup_step", args=[setup.pk, setup.step])}">Open in the portal</a>' in read(RuleSetup)


def test_a_person_is_given_a_role(admin_client: Client, post: Post, db: None) -> None:
    person = User.objects.create_user("operator-1", password="only-for-a-test")
    address = reverse("admin:auth_user_change", args=[person.pk])
    page = admin_client.get(address, headers={"accept-language": "en"}).content.decode()
    role = Group.objects.get(name=OPERATOR)
    assert f'name="groups" value="{role.pk}"' in page
    joined = person.date_joined
    post(
        address,
        username="operator-1",
        groups=[role.pk],
        is_active="on",
        date_joined_0=joined.strftime("%Y-%m-%d"),
        date_joined_1=joined.strftime("%H:%M:%S"),
    )
    assert User.objects.get(pk=person.pk).has_perm("sync.run_syncrule")
    assert "Operator" in admin_client.get(reverse("admin:auth_user_changelist")).content.decode()
