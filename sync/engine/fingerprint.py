"""A hash of everything that a card would write."""

import hashlib
import json
from collections.abc import Iterable, Mapping


def fingerprint(values: Mapping[str, str], clears: Iterable[str], policies: Mapping[str, str]) -> str:
    """Hex SHA-256 of the mapped values and write policies.

    Equal to the one stored after the last success: nothing about the card or its mapping changed since.
    """
    content = {"values": dict(values), "clears": sorted(clears), "policies": dict(policies)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
