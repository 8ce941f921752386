"""Invented companies, the same for the same number."""

import hashlib
from dataclasses import dataclass

from connectors.sandbox.sansan.words import BUILDINGS, COMPANY_PREFIXES, COMPANY_TRADES, FOREIGN_PLACES, PLACES


@dataclass(frozen=True, slots=True)
class SeedCompany:
    """A company with the house that its people sit in; `phone_stem` lacks the last two digits."""

    id: str
    name: str
    domain: str
    country: str
    postal_code: str
    prefecture: str | None
    city: str
    street: str
    building: str | None
    phone_stem: str

    @property
    def address(self) -> str:
        """The address in one line, as Sansan joins it."""
        return f"{self.prefecture or ''}{self.city}{self.street}{' ' + self.building if self.building else ''}"


def make_id(letter: str, *parts: object) -> str:
    """Return an id of 32 characters that depends on nothing but its parts."""
    return letter + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest().upper()[1:]


def make_company(number: int) -> SeedCompany:
    """Return the Japanese company of this number."""
    names = len(COMPANY_PREFIXES) * len(COMPANY_TRADES)
    prefix, prefix_latin = COMPANY_PREFIXES[number % len(COMPANY_PREFIXES)]
    trade, trade_latin = COMPANY_TRADES[number // len(COMPANY_PREFIXES) % len(COMPANY_TRADES)]
    prefecture, city, street, postal_code, area = PLACES[number * 5 % len(PLACES)]
    branch = number // names
    name = f"{prefix}{trade}{'第' + str(branch + 1) if branch else ''}"
    return SeedCompany(
        id=make_id("C", number),
        name=f"{name}株式会社" if number % 4 == 1 else f"株式会社{name}",
        domain=f"{prefix_latin}-{trade_latin}{branch + 1 if branch else ''}.example.jp",
        country="JP",
        postal_code=postal_code,
        prefecture=prefecture,
        city=city,
        street=f"{street}{number % 5 + 1}-{number % 17 + 1}-{number % 9 + 1}",
        building=f"{BUILDINGS[number % len(BUILDINGS)]}{number % 12 + 1}F" if number % 3 else None,
        phone_stem=f"{area}-{'0' * (6 - len(area))}-{number % 100:02d}",
    )


def make_foreign_company(number: int) -> SeedCompany:
    """Return the company abroad of this number."""
    country, state, city, street, postal_code, stem = FOREIGN_PLACES[number % len(FOREIGN_PLACES)]
    prefix = COMPANY_PREFIXES[number % len(COMPANY_PREFIXES)][1]
    return SeedCompany(
        id=make_id("C", "abroad", number),
        name=f"{prefix.title()} Sample {'Inc.' if country == 'US' else 'Pte. Ltd.'}",
        domain=f"{prefix}{number}.example.com",
        country=country,
        postal_code=postal_code,
        prefecture=state or None,
        city=city,
        street=street,
        building=None,
        phone_stem=stem,
    )
