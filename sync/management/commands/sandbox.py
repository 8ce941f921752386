"""`sandbox`: the stand-ins for Sansan and HubSpot, until interrupted."""

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from connectors.sandbox import Sandbox
from sync.management.demo.stage import choose_port
from sync.management.numbers import read_count, read_port
from sync.management.terminal import EXIT_USAGE

PORT_OPTIONS = ("--sansan-port", "--hubspot-port")


class Command(BaseCommand):
    help = _("Runs local stand-ins for Sansan and HubSpot until interrupted. Touches no database.")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        def add(name: str, kind: Callable[[str], int], default: int, text: str) -> None:
            parser.add_argument(name, type=kind, default=default, metavar=_("NUMBER"), help=text)

        free_port = _("Port of the stand-in; 0 takes a free one (%(default)s).")
        limit = _("Requests that it takes in this time; 0: any number (%(default)s).")
        add("--cards", read_count, 200, _("How many cards there are in Sansan (%(default)s)."))
        add("--contacts", read_count, 0, _("How many contacts there are in HubSpot (%(default)s)."))
        add("--seed", int, 1, _("The same number gives the same cards (%(default)s)."))
        parser.add_argument(
            "--plain",
            action="store_true",
            help=_("Cards without difficulties: each of another person, with a good e-mail address."),
        )
        for name in PORT_OPTIONS:
            add(name, read_port, 0, free_port)
        add("--latency-ms", read_count, 0, _("Delay of every answer in milliseconds (%(default)s)."))
        for name in ("--requests-per-10-seconds", "--sansan-per-second", "--sansan-per-minute"):
            add(name, read_count, 0, limit)

    def handle(self, *args: Any, **options: Any) -> None:
        interrupted = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: interrupted.set())
        sandbox = Sandbox(
            cards=options["cards"],
            contacts=options["contacts"],
            seed=options["seed"],
            plain=options["plain"],
            sansan_port=options["sansan_port"],
            hubspot_port=options["hubspot_port"],
            latency_ms=options["latency_ms"],
        )
        sandbox.hubspot.set_limit(per_10_seconds=options["requests_per_10_seconds"])
        sandbox.sansan.set_limit(per_second=options["sansan_per_second"], per_minute=options["sansan_per_minute"])
        taken = find_taken_port(options)
        try:
            sandbox.start()
        except OSError as error:
            message = _("The sandbox could not start: %(reason)s") % {"reason": taken or error.strerror or error}
            raise CommandError(message, returncode=EXIT_USAGE) from None
        try:
            self._print_access(sandbox)
            interrupted.wait()
        finally:
            sandbox.stop()

    def _print_access(self, sandbox: Sandbox) -> None:
        # Not translated, and flushed: scripts wait for these lines.
        self.stdout.write(f"Sansan: {sandbox.sansan.url}")
        self.stdout.write(f"Sansan key: {sandbox.sansan.api_key}")
        self.stdout.write(f"HubSpot: {sandbox.hubspot.url}")
        self.stdout.write(f"HubSpot token: {sandbox.hubspot.token}")
        self.stdout.flush()


def find_taken_port(options: dict[str, Any]) -> str:
    """Which port asked for is taken, and what to do about it; empty when none is."""
    for option in PORT_OPTIONS:
        port = options[option.removeprefix("--").replace("-", "_")]
        if choose_port(port) is None:
            return _("Port %(port)s is taken. Choose another with %(option)s.") % {"port": port, "option": option}
    return ""
