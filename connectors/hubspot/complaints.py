"""Which error a HubSpot answer of 400 or more amounts to.

Sources: https://developers.hubspot.com/docs/api-reference/error-handling,
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from collections.abc import Mapping
from typing import Any

from connectors.answers import Answer, Complaint, make_error, read_retry_after
from connectors.errors import ConnectorError, Issue
from connectors.hubspot.issues import (
    CORRELATION_HEADER,
    parse_error,
    read_category,
    read_context,
    read_text,
    read_texts,
)

# HubSpot documents no Retry-After for 429, so these are what its own SDK for Node waits.
BURST_WAIT_SECONDS = 10.0
SECONDLY_WAIT_SECONDS = 1.0

HINTS = {401: "the access token is unknown, expired or revoked", 403: "the access token lacks a scope"}


def translate_answer(answer: Answer) -> ConnectorError:
    """The error that a HubSpot answer of 400 or more amounts to."""
    return make_error(answer, read_complaint(answer))


def read_complaint(answer: Answer) -> Complaint:
    body = answer.body if isinstance(answer.body, dict) else {}
    said = read_text(body.get("message")) or (answer.text if not body else "")
    correlation_id = read_text(body.get("correlationId")) or answer.headers.get(CORRELATION_HEADER, "")
    issues = tuple(parse_error(body, correlation_id)) if body and answer.status in (400, 409) else ()
    return Complaint(
        message="; ".join(part for part in (HINTS.get(answer.status, ""), said) if part),
        code=choose_code(body, issues),
        correlation_id=correlation_id,
        retry_after_seconds=choose_wait_seconds(answer, body),
        daily_quota=answer.status == 429 and is_daily(body),
        scopes=read_scopes(body) if answer.status == 403 else (),
        issues=issues,
        whole_batch="/batch/" in answer.path and answer.status in (400, 409),
    )


def choose_code(body: Mapping[str, Any], issues: tuple[Issue, ...]) -> str:
    return issues[0].code if issues else read_category(body)


def choose_wait_seconds(answer: Answer, body: Mapping[str, Any]) -> float | None:
    asked = read_retry_after(answer.headers)
    if asked is not None or answer.status != 429:
        return asked
    policy = read_text(body.get("policyName")) + read_text(body.get("message"))
    return SECONDLY_WAIT_SECONDS if " secondly" in policy or policy.startswith("SECONDLY") else BURST_WAIT_SECONDS


def is_daily(body: Mapping[str, Any]) -> bool:
    return read_text(body.get("policyName")) == "DAILY" or "daily limit" in read_text(body.get("message")).lower()


def read_scopes(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that a 403 asks for; any one of them would do."""
    errors = body.get("errors")
    contexts = [read_context(error) for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    named = (read_texts(context.get("requiredGranularScopes")) for context in [*contexts, read_context(body)])
    return tuple(dict.fromkeys(scope for scopes in named for scope in scopes))
