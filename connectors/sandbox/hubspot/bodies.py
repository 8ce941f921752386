"""Reads request bodies."""

from typing import Any

from connectors.sandbox.hubspot.errors import refuse_request
from connectors.sandbox.web import Incoming

MAX_INPUTS = 100


def read_object(incoming: Incoming) -> dict[str, Any]:
    """Return the JSON object in the body; refuses anything else."""
    try:
        body = incoming.parse_json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        refuse_request("Invalid input JSON: an object is expected")
    return body


def read_inputs(incoming: Incoming) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the body and its inputs, and count them on the request; refuses what is not a batch of 1 to 100."""
    body = read_object(incoming)
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        refuse_request("Invalid input JSON: inputs is required")
    incoming.inputs = len(inputs)
    if not 1 <= len(inputs) <= MAX_INPUTS:
        refuse_request(f"The number of inputs must be between 1 and {MAX_INPUTS}; got {len(inputs)}")
    return body, inputs
