"""A hash of everything that a card would write."""

import hashlib
from collections.abc import Iterable, Mapping

import orjson


def fingerprint(
    values: Mapping[str, str], clears: Iterable[str], policies: Mapping[str, str], refused: Iterable[str] = ()
) -> str:
    """Hex SHA-256 of the mapped values and write policies, and of texts that could not be mapped.

    Equal to the one stored after the last success: nothing about the card or its mapping changed since. Equal to that
    of the last failure: what fails is the same.
    """
    content = (dict(values), sorted(clears), dict(policies), *sorted(refused))
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
