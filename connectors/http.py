"""JSON over HTTP with timeouts, repeats where they are safe, a rate budget, and errors without secrets."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypedDict

import orjson

from connectors.answers import NOT_APPLIED_STATUSES, Answer
from connectors.budget import LONGEST_SILENCE_SECONDS, Budget
from connectors.errors import (
    ConnectorError,
    CredentialsError,
    RetryLaterError,
    StopRunError,
    UnexpectedAnswerError,
)
from connectors.repeats import AttemptFailedError, Request, judge_loss, make_retrying
from connectors.transport import HOPELESS_DELIVERIES, Delivery, RawAnswer, Transport

SHORTEST_SECRET = 8
PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
TEXT_IN_ERRORS = 200


class HttpOptions(TypedDict, total=False):
    """What every client passes on to its HttpClient."""

    on_request: Callable[[], None] | None
    connect_timeout_seconds: float
    read_timeout_seconds: float
    max_attempts: int
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer: the parsed JSON (None for an answer without content), and the headers."""

    body: Any
    headers: Mapping[str, str]


class HttpClient:
    """Sends requests to one service in the name of one account. For any number of threads at once.

    `translate` makes an error of an answer of 400 or more; a RetryLaterError is repeated where that is safe.
    `on_request` is called before each send, and at least every second while a call waits for the budget or for its
    next attempt, in the thread of the call; it may raise to end the call.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        budget: Budget,
        *,
        service: str,
        translate: Callable[[Answer], ConnectorError],
        on_request: Callable[[], None] | None = None,
        connect_timeout_seconds: float = 5,
        read_timeout_seconds: float = 30,
        max_attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self.requests_sent = 0
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._translate = translate
        self._on_request = on_request
        self._sleep = sleep
        self._lock = Lock()
        self._secrets = find_secrets(headers, service)
        self._transport = Transport(self._base_url, headers, (connect_timeout_seconds, read_timeout_seconds))
        self._retrying = make_retrying(max_attempts, self._rest)

    def __repr__(self) -> str:
        return f"HttpClient({self.service!r}, {self._base_url!r})"

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        repeatable: bool,
    ) -> Any:
        """As `ask`; returns only what the answer says."""
        return self.ask(method, path, params=params, json=json, repeatable=repeatable).body

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        repeatable: bool,
    ) -> Reply:
        """Sends a request until it is answered.

        `repeatable` says that sending the request twice does no harm. At most `max_attempts` sends with rests of at
        most 60 seconds between them. Raises RetryLaterError when the service stayed unwell, AnswerLostError when a
        request that is not repeatable may have been applied, StopRunError and RejectedError (and theirs) at once.
        """
        content = None if json is None else orjson.dumps(json)
        request = Request(method, path, params or {}, content, repeatable)
        try:
            return self._retrying(self._attempt, request)
        except AttemptFailedError as failure:
            error = failure.error
        # Outside of the except block, so that the error has no context.
        raise error

    def close(self) -> None:
        """Closes the connections that are kept open. A call afterwards opens new ones."""
        self._transport.close()

    def _attempt(self, request: Request) -> Reply:
        with self._budget.slot(self._announce) as slot:
            # After the wait for the budget, which may be long: the caller may have lost the right to go on.
            self._announce()
            result = self._transport.send(request)
            self._count(result)
            if isinstance(result, RawAnswer):
                slot.learn(result.headers, is_refused=result.status == 429)
        if isinstance(result, Delivery):
            raise self._judge_silence(request, result)
        return Reply(self._read(request, result), result.headers)

    def _count(self, result: RawAnswer | Delivery) -> None:
        if isinstance(result, RawAnswer) or result in (Delivery.TIMED_OUT, Delivery.BROKEN_OFF):
            with self._lock:
                self.requests_sent += 1

    def _announce(self) -> None:
        if self._on_request:
            self._on_request()

    def _judge_silence(self, request: Request, delivery: Delivery) -> AttemptFailedError:
        message = f"{self.service} {delivery.value} ({request.method} {request.path})"
        if delivery in HOPELESS_DELIVERIES:
            return AttemptFailedError(StopRunError(message, code=delivery.name), may_repeat=False)
        if delivery is Delivery.NOT_SENT:
            return AttemptFailedError(RetryLaterError(message, code=delivery.name), may_repeat=True)
        return judge_loss(request, RetryLaterError(message, code=delivery.name))

    def _read(self, request: Request, raw: RawAnswer) -> Any:
        status = raw.status
        if status == 204:
            return None
        if 200 <= status < 300:
            body = parse_json(raw.content)
            if body is UNREADABLE:
                raise judge_loss(request, self._make_unreadable_error(request, raw))
            return body
        if status < 400:
            message = f"{self.service} {request.method} {request.path} redirects ({status}): check the base URL"
            raise AttemptFailedError(UnexpectedAnswerError(message, code="REDIRECT", status=status), may_repeat=False)
        error = self._translate(self._make_answer(request, raw))
        if not isinstance(error, RetryLaterError):
            raise AttemptFailedError(error, may_repeat=False)
        if status not in NOT_APPLIED_STATUSES:
            raise judge_loss(request, error)
        raise AttemptFailedError(error, may_repeat=True)

    def _make_unreadable_error(self, request: Request, raw: RawAnswer) -> RetryLaterError:
        content_type = raw.headers.get("Content-Type", "no content type")[:50]
        message = f"{self.service} {request.method} {request.path} answered {raw.status} with what is not JSON"
        return RetryLaterError(f"{message} ({content_type})", code="UNREADABLE_ANSWER", status=raw.status)

    def _make_answer(self, request: Request, raw: RawAnswer) -> Answer:
        """The answer with every occurrence of the secret taken out: services like to quote what they refuse."""
        content = raw.content
        for secret in self._secrets:
            content = content.replace(secret.encode(), b"[secret]")
        body = parse_json(content)
        return Answer(
            service=self.service,
            method=request.method,
            path=request.path,
            status=raw.status,
            headers=raw.headers,
            body=None if body is UNREADABLE else body,
            text=content[: TEXT_IN_ERRORS * 4].decode(errors="replace")[:TEXT_IN_ERRORS],
        )

    def _rest(self, seconds: float) -> None:
        """Sleeps; in pieces, if there is somebody to tell between them."""
        while self._on_request and seconds > LONGEST_SILENCE_SECONDS:
            self._sleep(LONGEST_SILENCE_SECONDS)
            seconds -= LONGEST_SILENCE_SECONDS
            self._announce()
        self._sleep(seconds)


UNREADABLE = object()


def find_secrets(headers: Mapping[str, str], service: str) -> tuple[str, ...]:
    """The words that no error may show. Raises CredentialsError when a header cannot be sent."""
    if not all(PRINTABLE_ASCII.fullmatch(value) for value in headers.values()):
        # requests would refuse it too, and quote it in its message.
        raise CredentialsError(
            f"The {service} key or token is empty, or has characters that no key has (full-width, line break)"
        )
    return tuple(word for value in headers.values() for word in value.split() if len(word) >= SHORTEST_SECRET)


def parse_json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return UNREADABLE
