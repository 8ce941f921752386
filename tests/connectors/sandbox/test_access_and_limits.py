import time
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox import Sandbox
from connectors.sandbox.limits import PeakMeter, RollingWindow
from tests.connectors.sandbox.callers import HubSpotCaller, SansanCaller

# --- tokens and scopes ---


def test_no_token_a_wrong_one_and_an_expired_one_are_told_apart(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    wrong = HubSpotCaller(sandbox.hubspot.url, "pat-sandbox-other").call("GET", hubspot.contacts)
    assert (wrong.status_code, wrong.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert wrong.json()["context"] == {"expire time": ["1970-01-01T00:00:00.000Z"]}
    assert "day(s) ago" in wrong.json()["message"]
    hubspot.session.headers.pop("Authorization")
    missing = hubspot.call("GET", hubspot.contacts)
    assert (missing.status_code, missing.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_token_is_expired_revoked_and_restored_while_it_runs(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.expire_credentials()
    assert "75 second(s) ago" in hubspot.call("GET", hubspot.contacts).json()["message"]
    sandbox.hubspot.revoke_credentials()
    assert "day(s) ago" in hubspot.call("GET", hubspot.contacts).json()["message"]
    sandbox.hubspot.restore_credentials()
    assert hubspot.call("GET", hubspot.contacts).status_code == 200


def test_a_key_is_revoked_limited_and_restored_while_it_runs(sansan: SansanCaller, sandbox: Sandbox) -> None:
    sandbox.sansan.revoke_credentials()
    assert sansan.get("/me").status_code == 401
    sandbox.sansan.restore_credentials()
    sandbox.sansan.remove_scope()
    assert sansan.get("/me").status_code == 403
    sandbox.sansan.restore_credentials()
    assert sansan.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("scope", "method", "path", "others"),
    [
        ("crm.objects.contacts.write", "POST", "/crm/objects/2026-09/contacts/batch/create", []),
        ("crm.objects.contacts.read", "POST", "/crm/objects/2026-09/contacts/search", []),
        ("crm.objects.contacts.read", "POST", "/crm/objects/2026-09/contacts/batch/read", []),
        ("crm.schemas.contacts.write", "POST", "/crm/properties/2026-09/contacts", []),
        ("crm.objects.owners.read", "GET", "/crm/owners/2026-09", []),
        (
            "crm.schemas.contacts.read",
            "GET",
            "/crm/properties/2026-09/contacts",
            ["crm.objects.contacts.read", "crm.objects.contacts.write"],
        ),
    ],
)
def test_a_missing_scope_is_told_before_the_body_is_looked_at(
    hubspot: HubSpotCaller, sandbox: Sandbox, scope: str, method: str, path: str, others: list[str]
) -> None:
    body = None if method == "GET" else {"inputs": []}
    assert hubspot.call(method, path, body).status_code in (200, 400)
    sandbox.hubspot.remove_scope(scope)
    if others:
        assert hubspot.call(method, path, body).status_code == 200, "any one of the scopes is enough"
    for other in others:
        sandbox.hubspot.remove_scope(other)
    refused = hubspot.call(method, path, body)
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    assert scope in refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    sandbox.hubspot.restore_credentials()
    assert hubspot.call(method, path, body).status_code in (200, 400)


# --- limits ---


def test_a_rolling_window_forgets() -> None:
    window = RollingWindow(10, limit=2)
    window.take(0)
    window.take(4)
    assert (window.admits(9), window.remaining(9), window.wait_seconds(9)) == (False, 0, 1)
    assert (window.admits(10), window.remaining(10), window.wait_seconds(10)) == (True, 1, 0)
    assert RollingWindow(10).admits(0)


def test_a_meter_keeps_the_peak() -> None:
    meter = PeakMeter(1)
    for at in (0, 0.5, 0.9, 1.6, 5):
        meter.note(at)
    assert meter.peak == 3


def test_hubspots_ten_seconds(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    assert "X-HubSpot-RateLimit-Max" not in hubspot.call("GET", hubspot.contacts).headers
    sandbox.hubspot.set_limit(per_10_seconds=3)
    answers = [hubspot.call("GET", hubspot.contacts) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-HubSpot-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert answers[3].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    search = hubspot.search()
    assert search.status_code == 200, "searches have a limit of their own"
    assert not any(name.startswith("X-HubSpot-RateLimit") for name in search.headers)
    assert (sandbox.hubspot.count_429, sandbox.hubspot.peak_10_seconds) == (1, 6)
    sandbox.hubspot.set_limit(per_10_seconds=0)
    assert hubspot.call("GET", hubspot.contacts).status_code == 200


def test_another_program_uses_up_the_quota(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.set_limit(per_10_seconds=10)
    sandbox.hubspot.use_quota(8)
    assert hubspot.call("GET", hubspot.contacts).headers["X-HubSpot-RateLimit-Remaining"] == "1"


def test_hubspots_day_ends_at_the_portals_midnight(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.clock.freeze(datetime(2026, 11, 23, 14, 59, tzinfo=UTC))
    sandbox.hubspot.set_limit(per_day=2)
    answers = [hubspot.call("GET", hubspot.contacts) for _ in range(3)]
    assert [answer.headers["X-HubSpot-RateLimit-Daily-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert (answers[2].status_code, answers[2].json()["policyName"]) == (429, "DAILY")
    sandbox.clock.advance(timedelta(minutes=1))
    assert hubspot.call("GET", hubspot.contacts).status_code == 200


def test_hubspots_searches_per_second(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.set_limit(search_per_second=1)
    answers = [hubspot.search() for _ in range(2)]
    assert answers[1].status_code == 429
    assert answers[1].json()["message"] == "You have reached your secondly limit."


@pytest.mark.parametrize("limit", [{"per_second": 2}, {"per_minute": 2}])
def test_sansans_limits(sansan: SansanCaller, sandbox: Sandbox, limit: dict[str, int]) -> None:
    sandbox.sansan.set_limit(**limit)
    answers = [sansan.get("/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= answers[2].json()["retry_after"] <= 60
    assert (sandbox.sansan.count_429, sandbox.sansan.peak_second, sandbox.sansan.peak_minute) == (1, 3, 3)


# --- clock ---


def test_both_services_go_by_the_sandbox_clock(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))
    contact = sandbox.hubspot.contact(sandbox.hubspot.add_contact(lastname="見本"))
    card = sandbox.sansan.card(sandbox.sansan.add_card(lastName="見本"))
    assert contact["createdate"] == "2030-01-01T00:00:00.000Z"
    assert card["updatedTime"] == "2030-01-01T09:00:00+09:00"
    hubspot.call("GET", hubspot.contacts)
    assert sandbox.hubspot.requests[0].at == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_resumed_clock_runs_on_from_where_it_stood() -> None:
    clock = Sandbox(cards=0, now=datetime(2030, 1, 1, tzinfo=UTC)).clock
    assert datetime(2030, 1, 1, tzinfo=UTC) <= clock.now() < datetime(2030, 1, 1, 0, 1, tzinfo=UTC)
    clock.freeze()
    stopped = clock.now()
    assert clock.now() == stopped
    clock.advance(timedelta(days=1))
    clock.resume()
    time.sleep(0.01)
    assert timedelta() < clock.now() - stopped - timedelta(days=1) < timedelta(minutes=1)
