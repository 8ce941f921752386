"""Brings a file's plain values into the shape of the schema, and reports all that does not fit."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.schema import Document, find_entry


def read_document(raw: dict[str, Any], faults: FaultList) -> Document:
    """The document without what was faulty; every fault goes to `faults`, and its entry is left out of `raw`.

    Leaving it out lets the rest be checked too, so that a person sees all faults at once.
    """
    while True:
        try:
            return Document.model_validate(raw)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
        paths = [_trace_path(raw, problem) for problem in problems]
        for problem, path in zip(problems, paths, strict=True):
            if not faults.touches(path):
                faults.add(path, explain(problem, path, _look_up(raw, path)))
        for path in paths:
            _cut_out(raw, path)


def _trace_path(raw: object, problem: ErrorDetails) -> Path:
    """The problem's place as the file has it: a text that stands for a mapping has no keys in the file."""
    path: list[str | int] = []
    for part in problem["loc"]:
        if not _holds(raw, part):
            return (*path, part) if problem["type"] == "missing" else tuple(path)
        path.append(part)
        raw = raw[part]  # type: ignore[index]  # _holds has just said that it can be
    return tuple(path)


def _holds(container: object, part: str | int) -> bool:
    if isinstance(container, list):
        return isinstance(part, int) and part < len(container)
    return isinstance(container, dict) and part in container


def _look_up(raw: Any, path: Path) -> Any:
    for part in path:
        if not _holds(raw, part):
            return None
        raw = raw[part]
    return raw


def _cut_out(raw: dict[str, Any], path: Path) -> None:
    """Takes away what is faulty, and what can't be without it."""
    parent = _look_up(raw, path[:-1])
    if isinstance(parent, list):
        parent[int(path[-1])] = None
    elif isinstance(parent, dict):
        entry = find_entry(path[:-1])
        known = entry.model_fields.get(str(path[-1])) if entry else None
        if known and known.is_required():
            _cut_out(raw, path[:-1])
        else:
            parent.pop(path[-1], None)


def explain(problem: ErrorDetails, path: Path, value: object) -> str:
    """A schema error as a sentence. The value itself is not quoted: it may be a secret."""
    if problem["type"] == "extra_forbidden":
        entry = find_entry(path[:-1])
        known = [key for key in entry.model_fields if key != "literal"] if entry else []
        return _("unknown key%(hint)s") % {"hint": hint(str(path[-1]), known)}
    if problem["type"] == "string_type" and isinstance(value, int | float):
        return _("must be text: put it in quotes")
    if problem["type"] in ("model_type", "dict_type", "list_type"):
        return explain_structure(problem, path)
    make = _MESSAGES.get(problem["type"])
    return make(problem.get("ctx", {})) if make else problem["msg"]


def explain_structure(problem: ErrorDetails, path: Path) -> str:
    match [part for part in path if isinstance(part, str)]:
        case [*_above, "credentials", _field]:
            return _("must be {env: NAME} or {file: PATH}")
        case [*_above, "mappings"]:
            return _("must be a list of mappings, or the word 'default'")
        case [*_above, "tags", "sync"]:
            is_entry = isinstance(path[-1], int)
            return _("must be a tag's name, as text") if is_entry else _("must be a list of tags, or the word 'all'")
    return _("must be a list") if problem["type"] == "list_type" else _("must hold keys and values")


_MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "choice": lambda context: str(context["text"]),
    "missing": lambda _context: _("is missing"),
    "string_type": lambda _context: _("must be text"),
    "int_type": lambda _context: _("must be a whole number"),
    "bool_type": lambda _context: _("must be true or false"),
    "string_too_short": lambda _context: _("must not be empty"),
    "string_too_long": lambda context: _("is longer than %(limit)s characters") % {"limit": context["max_length"]},
    "greater_than_equal": lambda context: _("must be at least %(limit)s") % {"limit": context["ge"]},
    "less_than_equal": lambda context: _("must be at most %(limit)s") % {"limit": context["le"]},
}
