"""The HubSpot stand-in: tokens, scopes, limits, routes."""

import random
import re
import time
import uuid
from datetime import UTC, datetime

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Fault
from connectors.sandbox.hubspot.batches import BatchManner
from connectors.sandbox.hubspot.default_properties import describe_owner
from connectors.sandbox.hubspot.errors import error_answer, no_such_path, rate_limit_answer, scope_answer
from connectors.sandbox.hubspot.handlers import ContactHandlers
from connectors.sandbox.hubspot.portal_control import PortalControl
from connectors.sandbox.hubspot.properties import PropertyHandlers
from connectors.sandbox.hubspot.quota import Quota
from connectors.sandbox.hubspot.reading import ContactReader, read_limit
from connectors.sandbox.hubspot.rules import PortalRules
from connectors.sandbox.hubspot.seed import seed_contacts
from connectors.sandbox.hubspot.spoiling import spoil_page
from connectors.sandbox.hubspot.store import ContactStore
from connectors.sandbox.hubspot.validation import Validator
from connectors.sandbox.hubspot.writing import Writer
from connectors.sandbox.web import Answer, Incoming, RefusalError

SANDBOX_TOKEN = "pat-sandbox-not-a-real-token"  # noqa: S105  (opens nothing but the stand-in)
NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details "
    "at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
# The version in which admin rules began to be enforced on API writes.
RULES_SINCE = "2026-09"
VERSION = r"v\d|\d{4}-\d{2}(?:-beta)?"
PATH = re.compile(
    rf"/(?:crm/(?:(?P<old>{VERSION})/(?P<area>objects|properties|property-validations|owners)"
    rf"|(?P<area2>objects|properties|property-validations|owners)/(?P<new>{VERSION}))"
    rf"|(?P<area3>account-info)/(?P<new2>{VERSION}))(?:/(?P<rest>.*))?"
)
READS = re.compile(r".*/(?:search|batch/read)")


