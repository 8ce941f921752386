"""Phone numbers as printed on cards."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    CountryCodeSource,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from sync.engine.transforms.text import normalize_text, trim_text

# How an extension is written behind a number is a guess: HubSpot documents none. phonenumbers reads this form back.
_EXTENSION_FORMAT = "{number} ext. {extension}"

_LONGEST_NUMBER = 100
_LABEL = r"telephone|tel|phone|fax|mobile|cell|電話番号|携帯電話|大代表|電話|携帯|直通|代表|代|直"
_LABEL_BEFORE = re.compile(rf"^(?:[\s(\[]*(?:{_LABEL})[\s.:)\]]*)+", re.IGNORECASE)
_LABEL_AFTER = re.compile(rf"[\s(\[]*(?:{_LABEL})[\s)\]]*$", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,;(\[]*(?:内線番号|内線|内|extension|ext|x|#)[\s.:=]*(?P<extension>[0-9]{1,7})番?[\s)\]]*$", re.IGNORECASE
)
# Anything else (a slash, a wave dash, a second number, a name) means that the text is more than one plain number.
_PLAIN_NUMBER = re.compile(r"[+0-9()\[\]. \u2010-\u2015\u2212\u30fc-]+")

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


# A domestic number of Japan as nearly all cards bring it: with the trunk prefix and ten or eleven digits. 010 leads
# abroad. Any such number is a whole one, so that parsing would come to the same, but take many times as long.
_PLAIN_JAPANESE = re.compile(r"(?=(?:-?[0-9]){10,11}\Z)0(?!1-?0)[1-9](?:-?[0-9])+")
_JAPAN = "JP"


# Colleagues have the number of their company in common.
@lru_cache(maxsize=4096)
def normalize_phone(text: str, country: str, default_country: str) -> str:
    """Write one possible phone number as E.164 (+81312345678), followed by its extension if it has one.

    `country` is the card's two-letter code, `default_country` stands in for an empty one. A text that is not plainly
    one number comes back as it is, only normalised and trimmed. Source: ITU-T E.164, libphonenumber.
    """
    region = trim_text(normalize_text(country)).upper() or default_country
    cleaned = trim_text(normalize_text(text))
    if region == _JAPAN and _PLAIN_JAPANESE.fullmatch(cleaned):
        return "+81" + cleaned.replace("-", "")[1:]
    if len(cleaned) > _LONGEST_NUMBER:
        return cleaned
    plain = _LABEL_AFTER.sub("", _LABEL_BEFORE.sub("", cleaned))
    extension = _EXTENSION.search(plain)
    if extension:
        plain = _LABEL_AFTER.sub("", plain[: extension.start()])
    number = _parse_number(plain, region)
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""
    if not _E164.fullmatch(written):
        return cleaned
    if extension:
        return _EXTENSION_FORMAT.format(number=written, extension=extension["extension"])
    return written


def _parse_number(plain: str, country: str) -> PhoneNumber | None:
    if not _PLAIN_NUMBER.fullmatch(plain):
        return None
    try:
        number = phonenumbers.parse(plain, country, keep_raw_input=True)
    except NumberParseException:
        return None
    return number if number.national_number and _is_whole(number, plain, country) else None


def _is_whole(number: PhoneNumber, plain: str, country: str) -> bool:
    """Tell a whole number from a local one (1234-5678) and from two in a row: those must not be given a +81."""
    if phonenumbers.is_valid_number(number):
        return True
    possible = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if possible != ValidationResult.IS_POSSIBLE:
        return False
    if number.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY:
        return True
    region = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    return region is None or region.national_prefix != "0" or re.sub(r"[^0-9]", "", plain).startswith("0")
