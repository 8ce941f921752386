"""Which pages of the portal are opened, on the data that `list_rows` fills in.

Those that ask Sansan or HubSpot while they are made (editors of a rule, accounts, steps of the set-up) take as long as
these do, and are not among them.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Max, Min, Model
from django.urls import reverse

from sync.models import LinkState, LogAction, RecordLink, RecordLog, RunKind, RunStatus, SyncRun
from sync.reasons import EXCLUSIONS, FAILURES
from tests.benchmarks.list_pages import SEARCHES, Page, Sample

DAYS = (7, 30, 90)


def list_portal_pages() -> Iterator[Page]:
    sample = Sample()
    for name in ("health", "rule_list", "account_list", "setup_start", "dashboard"):
        yield show(name)
    for days in DAYS:
        yield show("dashboard", f"{days} days", days=days)
    for title in ("rule", "tiny_rule", "empty_rule"):
        rule = getattr(sample, title)
        yield show("rule_detail", title, of=rule)
        yield show("rule_retry", title, of=rule)
        yield show("dashboard", title, rule=rule.pk)
        yield show("change_list", title, rule=rule.pk)
    yield show("change_list")
    yield show("change_list", "next page", link="next")
    yield from _list_records(sample)
    yield from _list_runs(sample)


def show(view: str, note: str = "", *, of: Model | None = None, link: str = "", **query: object) -> Page:
    address = reverse(view, args=[of.pk] if of else [])
    name = f"portal, {view}, {note}" if note else f"portal, {view}"
    return Page(name, f"{address}?{urlencode(query)}" if query else address, link)


def _find_middle(model: type[Model], **conditions: object) -> int:
    keys = model._default_manager.filter(**conditions).aggregate(first=Min("pk"), last=Max("pk"))
    return ((keys["first"] or 0) + (keys["last"] or 0)) // 2


def _list_records(sample: Sample) -> Iterator[Page]:
    record, rules = sample.record, ("rule", "tiny_rule", "empty_rule")
    yield show("record_list")
    yield show("record_list", "next page", link="next")
    yield show("record_list", "far down", page=f"after-{_find_middle(RecordLink)}")
    for state in LinkState.values:
        yield show("record_list", state, state=state)
        for title in rules:
            yield show("record_list", f"{title}, {state}", rule=getattr(sample, title).pk, state=state)
    for dismissed in ("yes", "no"):
        yield show("record_list", f"dismissed {dismissed}", state=LinkState.FAILING, dismissed=dismissed)
        yield show("record_list", f"dismissed {dismissed}, any state", dismissed=dismissed)
    for cause in (*FAILURES, *EXCLUSIONS):
        yield show("record_list", f"cause {cause}", cause=cause)
        yield show("record_list", f"cause {cause}, last page", cause=cause, page="before-0")
    for state in (LinkState.FAILING, LinkState.REVIEW):
        yield show("record_list", f"search beginning of a common name, {state}", state=state, q="佐")
    for title in rules:
        rule = getattr(sample, title).pk
        yield show("record_list", f"{title}, a cause", rule=rule, state=LinkState.FAILING, cause="INVALID_EMAIL")
        middle = _find_middle(RecordLink, rule=rule)
        yield show("record_list", f"{title}, far down", rule=rule, page=f"after-{middle}")
    values = {"card_id": record.sansan_id, "contact_id": record.hubspot_id, "email": record.email, "name": record.name}
    for kind, text in SEARCHES.items():
        yield show("record_list", f"search {kind}", q=text.format(**values))
    yield show("record_detail", of=record)
    for state in LinkState.values:
        if (other := RecordLink.objects.filter(rule=sample.rule, state=state).order_by("pk").first()) is not None:
            yield show("record_detail", state, of=other)


def _list_runs(sample: Sample) -> Iterator[Page]:
    yield show("run_list")
    for where, page in (("far down", f"after-{_find_middle(SyncRun)}"), ("last page", "before-0")):
        yield show("run_list", where, page=page)
    for status in RunStatus.values:
        yield show("run_list", status, status=status)
    for kind in RunKind.values:
        yield show("run_list", kind, kind=kind)
    for title in ("rule", "tiny_rule", "empty_rule"):
        rule = getattr(sample, title).pk
        yield show("run_list", title, rule=rule)
        yield show("run_list", f"{title}, partial, full", rule=rule, status=RunStatus.PARTIAL, kind=RunKind.FULL)
    for title in ("big_run", "small_run", "flawless_run", "last_run"):
        run = getattr(sample, title)
        yield show("run_detail", title, of=run)
        yield show("run_detail", f"{title}, next page", of=run, link="next")
        yield show("run_detail", f"{title}, far down", of=run, page=f"after-{_find_middle(RecordLog, run=run)}")
        yield show("run_detail", f"{title}, last page", of=run, page="before-0")
        codes = RecordLog.objects.filter(run=run).exclude(reason_code="").order_by().distinct()
        for code in (*codes.values_list("reason_code", flat=True), "UNHEARD_OF"):
            yield show("run_detail", f"{title}, cause {code}", of=run, cause=code)
        for action in LogAction.values:
            yield show("run_detail", f"{title}, {action}", of=run, action=action)
        for part in ("run_progress", "run_undo"):
            yield show(part, title, of=run)
