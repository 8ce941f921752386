"""Everything that can go wrong with an outside service, named by what the caller should do next."""

from dataclasses import dataclass, field
from typing import Any


class ConnectorError(Exception):
    """Base of all connector errors. Its text never holds a credential."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int | None = None,
        correlation_id: str = "",
        context: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.correlation_id = correlation_id
        self.context = context or {}


class RetryLaterError(ConnectorError):
    """The service is unwell; the same call may work later. The client has already tried again and given up."""

    retry_after_seconds: float | None = None


class AnswerLostError(RetryLaterError):
    """No usable answer came back, and the write may or may not have been applied: look before you repeat."""


class StopRunError(ConnectorError):
    """No further call of this run can succeed."""


class CredentialsError(StopRunError):
    """The key or token is unknown, expired or revoked."""


class MissingScopeError(StopRunError):
    """The token is valid but may not do this."""

    def __init__(self, message: str, *, scopes: tuple[str, ...] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.scopes = scopes


class QuotaExhaustedError(StopRunError):
    """A quota that does not refill soon (the daily one) is used up."""

    def __init__(self, message: str, *, resets_in_seconds: float | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.resets_in_seconds = resets_in_seconds


class UnexpectedAnswerError(StopRunError):
    """The service answered something that its documentation does not allow; the message shows its shape."""


class RejectedError(ConnectorError):
    """The service refused this request (400, 404, 409); repeating it unchanged is pointless."""


class NotFoundError(RejectedError):
    """The thing asked for does not exist, or is not visible to this key."""


class BatchRejectedError(RejectedError):
    """A whole batch was refused. `issues` names what the service said about single inputs, if anything."""

    def __init__(self, message: str, *, issues: tuple["Issue", ...] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.issues = issues


@dataclass(frozen=True, slots=True)
class Issue:
    """One complaint about one input of a batch.

    `trace_id` is the input's own, empty when the service did not say which input it means; `ids` are the record ids
    or unique values it named; `existing_id` the record that is in the way of a conflict.
    """

    code: str
    message: str
    trace_id: str = ""
    property_name: str = ""
    ids: tuple[str, ...] = field(default=())
    existing_id: str = ""
    correlation_id: str = ""
