"""The properties that the sync keeps in HubSpot beside HubSpot's own."""

from connectors.hubspot.records import Property, PropertyGroup

SANSAN_GROUP = PropertyGroup(name="sansan", label="Sansan")


def define(
    name: str,
    label: str,
    description_ja: str,
    description_en: str,
    *,
    type: str = "string",  # noqa: A002 - HubSpot's word
    field_type: str = "text",
    has_unique_value: bool = False,
) -> Property:
    return Property(
        name=name,
        label=label,
        type=type,
        field_type=field_type,
        group_name=SANSAN_GROUP.name,
        description=f"{description_ja} / {description_en}",
        has_unique_value=has_unique_value,
    )


# `sansan_tags` begins without options: value = tag id, label = tag name, added as tags appear.
SANSAN_PROPERTIES: dict[str, Property] = {
    definition.name: definition
    for definition in (
        define(
            "sansan_card_id",
            "Sansan名刺ID",
            "このコンタクトの元になった名刺のIDです。編集しないでください。",
            "ID of the business card behind this contact. Do not edit.",
            has_unique_value=True,
        ),
        define("sansan_person_id", "Sansan人物ID", "Sansan上の人物のIDです。", "ID of the person in Sansan."),
        define("sansan_company_id", "Sansan会社ID", "Sansan上の会社のIDです。", "ID of the company in Sansan."),
        define("sansan_department", "部署(名刺)", "名刺に記載された部署名です。", "Department on the card."),
        define("sansan_last_name_kana", "姓カナ", "姓の読みです。", "Reading of the last name."),
        define("sansan_first_name_kana", "名カナ", "名の読みです。", "Reading of the first name."),
        define(
            "sansan_tags",
            "Sansanタグ",
            "名刺に付けられた公開タグと共有タグです。",
            "Public and shared tags of the card.",
            type="enumeration",
            field_type="checkbox",
        ),
        define(
            "sansan_exchange_date",
            "名刺交換日",
            "名刺を交換した日です。",
            "Day on which the card was exchanged.",
            type="date",
            field_type="date",
        ),
        define("sansan_owner", "名刺の所有者", "Sansan上の名刺の所有者です。", "Owner of the card in Sansan."),
        define(
            "sansan_memo",
            "名刺メモ",
            "Sansanで名刺に付けられたメモです。",
            "Memo on the card in Sansan.",
            field_type="textarea",
        ),
    )
}
