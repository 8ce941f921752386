"""JSON over HTTP with timeouts, repeats where they are safe, a rate budget, and errors without secrets."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from urllib.parse import urlsplit

import orjson
import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from connectors.answers import NOT_APPLIED_STATUSES, Answer
from connectors.budget import Budget
from connectors.errors import (
    ConnectorError,
    CredentialsError,
    RetryLaterError,
    StopRunError,
    UnexpectedAnswerError,
)
from connectors.repeats import AttemptFailedError, Request, judge_loss, make_retrying
from connectors.transport import HOPELESS_DELIVERIES, Delivery, judge_delivery

# The caller renews its lease in `on_request`, so no rest goes on for longer than this without telling it.
LONGEST_SILENCE_SECONDS = 15.0

SHORTEST_SECRET = 8
PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
TEXT_IN_ERRORS = 200

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class HttpOptions(TypedDict, total=False):
    """What every client passes on to its HttpClient."""

    on_request: Callable[[], None] | None
    connect_timeout_seconds: float
    read_timeout_seconds: float
    max_attempts: int
    sleep: Callable[[float], None]


class KeepHeaders(AuthBase):
    """Without an auth of our own, requests would put a login from ~/.netrc in place of the token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class HttpClient:
    """Sends requests to one service in the name of one account. For one thread at a time; the budget may be shared.

    `translate` makes an error of an answer of 400 or more; a RetryLaterError is repeated where that is safe.
    `on_request` is called before each send and in long waits, and may raise to end the call. `last_headers` are
    those of the last answer.
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
        self.last_headers: Mapping[str, str] = {}
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._translate = translate
        self._on_request = on_request
        self._timeouts = (connect_timeout_seconds, read_timeout_seconds)
        self._sleep = sleep
        self._session = requests.Session()
        self._set_up_session(headers)
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
        """Sends a request until it is answered, and returns the parsed JSON (None for an answer without content).

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

    def _set_up_session(self, headers: Mapping[str, str]) -> None:
        self._secrets = tuple(
            word for value in headers.values() for word in value.split() if len(word) >= SHORTEST_SECRET
        )
        if not all(PRINTABLE_ASCII.fullmatch(value) for value in headers.values()):
            # requests would refuse it too, and quote it in its message.
            raise CredentialsError(
                f"The {self.service} key or token is empty, or has characters that no key has (full-width, line break)"
            )
        self._session.headers.update({"Accept": "application/json", **headers})
        self._session.auth = KeepHeaders()
        # A stand-in on this machine is never behind the proxy that the environment names.
        self._session.trust_env = not is_loopback(self._base_url)

    def _attempt(self, request: Request) -> Any:
        self._budget.acquire()
        # After the wait for the budget, which may be long: the caller may have lost the right to go on.
        self._announce()
        result = self._exchange(request)
        if isinstance(result, Delivery):
            raise self._judge_silence(request, result)
        self.last_headers = result.headers
        self._budget.learn(result.headers)
        return self._read(request, result)

    def _announce(self) -> None:
        if self._on_request:
            self._on_request()

    def _exchange(self, request: Request) -> "RawAnswer | Delivery":
        """Sends once. A failure is returned as a name: an exception of requests carries the headers."""
        try:
            response = self._session.request(
                request.method,
                self._base_url + request.path,
                params=request.params,
                data=request.content,
                headers={"Content-Type": "application/json"} if request.content is not None else None,
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            delivery = judge_delivery(error)
        else:
            self.requests_sent += 1
            return RawAnswer(response.status_code, response.headers, response.content)
        self.requests_sent += delivery in (Delivery.TIMED_OUT, Delivery.BROKEN_OFF)
        return delivery

    def _judge_silence(self, request: Request, delivery: Delivery) -> AttemptFailedError:
        message = f"{self.service} {delivery.value} ({request.method} {request.path})"
        if delivery in HOPELESS_DELIVERIES:
            return AttemptFailedError(StopRunError(message, code=delivery.name), may_repeat=False)
        if delivery is Delivery.NOT_SENT:
            return AttemptFailedError(RetryLaterError(message, code=delivery.name), may_repeat=True)
        return judge_loss(request, RetryLaterError(message, code=delivery.name))

    def _read(self, request: Request, raw: "RawAnswer") -> Any:
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

    def _make_unreadable_error(self, request: Request, raw: "RawAnswer") -> RetryLaterError:
        content_type = raw.headers.get("Content-Type", "no content type")[:50]
        message = f"{self.service} {request.method} {request.path} answered {raw.status} with what is not JSON"
        return RetryLaterError(f"{message} ({content_type})", code="UNREADABLE_ANSWER", status=raw.status)

    def _make_answer(self, request: Request, raw: "RawAnswer") -> Answer:
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
        """Sleeps in pieces, and tells the caller between them."""
        while seconds > LONGEST_SILENCE_SECONDS:
            self._sleep(LONGEST_SILENCE_SECONDS)
            seconds -= LONGEST_SILENCE_SECONDS
            self._announce()
        self._sleep(seconds)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: Mapping[str, str]
    content: bytes


UNREADABLE = object()


def is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def parse_json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return UNREADABLE
