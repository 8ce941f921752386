"""Every page of the administration site, and how they lead to each other."""

import pytest
from django.test import Client

from sync.models import (
    ConnectedAccount,
    PreviewLink,
    RecordLink,
    RecordLog,
    RuleSetup,
    SettingChange,
    SyncRule,
    SyncRun,
)
from tests.portal import Portal
from tests.sync.admin.locating import locate

READ_ONLY = [SyncRun, RecordLink, RecordLog, PreviewLink, SettingChange, RuleSetup]
REGISTERED = [ConnectedAccount, SyncRule, *READ_ONLY]


@pytest.mark.parametrize("model", REGISTERED)
def test_every_list_and_every_thing_has_a_page(admin_client: Client, filled: Portal, model: type) -> None:
    page = admin_client.get(locate(model, "changelist"))
    assert page.status_code == 200
    assert "&lt;a " not in page.content.decode()
    for thing in model.objects.all():
        assert admin_client.get(locate(model, "change", thing.pk)).status_code == 200


def test_the_root_leads_to_the_site(client: Client, db: None) -> None:
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/login/?next=/"
    assert "Tsunagi" in page.content.decode()


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_runs_write_is_only_read(admin_client: Client, filled: Portal, model: type) -> None:
    thing = model.objects.get()
    assert admin_client.get(locate(model, "add")).status_code == 403
    assert admin_client.post(locate(model, "change", thing.pk), {"name": "other"}).status_code == 403
    assert admin_client.post(locate(model, "delete", thing.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in admin_client.get(locate(model, "changelist")).content.decode()
    assert model.objects.filter(pk=thing.pk).exists()


def test_it_speaks_the_browsers_language(admin_client: Client, filled: Portal) -> None:
    japanese = {"HTTP_ACCEPT_LANGUAGE": "ja"}
    rules = admin_client.get(locate(SyncRule, "changelist"), **japanese).content.decode()
    assert "今すぐ実行する" in rules
    record = admin_client.get(locate(RecordLink, "change", RecordLink.objects.get().pk), **japanese).content.decode()
    assert "taro@@sample.exampleは正しいメールアドレスではありません。" in record
    account = admin_client.get(locate(ConnectedAccount, "change", filled.rule.sansan_account_id), **japanese)
    assert "APIキー" in account.content.decode()


def test_reasons_and_changes_are_in_words(admin_client: Client, filled: Portal) -> None:
    record = admin_client.get(locate(RecordLink, "change", RecordLink.objects.get().pk)).content.decode()
    assert "taro@@sample.example is not a valid e-mail address." in record
    log = admin_client.get(locate(RecordLog, "change", RecordLog.objects.get().pk)).content.decode()
    assert "jobtitle: 係長 → &lt;b&gt;課長&lt;/b&gt;" in log


def test_things_lead_to_each_other(admin_client: Client, filled: Portal) -> None:
    rule, run = filled.rule, SyncRun.objects.get()

    def read(model: type, pk: int) -> str:
        return admin_client.get(locate(model, "change", pk)).content.decode()

    account = read(ConnectedAccount, rule.hubspot_account_id)
    assert f"{locate(SyncRule, 'changelist')}?hubspot_account__id__exact={rule.hubspot_account_id}" in account
    for model in (SyncRun, RecordLink, RecordLog):
        assert f"{locate(model, 'changelist')}?rule__id__exact={rule.pk}" in read(SyncRule, rule.pk)
    assert f"{locate(RecordLog, 'changelist')}?run__id__exact={run.pk}" in read(SyncRun, run.pk)
    runs = admin_client.get(locate(SyncRun, "changelist")).content.decode()
    by_action = f"{locate(RecordLog, 'changelist')}?run__id__exact={run.pk}&amp;action__exact=fail"
    assert by_action in runs
    assert admin_client.get(by_action.replace("&amp;", "&")).status_code == 200
    record = read(RecordLink, RecordLink.objects.get().pk)
    assert f"{locate(RecordLog, 'changelist')}?rule__id__exact={rule.pk}&amp;sansan_id__exact=card-1" in record


def test_lists_name_what_matters_first(admin_client: Client, filled: Portal) -> None:
    card_id = "0123456789ABCDEF0123456789ABCDEF"
    RecordLink.objects.update(sansan_id=card_id)
    columns = {}
    for model in READ_ONLY:
        page = admin_client.get(locate(model, "changelist"))
        columns[model] = page.context["cl"].list_display
        if model is RecordLink:
            assert f'<span title="{card_id}">01234567…</span>' in page.content.decode()
    for model in (RecordLink, PreviewLink):
        assert [name for name in columns[model] if name != "action_checkbox"][:3] == [
            "__str__",
            "state",
            "show_reason_title",
        ]
    assert columns[RecordLog][:3] == ["show_name", "action", "show_reason_title"]


def test_a_run_tells_its_counts_in_one_column(admin_client: Client, filled: Portal) -> None:
    page = admin_client.get(locate(SyncRun, "changelist")).content.decode()
    cell = page.split('field-show_counts">')[1].split("</td>")[0]
    assert "1 created</a> · <a" in cell
    assert "1 failed</a>" in cell
    assert "unchanged" not in cell
