"""The opaque `nextPageToken`: a position, bound to the filters it was made for."""

import base64
import binascii
import hashlib
from typing import Any

import orjson


class PageTokenError(ValueError):
    """The token is garbled, expired, or belongs to another request."""


def make_token(position: Any, filters: Any, generation: int) -> str:
    """Return a token for a JSON-serialisable position within the answers to `filters`."""
    content = orjson.dumps({"p": position, "f": _hash_filters(filters), "g": generation})
    return base64.urlsafe_b64encode(content).decode()


def read_token(token: str, filters: Any, generation: int) -> Any:
    """Return the position in a token; raises `PageTokenError` unless it fits these filters and this generation."""
    try:
        content = orjson.loads(base64.urlsafe_b64decode(token.encode()))
        position, filters_hash, made_in = content["p"], content["f"], content["g"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise PageTokenError("nextPageToken is not valid") from error
    if made_in != generation:
        raise PageTokenError("nextPageToken has expired")
    if filters_hash != _hash_filters(filters):
        raise PageTokenError("nextPageToken belongs to a request with other parameters")
    return position


def _hash_filters(filters: Any) -> str:
    return hashlib.blake2b(orjson.dumps(filters), digest_size=6).hexdigest()
