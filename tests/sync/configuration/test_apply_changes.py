"""A file applied again with changes: each is told, and what the rule has reached stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.models import LinkState, RecordLink, SyncRule
from tests.sync.configuration.conftest import Outcome, edit, get_rule, has_property, replace_mappings

Apply = Callable[..., Outcome]

NEEDED = [name for name in SANSAN_PROPERTIES if name != "sansan_memo"]


def test_each_change_of_a_rule_is_told(apply: Apply) -> None:
    apply()
    text = edit(
        "interval_minutes: 10",
        "interval_minutes: 15",
        "[展示会2026春, VIP], only_with_these: false",
        "[VIP, 休眠], only_with_these: true",
        "value: 株式会社",
        "value: 有限会社",
        "[link, email]",
        "[email]",
        "conflict: sansan_wins",
        "conflict: review",
    )
    assert apply(text).changes == [
        "~ rule cards-to-contacts: interval_minutes 10 -> 15",
        "~ rule cards-to-contacts: only_with_these_tags false -> true",
        "~ rule cards-to-contacts: matching [link, email] -> [email]",
        "~ rule cards-to-contacts: conflict sansan_wins -> review",
        "~ rule cards-to-contacts: tags -展示会2026春",
        "~ rule cards-to-contacts: tags +休眠",
        "~ rule cards-to-contacts: filters -companyName contains 株式会社",
        "~ rule cards-to-contacts: filters +companyName contains 有限会社",
    ]
    rule = get_rule()
    assert [tag.name for tag in rule.tags.all()] == ["VIP", "休眠"]
    assert (rule.matching, rule.conflict, rule.only_with_these_tags) == (["email"], "review", True)


def test_a_list_of_mappings_replaces_the_default_set(apply: Apply, sandbox: Sandbox) -> None:
    text = replace_mappings(
        """\
        - {sansan: lastName, hubspot: lastname}
        - {sansan: email, hubspot: email, transform: email}
        - {sansan: tel, hubspot: phone, transform: [nfkc, {name: truncate, length: 20}], write: if_empty}
        - {sansan: memo, hubspot: sansan_memo, enabled: false}
        - {hubspot: jobtitle, transform: {name: constant, value: 担当者}}
        """
    )
    outcome = apply(text)
    assert outcome.err == ""
    rows = get_rule().mappings.values_list("sansan_field", "hubspot_property", "transform", "write", "enabled")
    assert list(rows) == [
        ("lastName", "lastname", [], "always", True),
        ("email", "email", [], "always", True),
        ("tel", "phone", ["nfkc", {"name": "truncate", "length": 20}], "if_empty", True),
        ("memo", "sansan_memo", [], "always", False),
        ("", "jobtitle", [{"name": "constant", "value": "担当者"}], "always", True),
    ]
    assert [name for name in SANSAN_PROPERTIES if has_property(sandbox, name)] == ["sansan_card_id"]
    assert apply(text).changes == ["Nothing to change: everything is as the file says."]


def test_a_mapping_that_is_off_may_wait_for_its_property(apply: Apply) -> None:
    waiting = "- {sansan: email, hubspot: email}\n- {sansan: memo, hubspot: not_made_yet, enabled: false}\n"
    assert apply(replace_mappings(waiting)).status == 0
    assert apply(replace_mappings(waiting.replace("memo", "memos"))).status == 2


def test_a_changed_mapping_is_told_by_what_differs(apply: Apply) -> None:
    apply(replace_mappings("- {sansan: tel, hubspot: phone}\n- {sansan: email, hubspot: email}\n"))
    changed = replace_mappings("- {sansan: mobile, hubspot: phone, write: if_empty}\n- {sansan: fax, hubspot: fax}\n")
    assert apply(changed).changes == [
        "~ rule cards-to-contacts: mappings -email -> email",
        "~ rule cards-to-contacts: mappings +fax -> fax",
        "~ rule cards-to-contacts: mappings mobile -> phone: sansan tel -> mobile",
        "~ rule cards-to-contacts: mappings mobile -> phone: write always -> if_empty",
    ]
    swapped = replace_mappings("- {sansan: fax, hubspot: fax}\n- {sansan: mobile, hubspot: phone, write: if_empty}\n")
    assert apply(swapped).changes == ["~ rule cards-to-contacts: mappings in another order"]
    assert [mapping.hubspot_property for mapping in get_rule().mappings.all()] == ["fax", "phone"]


def test_a_changed_rule_keeps_its_watermark_links_and_time(apply: Apply) -> None:
    apply()
    rule = get_rule()
    soon = timezone.now() + timedelta(minutes=3)
    SyncRule.objects.filter(pk=rule.pk).update(watermark=soon, next_run_at=soon, overlap_minutes=25)
    RecordLink.objects.create(rule=rule, sansan_id="B1", hubspot_id="77", state=LinkState.IN_SYNC)
    text = replace_mappings("- {sansan: email, hubspot: email}\n").replace(
        "interval_minutes: 10", "interval_minutes: 9"
    )
    assert apply(text).status == 0
    changed = get_rule()
    assert (changed.pk, changed.watermark, changed.next_run_at) == (rule.pk, soon, soon)
    assert (changed.interval_minutes, changed.overlap_minutes) == (9, 25)
    assert changed.links.get().hubspot_id == "77"


def test_a_shorter_interval_brings_the_next_run_nearer(apply: Apply) -> None:
    apply()
    later = timezone.now() + timedelta(hours=20)
    SyncRule.objects.update(next_run_at=later, interval_minutes=1440)
    apply(edit("interval_minutes: 10", "interval_minutes: 30"))
    due = get_rule().next_run_at
    assert due is not None
    assert timedelta(minutes=29) < due - timezone.now() <= timedelta(minutes=30)


def test_switching_a_rule_off_and_on_takes_it_off_the_schedule_and_back(apply: Apply) -> None:
    apply()
    assert apply(edit("enabled: true", "enabled: false")).changes == [
        "~ rule cards-to-contacts: enabled true -> false"
    ]
    assert get_rule().next_run_at is None
    apply()
    assert get_rule().next_run_at is not None


def test_a_rule_that_is_off_starts_nothing(apply: Apply) -> None:
    apply(edit("enabled: true", "enabled: false"))
    assert get_rule().next_run_at is None


@pytest.mark.parametrize("direction", ["hubspot_to_sansan", "two_way"])
def test_directions_that_cannot_run_yet_are_kept_in_a_rule_that_is_off(apply: Apply, direction: str) -> None:
    text = edit(
        "direction: sansan_to_hubspot",
        f"direction: {direction}",
        "enabled: true",
        "enabled: false",
        "[link, email]",
        "[link, email, name_and_company]",
        "conflict: sansan_wins",
        "conflict: newest",
        "mappings: default",
        "mappings: [{sansan: title, hubspot: jobtitle, direction: both}]",
    )
    assert apply(text).status == 0
    rule = get_rule()
    assert (rule.direction, rule.conflict) == (direction, "newest")
    assert rule.matching == ["link", "email", "name_and_company"]
    assert rule.mappings.get().direction == "both"
