"""What a run did, as people and scripts read it."""

from typing import Any

from django.db.models import Count, Max

from sync.models import LogAction, RecordLog, RunKind, SyncRun
from sync.reasons import describe
from sync.selectors.undoing import list_left

COUNT_FIELDS = ("seen", "created", "updated", "unchanged", "excluded", "failed")


def count_run(run: SyncRun) -> dict[str, int]:
    """The run's counts; only an undo has `archived` among them."""
    names = (*COUNT_FIELDS, "archived") if run.kind == RunKind.UNDO else COUNT_FIELDS
    return {name: getattr(run, name) for name in names}


def list_failures(run: SyncRun) -> list[dict[str, Any]]:
    """The run's failures by cause, most frequent first, each with one failure's message.

    A card that failed and then got through within the run has not failed.
    """
    failures = RecordLog.objects.filter(run=run, action=LogAction.FAIL, superseded=False)
    causes = failures.values("reason_code").annotate(count=Count("pk"), example=Max("pk"))
    examples = RecordLog.objects.in_bulk([cause["example"] for cause in causes])
    return [
        {
            "code": cause["reason_code"],
            "count": cause["count"],
            "message": describe(cause["reason_code"], examples[cause["example"]].reason_detail).message,
        }
        for cause in sorted(causes, key=lambda cause: (-cause["count"], cause["reason_code"]))
    ]


def describe_run_error(run: SyncRun) -> dict[str, Any] | None:
    """Why the run as a whole failed; None when it did not."""
    if not run.error_code:
        return None
    text = describe(run.error_code, run.error_detail)
    return {"code": run.error_code, "count": 1, "message": text.message, "fix": text.fix}


def summarize_run(run: SyncRun) -> dict[str, Any]:
    """The run as one JSON-ready object; the keys are an interface that scripts rely on. An undo has `left`, too."""
    error = describe_run_error(run)
    duration = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else 0.0
    left = {"left": list(list_left(run))} if run.kind == RunKind.UNDO else {}
    return {
        "run": run.pk,
        "rule": run.rule_name,
        "kind": run.kind,
        "status": run.status,
        "dry_run": run.dry_run,
        "counts": count_run(run),
        "errors": [*([error] if error else []), *list_failures(run)],
        "requests": {"sansan": run.requests_sansan, "hubspot": run.requests_hubspot},
        "watermark": run.watermark.strftime("%Y-%m-%dT%H:%M:%SZ") if run.watermark else None,
        "duration_seconds": round(duration, 1),
        **left,
    }
