"""Existing contacts: compared with their cards, and changed only where they differ."""

from collections.abc import Sequence

from django.db.models import Q

from connectors.hubspot.records import Contact, ContactInput
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.diff import Changes, diff_contact
from sync.engine.outcomes import Outcome
from sync.models import RecordLink, SyncRun
from sync.services.processing.batches import Answers, send_batch
from sync.services.processing.complaints import MISSING_CODES, fail_for_issue
from sync.services.processing.contacts import follow_contact
from sync.services.processing.contests import settle_contact_contests
from sync.services.processing.creating import list_initial_changes
from sync.services.processing.steps import Steps
from sync.services.processing.work import Station, Work, Workshop

# An update that HubSpot left out, or whose answer was lost, is looked at and sent once more.
ATTEMPTS = 2


def compare_contacts(shop: Workshop, works: Sequence[Work]) -> None:
    """Settles the works whose contact is as it should be or belongs to another card; the others are to be updated."""
    contenders = settle_contact_contests(shop, works)
    foreign = _find_foreign_identities(shop, contenders)
    kinds = shop.kinds
    for work in contenders:
        contact = _require_contact(work)
        wanted = dict(work.mapped.values)
        if (contact.properties.get(IDENTITY_PROPERTY, ""), contact.id) not in foreign:
            wanted[IDENTITY_PROPERTY] = work.card_id
        changes = diff_contact(
            contact.properties, wanted, clears=work.mapped.clears, policies=shop.plan.policies, kinds=kinds
        )
        if not changes:
            _settle_equal(shop, work, contact)
        elif work.station is Station.UPDATE and work.sends >= ATTEMPTS:
            work.fail("NOT_APPLIED")
        else:
            _send_to_update(work, changes)


def _send_to_update(work: Work, changes: Changes) -> None:
    work.changes = changes
    if work.station is not Station.UPDATE:
        work.sends = 0
    work.station = Station.UPDATE


def _find_foreign_identities(shop: Workshop, works: Sequence[Work]) -> set[tuple[str, str]]:
    """(card id, contact id) pairs that belong to other rules: their mark on a contact is not overwritten."""
    marks = {
        mark
        for work in works
        if (mark := _require_contact(work).properties.get(IDENTITY_PROPERTY, "")) and mark != work.card_id
    }
    if not marks:
        return set()
    others = RecordLink.objects.exclude(rule_id=shop.run.rule_id).filter(sansan_id__in=marks)
    return set(others.values_list("sansan_id", "hubspot_id"))


def _settle_equal(shop: Workshop, work: Work, contact: Contact) -> None:
    was_applied = bool(work.changes)
    if was_applied:
        _settle_updated(shop, work)
    elif _is_from_lost_attempt(shop, work, contact):
        work.changes = list_initial_changes(work)
        work.succeed(Outcome.CREATED, contact.id, shop.now())
    else:
        work.succeed(Outcome.UNCHANGED, contact.id, shop.now())


def _is_from_lost_attempt(shop: Workshop, work: Work, contact: Contact) -> bool:
    """Whether the contact was made by a run of this rule that never got, or never recorded, HubSpot's answer.

    It carries this very card's id, no rule has linked it, and it came into being while a run of this rule was under
    way. Where the two clocks differ, the contact merely counts as found.
    """
    made_at = contact.created_at
    if work.place.hubspot_id or contact.properties.get(IDENTITY_PROPERTY) != work.card_id or made_at is None:
        return False
    under_way = Q(finished_at=None) | Q(finished_at__gte=made_at)
    runs = SyncRun.objects.filter(under_way, rule_id=shop.run.rule_id, dry_run=False, started_at__lte=made_at)
    return runs.exists() and not RecordLink.objects.filter(hubspot_id=contact.id, sansan_id=work.card_id).exists()


def update_contacts(shop: Workshop, works: Sequence[Work]) -> Steps[None]:
    """Sends the changes of the works, and looks again where HubSpot's answer leaves a doubt.

    Raises the errors of the client, and MappingBrokenError; what was confirmed before is settled.
    """
    if shop.run.dry_run:
        for work in works:
            _settle_updated(shop, work)
        return
    answers = yield from _send(shop, works)
    again = yield from _look_again(shop, [work for work in works if not work.is_settled], answers)
    compare_contacts(shop, again)


def _send(shop: Workshop, works: Sequence[Work]) -> Steps[Answers]:
    answers = Answers()
    inputs = [
        ContactInput(id=_require_contact(work).id, properties=_take_new_values(work.changes), trace_id=work.card_id)
        for work in works
    ]
    for work in works:
        work.sends += 1
    try:
        yield from send_batch(inputs, shop.hubspot.update_contacts, answers, shop.crew)
    finally:
        for work in works:
            if work.card_id in answers.written:
                _settle_updated(shop, work)
    return answers


def _settle_updated(shop: Workshop, work: Work) -> None:
    work.succeed(Outcome.UPDATED, _require_contact(work).id, shop.now())


def _look_again(shop: Workshop, works: Sequence[Work], answers: Answers) -> Steps[list[Work]]:
    """The works to compare once more: the answer left them out, or did not know their contact (merged or deleted)."""
    again: list[Work] = []
    for work in works:
        issue = answers.refused.get(work.card_id)
        if issue is not None and issue.code not in MISSING_CODES:
            fail_for_issue(work, issue)
            continue
        before = _require_contact(work).id
        work.contact = yield from follow_contact(shop, before)
        if work.contact is None:
            work.exclude("CONTACT_DELETED", contact=before)
        else:
            again.append(work)
    return again


def _take_new_values(changes: Changes) -> dict[str, str]:
    return {name: new for name, (_, new) in changes.items()}


def _require_contact(work: Work) -> Contact:
    if work.contact is None:
        raise ValueError(f"Card {work.card_id} has no contact to compare with.")
    return work.contact
