"""The mappings a rule has unless it names its own."""

from sync.engine.mapping import DEFAULT_CHAINS, MappingRule
from sync.engine.transforms import Chain, parse_chain

# The sync itself writes it, to know a contact again; no mapping may touch it.
IDENTITY_PROPERTY = "sansan_card_id"

_TEXT = DEFAULT_CHAINS["text"]
_EMAIL = DEFAULT_CHAINS["email"]
_PHONE = DEFAULT_CHAINS["phone"]
_KATAKANA = parse_chain("kana_katakana")
# A building without its street still belongs into the address, and what is joined is tidied with the rest.
_STREET_AND_BUILDING: Chain = parse_chain([{"name": "join", "fields": ["building"]}, "nfkc", "trim"])

DEFAULT_MAPPINGS: tuple[MappingRule, ...] = (
    MappingRule("lastName", "lastname", _TEXT),
    MappingRule("firstName", "firstname", _TEXT),
    MappingRule("email", "email", _EMAIL),
    MappingRule("companyName", "company", _TEXT),
    MappingRule("departmentName", "sansan_department", _TEXT),
    MappingRule("title", "jobtitle", _TEXT),
    MappingRule("tel", "phone", _PHONE),
    MappingRule("mobile", "mobilephone", _PHONE),
    MappingRule("fax", "fax", _PHONE),
    MappingRule("postalCode", "zip", _TEXT),
    MappingRule("prefecture", "state", _TEXT),
    MappingRule("city", "city", _TEXT),
    MappingRule("street", "address", _STREET_AND_BUILDING),
    MappingRule("countryCode", "country", _TEXT),
    MappingRule("url", "website", _TEXT),
    MappingRule("lastNameReading", "sansan_last_name_kana", _KATAKANA),
    MappingRule("firstNameReading", "sansan_first_name_kana", _KATAKANA),
    MappingRule("exchangeDate", "sansan_exchange_date", DEFAULT_CHAINS["date"]),
    MappingRule("ownerName", "sansan_owner", _TEXT),
    MappingRule("tags", "sansan_tags", DEFAULT_CHAINS["tags"]),
    MappingRule("personId", "sansan_person_id", _TEXT),
    MappingRule("companyId", "sansan_company_id", _TEXT),
    # People write into the memo what was never meant to leave Sansan.
    MappingRule("memo", "sansan_memo", _TEXT, enabled=False),
)
