"""The demo's child processes: each is a command of the product, with a log of its own, and none outlives the demo."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

Found = TypeVar("Found")

LOOK_EVERY_SECONDS = 0.03
END_WITHIN_SECONDS = 20.0
TAIL_LINES = 15


class StoppedEarlyError(Exception):
    """Somebody pressed Ctrl-C before the demo was through."""


class ChildFailedError(Exception):
    """A child process ended when or how it should not have."""


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    output: Path
    log: Path

    def fail(self) -> ChildFailedError:
        said = [file.read_text(encoding="utf-8", errors="replace") for file in (self.output, self.log)]
        lines = "\n".join(said).strip().splitlines()[-TAIL_LINES:]
        text = _("The command '%(name)s' ended unexpectedly (exit status %(status)s).")
        heading = text % {"name": self.name, "status": self.process.poll()}
        return ChildFailedError("\n".join([heading, *lines]))


class Children:
    """Starts children with one environment; `stop` is watched whenever one of them is waited for."""

    def __init__(self, environment: dict[str, str], folder: Path, stop: threading.Event) -> None:
        self.environment = environment
        self.folder = folder
        self.stop = stop
        self._running: list[Child] = []

    def start(self, name: str, *arguments: str, shows_progress: bool = False) -> Child:
        """Starts a command; what it prints goes into files of the folder, its progress to the terminal on request."""
        output, log = self.folder / f"{name}.out", self.folder / f"{name}.log"
        with output.open("wb") as output_file, log.open("wb") as log_file:
            process = subprocess.Popen(  # noqa: S603  # our own commands
                [sys.executable, str(settings.BASE_DIR / "manage.py"), name, *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output_file,
                stderr=None if shows_progress else log_file,
                # Ctrl-C reaches the demo alone, which then ends its children in order.
                start_new_session=True,
            )
        child = Child(name, process, output, log)
        self._running.append(child)
        return child

    def run(self, name: str, *arguments: str, accepted: tuple[int, ...] = (0,), shows_progress: bool = False) -> str:
        """Runs a command to its end and gives what it printed.

        Raises ChildFailedError when it ends with a status that is not accepted, StoppedEarlyError on Ctrl-C.
        """
        child = self.start(name, *arguments, shows_progress=shows_progress)
        while child.process.poll() is None:
            self._check_stop()
        self._running.remove(child)
        if child.process.returncode not in accepted:
            raise child.fail()
        return child.output.read_text(encoding="utf-8")

    def wait_for(self, child: Child, look: Callable[[], Found | None], timeout_seconds: float) -> Found:
        """Looks until there is something to see; fails when the child dies before, or takes too long."""
        give_up_at = time.monotonic() + timeout_seconds
        while (found := look()) is None:
            if child.process.poll() is not None or time.monotonic() > give_up_at:
                raise child.fail()
            self._check_stop()
        return found

    def watch(self) -> None:
        """Returns when asked to stop; raises ChildFailedError when a child ends by itself."""
        while not self.stop.wait(0.3):
            for child in self._running:
                if child.process.poll() is not None:
                    raise child.fail()

    def end_all(self) -> None:
        """Ends what still runs, the youngest first: it may need the older ones to end well. Ctrl-C kills the rest."""
        try:
            for child in reversed(self._running):
                child.process.terminate()
                child.process.wait(timeout=END_WITHIN_SECONDS)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            for child in self._running:
                child.process.kill()
                child.process.wait()

    def _check_stop(self) -> None:
        if self.stop.wait(LOOK_EVERY_SECONDS):
            raise StoppedEarlyError
