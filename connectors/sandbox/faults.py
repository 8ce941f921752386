"""Faults on request: what to break, for which requests, how often."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.web import Incoming

STATUSES = {
    "status_429": 429,
    "status_429_daily": 429,
    "status_423": 423,
    "status_477": 477,
    **{f"status_{status}": status for status in (500, 502, 503, 504, 521, 522, 523, 524, 525, 526)},
}
# The request is refused, or lost on the way: nothing is applied (unless a fault of STATUSES says `applied=True`).
UNAPPLIED = {*STATUSES, "timeout_before", "reset_before", "html_error", "expired_token", "missing_scope"}
# The request is served, then its answer is spoilt.
SPOILING = {
    "timeout_after",
    "reset_after",
    "truncated_json",
    "html_page",
    "empty_page",
    "garbled_token",
    "repeated_token",
    "null_fields",
    "slow",
}
# They look at the inputs of a batch and are left to the batch handlers.
PICKING = {"reject_207", "reject_whole_batch", "conflict_whole_batch", "omit", "omit_answer"}

_DETAILS = {
    **{kind: {"retry_after", "applied"} for kind in STATUSES},
    **{kind: {"seconds"} for kind in ("timeout_before", "timeout_after", "slow")},
    "html_error": {"applied"},
    "missing_scope": {"scope"},
    "null_fields": {"fields"},
    "truncated_json": {"promise_all"},
    "reject_207": {"match", "every", "code", "property", "message"},
    "reject_whole_batch": {"match", "every", "code", "property", "message"},
    "conflict_whole_batch": {"match", "every", "existing_id"},
    "omit": {"match", "every"},
    "omit_answer": {"match", "every"},
}


class Fault:
    """Break the requests whose path contains `path` and whose method is `method`.

    Passes over the first `after` of them, then breaks `times` (None: all that follow). The faults that pick inputs
    of a batch (`match={property: value}`, `every=n`) count a request only if it has such an input.

    Details by kind: `seconds` (timeouts: how long the connection is held, 60 by default; slow: 1), `retry_after`,
    `applied` (status faults and html_error: apply the write, then fail), `scope`, `fields` (null_fields),
    `promise_all` (truncated_json: announce the whole length, so that HTTP itself is cut), `code`, `property`,
    `message` (rejections), `existing_id`.

    Raises `ValueError` for a kind or detail that does not exist.
    """

    def __init__(
        self, kind: str, path: str = "", method: str = "", times: int | None = 1, after: int = 0, **details: Any
    ) -> None:
        if kind not in UNAPPLIED | SPOILING | PICKING:
            raise ValueError(f"no such fault: {kind}")
        unknown = set(details) - _DETAILS.get(kind, set())
        if unknown:
            raise ValueError(f"{kind} has no detail {', '.join(sorted(unknown))}")
        self.kind = kind
        self.path = path
        self.method = method.upper()
        self.times_left = times
        self.after_left = after
        self.details = details

    def __repr__(self) -> str:
        return f"Fault({self.kind!r}, path={self.path!r}, method={self.method!r}, times={self.times_left})"

    def concerns(self, incoming: Incoming) -> bool:
        """Say whether the request is one of those to break."""
        return self.path in incoming.path and self.method in ("", incoming.method)

    def pass_over(self) -> bool:
        """Count one request that it concerns but is to spare, and say whether it still had one to spare."""
        spares = self.after_left > 0
        self.after_left -= spares
        return spares

    def take(self) -> bool:
        """Count one request that it concerns and say whether this one breaks."""
        if self.pass_over():
            return False
        if self.times_left is None:
            return True
        if self.times_left <= 0:
            return False
        self.times_left -= 1
        return True

    def pick(self, inputs: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        """Return the positions of the inputs that it means, and count the request if there are any."""
        wanted = {
            name: {str(value).lower() for value in (values if isinstance(values, list | tuple | set) else [values])}
            for name, values in self.details.get("match", {}).items()
        }
        every = int(self.details.get("every", 1))
        picked = frozenset(
            position
            for position, one in enumerate(inputs)
            if (position + 1) % every == 0 and all(_read(one, name) in values for name, values in wanted.items())
        )
        return picked if picked and self.take() else frozenset()


class FaultBoard:
    """The faults armed at one stand-in."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def take(self, incoming: Incoming) -> list[Fault]:
        """Return the faults that break this request, and hand it those that pick inputs.

        Of the faults that refuse a request only the first one armed breaks it; the next waits for the next request.
        """
        concerned = [fault for fault in self._armed if fault.concerns(incoming)]
        incoming.faults = [fault for fault in concerned if fault.kind in PICKING]
        taken: list[Fault] = []
        for fault in concerned:
            if fault.kind in PICKING:
                continue
            if fault.kind in UNAPPLIED and any(one.kind in UNAPPLIED for one in taken):
                fault.pass_over()
            elif fault.take():
                taken.append(fault)
        return taken


def _read(one: Mapping[str, Any], name: str) -> str:
    properties = one.get("properties") or {}
    return str(properties.get(name, one.get(name, ""))).lower()
