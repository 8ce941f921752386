"""Everything that kills a whole batch, or lies about it: the good ones get through, the bad ones are named."""

import pytest

from connectors.sandbox import Fault
from tests.portal import Portal, assert_consistent

CREATE, UPDATE = "batch/create", "batch/update"


@pytest.fixture
def people(add_card) -> list[str]:
    return [add_card(email=f"p{number}@sample.example", title="課長") for number in range(30)]


def edit_all(portal: Portal, people: list[str]) -> None:
    for card_id in people:
        portal.sandbox.sansan.edit_card(card_id, title="部長")


def assert_all_have(portal: Portal, people: list[str], title: str) -> None:
    assert {portal.contact_of(card_id)["jobtitle"] for card_id in people} == {title}
    assert portal.rule.links.filter(state="in_sync").count() == len(people)
    assert_consistent(portal)


def test_one_bad_record_does_not_take_the_others_down(portal: Portal, people: list[str], add_card) -> None:
    bad = add_card(email="taro@sample.con")
    run = portal.run_well()
    assert (run.status, run.created, run.failed) == ("partial", 30, 1)
    link = portal.link(bad)
    assert (link.state, link.reason_code, link.content_hash) == ("failing", "INVALID_EMAIL", "")
    [log] = portal.logs(bad)
    assert (log.action, log.reason_code) == ("fail", "INVALID_EMAIL")
    assert log.correlation_id


def test_what_hubspot_refused_is_not_sent_again_by_each_run(portal: Portal, add_card) -> None:
    add_card(email="taro@sample.con")
    portal.run_well()
    portal.sandbox.hubspot.forget_requests()
    run = portal.run_well()
    assert (run.status, run.failed, portal.sandbox.hubspot.writes) == ("partial", 1, [])


def test_a_failing_record_is_tried_again_with_the_fixed_card(portal: Portal, add_card) -> None:
    bad = add_card(email="taro@sample.con")
    portal.run_well()
    assert portal.retry().failed == 1
    portal.sandbox.sansan.edit_card(bad, email="taro@sample.example")
    run = portal.retry(code="INVALID_EMAIL")
    assert (run.kind, run.seen, run.created) == ("retry", 1, 1)
    assert portal.link(bad).state == "in_sync"


@pytest.mark.parametrize("kind", ["reject_207", "reject_whole_batch"])
@pytest.mark.parametrize("path", [CREATE, UPDATE])
def test_a_refused_input_is_singled_out(portal: Portal, people: list[str], kind: str, path: str) -> None:
    if path == UPDATE:
        portal.run_well()
        edit_all(portal, people)
    match = {"jobtitle": "部長"} if path == UPDATE else {"sansan_card_id": people[7]}
    if path == UPDATE:
        match["id"] = portal.link(people[7]).hubspot_id
    portal.sandbox.hubspot.add_fault(
        Fault(kind, path=path, times=None, match=match, code="INVALID_OPTION", property="jobtitle")
    )
    run = portal.run_well()
    assert (run.failed, portal.link(people[7]).reason_code) == (1, "UNKNOWN_OPTION")
    portal.sandbox.hubspot.clear_faults()
    portal.retry()
    assert_all_have(portal, people, "部長" if path == UPDATE else "課長")


def test_a_whole_batch_conflict_finds_the_existing_contacts(portal: Portal, people: list[str]) -> None:
    existing = portal.sandbox.hubspot.add_contact(email="p3@sample.example")
    portal.sandbox.hubspot.add_fault(
        Fault("conflict_whole_batch", path=CREATE, times=None, match={"email": "p3@sample.example"})
    )
    run = portal.run_well()
    assert (run.created, run.updated, run.failed) == (29, 1, 0)
    assert portal.link(people[3]).hubspot_id == existing
    assert_all_have(portal, people, "課長")


