"""`export_config [NAME…]`: prints what is configured as a file for `apply`, secrets left out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sync.management.terminal import EXIT_USAGE
from sync.services.configuration.exporting import UnknownNameError, export_configuration


class Command(BaseCommand):
    help = _("Prints accounts and sync rules as a file that 'apply' takes, secrets left out.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", metavar="NAME", nargs="*", help=_("Only these accounts and rules."))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(export_configuration(options["names"]), ending="")
        except UnknownNameError as error:
            raise CommandError(str(error), returncode=EXIT_USAGE) from None
