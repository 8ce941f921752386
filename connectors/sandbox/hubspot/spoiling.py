"""Spoils answers on request."""

from typing import Any

from connectors.sandbox.faults import Fault
from connectors.sandbox.web import Answer, Incoming

GARBLED_CURSOR = "not-a-cursor"


def spoil_page(fault: Fault, answer: Answer, incoming: Incoming) -> None:
    """Apply `empty_page`, `garbled_token`, `repeated_token` or `null_fields` to an answer, if it is a listing."""
    content = answer.content
    if not isinstance(content, dict) or answer.status >= 400:
        return
    after = (content.get("paging") or {}).get("next", {}).get("after", "")
    if fault.kind == "null_fields":
        for record in content.get("results", [content]):
            _null_properties(record, fault.details.get("fields"))
    elif fault.kind == "empty_page":
        content["results"] = []
        _point(content, incoming.value("after") or after or "1")
    elif fault.kind == "garbled_token":
        _point(content, GARBLED_CURSOR)
    elif fault.kind == "repeated_token" and (after or incoming.value("after")):
        _point(content, incoming.value("after") or after)


def _point(content: dict[str, Any], after: str) -> None:
    content["paging"] = {"next": {"after": after, "link": ""}}


def _null_properties(record: dict[str, Any], names: list[str] | None) -> None:
    properties = record.get("properties") or {}
    for name in properties:
        if names is None or name in names:
            properties[name] = None
