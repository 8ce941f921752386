"""A PostgreSQL cluster of one's own, gone when it is no longer needed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# PostgreSQL refuses to run as root.
ACCOUNT = "postgres"


@contextmanager
def start_postgres() -> Iterator[str]:
    """Starts one on a free port; gives the address of an empty database in it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "postgres"
        folder.mkdir()
        if os.geteuid() == 0:
            Path(scratch).chmod(0o711)
            shutil.chown(folder, ACCOUNT)
        data, port = folder / "data", _choose_port()
        _run("initdb", "--pgdata", data, "--username", "tsunagi", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        try:
            _run("pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", settings, "start")
            yield f"postgres://tsunagi@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop", check=False)


def _run(program: str, *arguments: str | Path, check: bool = True) -> None:
    as_account = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    # The server inherits the outputs: a pipe would stay open as long as it lives.
    subprocess.run(
        [*as_account, _find_programs() / program, *arguments], check=check, cwd="/", stdout=subprocess.DEVNULL
    )


def _find_programs() -> Path:
    """Where initdb is: Debian keeps it apart, a folder for each version."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = packaged[-1] if packaged else shutil.which("initdb")
    if not found:
        raise SystemExit("PostgreSQL's initdb is nowhere to be found; install PostgreSQL, or name a --database-url.")
    return Path(found).parent


def _choose_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
