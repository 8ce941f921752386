"""New contacts: one call for a hundred, and a second look wherever HubSpot's answer leaves a doubt."""

from collections.abc import Sequence

from connectors.hubspot.records import ContactInput
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.outcomes import Outcome
from sync.services.processing.batches import Answers, send_batch
from sync.services.processing.complaints import fail_for_issue, is_identity_conflict
from sync.services.processing.steps import Steps
from sync.services.processing.work import Station, Work, Workshop

# A contact "created" by a preview has no id; this marks the place that would hold it.
IMAGINED = "new:"


def create_contacts(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Creates contacts; works that HubSpot did not plainly create or refuse go on to be looked for.

    The unique card id makes it safe to send again what got no answer: HubSpot refuses to create it twice. Raises the
    errors of the client, and MappingBrokenError; what was confirmed before is settled.
    """
    if shop.run.dry_run:
        for work in works:
            settle_created(shop, work, f"{IMAGINED}{work.card_id}")
        return
    answers = yield from _send(shop, works)
    for work in works:
        if work.is_settled:
            continue
        issue = answers.refused.get(work.card_id)
        if issue and not is_identity_conflict(issue):
            fail_for_issue(work, issue)
            continue
        work.conflict = issue
        work.is_answer_lost = work.card_id in answers.lost
        work.station = Station.FIND


def _send(shop: Workshop, works: Sequence[Work]) -> Steps[Answers]:
    answers = Answers()
    inputs = [
        ContactInput(properties={**work.mapped.values, IDENTITY_PROPERTY: work.card_id}, trace_id=work.card_id)
        for work in works
    ]
    for work in works:
        work.sends += 1
    try:
        yield from send_batch(inputs, shop.hubspot.create_contacts, answers, shop.crew)
    finally:
        # Also when the run has to stop: what HubSpot confirmed so far is recorded.
        for work in works:
            if contact := answers.written.get(work.card_id):
                settle_created(shop, work, contact.id)
    return answers


def settle_created(shop: Workshop, work: Work, contact_id: str) -> None:
    work.changes = list_initial_changes(work)
    work.succeed(Outcome.CREATED, contact_id, shop.now())


def list_initial_changes(work: Work) -> dict[str, tuple[str, str]]:
    return {name: ("", value) for name, value in work.mapped.values.items()}
