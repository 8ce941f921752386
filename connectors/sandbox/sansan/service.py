"""The Sansan stand-in: keys, limits, routes."""

import re
from collections.abc import Callable
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Fault
from connectors.sandbox.limits import RollingWindow
from connectors.sandbox.sansan.cards import SandboxUser
from connectors.sandbox.sansan.control import SansanControl
from connectors.sandbox.sansan.listing import Pager
from connectors.sandbox.sansan.reading import Reader
from connectors.sandbox.sansan.refusals import error_answer, refuse, too_many_answer
from connectors.sandbox.sansan.registering import Registrar
from connectors.sandbox.sansan.seed import make_cards, make_tags, make_users
from connectors.sandbox.sansan.store import CardStore
from connectors.sandbox.web import Answer, Incoming, RefusalError

SANDBOX_KEY = "SandboxKeyThatOpensNothing000001"
PREFIX = re.compile(r"/v\d+\.\d+(/.*)")
KEY_FORM = re.compile(r"[A-Za-z0-9]{32}")
GARBLED_TOKEN = "not-a-token"  # noqa: S105  (a page token, no secret)
ALWAYS_PRESENT = {"id", "owner", "registeredTime", "updatedTime", "entryStatus", "tags"}


class SansanSandbox(SansanControl):
    """A stand-in for the Sansan Open API with seeded cards. See `SansanControl` for what can be steered."""

    def __init__(self, clock: Clock, *, cards: int = 200, seed: int = 1, plain: bool = False) -> None:
        super().__init__(clock)
        users = make_users()
        seeded = make_cards(cards, seed, clock.seconds(), users, plain=plain)
        self.store = CardStore(users, make_tags(users), seeded)
        self.pager = Pager()
        self.api_key = SANDBOX_KEY
        self.keys: dict[str, SandboxUser] = {self.api_key: users[0]}
        self._per_second = RollingWindow(1)
        self._per_minute = RollingWindow(60)

    def set_limit(self, *, per_second: int | None = None, per_minute: int | None = None) -> None:
        """Set the rate limits; 0 takes one off (as at the start), None leaves it."""
        with self.lock:
            if per_second is not None:
                self._per_second = RollingWindow(1, per_second)
            if per_minute is not None:
                self._per_minute = RollingWindow(60, per_minute)

    def check_access(self, incoming: Incoming) -> None:
        """401 unless the key is well-formed, known and not revoked; 403 when its scope was taken."""
        key = incoming.headers.get("X-Sansan-Api-Key", "")
        if not KEY_FORM.fullmatch(key) or key not in self.keys or self.credentials != "valid":
            refuse(401, "unauthorized", "The API key is missing or not valid")
        if self.scope_removed:
            raise RefusalError(_scope_answer())

    def check_limits(self, incoming: Incoming, at_seconds: float) -> None:
        """429 with the seconds to wait when either window is full."""
        windows = (self._per_second, self._per_minute)
        wait_seconds = max(window.wait_seconds(at_seconds) for window in windows)
        if wait_seconds > 0:
            raise RefusalError(too_many_answer(int(wait_seconds) + 1))
        for window in windows:
            window.take(at_seconds)

    def is_write(self, incoming: Incoming) -> bool:
        """Only registrations write."""
        return incoming.method not in ("GET", "HEAD")

    def serve(self, incoming: Incoming) -> Answer:
        """Find the handler by path; any version is served."""
        matched = PREFIX.fullmatch(incoming.path)
        if matched is None:
            refuse(404, "not_found", "There is no such path")
        self.store.finish_digitising(self.clock.seconds())
        viewer = self.keys[incoming.headers["X-Sansan-Api-Key"]]
        parts = [part for part in matched[1].split("/") if part]
        if incoming.method == "POST":
            handler = self._find_writer(parts, viewer)
        else:
            handler = self._find_reader(parts, viewer) if incoming.method == "GET" else None
        if handler is None:
            refuse(404, "not_found", "There is no such path")
        return handler(incoming)

    def _find_reader(self, parts: list[str], viewer: SandboxUser) -> Callable[[Incoming], Answer] | None:
        reader = Reader(self.store, self.pager, viewer)
        listings = {
            "bizCards": reader.list_by_period,
            "bizCards/search": reader.search,
            "tags": reader.list_tags,
            "reports": reader.list_reports,
            "me": lambda _: reader.show_user(viewer.id),
        }
        match parts:
            case [_] | ["bizCards", "search"]:
                return listings.get("/".join(parts))
            case ["bizCards", card_id]:
                return lambda incoming: reader.show_card(incoming, card_id)
            case ["bizCards", card_id, "image"]:
                return lambda incoming: reader.show_image(incoming, card_id)
            case ["bizCards", card_id, "tags"]:
                return lambda incoming: reader.list_card_tags(incoming, card_id)
            case ["persons", person_id]:
                return lambda incoming: reader.show_person(incoming, person_id)
            case ["users", user_id]:
                return lambda _: reader.show_user(user_id)
        return None

    def _find_writer(self, parts: list[str], viewer: SandboxUser) -> Callable[[Incoming], Answer] | None:
        registrar = Registrar(self.store, viewer, self.clock.seconds())
        return {
            ("bizCards",): registrar.register_card,
            ("bizCards", "images"): registrar.register_image,
            ("reports",): registrar.register_report,
        }.get(tuple(parts))

    def refuse(self, fault: Fault) -> Answer:
        """Return the body for a status fault."""
        if fault.kind in ("status_429", "status_429_daily"):
            return too_many_answer(int(fault.details.get("retry_after", 1)))
        if fault.kind == "expired_token":
            return error_answer(401, "unauthorized", "The API key is missing or not valid")
        if fault.kind == "missing_scope":
            return _scope_answer()
        return error_answer(500, "internal_error", "Something went wrong")

    def spoil_page(self, fault: Fault, answer: Answer, incoming: Incoming) -> None:
        """Spoil a listing, or null the fields of cards."""
        content = answer.content
        if not isinstance(content, dict) or answer.status != 200:
            return
        if fault.kind == "empty_page":
            token = incoming.value("nextPageToken") or content.get("nextPageToken") or GARBLED_TOKEN
            content |= {"hasMore": True, "nextPageToken": token, "data": []}
        elif fault.kind == "garbled_token":
            content |= {"hasMore": True, "nextPageToken": GARBLED_TOKEN}
        elif fault.kind == "repeated_token":
            token = incoming.value("nextPageToken") or content.get("nextPageToken")
            content |= {"hasMore": bool(token), "nextPageToken": token}
        elif fault.kind == "null_fields":
            for card in content.get("data", [content.get("item", {})]):
                _null_fields(card, fault.details.get("fields"))


def _scope_answer() -> Answer:
    return error_answer(403, "forbidden", "The API key may be used with Sansan Data Hub only")


def _null_fields(record: dict[str, Any], names: list[str] | None) -> None:
    for name in record:
        if name in names if names is not None else name not in ALWAYS_PRESENT:
            record[name] = None
