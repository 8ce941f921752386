"""Realistic invented cards, always the same for the same seed.

What is special about a card follows from its number modulo 100, so that every stretch of 100 cards has the same
share of each difficulty: 8 without e-mail, 4 that share another card's e-mail, 1 with an invalid one, 4 that are a
further card of the same person, 5 with a company that is missing or written with a ligature, and so on. Plain cards
have none of that: each is one of a person of its own with a good address.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from connectors.sandbox.sansan.cards import TEXT_FIELDS, SandboxCard, SandboxTag, SandboxUser
from connectors.sandbox.sansan.companies import SeedCompany, make_company, make_foreign_company, make_id
from connectors.sandbox.sansan.people import SeedPerson, apply_spelling, choose_email, make_person, pick
from connectors.sandbox.sansan.words import DEPARTMENTS, MEMOS, TAGS, TITLES, USERS

SPREAD_SECONDS = 730 * 86_400
NEWEST_SECONDS = 3_600
IMPORTED_CARDS = 350
IMPORT_FROM_CARDS = 1_000
CARDS_PER_COMPANY = 6
TAG_CHOICES = 200
JST_SECONDS = 9 * 3_600

COLLEAGUE_HAS_CARD_TOO = {19: 6, 69: 6}  # number: distance to the card of the same person, held by another owner
CHANGED_COMPANY = {44: 9, 94: 9}
SHARED_MAILBOX = {16: 4, 57: 4}
WITHOUT_EMAIL = {3, 11, 23, 31, 48, 65, 77, 88}
WITHOUT_COMPANY = {27, 72}
WITHOUT_EXCHANGE_DATE = {5, 36, 66}
FOREIGN = {29, 59, 79}
WITH_MEMO = {2, 22, 62}
SAME_SECOND_AS_LAST = {61, 86}
PLAIN_KIND = 1


def make_users() -> list[SandboxUser]:
    """Return the tenant's users; the key belongs to the first."""
    return [SandboxUser(*user) for user in USERS]


def make_tags(users: list[SandboxUser]) -> list[SandboxTag]:
    """Return tags of all three types; the last private one belongs to a colleague."""
    owners = [users[0]] * (len(TAGS) - 1) + [users[1]]
    return [
        SandboxTag(f"t{55 + number}", name, kind, owner)
        for number, ((name, kind), owner) in enumerate(zip(TAGS, owners, strict=True))
    ]


def make_cards(
    count: int, seed: int, now_seconds: float, users: list[SandboxUser], *, plain: bool = False
) -> Iterator[SandboxCard]:
    """Yield the cards of a seed, their updates spread over the two years before now."""
    chance = random.Random(seed)  # noqa: S311  (invented data)
    writer = _CardWriter(count, seed, int(now_seconds), users, chance, plain=plain)
    for number in range(count):
        yield writer.write(number)


