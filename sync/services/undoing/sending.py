"""What an undo asks of HubSpot: the contacts as they are, and the writes that take back what was written."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.errors import Issue, NotFoundError, RejectedError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import Contact, ContactInput
from sync.engine.outcomes import Outcome
from sync.engine.records import PropertySpec
from sync.models import SyncRun
from sync.services.processing.batches import Answers, send_batch
from sync.services.processing.complaints import MISSING_CODES, choose_reason
from sync.services.processing.steps import Crew, Steps
from sync.services.rule_plan import MERGED_IDS
from sync.services.undoing.cases import Case, Spans, judge_missing, judge_present


@dataclass(frozen=True, slots=True)
class UndoShop:
    """What all steps of an undo share. `spans`: when undos of the same run were under way."""

    run: SyncRun
    hubspot: HubSpotClient
    crew: Crew
    specs: dict[str, PropertySpec]
    spans: Spans


def take_back(shop: UndoShop, cases: Sequence[Case]) -> Steps[None]:
    """Settles the cases: looks at the contacts, and writes where they still hold what the run had written.

    Raises the errors of the client; what HubSpot had confirmed before is settled. A preview only looks.
    """
    yield from _look(shop, cases)
    if shop.run.dry_run:
        for case in cases:
            if not case.is_settled:
                _settle(case)
        return
    yield from _restore(shop, [case for case in cases if case.changes and not case.is_settled])
    yield from _archive(shop, [case for case in cases if case.is_to_archive and not case.is_settled])


def _settle(case: Case) -> None:
    if case.is_to_archive:
        case.outcome = Outcome.ARCHIVED
    else:
        case.settle_restored()


def _list_properties(cases: Sequence[Case]) -> list[str]:
    return sorted({MERGED_IDS, *(name for case in cases for name in case.written.changes)})


def _look(shop: UndoShop, cases: Sequence[Case]) -> Steps[None]:
    ids, properties = [case.contact_id for case in cases], _list_properties(cases)
    answer = yield from shop.crew.ask(shop.hubspot.read_contacts, ids, properties)
    present = {contact.id: contact for contact in answer.contacts if not contact.archived}
    missing = [case for case in cases if case.contact_id not in present]
    for case in cases:
        if contact := present.get(case.contact_id):
            judge_present(case, contact, shop.specs)
    if missing:
        yield from _look_for_missing(shop, missing)


def _look_for_missing(shop: UndoShop, cases: Sequence[Case]) -> Steps[None]:
    ids = [case.contact_id for case in cases]
    answer = yield from shop.crew.ask(shop.hubspot.read_contacts, ids, [MERGED_IDS], archived=True)
    archived = {contact.id: contact for contact in answer.contacts if contact.archived}
    for case in cases:
        bin_entry = archived.get(case.contact_id)
        survivor = None if bin_entry else (yield from _find(shop, case, [MERGED_IDS]))
        judge_missing(case, bin_entry, survivor, shop.spans)


def _find(shop: UndoShop, case: Case, properties: Sequence[str]) -> Steps[Contact | None]:
    """The contact that answers to the id now: itself, or the one that it was merged into."""
    try:
        return (yield from shop.crew.ask(shop.hubspot.contact, case.contact_id, properties))
    except NotFoundError:
        return None


def _restore(shop: UndoShop, cases: Sequence[Case]) -> Steps[None]:
    answers = Answers()
    inputs = [
        ContactInput(
            id=case.contact_id,
            properties={name: old for name, (_, old) in case.changes.items()},
            trace_id=case.contact_id,
        )
        for case in cases
    ]
    try:
        yield from send_batch(inputs, shop.hubspot.update_contacts, answers, shop.crew)
    finally:
        for case in cases:
            if case.contact_id in answers.written:
                case.settle_restored()
    for case in cases:
        if not case.is_settled:
            yield from _settle_unconfirmed(shop, case, answers.refused.get(case.contact_id))


def _settle_unconfirmed(shop: UndoShop, case: Case, issue: Issue | None) -> Steps[None]:
    """HubSpot refused the contact, or left it out of its answer: then a second look tells what became of it."""
    if issue is not None and issue.code not in MISSING_CODES:
        _fail(case, issue)
        return
    contact = yield from _find(shop, case, _list_properties([case]))
    if contact is None or contact.id != case.contact_id:
        judge_missing(case, None, contact, shop.spans)
        return
    wanted = case.changes
    judge_present(case, contact, shop.specs)
    if case.changes:
        case.fail("NOT_APPLIED")
    elif case.outcome is Outcome.UNCHANGED:
        case.changes = wanted
        case.settle_restored()


def _archive(shop: UndoShop, cases: Sequence[Case]) -> Steps[None]:
    """HubSpot takes a batch as a whole and names nobody; one that it refuses is halved until the culprit is found."""
    if not cases:
        return
    try:
        yield from shop.crew.ask(shop.hubspot.archive_contacts, [case.contact_id for case in cases])
    except RejectedError as error:
        if len(cases) == 1:
            code = error.code or "REJECTED"
            _fail(cases[0], Issue(code=code, message=error.message, correlation_id=error.correlation_id))
            return
        middle = len(cases) // 2
        yield from _archive(shop, cases[:middle])
        yield from _archive(shop, cases[middle:])
    else:
        for case in cases:
            case.outcome = Outcome.ARCHIVED


def _fail(case: Case, issue: Issue) -> None:
    case.fail(
        choose_reason(issue),
        correlation_id=issue.correlation_id,
        hubspot_code=issue.code,
        message=issue.message,
        property=issue.property_name,
        value=case.changes.get(issue.property_name, ("", ""))[1],
        email=case.changes.get("email", ("", ""))[1],
        contact=issue.existing_id,
        sansan_id=case.written.card_id,
    )
