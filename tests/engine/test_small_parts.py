"""Identity, outcomes, watermark, fingerprint and difference: the small pure parts of the engine."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.diff import diff_contact, is_same
from sync.engine.fingerprint import fingerprint
from sync.engine.identity import Contender, choose_winner
from sync.engine.outcomes import Outcome, combine, tally
from sync.engine.watermark import BEGINNING, advance, end_window, start_window

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# Hypothesis takes its bounds without a zone.
EARLIEST, LATEST = datetime(2001, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001
moments = st.datetimes(timezones=st.just(UTC), min_value=EARLIEST, max_value=LATEST)
contenders = st.lists(
    st.builds(Contender, st.text(min_size=1), st.none() | st.dates(), st.none() | moments),
    min_size=1,
    unique_by=lambda contender: contender.card_id,
)


@given(contenders, st.randoms(use_true_random=False))
def test_the_winner_is_the_same_in_every_order(cards: list[Contender], random) -> None:
    shuffled = cards.copy()
    random.shuffle(shuffled)
    assert choose_winner(cards) == choose_winner(shuffled)


def test_exchange_date_beats_update_beats_id() -> None:
    old = Contender("a", date(2026, 1, 1), NOW)
    new = Contender("b", date(2026, 2, 1), NOW - timedelta(days=9))
    assert choose_winner([old, new]) == new
    edited = Contender("c", date(2026, 2, 1), NOW)
    assert choose_winner([new, edited]) == edited
    twin = Contender("d", date(2026, 2, 1), NOW)
    assert choose_winner([twin, edited]) == twin
    assert choose_winner([Contender("z", None, None), old]) == old


@given(st.lists(st.sampled_from(Outcome), min_size=1))
def test_a_cards_outcomes_always_count_as_one_card(outcomes: list[Outcome]) -> None:
    transitions, current = [], None
    for outcome in outcomes:
        combined = combine(current, outcome)
        transitions.append((current, combined))
        current = combined
    counts = tally(transitions)
    assert counts["seen"] == 1
    assert {name: count for name, count in counts.items() if count and name != "seen"} == {current.value: 1}


def test_created_and_touched_again_stays_created() -> None:
    assert combine(Outcome.CREATED, Outcome.UPDATED) is Outcome.CREATED
    assert combine(Outcome.CREATED, Outcome.EXCLUDED) is Outcome.EXCLUDED
    assert combine(Outcome.FAILED, Outcome.UNCHANGED) is Outcome.UNCHANGED


@given(st.none() | moments, st.none() | moments, moments)
def test_the_watermark_never_goes_back_or_past_the_start(before, position, started_at) -> None:
    after = advance(before, position, started_at)
    if before is not None:
        assert after is not None
        assert after >= before
    if after is not None and after != before:
        assert position is not None
        assert after <= started_at
        assert after <= position


@given(st.none() | moments, moments)
def test_a_window_always_has_an_extent(watermark, now) -> None:
    start = start_window(watermark, timedelta(minutes=10))
    assert BEGINNING <= start < end_window(now, start)


def test_a_fingerprint_knows_values_clears_and_policies() -> None:
    one = fingerprint({"a": "1", "b": "2"}, {"t"}, {"a": "always"})
    assert one == fingerprint({"b": "2", "a": "1"}, {"t"}, {"a": "always"})
    others = (
        fingerprint({"a": "1", "b": "3"}, {"t"}, {"a": "always"}),
        fingerprint({"a": "1", "b": "2"}, set(), {"a": "always"}),
        fingerprint({"a": "1", "b": "2"}, {"t"}, {"a": "if_empty"}),
    )
    assert len({one, *others}) == 4


@pytest.mark.parametrize(
    ("old", "new", "kind", "same"),
    [
        ("a;b", "b;a", "enumeration", True),
        (";a;b", "b;a", "enumeration", True),
        ("a", "a;b", "enumeration", False),
        ("1775088000000", "2026-04-02", "date", True),
        ("2026-04-02T00:05:40.000Z", "2026-04-02T00:05:40Z", "datetime", True),
        ("2026-04-02T09:05:40+09:00", "2026-04-02T00:05:40Z", "datetime", True),
        ("soon", "2026-04-02T00:05:40Z", "datetime", False),
        ("soon", "later", "datetime", False),
        ("5", "5.0", "number", True),
        ("five", "cinq", "number", False),
        ("部長", "課長", "string", False),
    ],
)
def test_two_spellings_of_one_value_are_no_change(old: str, new: str, kind: str, same: bool) -> None:
    assert is_same(old, new, kind) is same


def test_a_difference_keeps_to_the_write_policies() -> None:
    changes = diff_contact(
        {
            "jobtitle": "課長",
            "company": "手入力",
            "sansan_tags": "1;2",
            "email": "a@b.example",
            "hs_additional_emails": "c@d.example",
        },
        {"jobtitle": "部長", "company": "株式会社", "city": "千代田区", "email": "c@d.example"},
        clears={"sansan_tags", "fax"},
        policies={"jobtitle": "always", "company": "if_empty", "city": "if_empty", "sansan_tags": "always"},
        kinds={"sansan_tags": "enumeration"},
    )
    assert changes == {"jobtitle": ("課長", "部長"), "city": ("", "千代田区"), "sansan_tags": ("1;2", "")}
