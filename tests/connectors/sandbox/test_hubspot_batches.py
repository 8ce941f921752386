import pytest

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.callers import HubSpotCaller, issues_by_trace, traced

GOOD = {"email": "good@example.jp"}
BAD = {"email": "bad@example.con"}


def untraced(*properties: dict[str, str]) -> list[dict[str, object]]:
    return [{"properties": one} for one in properties]


# --- what kills a whole batch ---


def test_without_trace_ids_one_bad_value_refuses_all(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    answer = hubspot.batch("create", untraced(GOOD, BAD))
    assert (answer.status_code, sandbox.hubspot.contacts()) == (400, [])
    assert "INVALID_EMAIL" in answer.json()["message"]
    contact_id = sandbox.hubspot.add_contact(**GOOD)
    update = [
        {"id": contact_id, "properties": {"city": "港区"}},
        {"id": sandbox.hubspot.add_contact(lastname="x"), "properties": BAD},
    ]
    assert hubspot.batch("update", update).status_code == 400
    upsert = [
        {"id": one["email"], "idProperty": "email", "properties": {**one, "city": "港区"}} for one in (GOOD, BAD)
    ]
    assert hubspot.batch("upsert", upsert).status_code == 400
    assert "city" not in sandbox.hubspot.contact(contact_id)
    assert sandbox.hubspot.written == []


def test_with_trace_ids_only_the_bad_one_is_refused(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    answer = hubspot.batch("create", traced(GOOD, BAD))
    body = answer.json()
    assert (answer.status_code, body["numErrors"], body["status"]) == (207, 1, "COMPLETE")
    assert [one["properties"]["email"] for one in body["results"]] == ["good@example.jp"]
    assert issues_by_trace(body)["t1"]["errors"][0]["code"] == "INVALID_EMAIL"
    first, second = body["results"][0]["id"], sandbox.hubspot.add_contact(lastname="x")
    update = [
        {**one, "id": contact_id}
        for one, contact_id in zip(traced({"city": "港区"}, BAD), (first, second), strict=True)
    ]
    answer = hubspot.batch("update", update)
    assert (answer.status_code, issues_by_trace(answer.json()).keys()) == (207, {"t1"})
    assert sandbox.hubspot.contact(first)["city"] == "港区"
    upsert = [
        {**one, "id": one["properties"]["email"], "idProperty": "email"} for one in traced({**GOOD, "zip": "1"}, BAD)
    ]
    answer = hubspot.batch("upsert", upsert)
    assert (answer.status_code, [one["new"] for one in answer.json()["results"]]) == (207, [False])


def test_trace_ids_must_be_unique_to_count(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    inputs = [{**one, "objectWriteTraceId": "same"} for one in traced(GOOD, BAD)]
    assert hubspot.batch("create", inputs).status_code == 400
    partly = traced(GOOD, BAD)
    del partly[0]["objectWriteTraceId"]
    assert hubspot.batch("create", partly).status_code == 400
    assert sandbox.hubspot.contacts() == []


def test_an_existing_email_refuses_all_and_names_the_first_only(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    first, _ = (sandbox.hubspot.add_contact(email=email) for email in ("a@example.jp", "b@example.jp"))
    answer = hubspot.batch("create", untraced(GOOD, {"email": "a@example.jp"}, {"email": "b@example.jp"}))
    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {first}"
    assert len(sandbox.hubspot.contacts()) == 2


def test_an_existing_email_with_trace_ids_is_one_conflict(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    existing = sandbox.hubspot.add_contact(email="a@example.jp", hs_additional_emails="a2@example.jp")
    answer = hubspot.batch("create", traced(GOOD, {"email": "A2@example.jp"}))
    conflict = issues_by_trace(answer.json())["t1"]
    assert (answer.status_code, conflict["category"]) == (207, "CONFLICT")
    assert conflict["message"] == f"Contact already exists. Existing ID: {existing}"


def test_one_email_twice_in_a_batch(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    assert hubspot.batch("create", untraced(GOOD, GOOD)).status_code == 409
    answer = hubspot.batch("create", traced(GOOD, {"email": "GOOD@example.jp"}))
    made = answer.json()["results"][0]["id"]
    assert issues_by_trace(answer.json())["t1"]["message"].endswith(f"Existing ID: {made}")
    assert len(sandbox.hubspot.contacts()) == 1


def test_a_refused_input_claims_nothing(hubspot: HubSpotCaller) -> None:
    answer = hubspot.batch("create", traced({**GOOD, "no_such": "1"}, GOOD))
    assert issues_by_trace(answer.json()).keys() == {"t0"}
    assert len(answer.json()["results"]) == 1


def test_unique_properties_clash_in_the_store_and_in_the_batch(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    holder = sandbox.hubspot.add_contact(lastname="見本", card_id="B1")
    cards = [{"lastname": "新", "card_id": card_id} for card_id in ("B1", "B2", "B2", "B3")]
    answer = hubspot.batch("create", traced(*cards))
    issues = issues_by_trace(answer.json())
    assert issues.keys() == {"t0", "t2"}
    assert {issue["errors"][0]["code"] for issue in issues.values()} == {"CONFLICTING_UNIQUE_VALUE"}
    assert f"{holder} already has that value" in issues["t0"]["message"]
    assert hubspot.batch("create", untraced(cards[0])).status_code == 400


@pytest.mark.parametrize("action", ["update", "upsert"])
def test_a_duplicate_id_refuses_all_in_spite_of_trace_ids(
    hubspot: HubSpotCaller, sandbox: Sandbox, action: str
) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    contact_id = sandbox.hubspot.add_contact(lastname="見本", card_id="B1")
    key = {"id": contact_id} if action == "update" else {"id": "B1", "idProperty": "card_id"}
    answer = hubspot.batch(action, traced({"city": "港区"}, {"city": "千代田区"}, **key))
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Duplicate IDs found in batch input: [{key['id']}]. IDs must be unique"
    assert answer.json()["context"] == {"ids": [key["id"]]}
    assert "city" not in sandbox.hubspot.contact(contact_id)


@pytest.mark.parametrize("action", ["create", "update", "upsert", "read", "archive"])
@pytest.mark.parametrize("inputs", [[], [{"id": str(number), "properties": {}} for number in range(101)], None, "x"])
def test_a_batch_has_1_to_100_inputs(hubspot: HubSpotCaller, action: str, inputs: object) -> None:
    assert hubspot.batch(action, inputs).status_code == 400


def test_a_full_batch_is_fine(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    answer = hubspot.batch("create", traced(*({"email": f"p{number}@example.jp"} for number in range(100))))
    assert (answer.status_code, len(answer.json()["results"])) == (201, 100)
    assert [seen.inputs for seen in sandbox.hubspot.writes] == [100]


# --- what is answered ---


def test_results_come_in_another_order(hubspot: HubSpotCaller) -> None:
    emails = [f"p{number:02}@example.jp" for number in range(50)]
    results = hubspot.batch("create", traced(*({"email": email} for email in emails))).json()["results"]
    answered = [one["properties"]["email"] for one in results]
    assert sorted(answered) == emails
    assert answered != emails


def test_results_carry_trace_ids_only_on_request(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    assert "objectWriteTraceId" not in hubspot.batch("create", traced(GOOD)).json()["results"][0]
    sandbox.hubspot.echo_trace_ids = True
    result = hubspot.batch("create", traced({"email": "other@example.jp"})).json()["results"][0]
    assert result["objectWriteTraceId"] == "t0"


def test_every_applied_write_is_told(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = hubspot.batch("create", traced(GOOD, BAD)).json()["results"][0]["id"]
    hubspot.batch("update", [{"id": contact_id, "properties": {"city": "港区"}}])
    assert sandbox.hubspot.written == [(contact_id, GOOD, "create"), (contact_id, {"city": "港区"}, "update")]


def test_updates_name_missing_ids_and_pass_over_merged_ones(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    kept, first, second, gone = (sandbox.hubspot.add_contact(lastname=f"見本{number}") for number in range(4))
    survivor = sandbox.hubspot.merge_contacts(first, second)
    sandbox.hubspot.archive_contact(gone)
    inputs = [{"id": one, "properties": {"city": "港区"}} for one in (kept, first, second, gone, "999999")]
    answer = hubspot.batch("update", inputs)
    body = answer.json()
    assert answer.status_code == 207
    assert [one["id"] for one in body["results"]] == [kept]
    assert [(one["category"], one["context"]) for one in body["errors"]] == [
        ("OBJECT_NOT_FOUND", {"ids": [gone, "999999"]})
    ]
    assert "city" not in sandbox.hubspot.contact(survivor)
    only_merged = hubspot.batch("update", [{"id": first, "properties": {"city": "港区"}}])
    assert (only_merged.status_code, only_merged.json()["results"]) == (200, [])


def test_updates_may_go_by_a_unique_property(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    contact_id = sandbox.hubspot.add_contact(**GOOD)
    hubspot.batch("update", [{"id": "GOOD@example.jp", "idProperty": "email", "properties": {"city": "港区"}}])
    assert sandbox.hubspot.contact(contact_id)["city"] == "港区"


def test_upserts_say_what_is_new_and_need_a_unique_property(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    sandbox.hubspot.add_property(name="card_id", hasUniqueValue=True)
    sandbox.hubspot.add_contact(lastname="旧", card_id="B1")
    inputs = [{"id": card, "idProperty": "card_id", "properties": {"lastname": card}} for card in ("B1", "B2")]
    answer = hubspot.batch("upsert", inputs)
    assert {one["properties"]["lastname"]: one["new"] for one in answer.json()["results"]} == {"B1": False, "B2": True}
    assert sandbox.hubspot.contact_by(card_id="B2")["lastname"] == "B2"
    refused = hubspot.batch("upsert", [{"id": "x", "idProperty": "lastname", "properties": {"city": "港区"}}])
    assert refused.status_code == 400
    assert refused.json()["message"].startswith("Unable to perform update/upsert by non-unique 0-1 property lastname")
    assert hubspot.batch("upsert", [{"id": "x", "properties": {"city": "港区"}}]).status_code == 400


def test_reads_follow_merges_and_name_what_is_missing(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    first, second = (sandbox.hubspot.add_contact(email=f"{name}@example.jp") for name in ("a", "b"))
    survivor = sandbox.hubspot.merge_contacts(first, second)
    answer = hubspot.batch("read", [{"id": one} for one in (first, second, "999999")], properties=["email", "company"])
    body = answer.json()
    assert answer.status_code == 207
    assert [(one["id"], one["properties"]["company"]) for one in body["results"]] == [(survivor, None)]
    assert body["errors"][0]["context"] == {"ids": ["999999"]}
    by_email = hubspot.batch("read", [{"id": "B@example.jp"}], idProperty="email", propertiesWithHistory=["email"])
    assert (by_email.status_code, by_email.json()["results"][0]["id"]) == (200, survivor)
    assert by_email.json()["results"][0]["propertiesWithHistory"]["email"]
    assert hubspot.batch("read", [{"id": "x"}], idProperty="lastname").status_code == 400
    assert sandbox.hubspot.writes == []


def test_archiving_a_batch(hubspot: HubSpotCaller, sandbox: Sandbox) -> None:
    ids = [sandbox.hubspot.add_contact(lastname=f"見本{number}") for number in range(3)]
    assert hubspot.batch("archive", [{"id": ids[0]}, {"id": ids[2]}, {"id": "999999"}]).status_code == 204
    assert [one["id"] for one in sandbox.hubspot.contacts()] == [ids[1]]
    assert [one["id"] for one in sandbox.hubspot.contacts(archived=True)] == [ids[0], ids[2]]
    answer = hubspot.call(
        "POST", f"{hubspot.contacts}/batch/read", {"inputs": [{"id": ids[0]}, {"id": ids[1]}]}, archived="true"
    )
    assert [one["id"] for one in answer.json()["results"]] == [ids[0]]
