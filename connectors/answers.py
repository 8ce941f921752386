"""An outside service's HTTP answer, and which error it amounts to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import (
    BatchRejectedError,
    ConnectorError,
    CredentialsError,
    Issue,
    MissingScopeError,
    NotFoundError,
    QuotaExhaustedError,
    RejectedError,
    RetryLaterError,
    StopRunError,
    UnexpectedAnswerError,
)

# The longest that one call rests before it tries again; a service that asks for more is left alone until another run.
MAX_WAIT_SECONDS = 60.0

# HubSpot: "locked, wait at least two seconds".
LOCKED_WAIT_SECONDS = 2.0

# Refused before any work was done, so that even a call that must not happen twice may be sent again.
NOT_APPLIED_STATUSES = frozenset({423, 429, 477})

# Between the service and its own front end; HubSpot asks to contact support rather than to loop.
HOPELESS_STATUSES = frozenset({522, 525, 526})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is the parsed JSON, None when it is not JSON; `text` its first characters."""

    service: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    text: str = ""

    @property
    def origin(self) -> str:
        return f"{self.service} {self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a service's error body says, whatever its form was."""

    message: str = ""
    code: str = ""
    correlation_id: str = ""
    retry_after_seconds: float | None = None
    daily_quota: bool = False
    scopes: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    whole_batch: bool = False


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """The `Retry-After` header in seconds; None when it is missing or a date (neither service documents one)."""
    return read_seconds(headers.get("Retry-After"))


def read_seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def make_error(answer: Answer, complaint: Complaint) -> ConnectorError:
    """The error that says what the caller of `answer` should do next. Never raises."""
    details: dict[str, Any] = {
        "code": complaint.code,
        "status": answer.status,
        "correlation_id": complaint.correlation_id,
    }
    message = f"{answer.origin} answered {answer.status}" + (f": {complaint.message}" if complaint.message else "")
    status = answer.status
    if status == 401:
        return CredentialsError(message, **details)
    if status == 403:
        return MissingScopeError(message, scopes=complaint.scopes, **details)
    if status in HOPELESS_STATUSES:
        return StopRunError(message, **details)
    if status in NOT_APPLIED_STATUSES or status == 408 or status >= 500:
        return make_wait_error(message, status, complaint, details)
    return make_refusal(message, status, complaint, details)


def make_wait_error(message: str, status: int, complaint: Complaint, details: dict[str, Any]) -> ConnectorError:
    wait_seconds = complaint.retry_after_seconds
    if complaint.daily_quota or (status == 477 and (wait_seconds is None or wait_seconds > MAX_WAIT_SECONDS)):
        return QuotaExhaustedError(message, resets_in_seconds=wait_seconds, **details)
    error = RetryLaterError(message, **details)
    error.retry_after_seconds = max(wait_seconds or 0.0, LOCKED_WAIT_SECONDS) if status == 423 else wait_seconds
    return error


def make_refusal(message: str, status: int, complaint: Complaint, details: dict[str, Any]) -> ConnectorError:
    if status == 404:
        return NotFoundError(message, **details)
    if complaint.whole_batch:
        return BatchRejectedError(message, issues=complaint.issues, **details)
    if 400 <= status < 500:
        return RejectedError(message, **details)
    return UnexpectedAnswerError(message, **details)


def make_shape_error(origin: str, expected: str, body: object) -> UnexpectedAnswerError:
    """Says what was expected and the form of what came, never a value of it: those are people's data."""
    return UnexpectedAnswerError(
        f"{origin}: expected {expected}, got {describe_shape(body)}", code="UNEXPECTED_ANSWER"
    )


def describe_shape(value: object, depth: int = 2) -> str:
    """Keys and types of a JSON value, e.g. `{data: [2 × {id: text}], hasMore: yes/no}`."""
    match value:
        case None:
            return "null"
        case bool():
            return "yes/no"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            inner = f"{len(value)} × {describe_shape(value[0], depth - 1)}" if value and depth else str(len(value))
            return f"[{inner}]"
        case dict():
            return describe_object(value, depth)
    return type(value).__name__


def describe_object(value: dict[str, Any], depth: int, most_keys: int = 20) -> str:
    if not depth:
        return f"{{{len(value)} keys}}"
    pairs = [f"{str(key)[:40]}: {describe_shape(item, depth - 1)}" for key, item in list(value.items())[:most_keys]]
    return "{" + ", ".join(pairs) + (", …" if len(value) > most_keys else "") + "}"
