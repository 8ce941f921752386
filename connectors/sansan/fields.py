"""The fields of a card under Sansan's own names: their labels and types, and what a card holds in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from connectors.sansan.records import Card, User

FieldType = Literal["text", "email", "phone", "date", "datetime", "tags", "url", "country"]
FieldValue = str | date | datetime | tuple[str, ...]

SYNCED_TAG_TYPES = frozenset({"public", "shared"})


@dataclass(frozen=True, slots=True)
class SansanField:
    name: str
    label_en: str
    label_ja: str
    type: FieldType


SANSAN_FIELDS: dict[str, SansanField] = {
    field.name: field
    for field in (
        SansanField("id", "Card ID", "名刺ID", "text"),
        SansanField("companyId", "Company ID", "会社ID", "text"),
        SansanField("personId", "Person ID", "人物ID", "text"),
        SansanField("exchangeDate", "Exchange date", "名刺交換日", "date"),
        SansanField("registeredTime", "Registered at", "登録日時", "datetime"),
        SansanField("updatedTime", "Updated at", "更新日時", "datetime"),
        SansanField("lastName", "Last name", "姓", "text"),
        SansanField("firstName", "First name", "名", "text"),
        SansanField("lastNameReading", "Last name (kana)", "姓カナ", "text"),
        SansanField("firstNameReading", "First name (kana)", "名カナ", "text"),
        SansanField("departmentName", "Department", "部署", "text"),
        SansanField("title", "Job title", "役職", "text"),
        SansanField("email", "E-mail", "メールアドレス", "email"),
        SansanField("tel", "Phone", "電話番号", "phone"),
        SansanField("secondTel", "Second phone", "電話番号2", "phone"),
        SansanField("fax", "Fax", "FAX", "phone"),
        SansanField("mobile", "Mobile phone", "携帯電話番号", "phone"),
        SansanField("companyName", "Company", "会社名", "text"),
        SansanField("postalCode", "Postal code", "郵便番号", "text"),
        SansanField("address", "Address", "住所", "text"),
        SansanField("prefecture", "Prefecture", "都道府県", "text"),
        SansanField("city", "City", "市区町村", "text"),
        SansanField("street", "Street", "町域・番地", "text"),
        SansanField("building", "Building", "ビル名", "text"),
        SansanField("countryCode", "Country", "国コード", "country"),
        SansanField("url", "Website", "URL", "url"),
        SansanField("memo", "Memo", "メモ", "text"),
        SansanField("tags", "Tags", "タグ", "tags"),
        SansanField("ownerName", "Owner", "所有者", "text"),
        SansanField("ownerEmail", "Owner's e-mail", "所有者のメールアドレス", "email"),
        SansanField("ownerId", "Owner's ID", "所有者ID", "text"),
    )
}


def card_values(card: Card, visible_tag_ids: Collection[str] = ()) -> dict[str, FieldValue]:
    """What the card holds, by field name; fields that are empty on it are absent, but `tags` is always there.

    `tags` holds the ids of its public and shared tags, sorted. An answer may leave out the types of a card's tags:
    such a tag counts when it is one of `visible_tag_ids`, the ids of the known public and shared ones.
    """
    values: dict[str, FieldValue | None] = {
        "id": card.id,
        "companyId": card.company_id,
        "personId": card.person_id,
        "exchangeDate": card.exchange_date,
        "registeredTime": card.registered_at,
        "updatedTime": card.updated_at,
        "lastName": card.last_name,
        "firstName": card.first_name,
        "lastNameReading": card.last_name_reading,
        "firstNameReading": card.first_name_reading,
        "departmentName": card.department_name,
        "title": card.title,
        **read_reachability(card),
        **read_place(card),
        "companyName": card.company_name,
        "memo": card.memo,
        **read_owner(card.owner),
    }
    filled = {name: value for name, value in values.items() if value}
    return filled | {"tags": tuple(sorted(card_tag_names(card, visible_tag_ids)))}


def card_tag_names(card: Card, visible_tag_ids: Collection[str] = ()) -> dict[str, str]:
    """Tag id to tag name, for the card's public and shared tags (see `card_values`)."""
    return {
        tag.id: tag.name
        for tag in card.tags
        if tag.type in SYNCED_TAG_TYPES or (not tag.type and tag.id in visible_tag_ids)
    }


def read_owner(owner: User | None) -> dict[str, str]:
    return {"ownerName": owner.name, "ownerEmail": owner.email, "ownerId": owner.id} if owner else {}


def read_reachability(card: Card) -> dict[str, str]:
    return {
        "email": card.email,
        "tel": card.tel,
        "secondTel": card.second_tel,
        "fax": card.fax,
        "mobile": card.mobile,
        "url": card.url,
    }


def read_place(card: Card) -> dict[str, str]:
    return {
        "postalCode": card.postal_code,
        "address": card.address,
        "prefecture": card.prefecture,
        "city": card.city,
        "street": card.street,
        "building": card.building,
        "countryCode": card.country_code,
    }
