"""Control over HTTP, for tests and demos whose stand-in runs in another process.

`POST /_sandbox/call {"method": "edit_card", "args": [...], "kwargs": {...}}` -> `{"result": ...}`. Beside the control
methods of the service: `clock.now`, `clock.freeze` (ISO time), `clock.advance` (seconds), `clock.resume`,
`get` (name) and `set` (name, value) for its settings. `GET /_sandbox/requests` -> counts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from connectors.sandbox.clock import Clock
from connectors.sandbox.service import Service
from connectors.sandbox.web import Answer, Incoming


def answer_control(service: Service, incoming: Incoming) -> Answer:
    """Answer a request below `/_sandbox/`; 400 with the reason when the call fails, 404 when there is none such."""
    if (incoming.method, incoming.path) == ("GET", "/_sandbox/requests"):
        return Answer(content=service.summarize_requests())
    if (incoming.method, incoming.path) != ("POST", "/_sandbox/call"):
        return Answer(404, {"error": "There are POST /_sandbox/call and GET /_sandbox/requests."})
    try:
        call = incoming.parse_json()
        result = _find(service, call["method"])(*call.get("args", ()), **call.get("kwargs", {}))
        return Answer(raw=orjson.dumps({"result": result}, default=_encode))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return Answer(400, {"error": f"{type(error).__name__}: {error}"})


def _find(service: Service, name: str) -> Callable[..., Any]:
    if name in service.control_methods:
        method: Callable[..., Any] = getattr(service, name)
        return method
    found = _clock_methods(service.clock).get(name)
    if found is None and name == "get":
        return lambda setting: getattr(service, _check_setting(service, setting))
    if found is None and name == "set":
        return lambda setting, value: setattr(service, _check_setting(service, setting), value)
    if found is None:
        raise LookupError(f"no such control method: {name}")
    return found


def _clock_methods(clock: Clock) -> dict[str, Callable[..., Any]]:
    return {
        "clock.now": clock.now,
        "clock.freeze": lambda at="": clock.freeze(datetime.fromisoformat(at) if at else None),
        "clock.advance": lambda seconds: clock.advance(timedelta(seconds=seconds)),
        "clock.resume": clock.resume,
    }


def _check_setting(service: Service, name: str) -> str:
    if name not in service.control_settings:
        raise LookupError(f"no such setting: {name}")
    return name


def _encode(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")
