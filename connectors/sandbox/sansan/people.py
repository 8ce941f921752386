"""Invented people, their e-mail addresses, and the odd spellings that real cards have."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import jaconv

from connectors.sandbox.sansan.companies import SeedCompany
from connectors.sandbox.sansan.words import FIRST_NAMES, FOREIGN_NAMES, LAST_NAMES

INVALID_EMAIL = 52  # every other one has a syntax that nobody takes, the rest a top-level domain that does not exist
MIXED_CASE_EMAIL = {14, 64}
FULL_WIDTH_EMAIL = {41}
HALF_WIDTH_READING = {7, 37, 67}
FULL_WIDTH_PHONE_OF_TEN = 5
LIGATURE_COMPANY_OF_TWENTY = 14
BRACKETED_COMPANY_OF_TWENTY = 8
SPACES_IN_NAME = {33, 90}

Choice = TypeVar("Choice")

_WIDE_DIGITS = str.maketrans("0123456789-+", "０１２３４５６７８９－＋")


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """A person, with the Latin spelling that the e-mail address is made of."""

    last_name: str
    first_name: str
    last_name_reading: str | None
    first_name_reading: str | None
    latin: str


def pick(chance: random.Random, choices: Sequence[Choice]) -> Choice:
    """Choose one by chance; faster than `Random.choice`, which matters for a hundred thousand cards."""
    return choices[int(chance.random() * len(choices))]


def make_person(chance: random.Random, *, foreign: bool) -> SeedPerson:
    """Return a person by chance."""
    if foreign:
        last, first = pick(chance, FOREIGN_NAMES)
        latin = f"{first}.{last}".lower().replace(" ", "").replace("'", "")
        return SeedPerson(last, first, None, None, latin)
    last_name, last_reading, last_latin = pick(chance, LAST_NAMES)
    first_name, first_reading, first_latin = pick(chance, FIRST_NAMES)
    return SeedPerson(last_name, first_name, last_reading, first_reading, f"{first_latin}.{last_latin}")


def choose_email(kind: int, number: int, person: SeedPerson, company: SeedCompany, seen: set[str]) -> str:
    """Return the person's address, unlike all `seen` (to which it is added) unless it is one of the invalid ones."""
    if kind == INVALID_EMAIL:
        if number // 100 % 2 == 0:
            return f"{person.latin}@@{company.domain}"
        return f"{person.latin}{number}@{company.domain.removesuffix('.example.jp')}.con"
    email = f"{person.latin}@{company.domain}"
    if email in seen:
        email = f"{person.latin}{number}@{company.domain}"
    seen.add(email)
    if kind in MIXED_CASE_EMAIL:
        return email.title()
    if kind in FULL_WIDTH_EMAIL:
        return str(jaconv.h2z(email, ascii=True, digit=True))
    return email


def apply_spelling(kind: int, values: dict[str, str | None]) -> None:
    """Respell some fields as cards do: full-width digits, half-width kana, （株） and ㈱, stray spaces."""
    if kind % 10 == FULL_WIDTH_PHONE_OF_TEN:
        for name in ("tel", "mobile"):
            values[name] = (values[name] or "").translate(_WIDE_DIGITS) or None
    if kind in HALF_WIDTH_READING:
        for name in ("lastNameReading", "firstNameReading"):
            values[name] = str(jaconv.z2h(values[name] or "", kana=True)) or None
    company = values.get("companyName") or ""
    if kind % 20 == LIGATURE_COMPANY_OF_TWENTY and company:
        values["companyName"] = company.replace("株式会社", "㈱")
    if kind % 20 == BRACKETED_COMPANY_OF_TWENTY and company:
        values["companyName"] = company.replace("株式会社", "（株）")
    if kind in SPACES_IN_NAME:
        values["lastName"] = f"　{values['lastName']} "
