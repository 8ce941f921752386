"""A JSON field whose content is encrypted in the database."""

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    JSONText = models.TextField[dict[str, str], dict[str, str]]
else:
    JSONText = models.TextField  # Django's fields take type parameters only in their stubs.


class CredentialsUnreadableError(Exception):
    """None of CREDENTIALS_KEYS opens what is stored."""


def build_cipher() -> MultiFernet:
    """The first key encrypts, each of them decrypts: keys rotate by putting a new one in front."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEYS])


class EncryptedJSONField(JSONText):
    """Holds a small JSON object, encrypted with `settings.CREDENTIALS_KEYS`."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> dict[str, str]:
        return decrypt(value or "")

    def get_prep_value(self, value: dict[str, str] | None) -> str:
        if not value:
            return ""
        return build_cipher().encrypt(json.dumps(value).encode()).decode()

    def to_python(self, value: Any) -> dict[str, str]:
        """What a database dump holds is encrypted text."""
        return value if isinstance(value, dict) else decrypt(value or "")

    def value_to_string(self, obj: models.Model) -> str:
        """What a database dump writes: the encrypted text, never the plain one."""
        return self.get_prep_value(self.value_from_object(obj))


def decrypt(text: str) -> dict[str, str]:
    """Raises CredentialsUnreadableError when no key fits."""
    if not text:
        return {}
    try:
        plain = build_cipher().decrypt(text.encode())
    except InvalidToken:
        raise CredentialsUnreadableError(
            "Stored credentials cannot be decrypted. Put the key they were encrypted with back into "
            "CREDENTIALS_KEYS (behind the newest), or enter the credentials again."
        ) from None
    return dict(json.loads(plain))
