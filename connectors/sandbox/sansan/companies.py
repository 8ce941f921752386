"""Invented companies, the same for the same number."""

import hashlib
from dataclasses import dataclass

from connectors.sandbox.sansan.words import BUILDINGS, COMPANY_PREFIXES, COMPANY_TRADES, FOREIGN_PLACES, PLACES


@dataclass(frozen=True, slots=True)
class SeedCompany:
    """A company; `texts` are what it puts on each of its cards, `phone_stem` lacks the last two digits."""

    id: str
    domain: str
    country: str
    phone_stem: str
    texts: dict[str, str | None]


def make_id(letter: str, *parts: object) -> str:
    """Return an id of 32 characters that depends on nothing but its letter and parts."""
    return letter + hashlib.blake2b(repr((letter, parts)).encode(), digest_size=16).hexdigest().upper()[1:]


def make_company(number: int) -> SeedCompany:
    """Return the Japanese company of this number."""
    names = len(COMPANY_PREFIXES) * len(COMPANY_TRADES)
    prefix, prefix_latin = COMPANY_PREFIXES[number % len(COMPANY_PREFIXES)]
    trade, trade_latin = COMPANY_TRADES[number // len(COMPANY_PREFIXES) % len(COMPANY_TRADES)]
    prefecture, city, street, postal_code, area = PLACES[number * 5 % len(PLACES)]
    branch = number // names
    name = f"{prefix}{trade}{'第' + str(branch + 1) if branch else ''}"
    domain = f"{prefix_latin}-{trade_latin}{branch + 1 if branch else ''}.example.jp"
    return SeedCompany(
        id=make_id("C", number),
        domain=domain,
        country="JP",
        phone_stem=f"{area}-{'0' * (6 - len(area))}-{number % 100:02d}",
        texts=_write_texts(
            f"{name}株式会社" if number % 4 == 1 else f"株式会社{name}",
            domain,
            postal_code,
            prefecture,
            city,
            f"{street}{number % 5 + 1}-{number % 17 + 1}-{number % 9 + 1}",
            f"{BUILDINGS[number % len(BUILDINGS)]}{number % 12 + 1}F" if number % 3 else None,
        ),
    )


def make_foreign_company(number: int) -> SeedCompany:
    """Return the company abroad of this number."""
    country, state, city, street, postal_code, stem = FOREIGN_PLACES[number % len(FOREIGN_PLACES)]
    prefix = COMPANY_PREFIXES[number % len(COMPANY_PREFIXES)][1]
    name = f"{prefix.title()} Sample {'Inc.' if country == 'US' else 'Pte. Ltd.'}"
    domain = f"{prefix}{number}.example.com"
    return SeedCompany(
        id=make_id("C", "abroad", number),
        domain=domain,
        country=country,
        phone_stem=stem,
        texts=_write_texts(name, domain, postal_code, state or None, city, street, None),
    )


def _write_texts(
    name: str, domain: str, postal_code: str, prefecture: str | None, city: str, street: str, building: str | None
) -> dict[str, str | None]:
    return {
        "companyName": name,
        "postalCode": postal_code,
        # Sansan joins the parts into one line.
        "address": f"{prefecture or ''}{city}{street}{' ' + building if building else ''}",
        "prefecture": prefecture,
        "city": city,
        "street": street,
        "building": building,
        "url": f"https://www.{domain}/",
    }
