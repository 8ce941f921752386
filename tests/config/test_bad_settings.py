"""Settings that cannot be worked with: each way to start ends with one line that names the variable."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.installation import ROOT, Installation

PASSWORD = "FAKE-pass-phrase"
POSTGRESQL = f"postgres://tsunagi:{PASSWORD}"
KEY = "FAKE-secret-key-for-a-test"
PRODUCTION = {"DEBUG": "false", "SECRET_KEY": KEY}


def read_refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr of a command that refused to start."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in line
    assert PASSWORD not in line
    return line


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DATABASE_URL": "foo"}, "supported: postgres://"),
        ({"DATABASE_URL": f"mysql://tsunagi:{PASSWORD}@127.0.0.1/tsunagi"}, "sqlite:///PATH"),
        ({"DATABASE_URL": f"{POSTGRESQL}@127.0.0.1:port/tsunagi"}, "the port is a number"),
        ({"DATABASE_URL": f"{POSTGRESQL}@127.0.0.1:99999/tsunagi"}, "the port is a number"),
        ({"DATABASE_URL": f"{POSTGRESQL}/1@127.0.0.1/tsunagi"}, "/ as %2F"),
        ({"DATABASE_URL": f"{POSTGRESQL}@[::1/tsunagi"}, "cannot be understood"),
        ({"DATABASE_URL": f"{POSTGRESQL}@127.0.0.1:5432"}, "names no database"),
        ({"DATABASE_URL": "postgres"}, "supported: postgres://"),
        ({"DATABASE_URL": "sqlite://tsunagi.sqlite3"}, "three slashes"),
        ({"DATABASE_URL": "sqlite:///"}, "three slashes"),
        ({"REDIS_URL": f"127.0.0.1:6379/{PASSWORD}"}, "redis://HOST:PORT/0"),
        ({"REDIS_URL": f"http://:{PASSWORD}@127.0.0.1"}, "rediss://HOST:PORT/0"),
        ({"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:port/0"}, "redis://HOST:PORT/0"),
        ({"REDIS_URL": "unix://"}, "unix:///PATH"),
        ({"TIME_ZONE": "Asia/Nowhere"}, "'Asia/Nowhere'"),
        ({"TIME_ZONE": "../etc/passwd"}, "Asia/Tokyo"),
        ({"TIME_ZONE": "Asia"}, "'Asia'"),
        ({"DEBUG": "perhaps"}, "true or false"),
        ({"HUBSPOT_API_VERSION": "v9"}, "'v9'"),
        ({"SANSAN_REQUESTS_PER_SECOND": "many"}, "whole number"),
        ({"SANSAN_BASE_URL": "api.sansan.example"}, "http(s) address"),
        ({"HUBSPOT_BASE_URL": "https://"}, "http(s) address"),
        ({"CSRF_TRUSTED_ORIGINS": "tsunagi.example.com"}, "https://"),
        ({"CREDENTIALS_KEYS": "short"}, "key 1 is not a Fernet key"),
        ({"SECRET_KEY": "", "DEBUG": "false"}, "is missing"),
        ({"SECRET_KEY": "  ", "DEBUG": "false"}, "is missing"),
        ({"CREDENTIALS_KEYS": "", **PRODUCTION}, "is missing"),
        ({"CREDENTIALS_KEYS": " , ", **PRODUCTION}, "is missing"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key cannot be read: No such file or directory"),
        ({"REDIS_URL_FILE": "/"}, "cannot be read"),
    ],
)
def test_one_line_names_the_variable(installation: Installation, variables: dict[str, str], told: str) -> None:
    installation.environment |= variables
    line = read_refusal(installation.manage("list_records", "cards-to-contacts"))
    assert line.startswith(next(iter(variables)))
    assert told in line


@pytest.mark.parametrize(
    ("content", "told"), [(b"\xff\xfe", "not text in UTF-8"), (b" \n", "is empty"), (b"a\0b", "is not text")]
)
def test_secret_files_hold_text(installation: Installation, content: bytes, told: str) -> None:
    file = installation.folder / "secret"
    file.write_bytes(content)
    installation.environment["DATABASE_URL_FILE"] = str(file)
    line = read_refusal(installation.manage("migrate"))
    assert line.startswith(f"DATABASE_URL_FILE: the file {file} ")
    assert told in line


@pytest.mark.parametrize("command", [["migrate"], ["check"], ["runserver", "--noreload"], ["dev"], ["scheduler"]])
def test_every_command_refuses(installation: Installation, command: list[str]) -> None:
    installation.environment["TIME_ZONE"] = "Asia/Nowhere"
    assert read_refusal(installation.manage(*command)).startswith("TIME_ZONE ")


def test_a_traceback_is_shown_on_request(installation: Installation) -> None:
    installation.environment["TIME_ZONE"] = "Asia/Nowhere"
    done = installation.manage("list_records", "cards-to-contacts", "--traceback")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_web_servers_refuse(installation: Installation) -> None:
    installation.environment["REDIS_URL"] = "queue"
    done = installation.run(sys.executable, "-c", "import config.wsgi")
    assert read_refusal(done).startswith("REDIS_URL ")


class Copy:
    """A copy of the project's settings with a `.env` of its own."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.folder = installation.folder / "copy"
        self.folder.mkdir()
        shutil.copytree(ROOT / "config", self.folder / "config", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "manage.py", self.folder)
        for name in ("connectors", "sync", "templates"):
            (self.folder / name).symlink_to(ROOT / name)
        for name in ("DATABASE_URL", "REDIS_URL", "DEBUG", "SECRET_KEY"):
            del installation.environment[name]

    def run(self, expression: str) -> subprocess.CompletedProcess[str]:
        code = f"import sys; sys.path.insert(0, '.'); from config import settings; print({expression})"
        return self.installation.run("env", "-C", str(self.folder), sys.executable, "-c", code)

    def read(self, expression: str) -> str:
        done = self.run(expression)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.rstrip("\n")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.installation.run("env", "-C", str(self.folder), sys.executable, "manage.py", *arguments)


