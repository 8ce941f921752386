"""Existing contacts: compared with their cards, and changed only where they differ."""

from collections.abc import Sequence

from django.db.models import Q

from connectors.hubspot.records import Contact, ContactInput
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.engine.diff import Changes, diff_contact
from sync.engine.outcomes import Outcome
from sync.models import RecordLink, SyncRun
from sync.services.processing.batches import Answers, send_in_batches
from sync.services.processing.complaints import MISSING_CODES, fail_for_issue
from sync.services.processing.contacts import follow_contact
from sync.services.processing.contests import settle_contact_contests
from sync.services.processing.creating import list_initial_changes
from sync.services.processing.work import Work, Workshop

ATTEMPTS = 2


def update_contacts(shop: Workshop, works: Sequence[Work]) -> None:
    """Brings the contacts of the works in line with their cards; every work is settled afterwards.

    Raises the errors of the client, and MappingBrokenError; what was confirmed before is settled.
    """
    pending = settle_contact_contests(shop, works)
    for _ in range(ATTEMPTS):
        to_write = _compare(shop, pending)
        if shop.run.dry_run:
            for work in to_write:
                _settle_updated(shop, work)
            return
        answers = _send(shop, to_write)
        pending = _look_again(shop, to_write, answers)
        if not pending:
            return
    for work in _compare(shop, pending):
        work.fail("NOT_APPLIED")


def _compare(shop: Workshop, works: Sequence[Work]) -> list[Work]:
    """The works whose contact differs from the card, with `changes` set; the others are settled."""
    foreign = _find_foreign_identities(shop, works)
    kinds = shop.kinds
    to_write: list[Work] = []
    for work in works:
        contact = _require_contact(work)
        wanted = dict(work.mapped.values)
        if (contact.properties.get(IDENTITY_PROPERTY, ""), contact.id) not in foreign:
            wanted[IDENTITY_PROPERTY] = work.card_id
        changes = diff_contact(
            contact.properties, wanted, clears=work.mapped.clears, policies=shop.plan.policies, kinds=kinds
        )
        if changes:
            work.changes = changes
            to_write.append(work)
        else:
            _settle_equal(shop, work, contact)
    return to_write


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


def _send(shop: Workshop, works: Sequence[Work]) -> Answers:
    answers = Answers()
    inputs = [
        ContactInput(id=_require_contact(work).id, properties=_take_new_values(work.changes), trace_id=work.card_id)
        for work in works
    ]
    try:
        send_in_batches(inputs, shop.hubspot.update_contacts, answers)
    finally:
        for work in works:
            if work.card_id in answers.written:
                _settle_updated(shop, work)
    return answers


def _settle_updated(shop: Workshop, work: Work) -> None:
    work.succeed(Outcome.UPDATED, _require_contact(work).id, shop.now())


def _look_again(shop: Workshop, works: Sequence[Work], answers: Answers) -> list[Work]:
    """The works to compare once more: the answer left them out, or did not know their contact (merged or deleted)."""
    again: list[Work] = []
    for work in works:
        issue = answers.refused.get(work.card_id)
        if issue is not None and issue.code not in MISSING_CODES:
            fail_for_issue(work, issue)
        elif issue is not None or work.card_id in {*answers.omitted, *answers.lost}:
            before = _require_contact(work).id
            work.contact = follow_contact(shop, before)
            if work.contact is None:
                work.exclude("CONTACT_DELETED", contact=before)
            else:
                again.append(work)
    return settle_contact_contests(shop, again)


def _take_new_values(changes: Changes) -> dict[str, str]:
    return {name: new for name, (_, new) in changes.items()}


def _require_contact(work: Work) -> Contact:
    if work.contact is None:
        raise ValueError(f"Card {work.card_id} has no contact to compare with.")
    return work.contact
