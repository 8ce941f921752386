"""The work of an initial sync, done by the library dlt: something to hold our own speed against.

    uv run --group peer python -m tests.benchmarks.peer_dlt --audit none --json

Reads all cards of SANSAN_BASE_URL (SANSAN_API_KEY), maps them as `sync/engine/defaults.py` does, and creates contacts
at HUBSPOT_BASE_URL (HUBSPOT_TOKEN), where `manage.py apply` must have made the properties. With `--audit row` each
card gets a row in the PostgreSQL that AUDIT_DATABASE_URL names. Without `--tuned` dlt runs by its defaults; with it,
as its own page on performance advises: https://dlthub.com/docs/reference/performance
"""

import argparse
import os
import sys
import tempfile
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import dlt
import jaconv
import phonenumbers
import psycopg
from dlt.common import json
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.destination.reference import Destination
from dlt.common.schema import TTableSchema
from dlt.common.typing import TDataItems
from dlt.extract import DltResource
from dlt.sources.helpers.requests import Client
from email_validator import EmailNotValidError, validate_email
from requests import HTTPError, Response

JAPAN_TIME = timezone(timedelta(hours=9))
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIST_ALL = {"range": "all", "includeTags": "true", "orderBy": "updatedAt", "orderDirection": "asc"}
CARDS_PER_PAGE = 300
CONTACTS_PER_BATCH = 100
CREATE_PATH = "/crm/objects/2026-09/contacts/batch/create"
ACCESS = ("SANSAN_BASE_URL", "SANSAN_API_KEY", "HUBSPOT_BASE_URL", "HUBSPOT_TOKEN")
STAGES = ("extract", "normalize", "load")
TOO_MANY_REQUESTS = 429

# One page leads to the next, so only several periods can be read at once: as many as dlt has extract workers.
PERIODS = 5
TUNED: dict[str, object] = {
    "extract.workers": PERIODS,
    "data_writer.buffer_max_items": 20_000,
    "data_writer.disable_compression": True,
    # One job loads one file, and by default all is in a single one. Each of these holds whole batches.
    "normalize.data_writer.file_max_items": 3 * CONTACTS_PER_BATCH,
    # Columns for databases; a custom destination does not get them.
    "normalize.json_normalizer.add_dlt_id": False,
    "normalize.json_normalizer.add_dlt_load_id": False,
    "load.workers": 20,
}

TEXTS = {
    "lastName": "lastname", "firstName": "firstname", "companyName": "company", "departmentName": "sansan_department",
    "title": "jobtitle", "postalCode": "zip", "prefecture": "state", "city": "city", "countryCode": "country",
    "url": "website", "personId": "sansan_person_id", "companyId": "sansan_company_id",
}  # fmt: skip
KANA = {"lastNameReading": "sansan_last_name_kana", "firstNameReading": "sansan_first_name_kana"}
PHONES = {"tel": "phone", "mobile": "mobilephone", "fax": "fax"}

AUDIT_TABLE = """
CREATE TABLE IF NOT EXISTS peer_audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, card_id text NOT NULL,
    contact_id text NOT NULL, action text NOT NULL, changes jsonb NOT NULL, created_at timestamptz NOT NULL)"""
AUDIT_INSERT = """
INSERT INTO peer_audit (card_id, contact_id, action, changes, created_at)
SELECT *, now() FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[])"""

Properties = dict[str, str]
AuditRow = tuple[str, str, str, str]  # card id, contact id, action, changes as JSON


def tidy(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text).strip() if text else ""


def tidy_email(text: str) -> str:
    """Empty when it is no address."""
    try:
        address = "".join(tidy(text).split()).lower()
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return ""


def tidy_phone(text: str, country: str) -> str:
    """E.164 where it is a number, else the text."""
    plain = tidy(text)
    try:
        number = phonenumbers.parse(plain, country or "JP")
    except phonenumbers.NumberParseException:
        return plain
    if not phonenumbers.is_possible_number(number):
        return plain
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def map_card(card: Mapping[str, Any]) -> Properties:
    values = {target: tidy(card.get(source)) for source, target in TEXTS.items()}
    values |= {target: tidy(jaconv.hira2kata(tidy(card.get(source)))) for source, target in KANA.items()}
    values |= {
        target: tidy_phone(text, values["country"]) for source, target in PHONES.items() if (text := card.get(source))
    }
    values["email"] = tidy_email(card.get("email") or "")
    values["address"] = tidy(" ".join(part for part in (card.get("street"), card.get("building")) if part))
    values["sansan_exchange_date"] = (card.get("exchangeDate") or "")[:10]
    values["sansan_owner"] = tidy((card.get("owner") or {}).get("name"))
    values["sansan_tags"] = ";".join(sorted(tag["id"] for tag in card.get("tags") or () if tag["type"] != "private"))
    values["sansan_card_id"] = card["id"]
    return {name: value for name, value in values.items() if value}


