"""When a request may be sent again, and after how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
    wait_random,
)

from connectors.answers import MAX_WAIT_SECONDS
from connectors.errors import AnswerLostError, ConnectorError, RetryLaterError

BACKOFF = wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)
# So that workers that were told the same time don't come back at the same instant.
SCATTER = wait_random(0, 0.25)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    params: Mapping[str, Any]
    content: bytes | None
    repeatable: bool


class AttemptFailedError(Exception):
    """One attempt's end: the error it would be, and whether the same request may be sent again."""

    def __init__(self, error: ConnectorError, *, may_repeat: bool) -> None:
        super().__init__(error.message)
        self.error = error
        self.may_repeat = may_repeat


def make_retrying(max_attempts: int, rest: Callable[[float], None]) -> Retrying:
    """Tries an attempt until it ends without AttemptFailedError, or with one that must not be repeated."""
    return Retrying(
        stop=stop_after_attempt(max_attempts),
        wait=choose_wait_seconds,
        retry=retry_if_exception(may_repeat),
        sleep=rest,
        reraise=True,
    )


def judge_loss(request: Request, error: RetryLaterError) -> AttemptFailedError:
    """The request may have been applied: repeat it if that does no harm, else say that its answer is lost."""
    if request.repeatable:
        return AttemptFailedError(error, may_repeat=True)
    lost = AnswerLostError(error.message, code=error.code, status=error.status, correlation_id=error.correlation_id)
    return AttemptFailedError(lost, may_repeat=False)


def may_repeat(error: BaseException) -> bool:
    """Whether the attempt may be repeated, and the service wants it back within a time that a call can wait."""
    if not isinstance(error, AttemptFailedError) or not error.may_repeat:
        return False
    asked = error.error.retry_after_seconds if isinstance(error.error, RetryLaterError) else None
    return asked is None or asked <= MAX_WAIT_SECONDS


def choose_wait_seconds(state: RetryCallState) -> float:
    """As long as the service asked for and a little more, or ever longer from half a second on."""
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, AttemptFailedError) and isinstance(failure.error, RetryLaterError):
        asked = failure.error.retry_after_seconds
        if asked is not None:
            return asked + SCATTER(state)
    return BACKOFF(state)
