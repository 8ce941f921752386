"""Reads environment variables, or the files that `NAME_FILE` variables point to, with errors a person can act on."""

import base64
import hashlib
import os
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):  # type: ignore[misc]  # django-environ ships no type of its base
    """django-environ, plus secrets from files: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY=…`."""

    def load_secret_files(self, names: tuple[str, ...]) -> None:
        for name in names:
            path = os.environ.get(f"{name}_FILE")
            if not path:
                continue
            try:
                os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
                ) from None

    def positive(self, name: str, default: int) -> int:
        """A whole number of at least 0."""
        raw = os.environ.get(name, "").strip() or str(default)
        if not raw.isdecimal():
            raise ImproperlyConfigured(f"{name} must be a whole number of at least 0, not {raw!r}.")
        return int(raw)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of `allowed`; the first is the default."""
        value = os.environ.get(name, "").strip() or allowed[0]
        if value not in allowed:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def switch(self, name: str, default: bool) -> bool:
        raw = os.environ.get(name, "").strip().lower() or str(default).lower()
        if raw in ("1", "true", "yes", "on"):
            return True
        if raw in ("0", "false", "no", "off"):
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}.")

    def http_url(self, name: str, default: str) -> str:
        value = (os.environ.get(name, "").strip() or default).rstrip("/")
        if not value.startswith(("http://", "https://")):
            raise ImproperlyConfigured(f"{name} must be an http(s) address, not {value!r}.")
        return value


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
