"""E-mail addresses as printed on cards."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from sync.engine.transforms.errors import ValueRejectedError
from sync.engine.transforms.text import normalize_text, squeeze_text

# Scanned cards and Japanese keyboards bring these in places where an address can only have their ASCII counterpart.
_LOOKALIKES = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u3002": "."}
)


# Letters, digits and signs in parts between single dots: what nearly all addresses have before the @.
_PLAIN_LOCAL_PART = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254


# A card's address is asked for twice in a row: once to match the card, once to map it.
@lru_cache(maxsize=1024)
def normalize_email(text: str) -> str:
    """Bring an address to the one form in which it is compared and stored: half-width, no spaces, lower case.

    The syntax is checked, the domain is not looked up: example.jp, *.example and *.test pass, names that can never
    receive mail from outside (*.local, *.invalid) do not.
    Raises ValueRejectedError("INVALID_EMAIL") with the text as it came. Source: RFC 5321, RFC 6761.
    """
    address = squeeze_text(normalize_text(text)).translate(_LOOKALIKES).lower().removeprefix("mailto:")
    try:
        local_part, at, domain = address.partition("@")
        if at and len(local_part) <= _LONGEST_LOCAL_PART and _PLAIN_LOCAL_PART.fullmatch(local_part):
            checked = f"{local_part}@{_check_domain(domain)}"
        else:
            checked = _check(address)
    except EmailNotValidError as error:
        raise ValueRejectedError("INVALID_EMAIL", text) from error
    if "." not in checked.partition("@")[2] or len(checked) > _LONGEST_ADDRESS:
        raise ValueRejectedError("INVALID_EMAIL", text)
    return checked


# The cards of a company share its domain, and most of the work is there.
@lru_cache(maxsize=4096)
def _check_domain(domain: str) -> str:
    return _check(f"a@{domain}").removeprefix("a@")


def _check(address: str) -> str:
    """The address as email-validator writes it. Raises EmailNotValidError."""
    # HubSpot is taken to refuse letters beyond ASCII before the @; that is a guess.
    return validate_email(
        address, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
    ).normalized