class HubSpotSandbox(PortalControl):
    """A stand-in for the parts of HubSpot's CRM API that deal with contacts. See `PortalControl` for steering."""

    def __init__(self, clock: Clock, *, contacts: int = 0, seed: int = 1) -> None:
        super().__init__(clock)
        self.store = ContactStore()
        self.rules = PortalRules()
        self.validator = Validator(self.store, self.rules)
        self.manner = BatchManner(random.Random(seed))  # noqa: S311  (shuffles answers)
        self.quota = Quota(clock)
        self.token = SANDBOX_TOKEN
        seed_contacts(self.store, contacts, seed, clock.milliseconds())

    # --- access and limits ---

    def check_access(self, incoming: Incoming) -> None:
        """401 unless the token is known and has not expired; 403 when it lacks every scope that would do."""
        scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RefusalError(error_answer(401, "INVALID_AUTHENTICATION", NO_CREDENTIALS))
        if token != self.token or self.credentials == "revoked":
            raise RefusalError(_expired_answer(self.clock, 0.0))
        if self.credentials == "expired":
            raise RefusalError(_expired_answer(self.clock, self.clock.seconds() - 75))
        needed = _find_scopes(incoming)
        if needed and not self.scopes.intersection(needed):
            raise RefusalError(scope_answer(needed))

    def check_limits(self, incoming: Incoming, at_seconds: float) -> None:
        """429 when the 10 seconds, the day or (for a search) the second is full."""
        refused = self.quota.take(at_seconds, is_search=incoming.path.endswith("/search"))
        if refused:
            raise RefusalError(rate_limit_answer(refused))

    def add_headers(self, incoming: Incoming, answer: Answer) -> None:
        """Tell the request's number, and the limits except on searches."""
        told = answer.content.get("correlationId") if isinstance(answer.content, dict) else None
        answer.headers["X-HubSpot-Correlation-Id"] = told or str(uuid.uuid4())
        if not incoming.path.endswith("/search"):
            answer.headers.update(self.quota.describe(time.monotonic()))

    def is_write(self, incoming: Incoming) -> bool:
        """All but GET, search and batch/read."""
        return incoming.method != "GET" and not READS.fullmatch(incoming.path)

    # --- routes ---

    def serve(self, incoming: Incoming) -> Answer:
        """Find the handler by path; old (`/crm/v3/objects`) and dated (`/crm/objects/2026-09`) paths are served."""
        matched = PATH.fullmatch(incoming.path)
        if matched is None:
            raise no_such_path(incoming)
        self.store.empty_bin(self.clock.milliseconds())
        area = matched["area"] or matched["area2"] or matched["area3"]
        version = matched["old"] or matched["new"] or matched["new2"]
        rest = [part for part in (matched["rest"] or "").split("/") if part]
        match area, rest:
            case "objects", ["contacts" | "0-1" | "contact", *more]:
                answer = self._contact_handlers(version).answer(incoming, more)
            case "properties", ["contacts" | "0-1" | "contact", *more]:
                answer = PropertyHandlers(self.store, self.clock.milliseconds()).answer(incoming, more)
            case "property-validations", ["contacts" | "0-1"]:
                answer = Answer(content=self.rules.describe())
            case "owners", []:
                answer = self._list_owners(incoming)
            case "account-info", ["details"]:
                answer = self._show_account()
            case _:
                raise no_such_path(incoming)
        return answer

    def _contact_handlers(self, version: str) -> ContactHandlers:
        now_ms = self.clock.milliseconds()
        writer = Writer(
            self.store,
            self.validator,
            now_ms=now_ms,
            portal_id=self.portal_id,
            with_rules=not version.startswith("v") and version >= RULES_SINCE,
            written=self.written_log,
        )
        return ContactHandlers(
            writer,
            ContactReader(self.store, self.url, now_ms),
            self.manner,
            search_seen_at_ms=now_ms - int(self.search_lag_seconds * 1000),
            keep_primary_id=self.keep_primary_id,
        )

    def _list_owners(self, incoming: Incoming) -> Answer:
        limit = read_limit(incoming.value("limit", "100"), 500)
        archived, email = incoming.value("archived") == "true", incoming.value("email")
        after = incoming.value("after", "0")
        rows = [
            owner
            for owner in self.store.owners
            if owner[5] is archived and email in ("", owner[1]) and int(owner[0]) >= int(after)
        ]
        content: dict[str, object] = {"results": [describe_owner(owner) for owner in rows[:limit]]}
        if len(rows) > limit:
            content["paging"] = {"next": {"after": rows[limit][0], "link": ""}}
        return Answer(content=content)

    def _show_account(self) -> Answer:
        return Answer(
            content={
                "portalId": self.portal_id,
                "accountType": "DEVELOPER_TEST",
                "timeZone": "Asia/Tokyo",
                "companyCurrency": "JPY",
                "additionalCurrencies": [],
                "utcOffset": "+09:00",
                "utcOffsetMilliseconds": 32_400_000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "na1",
            }
        )

    # --- faults ---

    def refuse(self, fault: Fault) -> Answer:
        """Return the body for a status fault."""
        if fault.kind == "status_429":
            return rate_limit_answer("TEN_SECONDLY_ROLLING")
        if fault.kind == "status_429_daily":
            return rate_limit_answer("DAILY")
        if fault.kind == "expired_token":
            return _expired_answer(self.clock, self.clock.seconds() - 75)
        if fault.kind == "missing_scope":
            return scope_answer([fault.details.get("scope", "crm.objects.contacts.write")])
        category = {"status_423": "LOCKED", "status_477": "MIGRATION_IN_PROGRESS"}.get(fault.kind, "SERVER_ERROR")
        answer = error_answer(500, category, "internal error")
        if fault.kind == "status_477":
            answer.headers["Retry-After"] = "3600"
        return answer

    def spoil_page(self, fault: Fault, answer: Answer, incoming: Incoming) -> None:
        """Spoil a listing, or null the properties of contacts."""
        spoil_page(fault, answer, incoming)


def _expired_answer(clock: Clock, expired_at_seconds: float) -> Answer:
    """Return 401 for a token that expired; HubSpot says of an unknown one that it did so in 1970."""
    ago = max(0, int(clock.seconds() - expired_at_seconds))
    text = f"{ago // 86_400} day(s)" if ago >= 86_400 else f"{ago} second(s)"
    at = datetime.fromtimestamp(expired_at_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = f"The OAuth token used to make this call expired {text} ago."
    return error_answer(401, "EXPIRED_AUTHENTICATION", message, context={"expire time": [at]})


def _find_scopes(incoming: Incoming) -> list[str]:
    """Return the scopes of which a request needs any one."""
    writes = incoming.method != "GET" and not READS.fullmatch(incoming.path)
    if "/owners" in incoming.path:
        return ["crm.objects.owners.read"]
    if "/properties/" in incoming.path or "/property-validations/" in incoming.path:
        if writes:
            return ["crm.schemas.contacts.write"]
        return ["crm.schemas.contacts.read", "crm.objects.contacts.read", "crm.objects.contacts.write"]
    if "/objects/" in incoming.path:
        return ["crm.objects.contacts.write" if writes else "crm.objects.contacts.read"]
    return []