@pytest.fixture
def copy(installation: Installation) -> Copy:
    return Copy(installation)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    return file


def test_an_empty_database_address_means_the_file_beside_manage(copy: Copy) -> None:
    copy.installation.environment |= {"DATABASE_URL": "", "REDIS_URL": "", "TIME_ZONE": "", "DEBUG": ""}
    assert copy.read("settings.DATABASES['default']['NAME']") == str(copy.folder / "db.sqlite3")
    assert copy.read("settings.TIME_ZONE") == "Asia/Tokyo"


def test_env_file_may_name_secret_files(copy: Copy, key_file: Path) -> None:
    (copy.folder / ".env").write_text(f"# secrets\n\nSECRET_KEY_FILE={key_file}\n", encoding="utf-8")
    assert copy.read("settings.SECRET_KEY") == KEY


def test_environment_wins_over_a_secret_file_of_the_env_file(copy: Copy, key_file: Path) -> None:
    (copy.folder / ".env").write_text(f"SECRET_KEY_FILE={key_file}\n", encoding="utf-8")
    copy.installation.environment["SECRET_KEY"] = "FAKE-other"
    assert copy.read("settings.SECRET_KEY") == "FAKE-other"
    command = [sys.executable, "-c", "from config import settings; print(settings.SECRET_KEY)"]
    assert copy.read(f"__import__('subprocess').check_output({command}, text=True)").strip() == "FAKE-other"


def test_secret_file_of_the_environment_wins_over_the_env_file(copy: Copy, key_file: Path) -> None:
    (copy.folder / ".env").write_text("SECRET_KEY=FAKE-other\n", encoding="utf-8")
    copy.installation.environment["SECRET_KEY_FILE"] = str(key_file)
    assert copy.read("settings.SECRET_KEY") == KEY


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"DEBUG=true\nSECRET_KEY = {PASSWORD}\n".encode(), ".env: line 2 is not of the form NAME=value."),
        (b"\xff\xfe", "not text in UTF-8"),
        (f"DATABASE_URL={POSTGRESQL}@127.0.0.1:port/tsunagi\n".encode(), "DATABASE_URL cannot be understood"),
    ],
)
def test_a_faulty_env_file_is_named(copy: Copy, content: bytes, told: str) -> None:
    (copy.folder / ".env").write_bytes(content)
    assert told in read_refusal(copy.manage("list_records", "cards-to-contacts"))


def test_check_looks_at_the_admin(installation: Installation) -> None:
    code = (
        "from django.contrib.admin import ModelAdmin; ModelAdmin.save_as = 'planted'; "
        "from config.starting import run_command; run_command(['manage.py', 'check', '--tag', 'admin'])"
    )
    installation.environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = installation.run(sys.executable, "-c", code)
    assert done.returncode == 1
    assert "admin.E101" in done.stderr
