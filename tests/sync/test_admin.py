"""The administration site, as a browser uses it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from dramatiq import Message
from pytest_django.fixtures import Settings

from sync.models import (
    ConnectedAccount,
    FieldMapping,
    LinkState,
    LogAction,
    PreviewLink,
    RecordFilter,
    RecordLink,
    RecordLog,
    RunKind,
    RunStatus,
    SyncRule,
    SyncRun,
    TagSelection,
)
from tests.portal import Portal

READ_ONLY = [SyncRun, RecordLink, RecordLog, PreviewLink]
REGISTERED = [ConnectedAccount, SyncRule, *READ_ONLY]
Post = Callable[..., str]


@pytest.fixture
def filled(portal: Portal) -> Portal:
    """A rule with one of everything, as runs leave it."""
    rule = portal.rule
    run = SyncRun.objects.create(rule=rule, rule_name=rule.name, kind=RunKind.INITIAL, status=RunStatus.PARTIAL)
    SyncRun.objects.filter(pk=run.pk).update(seen=2, created=1, failed=1)
    place = {"sansan_id": "card-1", "name": "見本 太郎", "state": LinkState.FAILING, "reason_code": "INVALID_EMAIL"}
    RecordLink.objects.create(rule=rule, reason_detail={"value": "taro@@sample.example"}, **place)
    PreviewLink.objects.create(run=run, **place)
    RecordLog.objects.create(
        run=run,
        rule=rule,
        sansan_id="card-2",
        name="見本 花子",
        action=LogAction.UPDATE,
        changes={"jobtitle": ["係長", "<b>課長</b>"]},
        created_at=timezone.now(),
    )
    TagSelection.objects.create(rule=rule, position=1, tag_id="t1", name="VIP", type="shared")
    portal.add_filter("companyName", "contains", "株式会社")
    return portal


@pytest.fixture
def post(admin_client: Client) -> Post:
    """Sends a form and gives the page one lands on."""

    def send(address: str, **fields: object) -> str:
        answer = admin_client.post(address, fields, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return send


def locate(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:sync_{model.__name__.lower()}_{page}", args=args)


@pytest.mark.parametrize("model", REGISTERED)
def test_every_list_and_every_thing_has_a_page(admin_client: Client, filled: Portal, model: type) -> None:
    page = admin_client.get(locate(model, "changelist"))
    assert page.status_code == 200
    for thing in model.objects.all():
        assert admin_client.get(locate(model, "change", thing.pk)).status_code == 200


def test_the_root_leads_to_the_site(client: Client, db: None) -> None:
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/admin/login/")
    assert "Tsunagi" in page.content.decode()


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_runs_write_is_only_read(admin_client: Client, filled: Portal, model: type) -> None:
    thing = model.objects.get()
    assert admin_client.get(locate(model, "add")).status_code == 403
    assert admin_client.post(locate(model, "change", thing.pk), {"name": "other"}).status_code == 403
    assert admin_client.post(locate(model, "delete", thing.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in admin_client.get(locate(model, "changelist")).content.decode()
    assert model.objects.filter(pk=thing.pk).exists()


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


# --- credentials ---


def read_account_form(client: Client, account: ConnectedAccount) -> str:
    return client.get(locate(ConnectedAccount, "change", account.pk)).content.decode()


def test_stored_credentials_never_get_into_a_page(admin_client: Client, portal: Portal) -> None:
    account = portal.rule.sansan_account
    page = read_account_form(admin_client, account)
    assert portal.sandbox.sansan.api_key not in page
    assert "Set. Leave empty to keep it." in page
    assert 'name="sansan_api_key"' in page
    assert 'name="hubspot_access_token"' not in page


def test_an_empty_credential_keeps_what_is_stored(post: Post, portal: Portal) -> None:
    account = portal.rule.sansan_account
    post(locate(ConnectedAccount, "change", account.pk), name="Renamed")
    account.refresh_from_db()
    assert account.name == "Renamed"
    assert account.credentials == {"api_key": portal.sandbox.sansan.api_key}


def test_a_new_credential_is_tried_before_it_is_stored(post: Post, portal: Portal) -> None:
    account = portal.rule.hubspot_account
    address = locate(ConnectedAccount, "change", account.pk)
    page = post(address, name="HubSpot", hubspot_access_token="pat-sandbox-FAKE-wrong")
    assert "pat-sandbox-FAKE-wrong" not in page
    assert "errornote" in page
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}
    post(address, name="HubSpot", hubspot_access_token=f" {portal.sandbox.hubspot.token} ")
    account.refresh_from_db()
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}
    assert account.external_id == str(portal.sandbox.hubspot.portal_id)
    assert account.checked_at is not None


def test_a_credential_that_cannot_be_tried_is_stored_with_a_warning(
    post: Post, portal: Portal, settings: Settings
) -> None:
    account = portal.rule.hubspot_account
    settings.HUBSPOT_BASE_URL = "http://127.0.0.1:1"
    settings.CONNECTOR_OPTIONS = {"sleep": lambda _: None}
    page = post(
        locate(ConnectedAccount, "change", account.pk), name="HubSpot", hubspot_access_token="pat-sandbox-FAKE-b"
    )
    assert 'class="warning"' in page
    account.refresh_from_db()
    assert account.credentials == {"access_token": "pat-sandbox-FAKE-b"}
    assert account.checked_at is None


def test_a_new_account_needs_its_own_providers_credential(post: Post, portal: Portal) -> None:
    address = locate(ConnectedAccount, "add")
    page = post(address, name="Second", provider="hubspot", sansan_api_key=portal.sandbox.sansan.api_key)
    assert "This is needed to connect." in page
    post(address, name="Second", provider="hubspot", hubspot_access_token=portal.sandbox.hubspot.token)
    account = ConnectedAccount.objects.get(name="Second")
    assert account.credentials == {"access_token": portal.sandbox.hubspot.token}


def test_a_lost_encryption_key_can_be_put_right_in_the_site(
    admin_client: Client, post: Post, portal: Portal, settings: Settings
) -> None:
    account = portal.rule.sansan_account
    settings.CREDENTIALS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    for model in (ConnectedAccount, SyncRule):
        assert admin_client.get(locate(model, "changelist")).status_code == 200
    assert admin_client.get(locate(SyncRule, "change", portal.rule.pk)).status_code == 200
    assert "no key of CREDENTIALS_KEYS opens it" in read_account_form(admin_client, account)
    key = portal.sandbox.sansan.api_key
    post(locate(ConnectedAccount, "change", account.pk), name=account.name, sansan_api_key=key)
    assert ConnectedAccount.objects.get(pk=account.pk).credentials == {"api_key": key}


def test_the_connection_can_be_checked(post: Post, portal: Portal) -> None:
    account = portal.rule.hubspot_account
    check = {"action": "check_connection", "_selected_action": [account.pk]}
    assert "The connection works, and nothing is missing." in post(locate(ConnectedAccount, "changelist"), **check)
    portal.sandbox.hubspot.revoke_credentials()
    assert 'class="error"' in post(locate(ConnectedAccount, "changelist"), **check)


# --- rules ---


def act(post: Post, portal: Portal, action: str) -> str:
    return post(locate(SyncRule, "changelist"), action=action, _selected_action=[portal.rule.pk])


@pytest.mark.parametrize(
    ("action", "kind", "dry_run"),
    [
        ("run_now", RunKind.INITIAL, False),
        ("run_in_full", RunKind.INITIAL, False),
        ("preview", RunKind.PREVIEW, True),
        ("rerun_failed", RunKind.RETRY, False),
    ],
)
def test_runs_are_asked_for(
    post: Post, portal: Portal, queued: list[Message], action: str, kind: RunKind, dry_run: bool
) -> None:
    page = act(post, portal, action)
    run = SyncRun.objects.get()
    assert (run.kind, run.dry_run, run.requested_by) == (kind, dry_run, "admin")
    assert [message.args for message in queued] == [(run.pk,)]
    assert locate(SyncRun, "change", run.pk) in page
    assert "is already at work" in act(post, portal, action)
    assert len(queued) == 1


def test_rules_are_paused_and_resumed(post: Post, portal: Portal) -> None:
    act(post, portal, "pause")
    portal.rule.refresh_from_db()
    assert not portal.rule.enabled
    act(post, portal, "resume")
    portal.rule.refresh_from_db()
    assert portal.rule.is_due


def test_selected_records_are_rerun(post: Post, filled: Portal, queued: list[Message]) -> None:
    record = RecordLink.objects.get()
    post(locate(RecordLink, "changelist"), action="rerun_records", _selected_action=[record.pk])
    run = SyncRun.objects.get(kind=RunKind.RETRY)
    assert run.selection == {"code": "", "sansan_ids": ["card-1"]}
    assert [message.args for message in queued] == [(run.pk,)]


def test_a_guest_may_look_but_not_act(client: Client, filled: Portal, queued: list[Message]) -> None:
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(guest)
    for model, action in ((SyncRule, "run_now"), (RecordLink, "rerun_records")):
        address = locate(model, "changelist")
        assert action not in client.get(address).content.decode()
        client.post(address, {"action": action, "_selected_action": [model.objects.get().pk]})
    assert queued == []
    assert client.post(locate(SyncRule, "change", filled.rule.pk), {"name": "mine"}).status_code == 403


def fill_rule_form(portal: Portal, **changes: object) -> dict[str, object]:
    """What a browser would send for a new rule, with one row in each table."""
    form: dict[str, object] = {
        "name": "second",
        "sansan_account": portal.rule.sansan_account_id,
        "hubspot_account": portal.rule.hubspot_account_id,
        "direction": "sansan_to_hubspot",
        "interval_minutes": "5",
        "overlap_minutes": "10",
        "enabled": "on",
        "sync_all_tags": "on",
        "only_with_email": "on",
        "matching": "link, email",
        "conflict": "sansan_wins",
        "filter_match": "all",
        "hubspot_filter_match": "all",
    }
    rows = {
        "tags": {"tag_id": "t1", "name": "VIP", "type": "shared"},
        "mappings": {
            "sansan_field": "title",
            "hubspot_property": "jobtitle",
            "transform": "trim",
            "write": "always",
            "direction": "sansan_to_hubspot",
            "enabled": "on",
        },
        "filters": {"side": "sansan", "field": "companyName", "operator": "contains", "value": "株式会社"},
    }
    for prefix, fields in rows.items():
        form |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0}
        form |= {f"{prefix}-0-{name}": value for name, value in fields.items()}
    return form | changes


def test_a_rule_is_made_with_its_parts(post: Post, portal: Portal) -> None:
    post(locate(SyncRule, "add"), **fill_rule_form(portal))
    rule = SyncRule.objects.get(name="second")
    assert rule.is_due
    assert rule.matching == ["link", "email"]
    assert [(tag.position, tag.tag_id) for tag in rule.tags.all()] == [(1, "t1")]
    assert [(row.position, row.transform) for row in rule.mappings.all()] == [(1, ["trim"])]
    assert [(row.operator, row.value) for row in rule.filters.all()] == [("contains", "株式会社")]


def test_a_rule_without_mappings_gets_the_default_ones(post: Post, portal: Portal) -> None:
    post(locate(SyncRule, "add"), **fill_rule_form(portal, **{"mappings-TOTAL_FORMS": 0}))
    assert FieldMapping.objects.filter(rule__name="second").count() == portal.rule.mappings.count()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"matching": "link, telepathy"}, "Name each of these at most once"),
        ({"mappings-0-transform": "shout"}, "no transform is called"),
        ({"mappings-0-sansan_field": "shoeSize"}, "Select a valid choice"),
        ({"mappings-0-sansan_field": ""}, "Choose a field"),
        ({"filters-0-field": "companyNam"}, "No such Sansan field. Similar: companyName"),
        ({"filters-0-operator": "has"}, "This operator does not fit the field"),
        ({"filters-0-field": "exchangeDate", "filters-0-operator": "before", "filters-0-value": "soon"}, "cannot use"),
        ({"tags-0-type": "private"}, "Select a valid choice"),
        ({"sansan_account": ""}, "This field is required"),
    ],
)
def test_a_rule_that_could_not_run_is_refused(post: Post, portal: Portal, change: dict, complaint: str) -> None:
    assert complaint in post(locate(SyncRule, "add"), **fill_rule_form(portal, **change))
    assert not SyncRule.objects.filter(name="second").exists()


def test_only_fitting_accounts_are_offered(post: Post, portal: Portal) -> None:
    swapped = {"sansan_account": portal.rule.hubspot_account_id, "hubspot_account": portal.rule.sansan_account_id}
    assert "Select a valid choice" in post(locate(SyncRule, "add"), **fill_rule_form(portal, **swapped))


def test_deleting_a_rule_takes_its_records_and_leaves_the_audit(post: Post, filled: Portal) -> None:
    page = post(locate(SyncRule, "changelist"), action="delete_selected", _selected_action=[filled.rule.pk])
    assert "Records: 1" in page
    post(locate(SyncRule, "delete", filled.rule.pk), post="yes")
    assert not RecordLink.objects.exists()
    assert not RecordFilter.objects.exists()
    assert RecordLog.objects.get().rule is None


# --- long lists ---


@pytest.mark.parametrize("model", [RecordLog, RecordLink])
def test_long_lists_are_paged_without_counting(admin_client: Client, portal: Portal, model: type) -> None:
    run = SyncRun.objects.create(rule=portal.rule, rule_name="r", kind=RunKind.INITIAL, status=RunStatus.SUCCEEDED)
    if model is RecordLog:
        rows = [
            RecordLog(run=run, rule=portal.rule, sansan_id=str(n), action="create", created_at=timezone.now())
            for n in range(250)
        ]
    else:
        rows = [RecordLink(rule=portal.rule, sansan_id=str(n), state=LinkState.IN_SYNC) for n in range(250)]
    model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    address = locate(model, "changelist")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = admin_client.get(address).content.decode()
    table = model._meta.db_table  # type: ignore[attr-defined]
    assert [sql for entry in queries if "COUNT(" in (sql := entry["sql"]) and table in sql] == []
    assert "and more" in first
    assert '?p=2"' in first
    assert '?p=3"' not in first
    last = admin_client.get(address, {"p": "3"}).content.decode()
    assert last.count('class="action-select"') == (50 if model is RecordLink else 0)
    assert "and more" not in last
    assert "250" in last
