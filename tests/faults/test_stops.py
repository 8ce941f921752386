"""Runs that cannot go on: they say why and what to do, keep what was done, and the next one goes on."""

import pytest

from connectors.sandbox import Fault
from sync.reasons import REASONS, describe
from tests.portal import Portal, assert_consistent


@pytest.fixture
def people(add_card) -> list[str]:
    return [add_card(email=f"p{number}@sample.example") for number in range(250)]


def assert_nothing_written(portal: Portal) -> None:
    assert portal.sandbox.hubspot.written == []
    assert portal.logs() == []
    assert not portal.rule.links.exists()


@pytest.mark.counts_batches
@pytest.mark.parametrize(
    ("side", "fault", "code"),
    [
        ("hubspot", Fault("expired_token", path="batch/create", times=None, after=1), "CREDENTIALS_REFUSED"),
        ("hubspot", Fault("missing_scope", path="batch/create", times=None, after=1), "SCOPE_MISSING"),
        ("hubspot", Fault("status_429_daily", path="batch/create", times=None, after=1), "QUOTA_EXHAUSTED"),
        ("hubspot", Fault("status_500", path="/properties", times=None), "SERVICE_UNAVAILABLE"),
        ("hubspot", Fault("html_page", path="/properties", times=None), "SERVICE_UNAVAILABLE"),
        (
            "hubspot",
            Fault("status_477", path="batch/create", times=None, after=1, retry_after=3600),
            "QUOTA_EXHAUSTED",
        ),
        ("sansan", Fault("status_500", path="/bizCards", times=None), "SERVICE_UNAVAILABLE"),
        ("sansan", Fault("expired_token", path="/bizCards", times=None), "CREDENTIALS_REFUSED"),
        ("sansan", Fault("truncated_json", path="/bizCards", times=None), "SERVICE_UNAVAILABLE"),
    ],
)
def test_a_run_that_must_stop_says_why_and_keeps_what_was_done(
    portal: Portal, people: list[str], side: str, fault: Fault, code: str
) -> None:
    service = getattr(portal.sandbox, side)
    # The fault counts down as it strikes, so each case builds its own.
    service.add_fault(Fault(fault.kind, path=fault.path, times=None, after=fault.after_left, **fault.details))
    run = portal.run()
    assert (run.status, run.error_code) == ("failed", code), run.error_detail
    assert REASONS[code].fix
    assert run.created == len(portal.sandbox.hubspot.contacts()) == portal.rule.links.filter(state="in_sync").count()
    assert run.created == (100 if fault.after_left else 0)
    assert run.lease_token is None
    service.clear_faults()
    portal.run_well()
    assert portal.rule.links.filter(state="in_sync").count() == 250
    assert len(portal.sandbox.hubspot.contacts()) == 250
    assert_consistent(portal)


def test_a_revoked_token_never_shows(portal: Portal, people: list[str], caplog) -> None:
    portal.sandbox.hubspot.revoke_credentials()
    run = portal.run()
    assert run.error_code == "CREDENTIALS_REFUSED"
    assert portal.sandbox.hubspot.token not in f"{run.error_detail}{caplog.text}"


@pytest.mark.parametrize(
    ("break_mapping", "problem"),
    [
        (lambda portal: portal.map("title", "no_such_property"), "PROPERTY_MISSING"),
        (lambda portal: portal.map("nickname", "jobtitle"), "UNKNOWN_FIELD"),
        (lambda portal: portal.map("title", "hs_object_id"), "PROPERTY_READ_ONLY"),
        (lambda portal: portal.map("title", "sansan_exchange_date"), "TYPE_MISMATCH"),
        (lambda portal: portal.sandbox.hubspot.archive_property("sansan_department"), "PROPERTY_MISSING"),
        (lambda portal: portal.sandbox.hubspot.archive_property("sansan_card_id"), "PROPERTY_MISSING"),
        (lambda portal: portal.sandbox.hubspot.set_read_only("jobtitle"), "PROPERTY_READ_ONLY"),
    ],
)
def test_a_mapping_that_does_not_fit_writes_nothing(portal: Portal, people: list[str], break_mapping, problem) -> None:
    break_mapping(portal)
    run = portal.run()
    assert (run.status, run.error_code) == ("failed", "MAPPING_INVALID")
    assert problem in {one["code"] for one in run.error_detail["problems"]}
    assert_nothing_written(portal)


def test_an_unknown_option_of_a_constant_is_found_before_the_run_writes(portal: Portal, people: list[str]) -> None:
    portal.map("title", "lifecyclestage", transform=[{"name": "constant", "value": "no-such-stage"}])
    run = portal.run()
    assert run.error_code == "MAPPING_INVALID"
    [problem] = run.error_detail["problems"]
    assert (problem["code"], problem["target"]) == ("UNKNOWN_OPTION", "lifecyclestage")
    assert "lifecyclestage" in describe(run.error_code, run.error_detail).message
    assert_nothing_written(portal)


def test_a_filter_on_a_field_that_does_not_exist_stops_the_run(portal: Portal, people: list[str]) -> None:
    portal.add_filter("nickname", "equals", "x")
    run = portal.run()
    assert run.error_code == "FILTER_INVALID"
    assert "nickname" in describe(run.error_code, run.error_detail).message
    assert_nothing_written(portal)


@pytest.mark.counts_batches
def test_a_property_deleted_in_the_middle_stops_the_run(portal: Portal, people: list[str]) -> None:
    portal.sandbox.hubspot.add_fault(
        Fault(
            "reject_whole_batch",
            path="batch/create",
            times=None,
            after=1,
            code="PROPERTY_DOESNT_EXIST",
            property="jobtitle",
        )
    )
    run = portal.run()
    assert (run.error_code, run.created) == ("MAPPING_INVALID", 100)
    portal.sandbox.hubspot.clear_faults()
    portal.run_well()
    assert portal.rule.links.filter(state="in_sync").count() == 250
