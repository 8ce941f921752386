"""One exchange over HTTP, and what a failed one means: did the request reach the service, or can it never?"""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions as failures
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ReadTimeoutError,
)

from connectors.repeats import Request

# Threads beyond these may send as well, over connections that are closed after their request.
KEPT_CONNECTIONS = 16

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class Delivery(Enum):
    NOT_SENT = "could not be reached"
    TIMED_OUT = "did not answer in time"
    BROKEN_OFF = "broke the connection off"
    BAD_ADDRESS = "has no usable address: check the base URL"
    BAD_CERTIFICATE = "has a certificate that this machine does not trust"


HOPELESS_DELIVERIES = frozenset({Delivery.BAD_ADDRESS, Delivery.BAD_CERTIFICATE})

BAD_ADDRESS_ERRORS = (
    failures.InvalidURL,
    failures.MissingSchema,
    failures.InvalidSchema,
    failures.InvalidHeader,
    failures.InvalidProxyURL,
    LocationParseError,
)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class KeepHeaders(AuthBase):
    """Without an auth of our own, requests would put a login from the base URL in place of the token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Transport:
    """Connections to one service, kept alive and shared by any number of threads.

    Below a requests.Session: that one is not made for threads, and asks the environment for proxies before each
    request. Cookies and redirects are not followed.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str], timeouts: tuple[float, float]) -> None:
        self._base_url = base_url
        self._timeouts = timeouts
        self._adapter = HTTPAdapter(pool_connections=1, pool_maxsize=KEPT_CONNECTIONS)
        with requests.Session() as defaults:
            self._headers = {**defaults.headers, "Accept": "application/json", **headers}
            self._route = find_route(defaults, base_url)

    def send(self, request: Request) -> RawAnswer | Delivery:
        """Sends once. A failure is returned as a name: an exception of requests carries the headers."""
        try:
            response = self._adapter.send(self._prepare(request), timeout=self._timeouts, **self._route)
            return RawAnswer(response.status_code, response.headers, response.content)
        except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            return judge_delivery(error)

    def close(self) -> None:
        """Closes the connections that are kept; one that is in use is closed after its request."""
        self._adapter.close()

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=self._base_url + request.path,
            headers=self._headers
            if request.content is None
            else {**self._headers, "Content-Type": "application/json"},
            params=request.params,
            data=request.content,
            auth=KEEP_HEADERS,
        )
        return prepared


KEEP_HEADERS = KeepHeaders()


def find_route(session: requests.Session, base_url: str) -> dict[str, Any]:
    """The proxies and the certificates that the environment names for this address."""
    # A stand-in on this machine is never behind a proxy.
    session.trust_env = not is_loopback(base_url)
    try:
        return dict(session.merge_environment_settings(base_url, {}, None, None, None))
    except ValueError:
        # No address: each request will say so.
        return {}


def is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def judge_delivery(error: BaseException) -> Delivery:
    """Names the failure, and keeps nothing of `error`: it carries the request with its headers."""
    causes = list(walk_causes(error))
    if any(isinstance(cause, BAD_ADDRESS_ERRORS) for cause in causes):
        return Delivery.BAD_ADDRESS
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Delivery.BAD_CERTIFICATE
    if any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in causes):
        return Delivery.NOT_SENT
    if any(isinstance(cause, (requests.Timeout, ReadTimeoutError, TimeoutError)) for cause in causes):
        return Delivery.TIMED_OUT
    return Delivery.BROKEN_OFF


def walk_causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps: requests and urllib3 keep the cause as an argument or as `reason`."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        cause = pending.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        pending += [*cause.args, getattr(cause, "reason", None), getattr(cause, "original_error", None)]
