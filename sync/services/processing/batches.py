"""Sends batches so that one bad input never takes the others down, and believes only what an answer names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from connectors.errors import AnswerLostError, BatchRejectedError, Issue
from connectors.hubspot.records import BatchResult, Contact, ContactInput
from sync.engine.defaults import IDENTITY_PROPERTY
from sync.services.processing.steps import Crew, Steps

T = TypeVar("T")

BATCH_SIZE = 100

Send = Callable[[Sequence[ContactInput]], BatchResult]


@dataclass(slots=True)
class Answers:
    """By trace id: what was written, what was refused, what the answer left out, and what got no answer at all."""

    written: dict[str, Contact] = field(default_factory=dict)
    refused: dict[str, Issue] = field(default_factory=dict)
    omitted: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)


def split_into_batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in the portions that HubSpot takes."""
    for start in range(0, len(items), BATCH_SIZE):
        yield items[start : start + BATCH_SIZE]


def send_batch(inputs: Sequence[ContactInput], send: Send, answers: Answers, crew: Crew) -> Steps[None]:
    """Fills `answers` call by call, so that what is known survives an error that stops the run."""
    if not inputs:
        return
    try:
        result = yield from crew.ask(send, inputs)
    except AnswerLostError:
        answers.lost.update(entry.trace_id for entry in inputs)
    except BatchRejectedError as error:
        yield from _divide(inputs, send, answers, crew, error)
    else:
        reconcile(inputs, result, answers)


def _divide(
    inputs: Sequence[ContactInput], send: Send, answers: Answers, crew: Crew, error: BatchRejectedError
) -> Steps[None]:
    """A whole batch was refused: takes out the inputs that are to blame, or halves it until they are found."""
    blamed = _match_issues(inputs, error.issues)
    if len(inputs) == 1:
        fallback = Issue(code=error.code or "REJECTED", message=error.message, correlation_id=error.correlation_id)
        unnamed = error.issues[0] if error.issues else fallback
        answers.refused[inputs[0].trace_id] = blamed.get(inputs[0].trace_id, unnamed)
        return
    if blamed:
        answers.refused.update(blamed)
        yield from send_batch([entry for entry in inputs if entry.trace_id not in blamed], send, answers, crew)
        return
    middle = len(inputs) // 2
    yield from send_batch(inputs[:middle], send, answers, crew)
    yield from send_batch(inputs[middle:], send, answers, crew)


def reconcile(inputs: Sequence[ContactInput], result: BatchResult, answers: Answers) -> None:
    """Finds every input in the answer: by trace id, by record id, or by the card id it carries; never by position."""
    by_trace = {contact.trace_id: contact for contact in result.contacts if contact.trace_id}
    by_id = {contact.id: contact for contact in result.contacts}
    by_card = {
        card_id: contact for contact in result.contacts if (card_id := contact.properties.get(IDENTITY_PROPERTY))
    }
    issues = _match_issues(inputs, result.issues)
    for entry in inputs:
        contact = by_trace.get(entry.trace_id) or by_id.get(entry.id)
        if contact is None and not entry.id:
            contact = by_card.get(entry.properties.get(IDENTITY_PROPERTY, ""))
        if contact is not None:
            answers.written[entry.trace_id] = contact
        elif entry.trace_id in issues:
            answers.refused[entry.trace_id] = issues[entry.trace_id]
        else:
            answers.omitted.add(entry.trace_id)


def _match_issues(inputs: Sequence[ContactInput], issues: Sequence[Issue]) -> dict[str, Issue]:
    """Issues by the trace id of the input they speak of; those that speak of none in particular are left out."""
    if not issues:
        return {}
    trace_by_id = {entry.id: entry.trace_id for entry in inputs if entry.id}
    traces = {entry.trace_id for entry in inputs}
    matched: dict[str, Issue] = {}
    for issue in issues:
        named = [issue.trace_id] if issue.trace_id in traces else []
        named += [trace_by_id[record_id] for record_id in issue.ids if record_id in trace_by_id]
        for trace_id in named:
            matched.setdefault(trace_id, issue)
    return matched
