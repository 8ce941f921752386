"""New contacts: one call for a hundred, and a second look wherever HubSpot's answer leaves a doubt."""

from collections.abc import Sequence

from connectors.errors import RetryLaterError
from connectors.hubspot.records import ContactInput
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.outcomes import Outcome
from sync.services.processing.batches import Answers, send_in_batches
from sync.services.processing.complaints import fail_for_issue, is_identity_conflict
from sync.services.processing.contacts import find_contacts
from sync.services.processing.work import Work, Workshop

# A contact "created" by a preview has no id; this marks the place that would hold it.
IMAGINED = "new:"
ATTEMPTS = 2


def create_contacts(shop: Workshop, works: Sequence[Work]) -> list[Work]:
    """Creates contacts and returns the works for which HubSpot turned out to have one; their `contact` is set.

    The unique card id makes it safe to send again what got no answer: HubSpot refuses to create it twice. Raises
    RetryLaterError when HubSpot keeps silent, the errors of the client, and MappingBrokenError.
    """
    if shop.run.dry_run:
        for work in works:
            _settle_created(shop, work, f"{IMAGINED}{work.card_id}")
        return []
    existing: list[Work] = []
    pending = list(works)
    answers = Answers()
    for _ in range(ATTEMPTS):
        answers = _send(shop, pending)
        conflicts = _list_conflicts(pending, answers)
        doubtful = [work for work in pending if work.card_id in {*answers.lost, *answers.omitted}]
        find_contacts(
            shop, [*conflicts, *doubtful], {work.card_id: _name_existing(work, answers) for work in conflicts}
        )
        existing += [work for work in [*conflicts, *doubtful] if work.contact]
        _fail_unresolved(conflicts, answers)
        pending = [work for work in doubtful if work.contact is None]
        if not pending:
            break
    _give_up(pending, answers)
    return existing


def _send(shop: Workshop, works: Sequence[Work]) -> Answers:
    answers = Answers()
    inputs = [
        ContactInput(properties={**work.mapped.values, IDENTITY_PROPERTY: work.card_id}, trace_id=work.card_id)
        for work in works
    ]
    try:
        send_in_batches(inputs, shop.hubspot.create_contacts, answers)
    finally:
        # Also when the run has to stop: what HubSpot confirmed so far is recorded.
        for work in works:
            if contact := answers.written.get(work.card_id):
                _settle_created(shop, work, contact.id)
    for work in works:
        issue = answers.refused.get(work.card_id)
        if issue and not is_identity_conflict(issue):
            fail_for_issue(work, issue)
    return answers


def _settle_created(shop: Workshop, work: Work, contact_id: str) -> None:
    work.changes = list_initial_changes(work)
    work.succeed(Outcome.CREATED, contact_id, shop.now())


def list_initial_changes(work: Work) -> dict[str, tuple[str, str]]:
    return {name: ("", value) for name, value in work.mapped.values.items()}


def _list_conflicts(works: Sequence[Work], answers: Answers) -> list[Work]:
    return [
        work
        for work in works
        if (issue := answers.refused.get(work.card_id)) is not None and is_identity_conflict(issue)
    ]


def _name_existing(work: Work, answers: Answers) -> str:
    return answers.refused[work.card_id].existing_id


def _fail_unresolved(conflicts: Sequence[Work], answers: Answers) -> None:
    for work in conflicts:
        if work.contact is None:
            fail_for_issue(work, answers.refused[work.card_id])


def _give_up(works: Sequence[Work], answers: Answers) -> None:
    for work in works:
        if work.card_id in answers.omitted:
            work.fail("NOT_APPLIED")
    if any(not work.is_settled for work in works):
        raise RetryLaterError("HubSpot did not answer when contacts were created, twice in a row.")