class Tally:
    """What was counted; for any number of threads."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, **numbers: int) -> None:
        with self._lock:
            self.counts.update(numbers)

    def open_client(self, service: str, headers: Mapping[str, str]) -> Client:
        """dlt's requests with their retries; each attempt that got an answer is counted."""

        def note(answer: Response, *_args: object, **_options: object) -> None:
            self.add(**{service: 1, "answers_429": int(answer.status_code == TOO_MANY_REQUESTS)})

        # The stand-ins are on this machine: no proxy leads there.
        attributes = {"headers": dict(headers), "hooks": {"response": [note]}, "trust_env": False}
        # The five attempts of the default may be over before the minute of a rate limit is.
        return Client(request_max_attempts=10, request_max_retry_delay=60, session_attrs=attributes)


class AuditTrail:
    """Rows in PostgreSQL, over a connection for each thread; nowhere without an address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()
        if url:
            with psycopg.connect(url) as connection:
                connection.execute(AUDIT_TABLE)

    def write(self, rows: list[AuditRow]) -> None:
        if not self._url or not rows:
            return
        if not hasattr(self._local, "connection"):
            self._local.connection = psycopg.connect(self._url, autocommit=True)
        self._local.connection.execute(AUDIT_INSERT, [list(column) for column in zip(*rows, strict=True)])


@dataclass
class CardSource:
    """The cards of Sansan as dlt resources, mapped; without those whose address is no good or came before."""

    url: str
    client: Client
    tally: Tally
    audit: AuditTrail
    # dlt maps in one thread, whichever threads the pages come from.
    _emails: set[str] = field(default_factory=set)
    _skipped: list[AuditRow] = field(default_factory=list)

    def list_resources(self, *, tuned: bool) -> list[DltResource]:
        periods = self._split_time() if tuned else [(BEGINNING, datetime.now(UTC))]
        return [
            dlt.resource(self._read(*period), name=f"cards_{number}", table_name="contacts", parallelized=tuned)
            .add_map(self._map)
            .add_filter(lambda mapped: mapped is not None)
            for number, period in enumerate(periods)
        ]

    def flush(self) -> None:
        self.audit.write(self._skipped)
        self._skipped = []

    def _map(self, card: Mapping[str, Any]) -> Properties | None:
        properties = map_card(card)
        email = properties.get("email", "")
        if email and email not in self._emails:
            self._emails.add(email)
            return properties
        self.tally.add(skipped=1)
        self._skipped.append((card["id"], "", "fail" if card.get("email") and not email else "exclude", "{}"))
        if len(self._skipped) == CONTACTS_PER_BATCH:
            self.flush()
        return None

    def _read(self, start: datetime, end: datetime) -> Iterator[list[dict[str, Any]]]:
        token = ""
        while True:
            page = self._ask(start, end, CARDS_PER_PAGE, token)
            self.tally.add(seen=len(page["data"]))
            yield page["data"]
            token = page["nextPageToken"] or ""
            if not token:
                return

    def _split_time(self) -> list[tuple[datetime, datetime]]:
        """Equal parts of the time from the oldest card on."""
        end = datetime.now(UTC)
        oldest = self._ask(BEGINNING, end, 1)["data"]
        start = datetime.fromisoformat(oldest[0]["updatedTime"]) if oldest else BEGINNING
        step = timedelta(seconds=(end - start) // SECOND // PERIODS)
        later = [start + number * step for number in range(1, PERIODS)] if step > SECOND else []
        return list(zip([start, *later], [*(each - SECOND for each in later), end], strict=True))

    def _ask(self, start: datetime, end: datetime, limit: int, token: str = "") -> Any:
        params = {
            **LIST_ALL,
            "updatedFrom": start.astimezone(JAPAN_TIME).isoformat(timespec="seconds"),
            "updatedTo": end.astimezone(JAPAN_TIME).isoformat(timespec="seconds"),
            "limit": str(limit),
        }
        answer = self.client.get(self.url, params=params | ({"nextPageToken": token} if token else {}))
        return json.loadb(answer.content)


def tell_written(properties: Properties, contact_id: str) -> AuditRow:
    changes = {name: ("", value) for name, value in properties.items()} if contact_id else {}
    return properties["sansan_card_id"], contact_id, "create" if contact_id else "fail", json.dumps(changes)


def open_destination(url: str, client: Client, tally: Tally, audit: AuditTrail) -> Destination[Any, Any]:
    """Creates contacts; dlt calls it with a batch at a time, in several threads if there are several files."""

    @dlt.destination(batch_size=CONTACTS_PER_BATCH, name="contacts")
    def create_contacts(items: TDataItems, _table: TTableSchema) -> None:
        created = send_batch(url, client, items)
        tally.add(created=len(created), failed=len(items) - len(created))
        audit.write([tell_written(one, created.get(one["sansan_card_id"], "")) for one in items])

    return create_contacts()


def send_batch(url: str, client: Client, items: list[Properties]) -> dict[str, str]:
    """Contact id by card id; cards that a 207 names among its errors are not in there."""
    inputs = [{"objectWriteTraceId": one["sansan_card_id"], "properties": one, "associations": []} for one in items]
    try:
        answer = client.post(url, data=json.dumpb({"inputs": inputs}), headers={"Content-Type": "application/json"})
    except HTTPError as error:
        if error.response.status_code < 500 and error.response.status_code != TOO_MANY_REQUESTS:
            raise DestinationTerminalException(f"HubSpot refused a batch: {error}") from error
        raise
    return {one["properties"]["sansan_card_id"]: one["id"] for one in json.loadb(answer.content)["results"]}


def run_pipeline(folder: str, tally: Tally, audit_url: str, *, tuned: bool) -> dict[str, float]:
    """Returns how many seconds each stage took."""
    sansan_url, sansan_key, hubspot_url, hubspot_token = (os.environ[name] for name in ACCESS)
    audit = AuditTrail(audit_url)
    sansan = tally.open_client("sansan", {"X-Sansan-Api-Key": sansan_key})
    source = CardSource(f"{sansan_url}/bizCards", sansan, tally, audit)
    hubspot = tally.open_client("hubspot", {"Authorization": f"Bearer {hubspot_token}"})
    destination = open_destination(f"{hubspot_url}{CREATE_PATH}", hubspot, tally, audit)
    pipeline = dlt.pipeline("peer", destination=destination, pipelines_dir=folder)
    pipeline.run(source.list_resources(tuned=tuned))
    source.flush()
    steps = pipeline.last_trace.steps if pipeline.last_trace else []
    return {one.step: (one.finished_at - one.started_at).total_seconds() for one in steps if one.step in STAGES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audit", choices=["none", "row"], default="none")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--json", action="store_true", help="in one line")
    options = parser.parse_args()
    audit_url = os.environ["AUDIT_DATABASE_URL"] if options.audit == "row" else ""
    mode, tally = "tuned" if options.tuned else "default", Tally()
    with tempfile.TemporaryDirectory(prefix="peer-dlt-") as folder:
        # dlt would report home, and keep files in the user's home folder.
        os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": folder, "DLT_PROJECT_DIR": folder}
        for name, value in TUNED.items() if options.tuned else ():
            dlt.config[name] = value
        started = time.perf_counter()
        stages = run_pipeline(folder, tally, audit_url, tuned=options.tuned)
        seconds = time.perf_counter() - started
    result = {"library": "dlt", "version": dlt.__version__, "mode": mode, "audit": bool(audit_url)}
    result |= {name: tally.counts[name] for name in ("seen", "created", "skipped", "failed")}
    result["requests"] = {name: tally.counts[name] for name in ("sansan", "hubspot")}
    result |= {"answers_429": tally.counts["answers_429"], "seconds": round(seconds, 3), "stages": stages}
    sys.stdout.write(json.dumps(result, pretty=not options.json) + "\n")


if __name__ == "__main__":
    main()
