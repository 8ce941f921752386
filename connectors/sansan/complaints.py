"""What Sansan's error bodies say. Their exact form is not published where we could read it: all of this is a guess."""

from collections.abc import Iterator

from connectors.answers import Answer, Complaint, make_error, read_retry_after, read_seconds
from connectors.errors import ConnectorError
from connectors.sansan.parsing import parse_text

HINTS = {
    401: "the API key is unknown or was withdrawn",
    403: "the user of this API key may not do this, or the key is limited to Sansan Data Hub",
}


def translate_answer(answer: Answer) -> ConnectorError:
    """The error that a Sansan answer of 400 or more amounts to."""
    return make_error(answer, read_complaint(answer))


def read_complaint(answer: Answer) -> Complaint:
    body = answer.body if isinstance(answer.body, dict) else {}
    entries = list(walk_entries(body))
    codes = [code for entry in entries if (code := parse_text(entry.get("code")))]
    messages = [message for entry in [*entries, body] if (message := parse_text(entry.get("message")))]
    said = "; ".join(messages or codes) or (answer.text if not body else "")
    hint = HINTS.get(answer.status, "")
    return Complaint(
        message="; ".join(part for part in (hint, said) if part),
        code=codes[0] if codes else "",
        retry_after_seconds=first_known(read_seconds(body.get("retry_after")), read_retry_after(answer.headers)),
    )


def walk_entries(body: dict[str, object]) -> Iterator[dict[str, object]]:
    for key in ("error", "errors"):
        value = body.get(key)
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                yield entry
            elif isinstance(entry, str):
                yield {"message": entry}


def first_known(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
