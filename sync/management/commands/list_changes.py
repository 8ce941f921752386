"""`list_changes RULE [--run RUN] [--json]`: what a run did to each record."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sync.management.terminal import EXIT_USAGE, find_rule
from sync.models import LogAction, SyncRule, SyncRun
from sync.selectors.changes import list_changes


class Command(BaseCommand):
    help = _("Lists what a rule's last run, or another one, did to each record, with old and new values.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="RULE", help=_("Name of the sync rule."))
        parser.add_argument(
            "--run",
            metavar="RUN",
            type=int,
            help=_("Number of the run; without it, the rule's last one that was no preview."),
        )
        parser.add_argument("--json", action="store_true", help=_("Print one JSON object a line and nothing else."))

    def handle(self, *args: Any, **options: Any) -> None:
        run = find_run(find_rule(options["rule"]), options["run"])
        if not options["json"]:
            self.stdout.write(word_heading(run))
        for change in list_changes(run):
            lines = [json.dumps(change, ensure_ascii=False)] if options["json"] else list(word_change(change))
            self.stdout.write("\n".join(lines))


def find_run(rule: SyncRule, number: int | None) -> SyncRun:
    runs = SyncRun.objects.filter(rule=rule)
    if number is None:
        run = runs.filter(dry_run=False).order_by("-pk").first()
        text = _("Rule '%(rule)s' has not run yet.")
    else:
        run = runs.filter(pk=number).first()
        text = _("Rule '%(rule)s' has no such run.")
    if run is None:
        raise CommandError(text % {"rule": rule.name}, returncode=EXIT_USAGE)
    return run


def word_heading(run: SyncRun) -> str:
    """Which run it is; of a preview, that it only tells what would happen."""
    heading = _("Run %(run)s (%(kind)s): %(status)s") % {
        "run": run.pk,
        "kind": run.get_kind_display(),
        "status": run.get_status_display(),
    }
    if not run.dry_run:
        return heading
    return heading + "\n" + _("A preview: this would happen, nothing of it was written.")


def word_change(change: dict[str, Any]) -> Iterator[str]:
    yield f"{LogAction(change['action']).label}: {change['name'] or '-'} ({change['sansan_id']})"
    for name, values in change["changes"].items():
        yield f"    {name}: {values['old'] or '-'} → {values['new'] or '-'}"
    if change["message"]:
        yield f"    {change['message']} → {change['fix']}"
