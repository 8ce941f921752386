"""E-mail addresses as printed on cards."""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from sync.engine.transforms.errors import ValueRejectedError
from sync.engine.transforms.text import normalize_text, squeeze_text

# Scanned cards and Japanese keyboards bring these in places where an address can only have their ASCII counterpart.
_LOOKALIKES = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u3002": "."}
)


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
        # HubSpot is taken to refuse letters beyond ASCII before the @; that is a guess.
        checked = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise ValueRejectedError("INVALID_EMAIL", text) from error
    if "." not in checked.domain:
        raise ValueRejectedError("INVALID_EMAIL", text)
    return checked.normalized
