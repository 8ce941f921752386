"""From a card's draft, and where the card stands, to its work."""

from sync.engine.mapping import Rejection
from sync.services.processing.drafting import Draft
from sync.services.processing.ledger import Entry
from sync.services.processing.places import Place
from sync.services.processing.work import Work

# HubSpot creates no contact without one of them.
NAMING_PROPERTIES = frozenset({"email", "firstname", "lastname"})


def prepare_work(draft: Draft, place: Place, entry: Entry) -> Work:
    """The card's work; settled already when the rule's limits exclude the card or it cannot be mapped."""
    work = Work(
        card_id=draft.card_id,
        place=place,
        mapped=draft.mapped,
        content_hash=draft.content_hash,
        earlier=(place.state, place.reason_code),
        draft=draft,
        entry=entry,
    )
    before = _take_standing(place)
    place.name = draft.name
    place.email = draft.email
    place.exchange_date = draft.exchange_date
    place.card_updated_at = draft.updated_at
    place.person_id = draft.person_id
    place.needs_revisit = False
    place.eligible = draft.exclusion is None and not draft.email_fault
    if draft.exclusion:
        code, detail = draft.exclusion
        work.exclude(code, **detail)
    work.touched = before != _take_standing(place)
    if not draft.exclusion:
        find_faults(work, draft.email_fault)
    return work


def _take_standing(place: Place) -> tuple[object, ...]:
    """What is kept of a card beside its values."""
    return (
        place.name,
        place.email,
        place.eligible,
        place.exchange_date,
        place.card_updated_at,
        place.person_id,
        place.needs_revisit,
    )


def find_faults(work: Work, email_fault: str) -> None:
    """Fails a card that HubSpot would refuse, before anything is sent."""
    if email_fault:
        work.fail("INVALID_EMAIL", value=email_fault, property="email")
    elif work.mapped.rejected:
        fail_for_rejection(work, work.mapped.rejected[0])
    elif not NAMING_PROPERTIES & work.mapped.values.keys():
        work.fail("NO_NAME")


def fail_for_rejection(work: Work, rejection: Rejection) -> None:
    work.fail(rejection.code, value=rejection.detail, property=rejection.target, field=rejection.source)
