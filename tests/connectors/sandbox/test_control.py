import threading
import time
from typing import Any

import pytest
import requests

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller, SansanCaller, traced


def call(url: str, method: str, *args: Any, **kwargs: Any) -> Any:
    host = url.removesuffix("/v6.0")
    body = {"method": method, "args": args, "kwargs": kwargs}
    answer = requests.post(f"{host}/_sandbox/call", json=body, timeout=5)
    return answer.json()["result"] if answer.ok else (answer.status_code, answer.json()["error"])


def test_cards_are_changed_over_http(sandbox: Sandbox, sansan: SansanCaller) -> None:
    url = sandbox.sansan.url
    card_id = call(url, "add_card", lastName="見本", tags=["VIP"], updatedTime="2026-01-01T00:00:00+09:00")
    call(url, "edit_card", card_id, title="部長", updatedTime="2026-02-01T00:00:00+09:00")
    call(url, "retag_card", card_id, [])
    (card,) = sansan.walk(includeTags="true")
    assert (card["title"], card["tags"], card["updatedTime"][:7]) == ("部長", [], "2026-02")
    assert call(url, "card", card_id) == card
    call(url, "delete_card", card_id)
    assert call(url, "cards") == []


def test_contacts_faults_and_settings_over_http(sandbox: Sandbox, hubspot: HubSpotCaller) -> None:
    url = sandbox.hubspot.url
    contact_id = call(url, "add_contact", email="taro@example.jp")
    assert call(url, "contact_by", email="taro@example.jp")["id"] == contact_id
    call(url, "add_fault", "status_503", path="/contacts", times=1)
    assert [hubspot.call("GET", hubspot.contacts).status_code for _ in range(2)] == [503, 200]
    call(url, "set", "portal_id", 4711)
    assert (sandbox.hubspot.portal_id, call(url, "get", "portal_id")) == (4711, 4711)
    hubspot.batch("create", traced({"email": "jiro@example.jp"}))
    assert [entry[1:] for entry in call(url, "get", "written")] == [[{"email": "jiro@example.jp"}, "create"]]


def test_the_clock_over_http(sandbox: Sandbox) -> None:
    call(sandbox.sansan.url, "clock.freeze", "2030-01-01T00:00:00+00:00")
    call(sandbox.hubspot.url, "clock.advance", 3600)
    assert call(sandbox.sansan.url, "clock.now") == "2030-01-01T01:00:00+00:00"
    call(sandbox.hubspot.url, "clock.resume")


def test_only_listed_methods_and_settings_can_be_called(sandbox: Sandbox) -> None:
    url = sandbox.hubspot.url
    for name in ("answer", "__init__", "lock", "store", "no_such"):
        assert call(url, name) == (400, f"LookupError: 'no such control method: {name}'".replace("'", ""))
    assert call(url, "set", "store", 1)[0] == 400
    assert call(url, "add_contact", email="no address")[0] == 400
    assert call(url, "add_contact", "unexpected")[0] == 400
    assert requests.get(f"{url}/_sandbox/call", timeout=5).status_code == 404


def test_requests_are_counted_over_http(sandbox: Sandbox, hubspot: HubSpotCaller) -> None:
    hubspot.call("GET", hubspot.contacts)
    hubspot.call("GET", hubspot.contacts)
    hubspot.batch("create", traced({"email": "taro@example.jp"}))
    hubspot.batch("read", [{"id": "1"}])
    hubspot.search()
    summary = requests.get(f"{sandbox.hubspot.url}/_sandbox/requests", timeout=5).json()
    assert {"method": "GET", "path": hubspot.contacts, "status": 200, "count": 2} in summary["counts"]
    assert (summary["total"], summary["writes"], summary["peak_10_seconds"]) == (5, 1, 5)
    sandbox.hubspot.forget_requests()
    assert (sandbox.hubspot.requests, sandbox.hubspot.peak_10_seconds) == ([], 0)


def test_requests_are_remembered(sandbox: Sandbox, sansan: SansanCaller) -> None:
    sansan.get("/tags", range="all")
    (seen,) = sandbox.sansan.requests
    assert (seen.method, seen.path, seen.query, seen.status, seen.inputs) == ("GET", "/v6.0/tags", "range=all", 200, 0)
    assert sandbox.sansan.writes == []


def test_latency_delays_every_request() -> None:
    with Sandbox(cards=0, latency_ms=60) as sandbox:
        started = time.monotonic()
        SansanCaller(sandbox.sansan.url, sandbox.sansan.api_key).get("/me")
        assert time.monotonic() - started >= 0.06


def test_a_taken_port_is_told_and_nothing_stays_behind() -> None:
    with Sandbox(cards=0) as first:
        port = int(first.hubspot.url.rsplit(":", 1)[1])
        threads = threading.active_count()
        second = Sandbox(cards=0, hubspot_port=port)
        with pytest.raises(OSError, match="in use"):
            second.start()
        assert threading.active_count() == threads
    second = Sandbox(cards=0, hubspot_port=port).start()
    assert second.hubspot.url == first.hubspot.url
    second.stop()


def test_no_request_gets_in_between_control_calls_that_belong_together(
    sandbox: Sandbox, hubspot: HubSpotCaller
) -> None:
    answers = []
    request = threading.Thread(target=lambda: answers.append(hubspot.call("GET", hubspot.contacts).json()))
    with sandbox.hubspot.hold_still():
        request.start()
        sandbox.hubspot.add_contact(lastname="前")
        time.sleep(0.1)
        assert answers == []
        sandbox.hubspot.add_contact(lastname="後")
    request.join()
    assert [len(answer["results"]) for answer in answers] == [2]


def test_control_and_requests_do_not_disturb_each_other(sandbox: Sandbox) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            caller = HubSpotCaller(sandbox.hubspot.url, sandbox.hubspot.token)
            for batch in range(5):
                emails = [f"w{number}b{batch}p{position}@example.jp" for position in range(20)]
                assert caller.batch("create", traced(*({"email": email} for email in emails))).status_code == 201
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    added = 0
    while any(thread.is_alive() for thread in threads):
        sandbox.hubspot.add_contact(email=f"control{added}@example.jp")
        added += 1
        assert len(sandbox.hubspot.contacts()) >= added
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(sandbox.hubspot.contacts()) == 400 + added
    assert len({contact["email"] for contact in sandbox.hubspot.contacts()}) == 400 + added
