"""`sandbox`: the stand-ins for Sansan and HubSpot, until interrupted."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from connectors.sandbox import Sandbox


class Command(BaseCommand):
    help = "Runs local stand-ins for Sansan and HubSpot until interrupted. Touches no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cards", type=read_count, default=200, help="business cards in Sansan (200)")
        parser.add_argument("--contacts", type=read_count, default=0, help="contacts in HubSpot (0)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same cards (1)")
        parser.add_argument("--sansan-port", type=read_port, default=0, help="0: a free one")
        parser.add_argument("--hubspot-port", type=read_port, default=0, help="0: a free one")
        parser.add_argument("--latency-ms", type=read_count, default=0, help="delay of every answer (0)")
        parser.add_argument("--requests-per-10-seconds", type=read_count, default=0, help="HubSpot's limit; 0: none")
        parser.add_argument("--sansan-per-second", type=read_count, default=0, help="Sansan's limit; 0: none")
        parser.add_argument("--sansan-per-minute", type=read_count, default=0, help="Sansan's limit; 0: none")

    def handle(self, *args: Any, **options: Any) -> None:
        interrupted = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: interrupted.set())
        sandbox = Sandbox(
            cards=options["cards"],
            contacts=options["contacts"],
            seed=options["seed"],
            sansan_port=options["sansan_port"],
            hubspot_port=options["hubspot_port"],
            latency_ms=options["latency_ms"],
        )
        sandbox.hubspot.set_limit(per_10_seconds=options["requests_per_10_seconds"])
        sandbox.sansan.set_limit(per_second=options["sansan_per_second"], per_minute=options["sansan_per_minute"])
        try:
            sandbox.start()
        except OSError as error:
            raise CommandError(
                _("The sandbox could not start: %(reason)s") % {"reason": error}, returncode=2
            ) from error
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


def read_count(text: str) -> int:
    """Return a whole number from 0 up; raises `ValueError`, which argparse reports."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def read_port(text: str) -> int:
    """Return a port number; raises `ValueError`, which argparse reports."""
    number = read_count(text)
    if number > 65_535:
        raise ValueError(text)
    return number
