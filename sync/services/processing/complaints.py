"""What HubSpot's complaints about single records mean for them."""

from connectors.errors import Issue, StopRunError
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.services.processing.work import Work

MISSING_CODES = frozenset({"OBJECT_NOT_FOUND"})
# These say that the mapping, not the record, is wrong: every other record would fail alike.
MAPPING_CODES = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "PROPERTY_READ_ONLY"})

REASON_BY_CODE = {
    "INVALID_EMAIL": "INVALID_EMAIL",
    "EMAIL_BLOCKED": "BLOCKED_EMAIL",
    "GDPR_BLOCKED": "BLOCKED_EMAIL",
    "GDPR_BLACKLISTED_EMAIL": "BLOCKED_EMAIL",
    "INVALID_OPTION": "UNKNOWN_OPTION",
    "INVALID_INTEGER": "INVALID_NUMBER",
    "INVALID_NUMBER": "INVALID_NUMBER",
    "INVALID_LONG": "INVALID_NUMBER",
    "INVALID_DATE": "INVALID_DATE",
    "INVALID_BOOLEAN_OPTION": "INVALID_BOOLEAN",
    "INVALID_PHONE_NUMBER": "INVALID_PHONE",
    "REQUIRED_PROPERTY": "REQUIRED_PROPERTY",
    "REQUIRED_PROPERTY_MISSING": "REQUIRED_PROPERTY",
}


class MappingBrokenError(StopRunError):
    """HubSpot says that the mapping itself does not fit, in the middle of a run."""


def is_identity_conflict(issue: Issue) -> bool:
    """Whether HubSpot has a contact with this card's id or e-mail address, rather than with another unique value."""
    if issue.code == "CONFLICTING_UNIQUE_VALUE":
        return issue.property_name in ("", IDENTITY_PROPERTY)
    return issue.code == "CONFLICT"


def fail_for_issue(work: Work, issue: Issue) -> None:
    """Fails the work with a reason that says what to do. Raises MappingBrokenError when all records would fail."""
    if issue.code in MAPPING_CODES:
        raise MappingBrokenError(issue.message, code=issue.code, correlation_id=issue.correlation_id)
    work.fail(
        choose_reason(issue),
        correlation_id=issue.correlation_id,
        hubspot_code=issue.code,
        message=issue.message,
        property=issue.property_name,
        value=work.mapped.values.get(issue.property_name, ""),
        email=work.email,
        contact=issue.existing_id,
        sansan_id=work.card_id,
    )


def choose_reason(issue: Issue) -> str:
    if issue.code == "CONFLICTING_UNIQUE_VALUE" and issue.property_name not in ("", IDENTITY_PROPERTY):
        return "VALUE_REJECTED"
    if issue.code == "CONFLICTING_UNIQUE_VALUE":
        return "CARD_ID_IN_USE"
    if issue.code == "CONFLICT":
        return "EMAIL_IN_USE"
    if issue.code in REASON_BY_CODE:
        return REASON_BY_CODE[issue.code]
    return "VALUE_REJECTED" if issue.property_name else "REJECTED"
