"""`check_account NAME`: connection test of one account."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from connectors.registry import PROVIDERS
from sync.management.terminal import EXIT_FAILED, EXIT_USAGE
from sync.models import ConnectedAccount
from sync.services.accounts import AccountError, AccountReport, check_account


class Command(BaseCommand):
    help = _("Tests an account's connection: whose key it is, what it may do, what is missing.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help=_("Name of the account."))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = check_account(find_account(options["name"]), remember=True)
        except AccountError as error:
            raise CommandError(error.message, returncode=EXIT_FAILED) from None
        for line in format_report(report):
            self.stdout.write(line)
        for warning in report.warnings:
            self.stderr.write(warning, self.style.WARNING)
        if not report.is_complete:
            raise CommandError(" ".join(report.fixes), returncode=EXIT_FAILED)


def find_account(name: str) -> ConnectedAccount:
    account = ConnectedAccount.objects.defer("credentials").filter(name=name).first()
    if account is None:
        names = ", ".join(ConnectedAccount.objects.values_list("name", flat=True))
        known = names or _("none yet: see the command 'apply'")
        message = _("There is no account called '%(name)s'. Accounts: %(known)s.")
        raise CommandError(message % {"name": name, "known": known}, returncode=EXIT_USAGE)
    return account


def format_report(report: AccountReport) -> Iterator[str]:
    """What was found, a line each; nothing is said of what a service doesn't tell."""
    yield f"{report.name}: {PROVIDERS[report.provider].label}"
    if report.external_id or report.external_name:
        label = _("portal") if report.provider == "hubspot" else _("user")
        yield _("  belongs to: %(label)s %(id)s %(name)s") % {
            "label": label,
            "id": report.external_id,
            "name": report.external_name,
        }
    if report.provider == "sansan":
        counts = ", ".join(f"{count} {kind}" for kind, count in report.tag_counts.items())
        yield _("  sees tags:  %(counts)s") % {"counts": counts or "0"}
    if report.granted_scopes:
        yield _("  may use:    %(scopes)s") % {"scopes": ", ".join(report.granted_scopes)}
    if report.missing_scopes:
        yield _("  lacks:      %(scopes)s") % {"scopes": ", ".join(report.missing_scopes)}
    if report.is_complete:
        yield _("  The connection works.")
