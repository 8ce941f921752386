import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sync.management.demo.children import ChildFailedError, Children, StoppedEarlyError
from sync.management.demo.screen import Screen
from sync.management.demo.stage import build_environment, choose_port
from sync.management.demo.story import Story
from sync.management.numbers import read_port, read_positive
from sync.management.stopping import watch_for_stop

DEFAULT_PORT = 8000
INTERRUPTED = 130


class Command(BaseCommand):
    help = _("Shows a whole sync in a minute, on local stand-ins for Sansan and HubSpot.")
    # It works on a scratch database of its own.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        cards = _("How many cards there are in Sansan (%(default)s).")
        port = _("Port of the portal; without it %(port)s, or another one if that is taken.") % {"port": DEFAULT_PORT}
        parser.add_argument("--cards", metavar=_("NUMBER"), type=read_positive, default=300, help=cards)
        parser.add_argument("--once", action="store_true", help=_("End after the syncs, and leave nothing behind."))
        parser.add_argument("--port", type=read_port, help=port)

    def handle(self, *args: Any, cards: int, once: bool, port: int | None, **options: Any) -> None:
        portal_port = 0 if once else find_port(port)
        folder = Path(tempfile.mkdtemp(prefix="tsunagi-demo-"))
        screen = Screen()
        with watch_for_stop() as stop:
            children = Children(build_environment(folder), folder, stop)
            try:
                play(Story(children, screen, cards), None if once else portal_port)
            except StoppedEarlyError:
                raise SystemExit(INTERRUPTED) from None
            except ChildFailedError as error:
                raise CommandError(
                    _("%(error)s\nLogs are in %(folder)s.") % {"error": error, "folder": folder}
                ) from None
            finally:
                children.end_all()
        if once:
            shutil.rmtree(folder)
        else:
            screen.say(_("Stopped. The scratch folder stays: %(folder)s") % {"folder": folder})


def play(story: Story, port: int | None) -> None:
    screen = story.screen
    screen.say("Tsunagi", style="bold")
    screen.say(_("Everything here is local: stand-ins play Sansan and HubSpot, and all people are invented."))
    screen.say(_("Scratch folder: %(folder)s") % {"folder": story.children.folder})
    screen.say()
    editor, password = story.prepare()
    changes = story.sync(_("First sync"), _("First sync: %(seen)s cards"))
    story.explain(changes)
    screen.say()
    story.edit_cards(editor, changes)
    changes = story.sync(_("Incremental sync"), _("Incremental sync: %(seen)s cards read again"))
    story.show_changes(changes, editor.read_tag_names())
    screen.say()
    if port is None:
        screen.say(_("That was it. Without --once the portal would be open now."))
    else:
        story.serve(port, password)


def find_port(wanted: int | None) -> int:
    """The port asked for, which must be free; unasked, the usual one, or any other."""
    if wanted is not None:
        port = choose_port(wanted)
        if port is None:
            raise CommandError(_("Port %(port)s is taken. Choose another with --port.") % {"port": wanted})
        return port
    port = choose_port(DEFAULT_PORT) or choose_port(0)
    if port is None:
        raise CommandError(_("There is no free port on this machine."))
    return port
