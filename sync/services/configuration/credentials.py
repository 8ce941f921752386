"""Fetches the secrets that a configuration file refers to."""

import os
from collections.abc import Mapping
from pathlib import Path as FilePath

from django.utils.translation import gettext as _

from connectors.registry import PROVIDERS
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.schema import AccountEntry, CredentialEntry


class SecretMissingError(Exception):
    """The secret is not where the file says it is; the text never holds a secret."""


def read_credentials(entry: AccountEntry, path: Path, folder: FilePath, faults: FaultList) -> dict[str, str]:
    """The account's credentials by field name; what can't be had is reported.

    Files are looked up from `folder`, the one that the configuration file lies in.
    """
    known = [field.name for field in PROVIDERS[entry.provider].credential_fields]
    found: dict[str, str] = {}
    for name, source in entry.credentials.items():
        place = (*path, "credentials", name)
        if name not in known:
            faults.add(place, _("unknown key%(hint)s") % {"hint": hint(name, known)})
        elif not faults.touches(place):
            _read_one(found, name, source, place, folder, faults)
    for name in known:
        place = (*path, "credentials", name)
        if entry.credentials and name not in entry.credentials and not faults.touches((*path, "credentials")):
            faults.add(place, _("is missing"))
    return found


def _read_one(
    found: dict[str, str], name: str, source: CredentialEntry, place: Path, folder: FilePath, faults: FaultList
) -> None:
    try:
        found[name] = check_secret(read_source(source, folder, os.environ))
    except SecretMissingError as error:
        faults.add(place, str(error))
    if source.literal is not None:
        message = _("a secret stands in the file itself: better give it as {env: NAME} or {file: PATH}")
        faults.warn(place, message)


def read_source(source: CredentialEntry, folder: FilePath, environment: Mapping[str, str]) -> str:
    """The secret's text as it is. Raises SecretMissingError."""
    if sum(given is not None for given in (source.env, source.file, source.literal)) != 1:
        raise SecretMissingError(_("must be either {env: NAME} or {file: PATH}"))
    if source.env is not None:
        if source.env not in environment:
            message = _("the environment variable %(name)s is not set")
            raise SecretMissingError(message % {"name": source.env})
        return environment[source.env]
    if source.file is not None:
        return read_secret_file(folder / FilePath(source.file).expanduser())
    return source.literal.get_secret_value() if source.literal else ""


def read_secret_file(file: FilePath) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        reason = _("it is not text")
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise SecretMissingError(_("the file %(file)s can't be read: %(reason)s") % {"file": file, "reason": reason})


def check_secret(text: str) -> str:
    """The secret without surrounding space. Raises SecretMissingError when no key or token can look like that."""
    secret = text.strip()
    if not secret:
        raise SecretMissingError(_("the secret is empty"))
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise SecretMissingError(_("the secret has spaces, line breaks or full-width characters, which no key has"))
    return secret
