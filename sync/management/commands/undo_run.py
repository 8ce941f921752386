"""`undo_run RUN [--dry-run] [--json]`: takes a run back, as far as nobody edited its records since."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sync.management.commands.run_sync import finish_run
from sync.management.numbers import read_positive
from sync.management.terminal import EXIT_USAGE, refuse_active
from sync.models import RunTrigger, SyncRun
from sync.services.leases import RunActiveError
from sync.services.runs import request_undo
from sync.services.undoing.refusals import UndoRefusedError

RUNS_NAMED = 5


class Command(BaseCommand):
    help = _(
        "Takes a run back: archives the contacts that it created and puts back the values that it changed, unless"
        " somebody edited them since. The rule does not do the same again until the cards or the mapping change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", metavar="RUN", type=read_positive)
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would happen; write nothing anywhere."))
        parser.add_argument("--json", action="store_true", help=_("Print one JSON object and nothing else."))

    def handle(self, *args: Any, **options: Any) -> None:
        run = find_run(options["run"])
        try:
            undo = request_undo(run, dry_run=options["dry_run"], trigger=RunTrigger.MANUAL)
        except RunActiveError as error:
            refuse_active(error)
        except UndoRefusedError as error:
            raise CommandError(str(error), returncode=EXIT_USAGE) from None
        finish_run(self, undo, as_json=options["json"])


def find_run(number: int) -> SyncRun:
    """The run with that number. Raises CommandError (exit 2) naming the newest there are."""
    run = SyncRun.objects.select_related("rule").filter(pk=number).first()
    if run is None:
        newest = [f"{one.pk} ({one.rule_name})" for one in SyncRun.objects.order_by("-pk")[:RUNS_NAMED]]
        raise CommandError(
            _("There is no run %(number)s. The newest runs: %(known)s.")
            % {"number": number, "known": ", ".join(newest) or _("none yet")},
            returncode=EXIT_USAGE,
        )
    return run
