from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sync.actors import run_sync_rule
from sync.broker import broker, in_process_worker
from sync.management.schedule import Schedule
from sync.management.stopping import watch_for_stop


class Command(BaseCommand):
    help = _("Queues the runs that are due, until interrupted. Without REDIS_URL it also works them off.")
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help=_("Queue what is due now, then end."))

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        try:
            if once:
                self.queue_once()
            else:
                self.queue_until_stopped()
        finally:
            in_process_worker.stop()

    def queue_once(self) -> None:
        count = Schedule().queue_due_runs()
        if not settings.REDIS_URL:
            broker.join(run_sync_rule.queue_name)
        self.stdout.write(_("Due runs: %(count)s") % {"count": count})

    def queue_until_stopped(self) -> None:
        with watch_for_stop() as stop:
            self.stdout.write(_("The schedule is running. Stop it with Ctrl-C."))
            self.stdout.flush()
            Schedule().run_until(stop)
        self.stdout.write(_("The schedule has stopped."))