def test_half_of_the_emails_exist(portal: Portal, people: list[str]) -> None:
    for number in range(0, 30, 2):
        portal.sandbox.hubspot.add_contact(email=f"p{number}@sample.example")
    run = portal.run_well()
    assert (run.created, run.updated, run.failed) == (15, 15, 0)
    assert_all_have(portal, people, "課長")


@pytest.mark.parametrize("path", [CREATE, UPDATE])
@pytest.mark.parametrize("kind", ["omit", "omit_answer"])
def test_silent_omission_is_noticed(portal: Portal, people: list[str], path: str, kind: str) -> None:
    if path == UPDATE:
        portal.run_well()
        edit_all(portal, people)
    portal.sandbox.hubspot.add_fault(Fault(kind, path=path, times=1, every=3))
    run = portal.run_well()
    assert (run.failed, run.created + run.updated) == (0, 30)
    assert_all_have(portal, people, "部長" if path == UPDATE else "課長")


def test_an_input_that_stays_omitted_fails_with_its_hash_unset(portal: Portal, people: list[str]) -> None:
    portal.sandbox.hubspot.add_fault(Fault("omit", path=CREATE, times=None, match={"sansan_card_id": people[0]}))
    run = portal.run_well()
    link = portal.link(people[0])
    assert (run.failed, link.reason_code, link.content_hash, link.hubspot_id) == (1, "NOT_APPLIED", "", "")


@pytest.mark.parametrize(
    "kind", ["timeout_after", "reset_after", "truncated_json", "html_page", "reset_before", "status_502", "status_504"]
)
@pytest.mark.parametrize("path", [CREATE, UPDATE])
def test_a_lost_answer_writes_nothing_twice(portal: Portal, people: list[str], kind: str, path: str) -> None:
    if path == UPDATE:
        portal.run_well()
        edit_all(portal, people)
    details = {"seconds": 2} if kind == "timeout_after" else {}
    portal.sandbox.hubspot.add_fault(Fault(kind, path=path, times=1, **details))
    run = portal.run_well()
    assert run.failed == 0
    assert (run.created, run.updated) == ((30, 0) if path == CREATE else (0, 30))
    assert len(portal.sandbox.hubspot.contacts()) == 30
    assert_all_have(portal, people, "部長" if path == UPDATE else "課長")
    creations = [contact_id for contact_id, _, how in portal.sandbox.hubspot.written if how == "create"]
    assert len(creations) == len(set(creations)) == 30


def test_a_lost_answer_that_stays_lost_stops_the_run_and_the_next_one_finishes(
    portal: Portal, people: list[str]
) -> None:
    portal.sandbox.hubspot.add_fault(Fault("reset_after", path=CREATE, times=None))
    run = portal.run()
    if run.error_code:
        assert run.error_code == "SERVICE_UNAVAILABLE"
    portal.sandbox.hubspot.clear_faults()
    portal.run_well()
    assert len(portal.sandbox.hubspot.contacts()) == 30
    assert_all_have(portal, people, "課長")


@pytest.mark.parametrize("kind", ["status_429", "status_423", "status_500", "status_503"])
def test_passing_trouble_is_waited_out(portal: Portal, people: list[str], kind: str) -> None:
    portal.sandbox.hubspot.forget_requests()
    portal.sandbox.hubspot.add_fault(Fault(kind, path="batch", times=2))
    run = portal.run_well()
    assert (run.created, run.failed) == (30, 0)
    assert run.requests_hubspot == len(portal.sandbox.hubspot.requests), "repeats are counted"


def test_no_batch_names_a_contact_twice(portal: Portal, add_card) -> None:
    first = portal.sandbox.hubspot.add_contact(email="a@sample.example")
    second = portal.sandbox.hubspot.add_contact(email="b@sample.example")
    portal.sandbox.hubspot.merge_contacts(first, second)
    older = add_card(email="a@sample.example", exchangeDate="2026-01-01")
    newer = add_card(email="b@sample.example", exchangeDate="2026-02-01")
    run = portal.run_well()
    assert (run.updated, run.excluded, run.failed) == (1, 1, 0)
    assert portal.link(older).winner_id == newer
