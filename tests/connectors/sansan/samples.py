"""Answers as the service gives them."""

from typing import Any


def make_card(**fields: Any) -> dict[str, Any]:
    """A whole card; fields under the service's own names."""
    return {
        "id": "card1",
        "companyId": "company1",
        "personId": "person1",
        "exchangeDate": "2026-04-02",
        "registeredTime": "2026-04-02T18:20:11+09:00",
        "updatedTime": "2026-04-03T09:05:40+09:00",
        "owner": {"id": "user1", "name": "見本 花子", "email": "hanako@tenant.example"},
        "lastName": "見本",
        "firstName": "太郎",
        "lastNameReading": "ミホン",
        "firstNameReading": "タロウ",
        "departmentName": "購買部",
        "title": "部長",
        "email": "taro@sample.example",
        "tel": "03-0000-0000",
        "secondTel": None,
        "fax": None,
        "mobile": "090-0000-0000",
        "companyName": "株式会社見本",
        "postalCode": "100-0000",
        "address": "東京都千代田区見本町1-2-3 見本ビル4F",
        "prefecture": "東京都",
        "city": "千代田区",
        "street": "見本町1-2-3",
        "building": "見本ビル4F",
        "countryCode": "JP",
        "url": "https://sample.example",
        "memo": None,
        "entryStatus": "completed",
        "tags": [
            {"id": "tag1", "name": "展示会2026春", "type": "shared"},
            {"id": "tag2", "name": "VIP", "type": "public"},
            {"id": "tag3", "name": "秘密", "type": "private"},
        ],
        **fields,
    }


def make_page(*items: Any, token: str | None = None) -> dict[str, Any]:
    return {"hasMore": token is not None, "nextPageToken": token, "data": list(items)}
