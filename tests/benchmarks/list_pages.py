"""Which lists and pages of the administration are opened, on the data that `list_rows` fills in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Min, Model
from django.urls import reverse
from django.utils.translation import override

from sync.models import ConnectedAccount, LinkState, LogAction, PreviewLink, RecordLink, RecordLog, SyncRule, SyncRun

MODELS = (RecordLog, RecordLink, PreviewLink, SyncRun, SyncRule, ConnectedAccount)
ABSENT = "0" * 32
# A search for each kind of text that people have at hand; `{}` are values of a record that exists.
SEARCHES = {
    "card id": "{card_id}",
    "contact id": "{contact_id}",
    "e-mail": "{email}",
    "whole name": "{name}",
    "beginning of a common name": "佐",
    "family name": "佐藤",
    "part of a name": "太郎",
    "absent card id": ABSENT,
    "absent e-mail": "nobody@nowhere.example",
    "absent name": "誰も居ない",
}

# Opens an address and gives the page's HTML.
Read = Callable[[str], str]


@dataclass(frozen=True)
class Page:
    name: str
    address: str
    # What to click on the way: the page that this link of the page before leads to is the one that is measured.
    link: str = ""


@dataclass(frozen=True)
class Sample:
    """What there is to look at: extremes, and things without anything in them."""

    rule: SyncRule = field(default_factory=lambda: SyncRule.objects.get(name="head-office"))
    tiny_rule: SyncRule = field(default_factory=lambda: SyncRule.objects.get(name="trial"))
    empty_rule: SyncRule = field(default_factory=lambda: SyncRule.objects.get(name="planned"))
    big_run: SyncRun = field(default_factory=lambda: SyncRun.objects.latest("seen"))
    small_run: SyncRun = field(default_factory=lambda: SyncRun.objects.filter(failed__gt=0).earliest("seen"))
    flawless_run: SyncRun = field(default_factory=lambda: SyncRun.objects.filter(failed=0).latest("seen"))
    last_run: SyncRun = field(default_factory=lambda: SyncRun.objects.filter(seen__gt=0).latest("pk"))
    record: RecordLink = field(
        default_factory=lambda: RecordLink.objects.filter(state=LinkState.IN_SYNC).order_by("pk")[1000]
    )


def locate(model: type[Model], page: str, *arguments: object, **parameters: object) -> str:
    address = reverse(f"admin:sync_{model.__name__.lower()}_{page}", args=arguments)
    return f"{address}?{urlencode(parameters)}" if parameters else address


def name_list(model: type[Model]) -> str:
    with override("en"):  # the pages are read in Japanese
        return str(model._meta.verbose_name_plural)


def list_pages(read: Read) -> Iterator[Page]:
    sample = Sample()
    for model in MODELS:
        yield from _list_ways_through(model, read)
        yield from _list_searches(model, sample.record)
    yield from _list_conditions_of_logs(sample)
    yield from _list_conditions_of_records(sample)
    yield from _list_single_things(sample)
    for name in ("index", "auth_user_changelist", "auth_group_changelist"):
        yield Page(name, reverse(f"admin:{name}"))


def _list_ways_through(model: type[Model], read: Read) -> Iterator[Page]:
    """The list as it comes, and everything that can be clicked on it: pages, filters, columns."""
    name, plain = name_list(model), locate(model, "changelist")
    html = read(plain)
    yield Page(name, plain)
    for link in ("next", "last", "prev"):
        yield Page(f"{name}, {link} page", plain if link != "prev" else f"{plain}?p=before-0", link)
    yield Page(f"{name}, far down", locate(model, "changelist", p=f"after-{_find_middle(model)}"))
    filters = html.partition('id="changelist-filter"')[2]
    for query in sorted(set(re.findall(r'href="(\?[^"]+)"', filters))):
        yield Page(f"{name}, filter {unescape(query)}", plain + unescape(query))
    for query in sorted(set(re.findall(r'href="(\?o=[^"]+)"', html))):
        yield Page(f"{name}, sort {query}", plain + unescape(query))


def _find_middle(model: type[Model], **conditions: object) -> int:
    keys = model._default_manager.filter(**conditions).aggregate(first=Min("pk"), last=Max("pk"))
    return ((keys["first"] or 0) + (keys["last"] or 0)) // 2


def _list_searches(model: type[Model], record: RecordLink) -> Iterator[Page]:
    values = {"card_id": record.sansan_id, "contact_id": record.hubspot_id, "email": record.email, "name": record.name}
    for kind, text in SEARCHES.items():
        address = locate(model, "changelist", q=text.format(**values))
        yield Page(f"{name_list(model)}, search {kind}", address)


def _list_conditions_of_logs(sample: Sample) -> Iterator[Page]:
    def show(name: str, link: str = "", **conditions: object) -> Page:
        return Page(f"audit rows, {name}", locate(RecordLog, "changelist", **conditions), link)

    for title in ("big_run", "small_run", "flawless_run", "last_run"):
        run = getattr(sample, title).pk
        yield show(title, run__id__exact=run)
        yield show(f"{title}, next page", "next", run__id__exact=run)
        yield show(f"{title}, far down", run__id__exact=run, p=f"after-{_find_middle(RecordLog, run=run)}")
        for action in LogAction.values:
            yield show(f"{title}, {action}", run__id__exact=run, action__exact=action)
    for title in ("rule", "tiny_rule", "empty_rule"):
        rule = getattr(sample, title).pk
        yield show(title, rule__id__exact=rule)
        yield show(f"{title}, last page", "last", rule__id__exact=rule)
        yield show(f"{title}, far down", rule__id__exact=rule, p=f"after-{_find_middle(RecordLog, rule=rule)}")
        for action in LogAction.values:
            yield show(f"{title}, {action}", rule__id__exact=rule, action__exact=action)
        yield show(f"{title} of big_run", run__id__exact=sample.big_run.pk, rule__id__exact=rule)
    card = {"rule__id__exact": sample.record.rule_id, "sansan_id__exact": sample.record.sansan_id}
    yield show("of one card", **card)
    yield show("of one card, failures", **card, action__exact="fail")
    yield show("family name, failures", q="佐藤", action__exact="fail")
    yield show("card id in big_run", q=sample.record.sansan_id, run__id__exact=sample.big_run.pk)
    yield show("failures far down", action__exact="fail", p=f"after-{_find_middle(RecordLog)}")


def _list_conditions_of_records(sample: Sample) -> Iterator[Page]:
    def show(name: str, link: str = "", **conditions: object) -> Page:
        return Page(f"records, {name}", locate(RecordLink, "changelist", **conditions), link)

    for title in ("rule", "tiny_rule", "empty_rule"):
        rule = getattr(sample, title).pk
        yield show(f"{title}, last page", "last", rule__id__exact=rule)
        yield show(f"{title}, far down", rule__id__exact=rule, p=f"after-{_find_middle(RecordLink, rule=rule)}")
        for state in LinkState.values:
            yield show(f"{title}, {state}", rule__id__exact=rule, state__exact=state)
    for state in LinkState.values:
        yield show(f"family name, {state}", q="佐藤", state__exact=state)
        yield show(f"common beginning, {state}", q="佐", state__exact=state, rule__id__exact=sample.tiny_rule.pk)
    yield show("common beginning, next page", "next", q="佐")
    yield show("common beginning, last page", "last", q="佐")
    yield show("one card", rule__id__exact=sample.record.rule_id, sansan_id__exact=sample.record.sansan_id)


def _list_single_things(sample: Sample) -> Iterator[Page]:
    account = ConnectedAccount.objects.defer("credentials").get(pk=sample.rule.sansan_account_id)
    newest: dict[str, Any] = {
        "audit row": RecordLog.objects.latest("pk"),
        "preview of a record": PreviewLink.objects.latest("pk"),
    }
    for title in ("big_run", "small_run", "rule", "tiny_rule", "empty_rule", "record"):
        newest[title] = getattr(sample, title)
    for title, thing in {**newest, "account": account}.items():
        yield Page(f"{title}: change", locate(type(thing), "change", thing.pk))
        yield Page(f"{title}: history", locate(type(thing), "history", thing.pk))
    for thing in (sample.rule, account):
        yield Page(f"{thing}: delete", locate(type(thing), "delete", thing.pk))
    for model in (SyncRule, ConnectedAccount):
        yield Page(f"{model.__name__}: add", locate(model, "add"))
