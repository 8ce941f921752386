import errno
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.utils.translation import gettext as _

from sync.broker import broker, in_process_worker
from sync.management.numbers import read_port
from sync.management.schedule import Schedule
from sync.management.stopping import watch_for_stop

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = _("Web, worker and schedule in one process, for development and small trials.")
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        text = _("Port of the portal; 0 takes a free one (%(default)s).")
        parser.add_argument("--port", type=read_port, default=8000, help=text)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        with watch_for_stop() as stop, serve_portal(port) as address:
            in_process_worker.start(broker)
            self.stdout.write(_("The portal answers at %(address)s (stop it with Ctrl-C).") % {"address": address})
            self.stdout.flush()
            try:
                Schedule().run_until(stop)
            finally:
                in_process_worker.stop()
        self.stdout.write(_("Stopped."))


@contextmanager
def serve_portal(port: int) -> Iterator[str]:
    """Serves the portal from threads of this process; gives its address."""
    server = open_server(port)
    threading.Thread(target=server.serve_forever, name="portal", daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def open_server(port: int) -> ThreadedWSGIServer:
    try:
        server = ThreadedWSGIServer((HOST, port), WSGIRequestHandler)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(_("Port %(port)s is taken. Choose another with --port.") % {"port": port}) from None
        raise CommandError(f"{HOST}:{port}: {error.strerror}") from None
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
    return server
