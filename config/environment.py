"""Reads environment variables, or the files that `NAME_FILE` variables point to, with errors a person can act on."""

import base64
import hashlib
import io
import os
import re
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ASSIGNMENT = re.compile(r"(?:export )?[A-Za-z_0-9]+=")
QUEUE_SCHEMES = ("redis", "rediss", "unix")


class Environment(environ.Env):  # type: ignore[misc]  # django-environ ships no type of its base
    """django-environ's `.env`, plus secrets from files: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY=…`.

    An empty variable counts as one that is not set.
    """

    def load(self, file: Path, secrets: tuple[str, ...]) -> None:
        """Fills the environment from `.env`, then the secrets from their files; what was set before wins."""
        given = frozenset(os.environ)
        if file.is_file():
            self._load_lines(read_text(file, f"{file.name} ({file})"))
        for name in secrets:
            variable = f"{name}_FILE"
            if name in given and variable not in given:
                # Taken away for child processes, which could not tell the two origins apart.
                os.environ.pop(variable, None)
            elif path := os.environ.get(variable, "").strip():
                set_secret(name, Path(path))

    def _load_lines(self, text: str) -> None:
        lines = {number: line for number, line in enumerate(text.splitlines(), start=1) if holds_something(line)}
        for number, line in lines.items():
            # The line is not shown: it may hold a secret.
            if not ASSIGNMENT.match(line) or "\0" in line:
                raise ImproperlyConfigured(f".env: line {number} is not of the form NAME=value.")
        self.read_env(io.StringIO("\n".join(lines.values())))

    def text(self, name: str, default: str = "") -> str:
        return os.environ.get(name, "").strip() or default

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        """What stands between commas."""
        found = [item.strip() for item in self.text(name).split(",") if item.strip()]
        return found or default or []

    def positive(self, name: str, default: int) -> int:
        """A whole number of at least 0."""
        raw = self.text(name, str(default))
        if not raw.isdecimal():
            raise ImproperlyConfigured(f"{name} must be a whole number of at least 0, not {raw!r}.")
        return int(raw)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of `allowed`; the first is the default."""
        value = self.text(name, allowed[0])
        if value not in allowed:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def switch(self, name: str, default: bool) -> bool:
        raw = self.text(name, str(default)).lower()
        if raw in ("1", "true", "yes", "on"):
            return True
        if raw in ("0", "false", "no", "off"):
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}.")

    def http_url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if not is_http_url(value):
            raise ImproperlyConfigured(f"{name} must be an http(s) address, not {value!r}.")
        return value

    def http_origins(self, name: str) -> list[str]:
        origins = self.items(name)
        for origin in origins:
            if not is_http_url(origin):
                raise ImproperlyConfigured(f"{name}: {origin!r} must begin with https:// (or http://).")
        return origins

    def queue_url(self, name: str) -> str:
        """The address of a Redis, or nothing. It may hold a password: no error shows it."""
        value = self.text(name)
        if value and not is_queue_url(value):
            raise ImproperlyConfigured(
                f"{name} is not the address of a Redis. Write redis://HOST:PORT/0, rediss://HOST:PORT/0 (with TLS) or "
                "unix:///PATH, with special characters of a password percent-encoded."
            )
        return value

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name} must be the name of a time zone, such as Asia/Tokyo or UTC, not {value!r}."
            ) from None
        return value


def read_text(file: Path, named: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(f"{named} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{named} is not text in UTF-8.") from None


def set_secret(name: str, file: Path) -> None:
    named = f"{name}_FILE: the file {file}"
    value = read_text(file, named).strip()
    if not value or "\0" in value:
        raise ImproperlyConfigured(f"{named} {'is not text' if value else 'is empty'}.")
    os.environ[name] = value


def holds_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def is_http_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_queue_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in QUEUE_SCHEMES and bool(parts.path if parts.scheme == "unix" else parts.port != 0)
    except ValueError:
        return False


def derive_fernet_key(secret: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(f"credentials:{secret}".encode()).digest()).decode()


def check_fernet_keys(keys: list[str]) -> list[str]:
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"CREDENTIALS_KEYS: key {position} is not a Fernet key. Make one with: "
                'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            ) from None
    return keys
