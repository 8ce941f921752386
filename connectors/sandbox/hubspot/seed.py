"""Contacts that were in HubSpot before any sync."""

import random

from connectors.sandbox.hubspot.contacts import PERSON
from connectors.sandbox.hubspot.store import ContactStore

_PEOPLE = (
    ("佐藤", "太郎", "taro.sato"), ("鈴木", "花子", "hanako.suzuki"), ("高橋", "健一", "kenichi.takahashi"),
    ("田中", "美咲", "misaki.tanaka"), ("伊藤", "翔太", "shota.ito"), ("渡辺", "陽子", "yoko.watanabe"),
    ("山本", "大輔", "daisuke.yamamoto"), ("中村", "恵子", "keiko.nakamura"),
)  # fmt: skip
_COMPANIES = ("株式会社先客", "既存商事株式会社", "株式会社前例")
DAY_MS = 86_400_000


def seed_contacts(store: ContactStore, count: int, seed: int, now_ms: int) -> None:
    """Add contacts that people typed in, always the same for one seed."""
    chance = random.Random(seed)  # noqa: S311  (invented data)
    for number in range(count):
        last_name, first_name, latin = _PEOPLE[number % len(_PEOPLE)]
        values = {
            "lastname": last_name,
            "firstname": first_name,
            "email": f"{latin}{number}@customer{number % 7}.example.com",
            "company": chance.choice(_COMPANIES),
            "phone": f"03-0000-{number % 10_000:04d}",
            "lifecyclestage": chance.choice(("lead", "customer")),
        }
        created_ms = now_ms - chance.randrange(1, 700) * DAY_MS
        store.write(store.add(created_ms), values, created_ms, PERSON)
