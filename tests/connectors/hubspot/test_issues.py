"""HubSpot's complaints in their many forms."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.answers import Answer
from connectors.errors import ConnectorError, Issue
from connectors.hubspot.complaints import translate_answer
from connectors.hubspot.issues import parse_batch_errors, parse_error
from tests.connectors.http.odd_json import json_values


def parse_one(error: dict[str, Any]) -> Issue:
    (issue,) = parse_error(error)
    return issue


def not_valid(*entries: dict[str, Any]) -> str:
    return f"Property values were not valid: {orjson.dumps(entries).decode()}"


def test_the_list_inside_the_message_gives_an_issue_for_each_property_and_input():
    message = not_valid(
        {"isValid": False, "message": 'Property "x" does not exist', "error": "PROPERTY_DOESNT_EXIST", "name": "x"},
        {"isValid": False, "message": "Email address foo is invalid", "error": "INVALID_EMAIL", "name": "email"},
    )
    error = {"category": "VALIDATION_ERROR", "message": message, "context": {"objectWriteTraceId": ["t-1", "t-2"]}}

    issues = parse_batch_errors([error], "c-1")

    assert [(issue.trace_id, issue.code, issue.property_name) for issue in issues] == [
        ("t-1", "PROPERTY_DOESNT_EXIST", "x"),
        ("t-1", "INVALID_EMAIL", "email"),
        ("t-2", "PROPERTY_DOESNT_EXIST", "x"),
        ("t-2", "INVALID_EMAIL", "email"),
    ]
    assert {issue.correlation_id for issue in issues} == {"c-1"}


def test_the_list_of_errors_counts_when_the_message_holds_none():
    error = {
        "category": "VALIDATION_ERROR",
        "message": "Property values were not valid",
        "errors": [
            {"message": "Abc was not valid", "code": "INVALID_INTEGER", "context": {"propertyName": ["employees"]}},
            {"message": "required", "code": "REQUIRED_PROPERTY_MISSING", "in": "jobtitle"},
        ],
    }

    assert [(issue.code, issue.property_name, issue.message) for issue in parse_error(error)] == [
        ("INVALID_INTEGER", "employees", "Abc was not valid"),
        ("REQUIRED_PROPERTY_MISSING", "jobtitle", "required"),
    ]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Duplicate IDs found in batch input: [123]. IDs must be unique", "DUPLICATE_IDS"),
        ("Contact already exists. Existing ID: 12345", "CONFLICT"),
        ("foo was not one of the allowed options: [a, b]", "INVALID_OPTION"),
        ('Property "x" does not exist', "PROPERTY_DOESNT_EXIST"),
        ("Email address foo@example.con is invalid", "INVALID_EMAIL"),
        ("email has been GDPR blacklisted", "GDPR_BLOCKED"),
        ("Cannot set PropertyValueCoordinates. 51 already has that value.", "CONFLICTING_UNIQUE_VALUE"),
        ("Unable to perform update/upsert by non-unique 0-1 property jobtitle", "NON_UNIQUE_PROPERTY"),
        ("something new", "VALIDATION_ERROR"),
    ],
)
def test_a_general_category_is_told_apart_by_its_message(message, code):
    assert parse_one({"category": "VALIDATION_ERROR", "message": message}).code == code


def test_a_code_of_hubspots_own_is_kept_as_it_is():
    error = {"category": "VALIDATION_ERROR", "errors": [{"code": "SOME_NEW_CODE", "message": "is invalid"}]}

    assert parse_one(error).code == "SOME_NEW_CODE"


@pytest.mark.parametrize("message", ["Contact already exists. Existing ID: 12345", "12345 already has that value"])
def test_names_the_record_in_the_way(message):
    assert parse_one({"category": "CONFLICT", "message": message}).existing_id == "12345"


def test_the_ids_of_missing_records():
    error = {
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects",
        "context": {"ids": ["1", 2]},
    }

    issue = parse_one(error)

    assert (issue.code, issue.ids) == ("OBJECT_NOT_FOUND", ("1", "2"))


def test_duplicate_ids_are_read_from_the_message_if_need_be():
    error = {
        "category": "VALIDATION_ERROR",
        "message": "Duplicate IDs found in batch input: [1, 22]. IDs must be unique",
    }

    assert parse_one(error).ids == ("1", "22")


def test_a_list_in_the_message_that_is_cut_off_is_not_a_reason_to_fail():
    issue = parse_one({"category": "VALIDATION_ERROR", "message": 'Property values were not valid: [{"isValid":fal'})

    assert issue.code == "VALIDATION_ERROR"


def test_an_error_that_says_nothing():
    assert parse_one({}) == Issue(code="UNKNOWN", message="")
    assert parse_batch_errors(None) == ()
    assert parse_batch_errors([None, "x"]) == ()


KEYS = st.sampled_from(
    [
        "message",
        "category",
        "errors",
        "context",
        "error",
        "code",
        "name",
        "ids",
        "objectWriteTraceId",
        "propertyName",
        "in",
    ]
)
error_like = st.recursive(
    json_values | st.just("Property values were not valid: [1, {}]") | st.just("Property values were not valid: [[]]"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(body=error_like, status=st.sampled_from([400, 401, 403, 404, 409, 423, 429, 477, 500, 522]))
def test_no_error_body_is_so_odd_that_reading_it_fails(body, status):
    error = translate_answer(Answer("HubSpot", "POST", "/crm/objects/v3/contacts/batch/create", status, body=body))

    assert isinstance(error, ConnectorError)
    assert error.status == status
