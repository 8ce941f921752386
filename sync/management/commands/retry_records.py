"""`retry_records RULE [--failed] [--error CODE] [--record SOURCE_ID…] [--json]`: re-runs records."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sync.management.commands.run_sync import finish_run
from sync.management.terminal import EXIT_USAGE, find_rule, refuse_active
from sync.models import RunTrigger
from sync.reasons import FAILURES
from sync.services.leases import RunActiveError
from sync.services.runs import UnknownRecordsError, request_retry


class Command(BaseCommand):
    help = _("Re-runs records with fresh cards and today's mapping; without a choice, all that are failing.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="RULE")
        parser.add_argument("--failed", action="store_true", help=_("All failing records (the default)."))
        parser.add_argument("--error", metavar="CODE", default="", help=_("Only failing records with this reason."))
        parser.add_argument("--record", metavar="SOURCE_ID", nargs="+", action="extend", default=[])
        parser.add_argument("--json", action="store_true", help=_("Print one JSON object and nothing else."))

    def handle(self, *args: Any, **options: Any) -> None:
        rule = find_rule(options["rule"])
        code, records = options["error"], options["record"]
        if records and (code or options["failed"]):
            raise CommandError(_("--record cannot be combined with --failed or --error."), returncode=EXIT_USAGE)
        if code and code not in FAILURES:
            raise CommandError(
                _("There is no reason '%(code)s'. Reasons: %(known)s.") % {"code": code, "known": ", ".join(FAILURES)},
                returncode=EXIT_USAGE,
            )
        try:
            run = request_retry(rule, code=code, sansan_ids=records, trigger=RunTrigger.MANUAL)
        except RunActiveError as error:
            refuse_active(error)
        except UnknownRecordsError as error:
            raise CommandError(
                _("The rule knows no such records: %(ids)s. 'list_records' shows those it knows.")
                % {"ids": ", ".join(error.sansan_ids)},
                returncode=EXIT_USAGE,
            ) from None
        finish_run(self, run, as_json=options["json"])
