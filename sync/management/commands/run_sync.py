"""`run_sync RULE [--dry-run] [--full] [--json]`: one run in the foreground."""

import json
import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sync.management.terminal import EXIT_FAILED, EXIT_STATUS, RunProgress, find_rule, refuse_active, report_run
from sync.models import RunStatus, RunTrigger, SyncRule, SyncRun
from sync.selectors.runs import summarize_run
from sync.services.execution import execute_run
from sync.services.leases import RunActiveError
from sync.services.runs import choose_kind, request_run


class Command(BaseCommand):
    help = _("Runs a sync rule once, in the foreground. A run that was interrupted is continued.")

    # Those look at pages, which a run has none of, and would be waited for at each.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="RULE")
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would happen; write nothing anywhere."))
        parser.add_argument("--full", action="store_true", help=_("Read every card, and look for what is gone."))
        parser.add_argument("--json", action="store_true", help=_("Print one JSON object and nothing else."))

    def handle(self, *args: Any, **options: Any) -> None:
        rule = find_rule(options["rule"])
        try:
            run = request(rule, full=options["full"], dry_run=options["dry_run"])
        except RunActiveError as error:
            refuse_active(error)
        finish_run(self, run, as_json=options["json"])


def request(rule: SyncRule, *, full: bool, dry_run: bool) -> SyncRun:
    """The run that was asked for. One that waits in the queue, maybe for a worker that is not there, goes first; but
    nobody who asks for a dry run wants a real one to be done."""
    try:
        return request_run(rule, full=full, dry_run=dry_run, trigger=RunTrigger.MANUAL)
    except RunActiveError as error:
        waiting = error.run
        if waiting.status != RunStatus.QUEUED or (dry_run and not waiting.dry_run):
            raise
    if waiting.kind == choose_kind(rule, full=full, dry_run=dry_run):
        return waiting
    execute_run(waiting.pk)
    rule.refresh_from_db()
    return request_run(rule, full=full, dry_run=dry_run, trigger=RunTrigger.MANUAL)


def finish_run(command: BaseCommand, run: SyncRun, *, as_json: bool) -> None:
    """Executes the run, prints what it did and exits with its status."""
    # What the log's line would say is printed anyway.
    logging.getLogger("sync.runs").setLevel(logging.WARNING)
    try:
        with RunProgress(run) as progress:
            run = execute_run(run.pk, progress)
    except RunActiveError as error:
        refuse_active(error)
    if as_json:
        command.stdout.write(json.dumps(summarize_run(run), ensure_ascii=False))
    else:
        report_run(run, command.stdout)
    if status := EXIT_STATUS.get(RunStatus(run.status), EXIT_FAILED):
        raise SystemExit(status)
