"""Answers the Sansan requests that write: a card from data or images, a contact report."""

from datetime import date, datetime
from typing import Any

from connectors.sandbox.sansan.cards import TEXT_FIELDS, TEXT_POSITIONS, SandboxCard, SandboxUser, format_time
from connectors.sandbox.sansan.refusals import refuse_parameter
from connectors.sandbox.sansan.store import CardStore
from connectors.sandbox.web import Answer, Incoming

NAMING_FIELDS = ("companyName", "lastName", "firstName")
MAX_LENGTHS = {"lastName": 250, "firstName": 250, "postalCode": 10, "memo": 2000}
MAX_TAGS = 15
DIGITISING_SECONDS = 5.0
REPORT_TYPES = {
    "Meeting", "Visit", "MeetingAtOffice", "Call", "OutboundCall", "InboundCall", "Email", "SentEmail",
    "ReceivedEmail", "OnlineMeeting",
}  # fmt: skip
MAX_REPORT_MEMO = 20_000
# What a registration may hold: `address` is joined by the service, not given.
REGISTERED_FIELDS = {*TEXT_FIELDS, "exchangeDate", "tagIds"} - {"address"}


class Registrar:
    """Answers `POST`s of one user, who becomes the owner."""

    def __init__(self, store: CardStore, owner: SandboxUser, now_seconds: float) -> None:
        self._store = store
        self._owner = owner
        self._now = int(now_seconds)

    def register_card(self, incoming: Incoming) -> Answer:
        """`POST /bizCards`; the status and body of success are a guess. Unknown fields are ignored (a guess)."""
        given = _read_object(incoming)
        _check_card(given, self._store)
        card = self._add_card(given)
        partner = self._find_same_person(card)
        card.person_id = partner.person_id if partner else self._store.new_id("P")
        return Answer(201, {"id": card.id})

    def register_image(self, incoming: Incoming) -> Answer:
        """`POST /bizCards/images`; part names and answer are a guess, so any multipart body is taken."""
        if not incoming.headers.get("Content-Type", "").startswith("multipart/form-data"):
            refuse_parameter("Content-Type", "must be multipart/form-data")
        card = self._add_card({})
        card.entry_status, card.has_image = "processing", True
        self._store.digitised_at[card.id] = self._now + DIGITISING_SECONDS
        return Answer(201, {"id": card.id})

    def register_report(self, incoming: Incoming) -> Answer:
        """`POST /reports`; each external attendee becomes a new card. The answer is a guess."""
        given = _read_object(incoming)
        _check_report(given)
        attendees = []
        for attendee in given["externalAttendees"]:
            card = self._add_card({name: attendee[name] for name in (*NAMING_FIELDS, "email") if attendee.get(name)})
            card.person_id = self._store.new_id("P")
            attendees.append({"id": card.id, "personId": card.person_id, **attendee})
        report = self._describe_report(given, attendees)
        self._store.reports.append(report)
        return Answer(201, {"id": report["id"]})

    def _describe_report(self, given: dict[str, Any], attendees: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._store.new_id("R"),
            "registeredTime": format_time(self._now),
            "updatedTime": format_time(self._now),
            "startDate": given["startTime"][:10],
            "endDate": given["endTime"][:10],
            "startTime": given["startTime"],
            "endTime": given["endTime"],
            "owner": self._owner.describe(),
            "externalAttendees": attendees,
            "internalAttendees": [{"id": user_id} for user_id in given.get("internalAttendeeUserIds") or ()],
            "categories": [],
            **{name: given.get(name) for name in ("type", "title", "location", "memo")},
        }

    def _add_card(self, given: dict[str, Any]) -> SandboxCard:
        texts = [given.get(name) or None for name in TEXT_FIELDS]
        parts = [given.get(name) or "" for name in ("prefecture", "city", "street", "building")]
        texts[TEXT_POSITIONS["address"]] = "".join(parts[:3]) + (f" {parts[3]}" if parts[3] else "") or None
        if given.get("countryCode") == "AUTO":
            texts[TEXT_POSITIONS["countryCode"]] = "JP"
        card = SandboxCard(
            id=self._store.new_id("B"),
            person_id=None,
            company_id=self._store.find_company_id(given.get("companyName") or ""),
            owner=self._owner,
            exchange_date=given.get("exchangeDate") or None,
            registered_at=self._now,
            updated_at=self._now,
            texts=texts,
            tags=tuple(dict.fromkeys(given.get("tagIds") or ())),
            has_image=False,
        )
        self._store.cards[card.id] = card
        self._store.touch()
        return card

    def _find_same_person(self, card: SandboxCard) -> SandboxCard | None:
        """Find a card with the same name and e-mail: the plainest of Sansan's rules for merging."""
        wanted = [card.text(name) for name in ("lastName", "firstName", "email")]
        if not card.text("email"):
            return None
        same = (
            other
            for other in self._store.cards.values()
            if other is not card and [other.text(name) for name in ("lastName", "firstName", "email")] == wanted
        )
        return next(same, None)


def _read_object(incoming: Incoming) -> dict[str, Any]:
    try:
        given = incoming.parse_json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        refuse_parameter("body", "must be a JSON object")
    return given


def _check_card(given: dict[str, Any], store: CardStore) -> None:
    if not any(given.get(name) for name in NAMING_FIELDS):
        refuse_parameter("companyName", "one of companyName, firstName, lastName is required")
    for name in REGISTERED_FIELDS - {"tagIds"}:
        value = given.get(name)
        if value is not None and not isinstance(value, str):
            refuse_parameter(name, "must be a string")
        if value and len(value) > MAX_LENGTHS.get(name, len(value)):
            refuse_parameter(name, f"must not be longer than {MAX_LENGTHS[name]}")
    if given.get("exchangeDate"):
        _check_date(given["exchangeDate"])
    country = given.get("countryCode") or "JP"
    if country != "AUTO" and not (len(country) == 2 and country.isascii() and country.isupper()):
        refuse_parameter("countryCode", "must be two capital letters or AUTO")
    tag_ids = given.get("tagIds") or []
    if not isinstance(tag_ids, list) or len(tag_ids) > MAX_TAGS or any(one not in store.tags for one in tag_ids):
        refuse_parameter("tagIds", f"must be up to {MAX_TAGS} ids of existing tags")


def _check_date(text: str) -> None:
    try:
        valid = date.fromisoformat(text).isoformat() == text
    except ValueError:
        valid = False
    if not valid:
        refuse_parameter("exchangeDate", "must have the form YYYY-MM-DD")


def _check_report(given: dict[str, Any]) -> None:
    for name in ("startTime", "endTime"):
        try:
            valid = datetime.fromisoformat(str(given.get(name))).second == 0
        except ValueError:
            valid = False
        if not valid:
            refuse_parameter(name, "is required, with zero seconds")
    if given.get("type") not in REPORT_TYPES:
        refuse_parameter("type", "is not one of the known types")
    attendees = given.get("externalAttendees")
    if not isinstance(attendees, list) or not attendees:
        refuse_parameter("externalAttendees", "is required")
    if not all(any(each.get(name) for name in NAMING_FIELDS) for each in attendees):
        refuse_parameter("externalAttendees", "each needs one of companyName, firstName, lastName")
    if len(given.get("memo") or "") > MAX_REPORT_MEMO:
        refuse_parameter("memo", f"must not be longer than {MAX_REPORT_MEMO}")
