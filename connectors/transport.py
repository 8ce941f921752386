"""What a failed exchange means: did the request reach the service, or can it never reach it?"""

import ssl
from collections.abc import Iterator
from enum import Enum

import requests
from requests import exceptions as failures
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError, ReadTimeoutError


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
