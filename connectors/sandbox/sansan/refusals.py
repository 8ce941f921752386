"""How the Sansan stand-in says no. The exact bodies of the service are not published: all guesses stand here."""

from typing import Any, NoReturn

from connectors.sandbox.web import Answer, RefusalError


def error_answer(status: int, code: str, message: str, **extra: Any) -> Answer:
    """Return an error in the form that public clients parse (a guess for v6.0)."""
    return Answer(status, {"error": [{"code": code, "message": message}], **extra})


def refuse(status: int, code: str, message: str, **extra: Any) -> NoReturn:
    """Raise a `RefusalError` that answers with this error."""
    raise RefusalError(error_answer(status, code, message, **extra))


def refuse_parameter(name: str, reason: str) -> NoReturn:
    """Refuse a request whose parameter or field is missing or wrong."""
    refuse(400, "invalid_parameter", f"{name}: {reason}")


def too_many_answer(wait_seconds: int = 1) -> Answer:
    """Return the answer to a request over the rate limit; `retry_after` in the body is what public code reads."""
    return error_answer(429, "too_many_requests", "Too many requests", retry_after=wait_seconds)
