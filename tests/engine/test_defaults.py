"""The default set, on a whole card and against HubSpot's own definitions."""

from datetime import date

from hypothesis import given

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sansan.fields import SANSAN_FIELDS
from sync.engine.check import check_mapping
from sync.engine.defaults import DEFAULT_MAPPINGS, IDENTITY_PROPERTY
from sync.engine.mapping import Mapper
from sync.engine.records import FieldSpec, PropertySpec, SourceRecord
from tests.engine.strategies import records

FIELDS = {name: FieldSpec(name, field.label_en, field.type) for name, field in SANSAN_FIELDS.items()}
OF_HUBSPOT = (
    *("lastname", "firstname", "email", "company", "jobtitle", "phone", "mobilephone", "fax"),
    *("zip", "state", "city", "address", "country", "website"),
)
PROPERTIES = {name: PropertySpec(name, name, "string", "text") for name in OF_HUBSPOT} | {
    name: PropertySpec(name, definition.label, definition.type, definition.field_type)
    for name, definition in SANSAN_PROPERTIES.items()
}
CARD = SourceRecord(
    id="B1",
    country="JP",
    values={
        "lastName": "見本　",
        "firstName": "太郎",
        "lastNameReading": "みほん",
        "firstNameReading": "ﾀﾛｳ",
        "email": "Ｔａｒｏ＠sample.example",
        "companyName": "㈱見本商事",
        "departmentName": "購買部",
        "title": "部長",
        "tel": "０３（１２３４）５６７８",
        "mobile": "090-0000-0000",
        "fax": "03-1234-5679",
        "postalCode": "１００-０００１",
        "prefecture": "東京都",
        "city": "千代田区",
        "street": "見本町１-２-３",
        "building": "見本ビル４Ｆ",
        "countryCode": "JP",
        "url": "https://sample.example/",
        "exchangeDate": date(2026, 4, 2),
        "ownerName": "営業 花子",
        "tags": ("t2", "t1"),
        "personId": "P1",
        "companyId": "C1",
        "memo": "内緒",
    },
)


def test_a_whole_card() -> None:
    mapped = Mapper(DEFAULT_MAPPINGS).map(CARD)
    assert mapped.rejected == ()
    assert mapped.values == {
        "lastname": "見本",
        "firstname": "太郎",
        "sansan_last_name_kana": "ミホン",
        "sansan_first_name_kana": "タロウ",
        "email": "taro@sample.example",
        "company": "(株)見本商事",
        "sansan_department": "購買部",
        "jobtitle": "部長",
        "phone": "+81312345678",
        "mobilephone": "+819000000000",
        "fax": "+81312345679",
        "zip": "100-0001",
        "state": "東京都",
        "city": "千代田区",
        "address": "見本町1-2-3 見本ビル4F",
        "country": "JP",
        "website": "https://sample.example/",
        "sansan_exchange_date": "2026-04-02",
        "sansan_owner": "営業 花子",
        "sansan_tags": "t1;t2",
        "sansan_person_id": "P1",
        "sansan_company_id": "C1",
    }


def test_the_memo_stays_in_sansan_unless_asked_for() -> None:
    assert [rule.source for rule in DEFAULT_MAPPINGS if not rule.enabled] == ["memo"]


def test_the_set_fits_the_fields_and_properties_there_are() -> None:
    assert check_mapping(DEFAULT_MAPPINGS, FIELDS, PROPERTIES) == ()


def test_it_writes_every_property_made_for_it_but_the_identity() -> None:
    made = SANSAN_PROPERTIES.keys() - {rule.target for rule in DEFAULT_MAPPINGS}
    assert made == {IDENTITY_PROPERTY}


@given(records())
def test_any_record_can_be_mapped(record: SourceRecord) -> None:
    mapped = Mapper(DEFAULT_MAPPINGS).map(record)
    assert "sansan_memo" not in mapped.values
    assert IDENTITY_PROPERTY not in mapped.values
