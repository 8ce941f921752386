"""Requests and answers free of any HTTP library, so that the services are plain synchronous code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from connectors.sandbox.faults import Fault

JSON_TYPE = "application/json;charset=utf-8"
HTML_TYPE = "text/html;charset=utf-8"


@dataclass(slots=True)
class Incoming:
    """One request. `faults` are the armed ones that look at batch inputs; `inputs` counts those inputs."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""
    faults: list["Fault"] = field(default_factory=list)
    inputs: int = 0

    def values(self, name: str) -> list[str]:
        """Return all values of a query parameter, repeated (`a=1&a=2`) or bracketed (`a[]=1`)."""
        return [*self.query.get(name, ()), *self.query.get(f"{name}[]", ())]

    def value(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return next(iter(self.values(name)), default)

    def parse_json(self) -> Any:
        """Return the parsed body; raises `ValueError` when it is not JSON."""
        return orjson.loads(self.body)


@dataclass(slots=True)
class Answer:
    """What is sent back, and how.

    `content` is JSON-serialisable, `raw` (with its `content_type`) replaces it. The three ways of failing:
    `hold_seconds` keeps the connection and then drops it without a word, `reset` tears it down at once,
    `promised_bytes` announces a longer body than is sent.
    """

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = JSON_TYPE
    delay_seconds: float = 0.0
    hold_seconds: float | None = None
    reset: bool = False
    promised_bytes: int = 0

    def render(self) -> bytes:
        """Return the body as bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.content is None else orjson.dumps(self.content)


class RefusalError(Exception):
    """Raised anywhere in a handler to answer at once with what it carries."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused with status {answer.status}")
        self.answer = answer
