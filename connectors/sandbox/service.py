"""What both stand-ins share: the way of a request through limits, credentials and faults, and their control."""

import logging
import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import STATUSES, UNAPPLIED, Fault, FaultBoard
from connectors.sandbox.traffic import RequestSeen, Traffic
from connectors.sandbox.web import HTML_TYPE, Answer, Incoming, RefusalError

HELD_SECONDS = 60.0
ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
LOGIN_PAGE = "<!DOCTYPE html><html><body><h1>Please wait</h1><p>Checking your browser.</p></body></html>"

logger = logging.getLogger(__name__)


class Service(ABC):
    """One stand-in. Served by its own thread and steered from others; `lock` guards all of its state."""

    control_methods: frozenset[str] = frozenset(
        {
            "add_fault",
            "clear_faults",
            "expire_credentials",
            "forget_requests",
            "remove_scope",
            "restore_credentials",
            "revoke_credentials",
            "set_latency",
            "set_limit",
        }
    )
    control_settings: frozenset[str] = frozenset()

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.url = ""
        self.credentials = "valid"  # or "expired", "revoked"
        self._latencies_seconds = (0.0, 0.0)
        self._faults = FaultBoard()
        self._traffic = Traffic()

    # --- what each stand-in does its own way ---

    @abstractmethod
    def check_access(self, incoming: Incoming) -> None:
        """Raise `RefusalError` unless the credentials are good."""

    @abstractmethod
    def check_limits(self, incoming: Incoming, at_seconds: float) -> None:
        """Raise `RefusalError` when a rate limit is passed, else count the request."""

    @abstractmethod
    def serve(self, incoming: Incoming) -> Answer:
        """Answer a request that may be served."""

    @abstractmethod
    def is_write(self, incoming: Incoming) -> bool:
        """Say whether the request could change something."""

    @abstractmethod
    def refuse(self, fault: Fault) -> Answer:
        """Return the body that goes with a status fault, an expired token or a missing scope."""

    @abstractmethod
    def spoil_page(self, fault: Fault, answer: Answer, incoming: Incoming) -> None:
        """Apply `empty_page`, `garbled_token`, `repeated_token` or `null_fields` to an answer."""

    def add_headers(self, incoming: Incoming, answer: Answer) -> None:  # noqa: B027  (most services add none)
        """Add the headers that every answer carries."""

    # --- the way of a request ---

    def answer(self, incoming: Incoming) -> Answer:
        """Answer one request; called by the server's thread."""
        with self.lock:
            answer = self._answer_with_faults(self._faults.take(incoming), incoming)
            silent = answer.reset or answer.hold_seconds is not None
            seen = RequestSeen(
                method=incoming.method,
                path=incoming.path,
                status=0 if silent else answer.status,
                at=self.clock.now(),
                inputs=incoming.inputs,
                query="&".join(f"{name}={value}" for name, values in incoming.query.items() for value in values),
                is_write=self.is_write(incoming),
            )
            self._traffic.note(seen, time.monotonic())
            return answer

    def _answer_with_faults(self, faults: list[Fault], incoming: Incoming) -> Answer:
        failing = next((fault for fault in faults if fault.kind in UNAPPLIED), None)
        if failing is not None:
            if failing.details.get("applied"):
                self._serve_within_limits(incoming)
            answer = self._fail(failing)
        else:
            answer = self._serve_within_limits(incoming)
        for fault in faults:
            if fault.kind not in UNAPPLIED:
                self._spoil(fault, answer, incoming)
        return answer

    def _serve_within_limits(self, incoming: Incoming) -> Answer:
        try:
            self.check_access(incoming)
            self.check_limits(incoming, time.monotonic())
            answer = self.serve(incoming)
        except RefusalError as refusal:
            answer = refusal.answer
        except Exception:
            logger.exception("The sandbox itself failed at %s %s", incoming.method, incoming.path)
            answer = Answer(500, {"status": "error", "message": "Defect in the sandbox; see its log."})
        self.add_headers(incoming, answer)
        return answer

    def _fail(self, fault: Fault) -> Answer:
        if fault.kind == "timeout_before":
            return Answer(hold_seconds=float(fault.details.get("seconds", HELD_SECONDS)))
        if fault.kind == "reset_before":
            return Answer(reset=True)
        if fault.kind == "html_error":
            return Answer(502, raw=ERROR_PAGE.encode(), content_type=HTML_TYPE)
        answer = self.refuse(fault)
        answer.status = STATUSES.get(fault.kind, answer.status)
        if "retry_after" in fault.details:
            answer.headers["Retry-After"] = str(fault.details["retry_after"])
        return answer

    def _spoil(self, fault: Fault, answer: Answer, incoming: Incoming) -> None:
        if fault.kind == "slow":
            answer.delay_seconds += float(fault.details.get("seconds", 1))
        elif fault.kind == "timeout_after":
            answer.hold_seconds = float(fault.details.get("seconds", HELD_SECONDS))
        elif fault.kind == "reset_after":
            answer.reset = True
        elif fault.kind == "truncated_json":
            whole = answer.render()
            answer.raw = whole[: len(whole) // 2]
            answer.promised_bytes = len(whole) if fault.details.get("promise_all") else 0
        elif fault.kind == "html_page":
            answer.status, answer.raw, answer.content_type = 200, LOGIN_PAGE.encode(), HTML_TYPE
        else:
            self.spoil_page(fault, answer, incoming)

    # --- control ---

    @property
    def requests(self) -> list[RequestSeen]:
        """All requests seen so far, oldest first."""
        with self.lock:
            return list(self._traffic.requests)

    @property
    def writes(self) -> list[RequestSeen]:
        """The requests that could change something."""
        return [seen for seen in self.requests if seen.is_write]

    @property
    def count_429(self) -> int:
        """How many answers were a 429."""
        return self._traffic.count_429

    @property
    def peak_second(self) -> int:
        """The most requests within any second of real time."""
        return self._traffic.per_second.peak

    @property
    def peak_10_seconds(self) -> int:
        """The most requests within any 10 seconds of real time."""
        return self._traffic.per_10_seconds.peak

    @property
    def peak_minute(self) -> int:
        """The most requests within any minute of real time."""
        return self._traffic.per_minute.peak

    def summarize_requests(self) -> dict[str, Any]:
        """Return counts by method, path and status, the number of writes and the peak rates."""
        with self.lock:
            return self._traffic.summarize()

    def forget_requests(self) -> None:
        """Start counting requests and peaks anew."""
        with self.lock:
            self._traffic = Traffic()

    def add_fault(self, fault: Fault | str, **details: Any) -> None:
        """Arm a fault, given as such or by its kind and details."""
        with self.lock:
            self._faults.add(fault if isinstance(fault, Fault) else Fault(fault, **details))

    def clear_faults(self) -> None:
        """Disarm all faults."""
        with self.lock:
            self._faults.clear()

    def set_latency(self, milliseconds: float, *, up_to: float = 0) -> None:
        """Delay every request by this much before it is looked at, or each by another time `up_to` so much."""
        self._latencies_seconds = (milliseconds / 1000, max(milliseconds, up_to) / 1000)

    def choose_latency(self) -> float:
        """Return the seconds by which the next request is delayed."""
        return random.uniform(*self._latencies_seconds)  # noqa: S311  (a delay)

    def revoke_credentials(self) -> None:
        """From now on the key or token is unknown."""
        self.credentials = "revoked"

    def expire_credentials(self) -> None:
        """From now on the key or token has expired."""
        self.credentials = "expired"

    def restore_credentials(self) -> None:
        """Make the key or token good again, with all its scopes."""
        self.credentials = "valid"

    @contextmanager
    def hold_still(self) -> Iterator[None]:
        """Let no request in between the control calls made within."""
        with self.lock:
            yield
