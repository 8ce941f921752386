import time

import pytest
import requests

from connectors.sandbox import Fault, Sandbox
from connectors.sandbox.faults import STATUSES
from tests.connectors.sandbox.callers import ALWAYS, HubSpotCaller, SansanCaller, issues_by_trace, traced

TARO = {"email": "taro@example.jp", "lastname": "見本"}


def create(hubspot: HubSpotCaller, *properties: dict[str, str]) -> requests.Response:
    return hubspot.batch("create", traced(*(properties or (TARO,))))


def emails(sandbox: Sandbox) -> list[str]:
    return [contact.get("email", "") for contact in sandbox.hubspot.contacts()]


# --- arming ---


@pytest.mark.parametrize(
    ("kind", "details"), [("status_418", {}), ("status_500", {"seconds": 1}), ("omit", {"code": "X"})]
)
def test_a_misspelt_fault_is_refused(kind: str, details: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no such fault|has no detail"):
        Fault(kind, **details)


def test_faults_hit_the_right_requests_the_right_number_of_times(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("status_500", path="/contacts", method="GET", times=2, after=1))
    assert hubspot.call("GET", hubspot.properties.replace("contacts", "0-1")).status_code == 200
    assert create(hubspot).status_code == 201
    statuses = [hubspot.call("GET", hubspot.contacts).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_faults_can_last_until_they_are_cleared(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault("status_503", times=None)
    assert {hubspot.call("GET", hubspot.contacts).status_code for _ in range(5)} == {503}
    sandbox.hubspot.clear_faults()
    assert hubspot.call("GET", hubspot.contacts).status_code == 200


# --- refusals ---


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_status_faults_apply_nothing_on_either_side(
    hubspot: HubSpotCaller, sansan: SansanCaller, sandbox: Sandbox, kind: str, status: int
) -> None:
    sandbox.hubspot.add_fault(Fault(kind))
    sandbox.sansan.add_fault(Fault(kind))
    assert create(hubspot).status_code == status
    assert sansan.post("/bizCards", {"lastName": "見本"}).status_code == status
    assert (emails(sandbox), sandbox.sansan.cards()) == ([], [])
    assert create(hubspot).status_code == 201


def test_a_status_fault_can_come_after_the_write(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("status_502", applied=True))
    assert create(hubspot).status_code == 502
    assert emails(sandbox) == ["taro@example.jp"]


def test_429_bodies_tell_the_policy(hubspot: HubSpotCaller, sansan: SansanCaller, sandbox: Sandbox) -> None:
    for kind, policy, message in (
        ("status_429", "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."),
        ("status_429_daily", "DAILY", "You have reached your daily limit."),
    ):
        sandbox.hubspot.add_fault(Fault(kind))
        body = hubspot.call("GET", hubspot.contacts).json()
        assert (body["policyName"], body["message"], body["category"]) == (policy, message, "RATE_LIMITS")
        assert "Retry-After" not in hubspot.call("GET", hubspot.contacts).headers
    sandbox.sansan.add_fault(Fault("status_429", retry_after=7))
    assert sansan.get("/me").json()["retry_after"] == 7


def test_retry_after_is_sent_when_asked_and_always_with_477(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("status_423", retry_after=2))
    assert hubspot.call("GET", hubspot.contacts).headers["Retry-After"] == "2"
    sandbox.hubspot.add_fault(Fault("status_477"))
    assert int(hubspot.call("GET", hubspot.contacts).headers["Retry-After"]) > 0


def test_access_faults(hubspot: HubSpotCaller, sansan: SansanCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("expired_token"))
    expired = hubspot.call("GET", hubspot.contacts)
    assert (expired.status_code, expired.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert "expired 75 second(s) ago" in expired.json()["message"]
    sandbox.hubspot.add_fault(Fault("missing_scope", scope="crm.schemas.contacts.write"))
    missing = hubspot.call("GET", hubspot.contacts)
    assert missing.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.schemas.contacts.write"]
    sandbox.sansan.add_fault(Fault("expired_token"))
    sandbox.sansan.add_fault(Fault("missing_scope"))
    assert [sansan.get("/me").status_code for _ in range(3)] == [401, 403, 200]


# --- lost and spoilt answers ---


@pytest.mark.parametrize(("kind", "applied"), [("timeout_before", False), ("timeout_after", True)])
def test_timeouts(hubspot: HubSpotCaller, sandbox: Sandbox, kind: str, applied: bool) -> None:
    sandbox.hubspot.add_fault(Fault(kind))
    with pytest.raises(requests.ReadTimeout):
        hubspot.session.post(
            f"{hubspot.url}{hubspot.contacts}/batch/create", json={"inputs": traced(TARO)}, timeout=(1, 0.2)
        )
    assert emails(sandbox) == (["taro@example.jp"] if applied else [])
    assert [seen.status for seen in sandbox.hubspot.requests] == [0]


def test_a_held_connection_is_dropped_in_the_end(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("timeout_before", seconds=0.1))
    with pytest.raises(requests.ConnectionError):
        create(hubspot)


@pytest.mark.parametrize(("kind", "applied"), [("reset_before", False), ("reset_after", True)])
def test_resets(hubspot: HubSpotCaller, sandbox: Sandbox, kind: str, applied: bool) -> None:
    sandbox.hubspot.add_fault(Fault(kind))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        create(hubspot)
    assert emails(sandbox) == (["taro@example.jp"] if applied else [])
    assert create(hubspot, {"email": "next@example.jp"}).status_code == 201


def test_json_is_cut(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("truncated_json"))
    answer = create(hubspot)
    assert answer.status_code == 201
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert emails(sandbox) == ["taro@example.jp"]
    sandbox.hubspot.add_fault(Fault("truncated_json", promise_all=True))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        hubspot.call("GET", hubspot.contacts)


def test_html_instead_of_json(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("html_page"))
    page = create(hubspot)
    assert (page.status_code, page.headers["Content-Type"][:9], len(emails(sandbox))) == (200, "text/html", 1)
    sandbox.hubspot.add_fault(Fault("html_error"))
    error = create(hubspot, {"email": "next@example.jp"})
    assert (error.status_code, error.headers["Content-Type"][:9], len(emails(sandbox))) == (502, "text/html", 1)


def test_slow_answers(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("slow", seconds=0.15))
    started = time.monotonic()
    assert create(hubspot).status_code == 201
    assert time.monotonic() - started >= 0.15


def test_a_stopped_sandbox_lets_nobody_wait() -> None:
    with Sandbox(cards=0) as sandbox:
        caller = HubSpotCaller(sandbox.hubspot.url, sandbox.hubspot.token)
        sandbox.hubspot.add_fault(Fault("timeout_before"))
        with pytest.raises(requests.ReadTimeout):
            caller.session.get(caller.url + caller.contacts, timeout=0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 5


# --- pages ---


def test_pages_of_cards_are_spoilt(sansan: SansanCaller, sandbox: Sandbox) -> None:
    for number in range(4):
        sandbox.sansan.add_card(lastName=f"見本{number}", email="a@example.jp")
    token = sansan.page(limit=1)["nextPageToken"]
    sandbox.sansan.add_fault(Fault("empty_page"))
    empty = sansan.page(token, limit=1)
    assert empty == {"hasMore": True, "nextPageToken": token, "data": []}
    sandbox.sansan.add_fault(Fault("repeated_token"))
    repeated = sansan.page(token, limit=1)
    assert (repeated["nextPageToken"], len(repeated["data"])) == (token, 1)
    sandbox.sansan.add_fault(Fault("garbled_token"))
    garbled = sansan.page(limit=300)
    assert garbled["hasMore"] is True
    assert sansan.get("/bizCards", **ALWAYS, nextPageToken=garbled["nextPageToken"]).status_code == 400
    sandbox.sansan.add_fault(Fault("null_fields"))
    cards = sansan.page()["data"]
    assert {(card["lastName"], card["personId"]) for card in cards} == {(None, None)}
    assert all(card["id"] and card["updatedTime"] for card in cards)
    sandbox.sansan.add_fault(Fault("null_fields", fields=["email"]))
    assert {(card["email"], bool(card["lastName"])) for card in sansan.page()["data"]} == {(None, True)}


def test_pages_of_contacts_are_spoilt(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    for number in range(4):
        sandbox.hubspot.add_contact(lastname=f"見本{number}")

    def page(**params: object) -> dict[str, object]:
        return hubspot.call("GET", hubspot.contacts, limit=1, **params).json()

    after = page()["paging"]["next"]["after"]
    sandbox.hubspot.add_fault(Fault("empty_page"))
    empty = page(after=after)
    assert (empty["results"], empty["paging"]["next"]["after"]) == ([], after)
    sandbox.hubspot.add_fault(Fault("repeated_token"))
    assert page(after=after)["paging"]["next"]["after"] == after
    sandbox.hubspot.add_fault(Fault("garbled_token"))
    garbled = page()["paging"]["next"]["after"]
    assert hubspot.call("GET", hubspot.contacts, after=garbled).status_code == 400
    sandbox.hubspot.add_fault(Fault("null_fields"))
    assert set(page()["results"][0]["properties"].values()) == {None}


# --- single inputs of a batch ---

PEOPLE = tuple({"email": f"{name}@example.jp"} for name in "abcd")


def test_chosen_inputs_are_rejected(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(
        Fault("reject_207", match={"email": ["b@example.jp", "d@example.jp"]}, code="INVALID_OPTION", property="city")
    )
    body = create(hubspot, *PEOPLE).json()
    assert issues_by_trace(body).keys() == {"t1", "t3"}
    assert issues_by_trace(body)["t1"]["errors"][0]["code"] == "INVALID_OPTION"
    assert sorted(emails(sandbox)) == ["a@example.jp", "c@example.jp"]


def test_every_nth_input_is_rejected(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("reject_207", every=2, code="CONFLICT"))
    issues = issues_by_trace(create(hubspot, *PEOPLE).json())
    assert {trace: issue["category"] for trace, issue in issues.items()} == {"t1": "CONFLICT", "t3": "CONFLICT"}


def test_a_picking_fault_waits_for_an_input_that_it_means(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("reject_207", match={"email": "B@example.jp"}))
    assert create(hubspot, PEOPLE[0]).status_code == 201
    assert create(hubspot, PEOPLE[1]).status_code == 207
    assert create(hubspot, PEOPLE[1]).status_code == 201


def test_a_single_create_is_rejected_too(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault(Fault("reject_207", code="INVALID_EMAIL"))
    assert hubspot.call("POST", hubspot.contacts, {"properties": TARO}).status_code == 400
    assert emails(sandbox) == []


@pytest.mark.parametrize(("kind", "status"), [("reject_whole_batch", 400), ("conflict_whole_batch", 409)])
def test_a_poisoned_input_refuses_its_whole_batch_in_spite_of_trace_ids(
    hubspot: HubSpotCaller, sandbox: Sandbox, kind: str, status: int
) -> None:
    sandbox.hubspot.add_fault(Fault(kind, match={"email": "c@example.jp"}, times=None))
    assert create(hubspot, *PEOPLE).status_code == status
    assert emails(sandbox) == []
    assert create(hubspot, *PEOPLE[:2]).status_code == 201
    assert create(hubspot, PEOPLE[2]).status_code == status


def test_a_whole_batch_conflict_names_the_contact_in_the_way(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    existing = sandbox.hubspot.add_contact(**PEOPLE[1])
    sandbox.hubspot.add_fault(Fault("conflict_whole_batch", match=PEOPLE[1]))
    assert create(hubspot, *PEOPLE).json()["message"].endswith(f"Existing ID: {existing}")


@pytest.mark.parametrize(("kind", "written"), [("omit", "acd"), ("omit_answer", "abcd")])
def test_inputs_are_left_out_in_silence(hubspot: HubSpotCaller, sandbox: Sandbox, kind: str, written: str) -> None:
    sandbox.hubspot.add_fault(Fault(kind, match={"email": "b@example.jp"}))
    answer = create(hubspot, *PEOPLE)
    assert answer.status_code == 201
    answered = sorted(one["properties"]["email"] for one in answer.json()["results"])
    assert answered == ["a@example.jp", "c@example.jp", "d@example.jp"]
    assert sorted(emails(sandbox)) == [f"{name}@example.jp" for name in written]
    assert len(sandbox.hubspot.written) == len(written)


def test_updates_are_left_out_by_id(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    first, second = (sandbox.hubspot.add_contact(**one) for one in PEOPLE[:2])
    sandbox.hubspot.add_fault(Fault("omit", match={"id": second}))
    hubspot.batch("update", [{"id": one, "properties": {"city": "港区"}} for one in (first, second)])
    assert [contact.get("city") for contact in sandbox.hubspot.contacts()] == ["港区", None]
