"""An installation that has been at work for two weeks, made by real runs against the stand-ins."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.db.models import F, Model
from django.utils import timezone

from connectors.sandbox import Sandbox
from sync.models import (
    ChangeSource,
    LinkState,
    PreviewLink,
    RecordLink,
    RecordLog,
    RuleSetup,
    RunKind,
    RunStatus,
    RunTrigger,
    SettingChange,
    SetupStep,
    SyncRun,
)
from sync.services.accounts import check_account
from sync.services.execution import execute_run
from sync.services.pausing import pause_rule, resume_rule
from sync.services.runs import request_retry, request_run
from sync.services.setting_history import edit_rule
from sync.services.setups.choices import choose_account, start_setup
from tests.people import Rank, make_user
from tests.portal import Portal, build_portal

DAYS = 14
OPERATOR = "operator"
PROMOTED_TO = "執行役員"


def set_stage(sandbox: Sandbox) -> dict[str, Model]:
    """Plays the two weeks; gives one thing of each kind that a page is about."""
    for rank in (Rank.VIEWER, Rank.OPERATOR, Rank.ADMINISTRATOR):
        make_user(rank)
    main = build_portal(sandbox, "名刺からコンタクトへ")
    check_account(main.rule.sansan_account, remember=True)
    check_account(main.rule.hubspot_account, remember=True)
    first = _run(main, days_ago=DAYS)
    _play_days(main, sandbox)
    _change_settings(main)
    _promote(sandbox, range(40, 46))
    preview = _run(main, days_ago=0, full=True, dry_run=True)
    setup = _begin_setup(main)
    broken = _break_down(sandbox)
    resume_rule(main.rule.pk, by="administrator")
    # Its turn is to come, however long the pictures take.
    main.change_rule(next_run_at=timezone.now() + timedelta(minutes=main.rule.interval_minutes))
    return _name_things(main, first, preview, setup) | {"broken_run": broken}


def _begin_setup(portal: Portal) -> RuleSetup:
    """A set-up whose last step is open."""
    setup = start_setup(by="administrator")
    for account in (portal.rule.sansan_account, portal.rule.hubspot_account):
        setup = choose_account(setup.pk, account, by="administrator")
    RuleSetup.objects.filter(pk=setup.pk).update(step=SetupStep.REVIEW)
    return setup


def _run(portal: Portal, *, days_ago: int, **options: bool) -> SyncRun:
    portal.rule.refresh_from_db()
    trigger = RunTrigger.MANUAL if options else RunTrigger.SCHEDULE
    by = OPERATOR if options else ""
    run = execute_run(request_run(portal.rule, trigger=trigger, requested_by=by, **options).pk)
    _move_back(run, days_ago)
    return run


def _move_back(run: SyncRun, days: int) -> None:
    """Lets it have happened so many days ago."""
    ago = timedelta(days=days)
    SyncRun.objects.filter(pk=run.pk).update(
        created_at=F("created_at") - ago, started_at=F("started_at") - ago, finished_at=F("finished_at") - ago
    )
    RecordLog.objects.filter(run=run).update(created_at=F("created_at") - ago)


def _play_days(portal: Portal, sandbox: Sandbox) -> None:
    """People edit and exchange cards, and the rule follows; once somebody mends an address and re-runs the card."""
    for day in range(DAYS - 1, 0, -1):
        _promote(sandbox, range(day * 7, day * 7 + day % 4 + 1))
        for number in range(day % 3):
            sandbox.sansan.add_card(
                lastName="見本",
                firstName=f"{day}号の{number + 1}",
                companyName="見本商事株式会社",
                email=f"mihon{day}-{number}@sample.example",
                tags=["VIP"],
            )
        if day == DAYS // 2:
            _mend_one(portal, sandbox)
        _run(portal, days_ago=day)
    _run(portal, days_ago=0, full=True)


def _promote(sandbox: Sandbox, numbers: Iterable[int]) -> None:
    cards = [card["id"] for card in sandbox.sansan.cards() if card["email"]]
    for number in numbers:
        sandbox.sansan.edit_card(cards[number], title=PROMOTED_TO)


def _mend_one(portal: Portal, sandbox: Sandbox) -> None:
    failing = portal.rule.links.filter(state=LinkState.FAILING).first()
    assert failing is not None, "no card of the stand-in fails"
    sandbox.sansan.edit_card(failing.sansan_id, email="mended@sample.example")
    retry = request_retry(portal.rule, sansan_ids=[failing.sansan_id], requested_by=OPERATOR)
    _move_back(execute_run(retry.pk), DAYS // 2)


def _change_settings(portal: Portal) -> None:
    def change(act: Callable[[], object]) -> None:
        with edit_rule(portal.rule.pk, by=OPERATOR, source=ChangeSource.PORTAL):
            act()

    change(lambda: portal.change_rule(interval_minutes=15))
    change(lambda: portal.add_filter("companyName", "is_not_empty"))
    change(lambda: portal.map("memo", "sansan_memo", write="if_empty"))


def _break_down(sandbox: Sandbox) -> SyncRun:
    """Another rule, whose last run failed as a whole: its token was revoked. It is paused since."""
    other = build_portal(sandbox, "大阪支社の名刺")
    sandbox.hubspot.remove_scope("crm.objects.contacts.write")
    run = _run(other, days_ago=1)
    sandbox.hubspot.restore_credentials()
    pause_rule(other.rule.pk, by="administrator")
    assert run.status == RunStatus.FAILED, run.status
    return run


def _name_things(portal: Portal, run: SyncRun, preview: SyncRun, setup: RuleSetup) -> dict[str, Model]:
    """By the kinds of the table of rights."""
    failing = RecordLink.objects.filter(rule=portal.rule, state=LinkState.FAILING).latest("pk")
    return {
        "rule": portal.rule,
        "run": run,
        "preview_run": preview,
        "retry_run": SyncRun.objects.filter(kind=RunKind.RETRY).latest("pk"),
        "record": failing,
        "changed_record": RecordLink.objects.filter(
            rule=portal.rule, sansan_id=RecordLog.objects.filter(action="update").latest("pk").sansan_id
        ).get(),
        "account": portal.rule.sansan_account,
        "hubspot_account": portal.rule.hubspot_account,
        "setup": setup,
        "sync_syncrule": portal.rule,
        "sync_syncrun": run,
        "sync_recordlink": failing,
        # A preview keeps them only as long as it runs.
        "sync_previewlink": PreviewLink.objects.create(run=preview, sansan_id=failing.sansan_id, name=failing.name),
        "sync_recordlog": RecordLog.objects.filter(action="update").latest("pk"),
        "sync_connectedaccount": portal.rule.hubspot_account,
        "sync_settingchange": SettingChange.objects.latest("pk"),
        "sync_rulesetup": setup,
        "auth_user": User.objects.latest("pk"),
        "auth_group": Group.objects.latest("pk"),
    }
