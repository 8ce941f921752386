"""Which pages of health and records are opened, on the data that `list_rows` fills in."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from sync.models import LinkState, RecordLink
from tests.benchmarks.list_pages import Page, Sample
from tests.benchmarks.list_statements import EXCLUSIONS, FAILURES


def list_record_pages() -> Iterator[Page]:
    sample = Sample()
    yield Page("portal, health", reverse("health"))
    for title in ("rule", "tiny_rule", "empty_rule"):
        rule = getattr(sample, title)
        for code in ("", FAILURES[0], FAILURES[-1]):
            address = f"{reverse('rule_retry', args=[rule.pk])}?{urlencode({'code': code})}"
            yield Page(f"portal, re-run, {title} {code}", address)
    for name, choice in _list_choices(sample).items():
        address = f"{reverse('record_list')}?{urlencode(choice)}"
        yield Page(f"portal, records, {name}", address)
        yield Page(f"portal, records, {name}, last page", f"{address}&page=before-0")
    for state in LinkState.values:
        for record in RecordLink.objects.filter(rule=sample.rule, state=state).order_by("pk")[:1]:
            yield Page(f"portal, record {state}", reverse("record_detail", args=[record.pk]))


def _list_choices(sample: Sample) -> dict[str, dict[str, object]]:
    big, tiny = sample.rule.pk, sample.tiny_rule.pk
    return {
        "all": {},
        "nearly all of one rule": {"rule": big},
        "few of one rule": {"rule": tiny},
        "none of one rule": {"rule": sample.empty_rule.pk},
        **{f"state {state}": {"state": state} for state in LinkState.values},
        **{f"state {state} of one rule": {"rule": big, "state": state} for state in LinkState.values},
        **{f"cause {code}": {"cause": code} for code in (*FAILURES, *EXCLUSIONS, "NO_NAME", "RUN_UNDONE")},
        "cause of a rule that has none such": {"rule": tiny, "cause": "NO_NAME"},
        "dismissed": {"dismissed": "yes"},
        "not dismissed": {"dismissed": "no"},
        "failing of one name": {"state": LinkState.FAILING, "q": "佐藤"},
        "failing of a common beginning": {"rule": tiny, "state": LinkState.FAILING, "q": "佐"},
        "waiting of a common beginning": {"state": LinkState.REVIEW, "q": "佐"},
        "an address": {"q": sample.record.email},
        "an absent name": {"q": "誰も居ない"},
    }
