"""Which pages of the portal are opened, on the data that `list_rows` fills in."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Max
from django.urls import reverse

from sync.models import LogAction, RecordLog, RunKind, RunStatus, SyncRun
from tests.benchmarks.list_pages import Page, Sample


def list_portal_pages() -> Iterator[Page]:
    yield from _list_history(Sample())
    yield from _list_runs(Sample())


def locate(view: str, *arguments: object, **parameters: object) -> str:
    address = reverse(view, args=arguments)
    return f"{address}?{urlencode(parameters)}" if parameters else address


def _list_history(sample: Sample) -> Iterator[Page]:
    middle = (SyncRun.objects.aggregate(last=Max("pk"))["last"] or 0) // 2
    choices: dict[str, dict[str, object]] = {
        "all": {},
        "far down": {"page": f"after-{middle}"},
        "last page": {"page": "before-0"},
        "nearly all of one rule": {"rule": sample.rule.pk},
        "few of one rule": {"rule": sample.tiny_rule.pk},
        "none of one rule": {"rule": sample.empty_rule.pk},
        **{f"kind {kind}": {"kind": kind} for kind in RunKind.values},
        **{f"status {status}": {"status": status} for status in RunStatus.values},
    }
    for name, choice in choices.items():
        yield Page(f"portal, history, {name}", locate("run_list", **choice))


def _list_runs(sample: Sample) -> Iterator[Page]:
    for title in ("big_run", "small_run", "flawless_run", "last_run"):
        run = getattr(sample, title)
        name = f"portal, {title}"
        yield Page(name, locate("run_detail", run.pk))
        for action in LogAction.values:
            yield Page(f"{name}, {action}", locate("run_detail", run.pk, action=action))
        codes = RecordLog.objects.filter(run=run).exclude(reason_code="").order_by().distinct()
        for code in codes.values_list("reason_code", flat=True):
            yield Page(f"{name}, cause {code}", locate("run_detail", run.pk, cause=code))
        yield Page(f"{name}, absent cause", locate("run_detail", run.pk, cause="UNHEARD_OF"))
        yield Page(f"{name}, last page", locate("run_detail", run.pk, page="before-0"))
