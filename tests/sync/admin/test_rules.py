"""What people do with rules: make them, run them, pause them."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from dramatiq import Message

from sync.forms.rules import RuleForm
from sync.models import FieldMapping, RecordFilter, RecordLink, RecordLog, RuleSetup, RunKind, SyncRule, SyncRun
from tests.portal import Portal
from tests.sync.admin.locating import Post, locate


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
    assert portal.rule.next_run_at is not None


def test_a_rule_that_cannot_run_yet_is_kept_but_not_resumed(post: Post, portal: Portal) -> None:
    post(locate(SyncRule, "add"), **fill_rule_form(portal, direction="hubspot_to_sansan", enabled=""))
    rule = SyncRule.objects.get(name="second")
    page = post(locate(SyncRule, "changelist"), action="resume", _selected_action=[rule.pk])
    assert "a rule in the direction hubspot_to_sansan can be kept, but not run yet" in page
    rule.refresh_from_db()
    assert (rule.enabled, rule.next_run_at) == (False, None)


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
    assert rule.next_run_at is not None
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
        ({"direction": "two_way"}, "a rule in the direction two_way can be kept, but not run yet"),
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


def test_very_many_records_are_not_counted_to_the_end(
    post: Post, filled: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.admin.rules.MOST_COUNTED", 0)
    page = post(locate(SyncRule, "changelist"), action="delete_selected", _selected_action=[filled.rule.pk])
    assert "Records: more than 0" in page


def test_a_rule_being_set_up_is_not_switched_on(portal: Portal) -> None:
    portal.change_rule(enabled=False)
    RuleSetup.objects.create(rule=portal.rule)
    form = RuleForm({"enabled": "on", "direction": "sansan_to_hubspot"}, instance=portal.rule)
    assert "still being set up" in str(form.errors["enabled"])
    RuleSetup.objects.update(finished_at=timezone.now())
    assert "enabled" not in RuleForm({"enabled": "on"}, instance=portal.rule).errors
