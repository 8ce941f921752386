"""The contact properties, groups and owners that a portal of the sandbox has from the start."""

from typing import Any

from connectors.sandbox.hubspot.definitions import Definition, read_options

GROUPS = {
    "contactinformation": "Contact information",
    "emailinformation": "Email information",
    "contact_activity": "Contact activity",
    "sales_properties": "Sales properties",
}
LIFECYCLE_STAGES = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
    "other",
)  # fmt: skip
LEAD_STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "UNQUALIFIED", "CONNECTED")
NEVER_WRITABLE = {"hs_object_id", "createdate", "lastmodifieddate"}

# (id, e-mail, first name, last name, user id, archived)
OWNERS = (
    ("70000001", "hanako.eigyo@tenant.example", "花子", "営業", 9000001, False),
    ("70000002", "jiro.eigyo@tenant.example", "次郎", "営業", 9000002, False),
    ("70000003", "mina.kobai@tenant.example", "三奈", "購買", 9000003, False),
    ("70000004", "taishoku@tenant.example", "元", "退職", 9000004, True),
)

_TEXTS = {
    "firstname": "First Name", "lastname": "Last Name", "email": "Email", "company": "Company Name",
    "jobtitle": "Job Title", "address": "Street Address", "city": "City", "state": "State/Region",
    "zip": "Postal Code", "country": "Country/Region", "website": "Website URL", "salutation": "Salutation",
    "industry": "Industry", "job_function": "Job function", "hs_additional_emails": "Additional email addresses",
    "hs_language": "Preferred language", "twitterusername": "Twitter Username",
}  # fmt: skip
_PHONES = {"phone": "Phone Number", "mobilephone": "Mobile Phone Number", "fax": "Fax Number"}
_READ_ONLY_TEXTS = {
    "hs_object_id": "Record ID", "hs_merged_object_ids": "Merged record IDs", "hs_marketable_status": "Marketing "
    "contact status", "hs_analytics_source_data_1": "Original Traffic Source Drill-Down 1",
    "associatedcompanyid": "Primary Associated Company ID",
}  # fmt: skip
_CALCULATED = {"hs_full_name_or_email": "Full name or email", "hs_email_domain": "Email Domain"}


def make_default_definitions() -> list[Definition]:
    """Return HubSpot's own contact properties, as many as matter here: one of each type and kind."""
    texts = [Definition(name, label) for name, label in _TEXTS.items()]
    phones = [Definition(name, label, field_type="phonenumber") for name, label in _PHONES.items()]
    read_only = [Definition(name, label, read_only=True) for name, label in _READ_ONLY_TEXTS.items()]
    calculated = [Definition(name, label, calculated=True, read_only=True) for name, label in _CALCULATED.items()]
    definitions = [*texts, *phones, *read_only, *calculated, *_make_typed()]
    for definition in definitions:
        definition.hubspot_defined = True
    return definitions


def describe_owner(owner: tuple[str, str, str, str, int, bool]) -> dict[str, Any]:
    """Return an owner as the service shows it; an archived one has no user id."""
    owner_id, email, first_name, last_name, user_id, archived = owner
    return {
        "id": owner_id,
        "email": email,
        "type": "PERSON",
        "firstName": first_name,
        "lastName": last_name,
        "userId": None if archived else user_id,
        "userIdIncludingInactive": user_id,
        "createdAt": "2024-01-01T00:00:00.000Z",
        "updatedAt": "2024-01-01T00:00:00.000Z",
        "archived": archived,
    }


def _make_typed() -> list[Definition]:
    return [
        _choose("lifecyclestage", "Lifecycle Stage", LIFECYCLE_STAGES, "radio"),
        _choose("hs_lead_status", "Lead Status", LEAD_STATUSES, "radio"),
        _choose("hs_buying_role", "Buying Role", ("BUDGET_HOLDER", "CHAMPION", "DECISION_MAKER"), "checkbox"),
        _choose("gender_choice", "Gender", ("female", "male", "other"), "select"),
        Definition("hubspot_owner_id", "Contact owner", "enumeration", "select"),
        Definition("createdate", "Create Date", "datetime", "date", read_only=True),
        Definition("lastmodifieddate", "Last Modified Date", "datetime", "date", read_only=True),
        Definition("closedate", "Close Date", "datetime", "date"),
        Definition("work_anniversary", "Work anniversary", "date", "date"),
        Definition("date_of_birth", "Date of birth", "string", "text"),
        Definition("numemployees_count", "Number of employees", "number", "number"),
        Definition("annualrevenue", "Annual Revenue", "string", "text"),
        Definition("message", "Message", "string", "textarea"),
        Definition("num_notes", "Number of Sales Activities", "number", "number", "contact_activity", read_only=True),
        Definition(
            "hs_email_optout", "Unsubscribed from all email", "bool", "booleancheckbox", "emailinformation",
            options=_make_options(("true", "false")), read_only=True,
        ),
        Definition(
            "hs_is_contact_vip", "VIP", "bool", "booleancheckbox", options=_make_options(("true", "false"))
        ),
        Definition(
            "hubspotscore", "HubSpot Score", "number", "calculation_equation", calculated=True, read_only=True
        ),
    ]  # fmt: skip


def _choose(name: str, label: str, values: tuple[str, ...], field_type: str) -> Definition:
    return Definition(name, label, "enumeration", field_type, options=_make_options(values))


def _make_options(values: tuple[str, ...]) -> list[dict[str, Any]]:
    return read_options([{"label": value.replace("_", " ").capitalize(), "value": value} for value in values])
