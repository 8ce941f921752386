"""The work that is measured, in the order in which an installation does it."""

import importlib.util
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from tests.benchmarks.figures import Figures, find_ceiling
from tests.benchmarks.processes import measure_database
from tests.benchmarks.trial import BOTH_LIMITS, HUBSPOT_LIMIT, NO_LIMITS, RULE, Finished, Limits, Trial, open_trial

# Of a hundred seeded cards 87 become contacts unless they are plain: the others have no address, a bad one, or that
# of another card.
CONTACTS_PER_CARD = 0.87
OURS = "Tsunagi"
# Begins an empty PostgreSQL database and gives its address, or "" for SQLite.
NewDatabase = Callable[[str], str]


PEERS = (("default", "none"), ("default", "row"), ("tuned", "none"), ("tuned", "row"))


@dataclass(frozen=True)
class Series:
    """One initial load of so many new contacts, and what comes after it."""

    name: str
    contacts: int
    database: str = "PostgreSQL"
    latency_ms: int = 0
    limits: Limits = NO_LIMITS
    plain: bool = True
    half_exist: bool = False
    with_later_runs: bool = False
    # dlt by its defaults or tuned, and with an audit row for each record or without any.
    peers: tuple[tuple[str, str], ...] = ()

    @property
    def cards(self) -> int:
        return self.contacts if self.plain else round(self.contacts / CONTACTS_PER_CARD)


SERIES = (
    Series("small", 10_000, with_later_runs=True),
    Series("sqlite", 10_000, database="SQLite", with_later_runs=True),
    Series("half", 40_000, half_exist=True),
    Series("mixed", 40_000, plain=False),
    Series("limited", 40_000, latency_ms=150, limits=HUBSPOT_LIMIT, peers=(("tuned", "none"), ("tuned", "row"))),
    Series("limited-twice", 40_000, latency_ms=150, limits=BOTH_LIMITS),
    Series("fast", 100_000, with_later_runs=True, peers=PEERS),
    Series("latency", 100_000, latency_ms=150),
    Series("large", 1_000_000),
)
PLAIN_ADDRESS = re.compile(r"[\w.]+@[\w.-]+\.example(\.jp)?", re.ASCII)
MOST_FAILURES = 1000
CHANGES = (100, 10_000)


def measure_series(series: Series, new_database: NewDatabase) -> Iterator[Figures]:
    """Measures one series, each command on what the one before has left."""
    with _open(series, new_database) as trial:
        note = partial(_note, series, trial)
        if series.half_exist:
            trial.create_contacts(_choose_half(trial))
        first = note("half exist" if series.half_exist else "initial", trial.measure(*_run()))
        yield first
        if series.with_later_runs:
            yield from _measure_later_runs(trial, note)
    if importlib.util.find_spec("dlt"):
        for mode, audit in series.peers:
            yield _measure_peer(series, new_database, mode, audit)


def _measure_later_runs(trial: Trial, note: Callable[[str, Finished], Figures]) -> Iterator[Figures]:
    yield note("incremental, 0 changes", trial.measure(*_run()))
    ids = [card["id"] for card in trial.control("SANSAN", "cards")]
    for changes in CHANGES:
        if changes <= len(ids) // 2:
            for card_id in ids[-changes:]:
                trial.control("SANSAN", "edit_card", card_id, title=f"課長 {changes}")
            yield note(f"incremental, {changes:,} changes", trial.measure(*_run()))
    yield note("full, nothing changed", trial.measure(*_run("--full")))
    yield note("preview of everything", trial.measure(*_run("--full", "--dry-run")))
    failing = ids[: min(MOST_FAILURES, len(ids) // 10)]
    for card_id in failing:
        trial.control("SANSAN", "edit_card", card_id, email="nobody@@bench.example")
    trial.manage(*_run()[1:])
    for number, card_id in enumerate(failing):
        trial.control("SANSAN", "edit_card", card_id, email=f"corrected{number}@bench.example")
    yield note("re-run of failures", trial.measure("manage.py", "retry_records", RULE, "--json", "--failed"))


def _run(*options: str) -> tuple[str, ...]:
    return ("manage.py", "run_sync", RULE, "--json", *options)


def _choose_half(trial: Trial) -> list[dict[str, str]]:
    """Contacts with the addresses of every other card."""
    cards = trial.control("SANSAN", "cards")
    addresses = dict.fromkeys(
        card["email"].lower() for card in cards[::2] if PLAIN_ADDRESS.fullmatch(card["email"] or "")
    )
    return [{"email": address, "lastname": "先客"} for address in addresses]


def _measure_peer(series: Series, new_database: NewDatabase, mode: str, audit: str) -> Figures:
    with _open(series, new_database) as trial:
        options = ("-m", "tests.benchmarks.peer_dlt", "--json", "--audit", audit)
        tuned = ("--tuned",) if mode == "tuned" else ()
        done = trial.measure(*options, *tuned, AUDIT_DATABASE_URL=trial.environment["DATABASE_URL"])
        answer = done.answer
        counts = {"seen": answer["seen"], "created": answer["created"], "updated": 0, "failed": answer["failed"]}
        translated = {**answer, "counts": counts, "duration_seconds": answer["seconds"]}
        finished = Finished(translated, done.seconds, done.usage, done.sandbox_cpu_seconds)
        who = f"dlt, {mode}, {'audit' if audit == 'row' else 'no audit'}"
        return _note(series, trial, "initial", finished, who)


def _open(series: Series, new_database: NewDatabase) -> AbstractContextManager[Trial]:
    return open_trial(
        series.cards,
        plain=series.plain,
        latency_ms=series.latency_ms,
        limits=series.limits,
        database_url=new_database(series.database),
    )


def _note(series: Series, trial: Trial, work: str, done: Finished, who: str = OURS) -> Figures:
    answer, counts = done.answer, done.answer["counts"]
    seen = {service: trial.count_requests(service) for service in ("SANSAN", "HUBSPOT")}
    records = counts["seen"] or 1
    is_load = work == "initial"
    size = measure_database(trial.environment["DATABASE_URL"]) if is_load else 0
    ceiling = find_ceiling(counts["created"], series.limits, series.latency_ms) if is_load else 0.0
    return Figures(
        series=series.name,
        who=who,
        work=work,
        database=series.database,
        limits=series.limits.name,
        latency_ms=series.latency_ms,
        cards=counts["seen"],
        created=counts["created"],
        updated=counts["updated"],
        failed=counts["failed"],
        seconds=round(done.seconds, 2),
        run_seconds=round(answer["duration_seconds"], 2),
        ceiling_seconds=round(ceiling, 2),
        requests_sansan=seen["SANSAN"]["total"],
        requests_hubspot=seen["HUBSPOT"]["total"],
        answers_429=seen["SANSAN"]["count_429"] + seen["HUBSPOT"]["count_429"],
        cpu_seconds=round(done.usage.cpu_seconds, 2),
        sandbox_cpu_seconds=round(done.sandbox_cpu_seconds, 2),
        peak_mb=round(done.usage.peak_mb, 1),
        database_bytes_per_record=round(size / records),
    )
