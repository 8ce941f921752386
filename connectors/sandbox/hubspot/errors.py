"""How the HubSpot stand-in says no: the known forms, and the guessed ones each in one place.

Guesses: the 207 form of an e-mail conflict (in `complaint_item`), the first constants below, and the texts of the
refusals that the reference does not quote.
"""

import uuid
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from connectors.sandbox.web import Answer, Incoming, RefusalError

# Nothing public shows what these look like.
UNIQUE_VALUE_TAKEN = "CONFLICTING_UNIQUE_VALUE"
EMAIL_BLOCKLISTED = "GDPR_BLACKLISTED_EMAIL"
RULE_BROKEN = "PROPERTY_VALIDATION_RULE_FAILED"
REQUIRED_MISSING = "REQUIRED_PROPERTY_MISSING"
VALUE_TOO_LONG = "VALUE_TOO_LONG"
DUPLICATE_EMAIL_IN_BATCH = "Contact already exists in this batch: duplicate email {email}"


@dataclass(frozen=True, slots=True)
class ValueFault:
    """What is wrong with one property value."""

    code: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contact with this e-mail exists already; `existing_id` is empty when it is in the same batch."""

    existing_id: str
    email: str = ""

    @property
    def message(self) -> str:
        """The sentence that clients parse."""
        if self.existing_id:
            return f"Contact already exists. Existing ID: {self.existing_id}"
        return DUPLICATE_EMAIL_IN_BATCH.format(email=self.email)


Complaint = list[ValueFault] | Conflict


def error_answer(status: int, category: str, message: str, **extra: Any) -> Answer:
    """Return an error in HubSpot's form; `extra` are `errors`, `context`, `subCategory`, `links`."""
    content = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid.uuid4()),
        "category": category,
        **extra,
    }
    return Answer(status, content)


def refuse(status: int, category: str, message: str, **extra: Any) -> NoReturn:
    """Raise a `RefusalError` that answers with this error."""
    raise RefusalError(error_answer(status, category, message, **extra))


def refuse_request(message: str) -> NoReturn:
    """Refuse a malformed request with 400 VALIDATION_ERROR."""
    refuse(400, "VALIDATION_ERROR", message)


def not_found(message: str = "resource not found") -> NoReturn:
    """Refuse with 404 OBJECT_NOT_FOUND."""
    refuse(404, "OBJECT_NOT_FOUND", message)


def no_such_path(incoming: Incoming) -> RefusalError:
    """Return the refusal of a method and path that do not exist."""
    return RefusalError(error_answer(404, "OBJECT_NOT_FOUND", f"There is no {incoming.method} {incoming.path}"))


def describe_faults(faults: list[ValueFault], portal_id: int) -> dict[str, Any]:
    """Return `message` with the JSON inside a string, and the newer `errors`."""
    listed = [
        {
            "isValid": False,
            "message": fault.message,
            "error": fault.code,
            "name": fault.name,
            "localizedErrorMessage": fault.message,
            "portalId": portal_id,
        }
        for fault in faults
    ]
    return {
        "message": f"Property values were not valid: {orjson.dumps(listed).decode()}",
        "errors": [
            {"message": fault.message, "code": fault.code, "context": {"propertyName": [fault.name]}}
            for fault in faults
        ],
    }


def complaint_answer(complaint: Complaint, portal_id: int) -> Answer:
    """Return the answer that refuses a whole request because of one input."""
    if isinstance(complaint, Conflict):
        return error_answer(409, "CONFLICT", complaint.message)
    described = describe_faults(complaint, portal_id)
    return error_answer(400, "VALIDATION_ERROR", described["message"], errors=described["errors"])


def complaint_item(complaint: Complaint, portal_id: int, trace_id: str) -> dict[str, Any]:
    """Return the item of a 207 answer for one input."""
    context = {"objectWriteTraceId": [trace_id]}
    if isinstance(complaint, Conflict):
        return error_item("CONFLICT", complaint.message, context)
    described = describe_faults(complaint, portal_id)
    return error_item("VALIDATION_ERROR", described["message"], context, described["errors"])


def error_item(
    category: str, message: str, context: dict[str, list[str]], errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return an item of the `errors` of a 207 answer."""
    return {
        "status": "error",
        "category": category,
        "message": message,
        "context": context,
        "errors": errors or [],
        "links": {},
    }


def missing_item(ids: list[str]) -> dict[str, Any]:
    """Return the item of a 207 answer that names the ids that were not found."""
    message = "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid."
    return error_item("OBJECT_NOT_FOUND", message, {"ids": ids})


def duplicate_ids_refusal(ids: list[str]) -> RefusalError:
    """Return the refusal of a batch that names an id twice."""
    message = f"Duplicate IDs found in batch input: [{', '.join(ids)}]. IDs must be unique"
    return RefusalError(error_answer(400, "VALIDATION_ERROR", message, context={"ids": ids}))


def scope_answer(scopes: list[str]) -> Answer:
    """Return 403 for a token that lacks every one of these scopes."""
    return error_answer(
        403,
        "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
        "https://developers.hubspot.com/scopes.",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": scopes},
            }
        ],
        links={"scopes": "https://developers.hubspot.com/scopes"},
    )


def rate_limit_answer(policy: str) -> Answer:
    """Return 429 for the policy TEN_SECONDLY_ROLLING, SECONDLY (search) or DAILY."""
    name = {"DAILY": "daily", "SECONDLY": "secondly"}.get(policy, "ten_secondly_rolling")
    return error_answer(
        429, "RATE_LIMITS", f"You have reached your {name} limit.", errorType="RATE_LIMIT", policyName=policy
    )
