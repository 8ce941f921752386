"""Tsunagi as an operator has it: a database of its own, and commands in processes of their own."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from connectors.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 90.0
CONFIGURATION = """
accounts:
  - {name: Sansan HQ, provider: sansan, credentials: {api_key: {env: SANSAN_API_KEY}}}
  - {name: HubSpot, provider: hubspot, credentials: {access_token: {env: HUBSPOT_TOKEN}}}
sync_rules:
  - {name: cards-to-contacts, sansan: Sansan HQ, hubspot: HubSpot, enabled: true, mappings: default}
"""


class Service:
    """A command that runs until it is told to stop; its output is read along."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._incoming: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._incoming.put(line.rstrip("\n"))

    def wait_for_line(self, beginning: str) -> str:
        """The first line that begins so, and has not been waited for before."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            try:
                line = self._incoming.get(timeout=0.1)
            except queue.Empty:
                assert self.process.poll() is None, (self.process.returncode, self.lines)
                continue
            self.lines.append(line)
            if line.startswith(beginning):
                return line
        raise AssertionError(self.lines)

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "VIRTUAL_ENV")}
        self.environment = {
            **kept,
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            "DATABASE_URL": f"sqlite:///{folder / 'installed.sqlite3'}",
            "REDIS_URL": "",
            "DEBUG": "true",
            "SECRET_KEY": "only-for-a-test",
            "PYTHONUNBUFFERED": "1",
        }
        self._services: list[Service] = []

    def connect(self, sandbox: Sandbox) -> None:
        """Migrates, and sets up both accounts and an enabled rule that is due."""
        self.environment |= {
            "SANSAN_BASE_URL": sandbox.sansan.url,
            "SANSAN_API_KEY": sandbox.sansan.api_key,
            "HUBSPOT_BASE_URL": sandbox.hubspot.url,
            "HUBSPOT_TOKEN": sandbox.hubspot.token,
        }
        file = self.folder / "configuration.yaml"
        file.write_text(CONFIGURATION, encoding="utf-8")
        self.manage_well("migrate", "--verbosity", "0")
        self.manage_well("apply", str(file))

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "manage.py", *arguments)

    def manage_well(self, *arguments: str) -> str:
        done = self.manage(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def start(self, *arguments: str) -> Service:
        return self.start_process(sys.executable, "manage.py", *arguments)

    def start_process(self, *command: str) -> Service:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        service = Service(process)
        self._services.append(service)
        return service

    def end_all(self) -> None:
        for service in self._services:
            if service.process.poll() is None:
                service.process.kill()
                service.process.wait()


def choose_port() -> int:
    """A free port, so that tests side by side don't meet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def list_processes(marker: str) -> dict[int, str]:
    """Command lines of the living processes that have the marker in their environment, by process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().decode(errors="replace")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if marker in environment and command:
            found[int(folder.name)] = command
    return found