class _CardWriter:
    def __init__(
        self,
        count: int,
        seed: int,
        now_seconds: int,
        users: list[SandboxUser],
        chance: random.Random,
        *,
        plain: bool,
    ) -> None:
        self._seed = seed
        self._plain = plain
        self._now = now_seconds
        self._users = users
        self._chance = chance
        self._companies = [make_company(number) for number in range(max(12, count // CARDS_PER_COMPANY))]
        # Half of all cards are the key owner's, as with an integration user who imports.
        self._candidates = [users[0]] * (len(users) - 1) + users[1:]
        self._tag_choices = [_choose_tags(chance) for _ in range(TAG_CHOICES)]
        self._recent: list[tuple[SandboxCard, SeedPerson, SeedCompany]] = []
        self._import = range(count // 2, count // 2 + IMPORTED_CARDS) if count >= IMPORT_FROM_CARDS else range(0)
        self._import_at = self._now - SPREAD_SECONDS // 3
        self._seen_emails: set[str] = set()

    def write(self, number: int) -> SandboxCard:
        """Return the card of this number; numbers must come in order."""
        kind = PLAIN_KIND if self._plain else number % 100
        distance = COLLEAGUE_HAS_CARD_TOO.get(kind) or CHANGED_COMPANY.get(kind)
        earlier = self._recent[-distance] if distance and len(self._recent) >= distance else None
        person = earlier[1] if earlier else make_person(self._chance, foreign=kind in FOREIGN)
        company = earlier[2] if earlier and kind in COLLEAGUE_HAS_CARD_TOO else self._choose_company(kind)
        owner = self._choose_owner(earlier[0].owner if earlier else None)
        updated_at = self._choose_time(number, kind)
        registered_at = updated_at if number in self._import else self._choose_earlier(updated_at)
        card = SandboxCard(
            id=make_id("B", self._seed, number),
            person_id=earlier[0].person_id if earlier else make_id("P", self._seed, number),
            company_id=None if kind in WITHOUT_COMPANY else company.id,
            owner=owner,
            exchange_date=None if kind in WITHOUT_EXCHANGE_DATE else self._choose_date(registered_at),
            registered_at=registered_at,
            updated_at=updated_at,
            texts=self._write_texts(kind, number, person, company, earlier[0] if earlier else None),
            tags=pick(self._chance, self._tag_choices),
        )
        self._recent.append((card, person, company))
        del self._recent[:-10]
        return card

    def _write_texts(
        self, kind: int, number: int, person: SeedPerson, company: SeedCompany, earlier: SandboxCard | None
    ) -> list[str | None]:
        chance = self._chance
        phone = f"{company.phone_stem}{int(chance.random() * 100):02d}"
        values: dict[str, str | None] = {
            "lastName": person.last_name,
            "firstName": person.first_name,
            "lastNameReading": person.last_name_reading,
            "firstNameReading": person.first_name_reading,
            "departmentName": pick(chance, DEPARTMENTS) if chance.random() < 0.85 else None,
            "title": pick(chance, TITLES),
            "email": self._choose_email(kind, number, person, company, earlier),
            "tel": phone,
            "fax": f"{company.phone_stem}99" if chance.random() < 0.6 else None,
            "mobile": f"090-0000-{int(chance.random() * 10_000):04d}" if chance.random() < 0.5 else None,
            "countryCode": company.country,
            "memo": MEMOS[number // 100 % len(MEMOS)] if kind in WITH_MEMO else None,
        }
        if kind not in WITHOUT_COMPANY:
            values |= company.texts
        if company.country != "JP":
            values |= {"mobile": None, "departmentName": "Sales", "title": "Manager"}
        apply_spelling(kind, values)
        return [values.get(name) for name in TEXT_FIELDS]

    def _choose_email(
        self, kind: int, number: int, person: SeedPerson, company: SeedCompany, earlier: SandboxCard | None
    ) -> str | None:
        if earlier is not None and kind in COLLEAGUE_HAS_CARD_TOO:
            return earlier.text("email")
        if kind in SHARED_MAILBOX and len(self._recent) >= SHARED_MAILBOX[kind]:
            return self._recent[-SHARED_MAILBOX[kind]][0].text("email")
        if kind in WITHOUT_EMAIL:
            return None
        return choose_email(kind, number, person, company, self._seen_emails)

    def _choose_company(self, kind: int) -> SeedCompany:
        if kind in FOREIGN:
            return make_foreign_company(int(self._chance.random() * 60))
        return pick(self._chance, self._companies)

    def _choose_owner(self, other_than: SandboxUser | None) -> SandboxUser:
        owner = pick(self._chance, self._candidates)
        if owner is other_than:
            return self._users[(self._users.index(owner) + 1) % len(self._users)]
        return owner

    def _choose_time(self, number: int, kind: int) -> int:
        if number in self._import:
            return self._import_at
        if kind in SAME_SECOND_AS_LAST and self._recent:
            return self._recent[-1][0].updated_at
        return self._now - NEWEST_SECONDS - int(self._chance.random() * SPREAD_SECONDS)

    def _choose_earlier(self, updated_at: int) -> int:
        return updated_at - (int(self._chance.random() * 200 * 86_400) if self._chance.random() < 0.5 else 0)

    def _choose_date(self, registered_at: int) -> str:
        day = (registered_at + JST_SECONDS) // 86_400
        return _format_day(day - pick(self._chance, (0, 0, 0, 1, 2, 7)))


@cache
def _format_day(days_since_1970: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days_since_1970)).isoformat()


def _choose_tags(chance: random.Random) -> tuple[str, ...]:
    count = pick(chance, (0, 0, 0, 1, 1, 2, 3))
    return tuple(f"t{55 + number}" for number in sorted(chance.sample(range(len(TAGS)), count)))
