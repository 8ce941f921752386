"""`apply FILE.yaml [--dry-run]`: makes accounts and sync rules be what the file says."""

import getpass
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.management.terminal import EXIT_FAILED, EXIT_USAGE
from sync.services.configuration.applying import apply_plan
from sync.services.configuration.faults import ConfigurationError, Fault
from sync.services.configuration.planning import Plan, plan_configuration


class Command(BaseCommand):
    help = _("Makes accounts and sync rules be what the file says, and creates the HubSpot properties they need.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.yaml", type=Path, help=_("The configuration file."))
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would change; change nothing."))

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            plan = plan_configuration(file)
        except ConfigurationError as error:
            self._refuse(error, file, _("Nothing was changed."))
        self._show_warnings(plan.warnings, file)
        if not options["dry_run"]:
            self._carry_out(plan, file)
        for change in plan.changes:
            self.stdout.write(change)
        if not plan.changes:
            self.stdout.write(_("Nothing to change: everything is as the file says."))
        elif options["dry_run"]:
            self.stderr.write(_("Dry run: nothing was changed."), self.style.NOTICE)

    def _carry_out(self, plan: Plan, file: Path) -> None:
        try:
            apply_plan(plan, by=getpass.getuser())
        except ConfigurationError as error:
            self._refuse(error, file, _("Accounts and rules were not changed."))

    def _refuse(self, error: ConfigurationError, file: Path, outcome: str) -> NoReturn:
        self._show_warnings(error.warnings, file)
        for fault in error.faults:
            self.stderr.write(fault.locate(str(file)))
        count = len(error.faults)
        told = ngettext("%(count)s fault.", "%(count)s faults.", count) % {"count": count}
        status = EXIT_FAILED if error.only_unreachable else EXIT_USAGE
        raise CommandError(f"{told} {outcome}", returncode=status) from None

    def _show_warnings(self, warnings: Iterable[Fault], file: Path) -> None:
        for warning in warnings:
            text = _("Warning: %(warning)s") % {"warning": warning.locate(str(file))}
            self.stderr.write(text, self.style.WARNING)
