"""Batch calls: what goes out, how answers and refusals come back, what is never repeated."""

import orjson
import pytest
from responses.matchers import json_params_matcher

from connectors.errors import (
    AnswerLostError,
    BatchRejectedError,
    Issue,
    RetryLaterError,
    UnexpectedAnswerError,
)
from connectors.hubspot.records import BatchResult, Contact, ContactInput
from tests.connectors.hubspot.conftest import CONTACTS

INPUTS = [
    ContactInput({"email": "a@example.jp"}, trace_id="t-1", id="1"),
    ContactInput({"email": "b@example.jp"}, trace_id="t-2", id="2"),
]


def answer_batch(*results, errors=()):
    body = {"status": "COMPLETE", "results": list(results), "startedAt": "x", "completedAt": "x"}
    return {**body, "numErrors": len(errors), "errors": list(errors)} if errors else body


def test_read_asks_for_the_unique_property_too_and_once_for_each_id(client, service):
    service.post(
        f"{CONTACTS}/batch/read",
        status=207,
        json=answer_batch(
            {"id": "1", "properties": {"email": "a@example.jp"}},
            errors=[
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
                    "context": {"ids": ["b@example.jp", "c@example.jp"]},
                }
            ],
        ),
        match=[
            json_params_matcher(
                {
                    "properties": ["lastname", "email"],
                    "propertiesWithHistory": [],
                    "idProperty": "email",
                    "inputs": [{"id": "a@example.jp"}, {"id": "b@example.jp"}, {"id": "c@example.jp"}],
                }
            )
        ],
    )

    ids = ["a@example.jp", "b@example.jp", "a@example.jp", "c@example.jp"]
    result = client.read_contacts(ids, ["lastname"], id_property="email")

    assert [contact.id for contact in result.contacts] == ["1"]
    assert [(issue.code, issue.ids) for issue in result.issues] == [
        ("OBJECT_NOT_FOUND", ("b@example.jp", "c@example.jp"))
    ]


def test_create_sends_trace_ids_and_reads_results_in_any_order(client, service):
    service.post(
        f"{CONTACTS}/batch/create",
        status=201,
        json=answer_batch(
            {"id": "12", "objectWriteTraceId": "t-2", "properties": {"email": "b@example.jp"}},
            {"id": "11", "objectWriteTraceId": "t-1", "properties": {"email": "a@example.jp"}},
        ),
        match=[
            json_params_matcher(
                {
                    "inputs": [
                        {"properties": {"email": "a@example.jp"}, "objectWriteTraceId": "t-1", "associations": []},
                        {"properties": {"email": "b@example.jp"}, "objectWriteTraceId": "t-2", "associations": []},
                    ]
                }
            )
        ],
    )

    result = client.create_contacts(INPUTS)

    assert {contact.trace_id: contact.id for contact in result.contacts} == {"t-1": "11", "t-2": "12"}
    assert result.issues == ()


def test_a_batch_of_which_a_part_was_refused(client, service):
    complaint = {"isValid": False, "message": "Email address x is invalid", "error": "INVALID_EMAIL", "name": "email"}
    message = f"Property values were not valid: {orjson.dumps([complaint]).decode()}"
    error = {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "message": message,
        "context": {"objectWriteTraceId": ["t-2"]},
        "correlationId": "c-9",
    }
    service.post(
        f"{CONTACTS}/batch/create",
        status=207,
        json=answer_batch({"id": "11", "objectWriteTraceId": "t-1"}, errors=[error]),
    )

    result = client.create_contacts(INPUTS)

    assert result == BatchResult(
        contacts=(Contact("11", {}, trace_id="t-1"),),
        issues=(
            Issue(
                code="INVALID_EMAIL",
                message="Email address x is invalid",
                trace_id="t-2",
                property_name="email",
                correlation_id="c-9",
            ),
        ),
        correlation_id="c-9",
    )


def test_the_answers_correlation_id_counts_for_every_issue_in_it(client, service):
    error = {"category": "VALIDATION_ERROR", "message": "x", "context": {"objectWriteTraceId": ["t-2"]}}
    headers = {"X-HubSpot-Correlation-Id": "c-7"}
    service.post(f"{CONTACTS}/batch/create", status=207, json=answer_batch(errors=[error]), headers=headers)
    service.post(f"{CONTACTS}/batch/create", status=400, body="<html>", headers=headers)

    result = client.create_contacts(INPUTS)
    with pytest.raises(BatchRejectedError) as caught:
        client.create_contacts(INPUTS)

    assert (result.correlation_id, result.issues[0].correlation_id) == ("c-7", "c-7")
    assert caught.value.correlation_id == "c-7"


def test_update_sends_record_ids(client, service):
    service.post(f"{CONTACTS}/batch/update", json=answer_batch({"id": "1"}))

    result = client.update_contacts(INPUTS)

    assert [contact.id for contact in result.contacts] == ["1"], "2 was merged away: neither here nor in the issues"
    assert result.issues == ()
    assert orjson.loads(service.calls[0].request.body)["inputs"][0] == {
        "id": "1",
        "properties": {"email": "a@example.jp"},
        "objectWriteTraceId": "t-1",
    }


