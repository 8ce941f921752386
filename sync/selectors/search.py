"""Finds records, and their audit rows, by what people have at hand."""

from django.db.models import Q, QuerySet, Value

from sync.models import RecordLink, RecordLog, SyncRule
from sync.models.orders import fold
from sync.selectors.paging import BEGINNING, NameOrder, SelectionOrder

# A name can begin as those of very many records do, and each has an audit of its own.
MOST_RECORDS_OF_AUDIT = 50


def match_exactly(text: str) -> Q:
    """A card id, a contact id or an e-mail address.

    The exclusions of empty values change no answer: they let the database use the indexes that leave those out.
    """
    contact = Q(hubspot_id=text) & ~Q(hubspot_id="")
    email = Q(email=text.lower()) & ~Q(email="")
    return Q(sansan_id=text) | contact | email


def find_records(links: QuerySet[RecordLink], text: str) -> QuerySet[RecordLink]:
    """The records with exactly this id or address; if no record has it, those whose name begins so, by name."""
    everywhere = RecordLink.objects.filter(match_exactly(text))
    if keys := list(everywhere.values_list("pk", flat=True)):
        return links.filter(pk__in=keys)
    beginning = fold(Value("".join(text.split())))
    return links.annotate(folded_name=fold("name")).filter(folded_name__startswith=beginning)


def find_by_name(rule: SyncRule, text: str, limit: int = 10) -> list[RecordLink]:
    """The first records of a rule with exactly this id or address, or whose name begins so."""
    links = find_records(RecordLink.objects.filter(rule=rule), text)
    order = NameOrder() if NameOrder.fits(links) else SelectionOrder()
    return order.read(links, BEGINNING, limit)


def find_audit(logs: QuerySet[RecordLog], text: str) -> tuple[QuerySet[RecordLog], bool]:
    """The audit rows of this card, and of the records that are found so, whatever they were called at the time. Of too
    many records only the first ones by name: the answer's second part says so.
    """
    links = find_records(RecordLink.objects.order_by("pk"), text)
    order = NameOrder() if NameOrder.fits(links) else SelectionOrder()
    found = order.read(links, BEGINNING, MOST_RECORDS_OF_AUDIT + 1)
    shown = found[:MOST_RECORDS_OF_AUDIT]
    # A contact can have been another card's before; that card lost it to the one that has it now.
    holders = [link for link in shown if link.hubspot_id == text]
    losers = RecordLink.objects.filter(
        rule__in={link.rule_id for link in holders}, winner_id__in={link.sansan_id for link in holders}
    ).exclude(winner_id="")
    cards = {text, *(link.sansan_id for link in shown), *losers.values_list("sansan_id", flat=True)}
    return logs.filter(sansan_id__in=cards), len(found) > MOST_RECORDS_OF_AUDIT