def test_upsert_sends_the_unique_property_and_tells_new_from_old(client, service):
    service.post(f"{CONTACTS}/batch/upsert", json=answer_batch({"id": "1", "new": True}, {"id": "2", "new": False}))

    result = client.upsert_contacts(INPUTS, "sansan_card_id")

    assert [contact.is_new for contact in result.contacts] == [True, False]
    assert orjson.loads(service.calls[0].request.body)["inputs"][1] == {
        "id": "2",
        "idProperty": "sansan_card_id",
        "properties": {"email": "b@example.jp"},
        "objectWriteTraceId": "t-2",
    }


def test_a_conflict_of_the_whole_batch_names_the_contact_in_the_way(client, service):
    body = {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 12345", "correlationId": "c-1"}
    service.post(f"{CONTACTS}/batch/create", status=409, json=body)

    with pytest.raises(BatchRejectedError) as caught:
        client.create_contacts(INPUTS)
    (issue,) = caught.value.issues
    assert (issue.code, issue.existing_id, issue.trace_id) == ("CONFLICT", "12345", "")
    assert (caught.value.code, caught.value.correlation_id) == ("CONFLICT", "c-1")


def test_duplicate_ids_refuse_the_whole_batch(client, service):
    body = {
        "category": "VALIDATION_ERROR",
        "message": "Duplicate IDs found in batch input: [123, 456]. IDs must be unique",
        "context": {"ids": ["123", "456"]},
    }
    service.post(f"{CONTACTS}/batch/update", status=400, json=body)

    with pytest.raises(BatchRejectedError) as caught:
        client.update_contacts(INPUTS)
    assert caught.value.code == "DUPLICATE_IDS"
    assert caught.value.issues[0].ids == ("123", "456")


def test_a_refusal_without_explanation_is_still_a_refused_batch(client, service):
    service.post(f"{CONTACTS}/batch/update", status=400, body="<html>Bad Request</html>")

    with pytest.raises(BatchRejectedError) as caught:
        client.update_contacts(INPUTS)
    assert caught.value.issues == ()


def test_creating_is_never_sent_twice(client, service):
    service.post(f"{CONTACTS}/batch/create", status=504, body="<html>")

    with pytest.raises(AnswerLostError):
        client.create_contacts(INPUTS)
    assert client.requests_sent == 1


def test_creating_is_sent_again_when_it_was_locked_or_limited(client, service):
    service.post(f"{CONTACTS}/batch/create", status=423, json={"message": "locked"})
    service.post(f"{CONTACTS}/batch/create", status=429, json={"policyName": "TEN_SECONDLY_ROLLING"})
    service.post(f"{CONTACTS}/batch/create", status=201, json=answer_batch({"id": "11"}))

    assert client.create_contacts(INPUTS).contacts[0].id == "11"


@pytest.mark.parametrize(
    ("action", "send"),
    [
        ("read", lambda client: client.read_contacts(["1"], [])),
        ("update", lambda client: client.update_contacts(INPUTS)),
        ("upsert", lambda client: client.upsert_contacts(INPUTS, "sansan_card_id")),
        ("archive", lambda client: client.archive_contacts(["1"])),
    ],
)
def test_the_others_are_sent_again_and_then_given_up(client, service, action, send):
    for _ in range(5):
        service.post(f"{CONTACTS}/batch/{action}", status=502)

    with pytest.raises(RetryLaterError) as caught:
        send(client)
    assert not isinstance(caught.value, AnswerLostError)


@pytest.mark.parametrize(
    "send",
    [
        lambda client, inputs: client.create_contacts(inputs),
        lambda client, inputs: client.update_contacts(inputs),
        lambda client, inputs: client.upsert_contacts(inputs, "sansan_card_id"),
        lambda client, inputs: client.read_contacts([one.trace_id for one in inputs], []),
        lambda client, inputs: client.archive_contacts([one.trace_id for one in inputs]),
    ],
)
def test_batches_hold_at_most_a_hundred_and_nothing_is_sent_for_none(client, service, send):
    with pytest.raises(ValueError, match="at most 100"):
        send(client, [ContactInput({}, trace_id=f"t-{number}") for number in range(101)])
    send(client, [])
    assert client.requests_sent == 0


@pytest.mark.parametrize("trace_ids", [("t-1", "t-1"), ("t-1", "")])
def test_every_input_has_a_trace_id_of_its_own(client, trace_ids):
    with pytest.raises(ValueError, match="trace id"):
        client.update_contacts([ContactInput({}, trace_id=trace_id) for trace_id in trace_ids])


@pytest.mark.parametrize("body", [{}, [], {"results": None}, {"results": [{}]}])
def test_an_answer_of_another_form_is_an_error(client, service, body):
    service.post(f"{CONTACTS}/batch/update", json=body)

    with pytest.raises(UnexpectedAnswerError):
        client.update_contacts(INPUTS)
