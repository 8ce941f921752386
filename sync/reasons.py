"""Why a record or a run did not get through: every code with its title, explanation and fix, in one place.

The codes are stable: people script against them. The texts may name what the detail of an occurrence holds, as
`{email}`; a detail that is missing reads as "?".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from sync.problem_texts import describe_problems
from sync.reason import Reason
from sync.undo_reasons import UNDO_REASONS


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in words, in the language active when it was described."""

    code: str
    title: str
    message: str
    fix: str


EXCLUSIONS: dict[str, Reason] = {
    "NO_EMAIL": Reason(
        _("No e-mail address"),
        _("The card has no e-mail address, and this rule syncs only cards with one."),
        _("Add the address to the card in Sansan, or let the rule sync cards without e-mail."),
    ),
    "DUPLICATE_EMAIL": Reason(
        _("Another card has this e-mail address"),
        _(
            "{email} is also on card {winner} ({winner_name}), which was exchanged or changed more recently "
            "and stands for the contact."
        ),
        _("Nothing to do if both are one person. Otherwise correct the address on one of the cards in Sansan."),
    ),
    "DUPLICATE_CONTACT": Reason(
        _("Another card stands for this contact"),
        _("Contact {contact} belongs to card {winner} ({winner_name}), which was exchanged or changed more recently."),
        _("Nothing to do if both are one person. Otherwise take the extra address off the contact in HubSpot."),
    ),
    "TAG_NOT_SELECTED": Reason(
        _("Has none of the selected tags"),
        _("The rule syncs only cards with one of its tags, and this card has none of them."),
        _("Tag the card in Sansan, or select more tags in the rule."),
    ),
    "FILTERED": Reason(
        _("Does not pass the filter"),
        _("The condition {condition} is not met."),
        _(
            "Change the card in Sansan or the rule's filter. A contact that was already linked stays in "
            "HubSpot and is no longer updated."
        ),
    ),
    "CONTACT_DELETED": Reason(
        _("The contact was deleted in HubSpot"),
        _("Contact {contact} was deleted in HubSpot. It is not created again."),
        _("Restore the contact in HubSpot (possible for 90 days); the next change or full run links it again."),
    ),
    "RUN_UNDONE": Reason(
        _("The run that created the contact was taken back"),
        _("Run {run} had created contact {contact}; both were taken back, and the contact was archived in HubSpot."),
        _("Nothing to do. To have the contact created again, change the card in Sansan or its mapping, or re-run it."),
    ),
    "CARD_VANISHED": Reason(
        _("The card is gone from Sansan"),
        _(
            "Sansan no longer shows this card: it was deleted, merged with a newer one, or its owner took it"
            " out of view. The contact stays in HubSpot."
        ),
        _("Decide in HubSpot whether the contact should stay."),
    ),
}
FAILURES: dict[str, Reason] = {
    "INVALID_EMAIL": Reason(
        _("Invalid e-mail address"),
        _("{value} is not a valid e-mail address."),
        _("Correct the address on the card in Sansan, then re-run the record."),
    ),
    "NO_NAME": Reason(
        _("Neither name nor e-mail"),
        _("HubSpot needs an e-mail address, a first name or a last name, and the card has none of them."),
        _("Add a name to the card in Sansan, then re-run the record."),
    ),
    "EMAIL_IN_USE": Reason(
        _("The e-mail address belongs to another contact"),
        _("{email} already is an address of another contact in HubSpot ({contact})."),
        _("Merge the two contacts in HubSpot, or correct the address on the card, then re-run the record."),
    ),
    "CARD_ID_IN_USE": Reason(
        _("The card is noted on another contact"),
        _("Another contact in HubSpot already carries this card's id."),
        _(
            "Look for the contact with the Sansan card id {sansan_id} in HubSpot and merge the two, then re-"
            "run the record."
        ),
    ),
    "BLOCKED_EMAIL": Reason(
        _("HubSpot refuses this e-mail address"),
        _("The address was erased for data protection and may not come back."),
        _("Take the address off the card, or leave the record as it is."),
    ),
    "UNKNOWN_OPTION": Reason(
        _("Not one of the property's options"),
        _("HubSpot's property {property} has no option {value}."),
        _("Add the option in HubSpot, or map the value to an existing one in the mapping."),
    ),
    "VALUE_TOO_LONG": Reason(
        _("Value too long"),
        _("The value for {property} is longer than HubSpot takes ({lengths} characters)."),
        _("Shorten it on the card in Sansan, or add the transform 'truncate' to the mapping."),
    ),
    "VALUE_TOO_SHORT": Reason(
        _("Value too short"),
        _("The value for {property} is shorter than HubSpot asks for ({lengths} characters)."),
        _("Complete it on the card in Sansan, or change the rule on the property in HubSpot."),
    ),
    "INVALID_NUMBER": Reason(
        _("Not a number"),
        _("{value} is not a number, but HubSpot's property {property} takes one."),
        _("Correct the card in Sansan, or map the field to a text property."),
    ),
    "INVALID_DATE": Reason(
        _("Not a date"),
        _("{value} is not a date, but HubSpot's property {property} takes one."),
        _("Correct the card in Sansan, or map the field to a text property."),
    ),
    "INVALID_BOOLEAN": Reason(
        _("Not yes or no"),
        _("{value} is neither true nor false, but HubSpot's property {property} takes one of them."),
        _("Map the values with the transform 'option_map'."),
    ),
    "INVALID_PHONE": Reason(
        _("Invalid phone number"),
        _("HubSpot does not take {value} as a phone number for {property}."),
        _("Correct the number on the card in Sansan, then re-run the record."),
    ),
    "VALUE_REJECTED": Reason(
        _("HubSpot refused a value"),
        _("HubSpot refused the value of {property}: {message}"),
        _("Correct the card in Sansan or the mapping, then re-run the record."),
    ),
    "REQUIRED_PROPERTY": Reason(
        _("A required property is missing"),
        _("This HubSpot account requires {property} on every contact, and the card gives no value for it."),
        _("Map a field or a constant to {property}, or relax the requirement in HubSpot."),
    ),
    "REJECTED": Reason(
        _("HubSpot refused the record"),
        _("HubSpot answered: {message}"),
        _("Correct what HubSpot names, then re-run the record."),
    ),
    "NOT_APPLIED": Reason(
        _("HubSpot did not apply the change"),
        _("HubSpot left the record out of its answer, and a second look showed that it was not written."),
        _("Re-run the record. If it happens again, open the contact in HubSpot and look at its history."),
    ),
}
RUN_ERRORS: dict[str, Reason] = {
    "MAPPING_INVALID": Reason(
        _("The mapping does not fit HubSpot"),
        _("{problems}"),
        _(
            "Correct the mapping, or run 'apply' again: it creates the properties that belong to Tsunagi. "
            "Others are created in HubSpot. Then run again."
        ),
    ),
    "FILTER_INVALID": Reason(
        _("The filter cannot be used"),
        _("{problems}"),
        _("Correct the rule's filter, then run again. Nothing was written."),
    ),
    "RULE_DELETED": Reason(
        _("The rule was deleted"),
        _("The rule {rule} was deleted before its run was done."),
        _("Nothing to do."),
    ),
    "UNDONE_RUN_DELETED": Reason(
        _("The run to take back is gone"),
        _("The run was deleted before it was taken back."),
        _("Nothing to do."),
    ),
    "DIRECTION_UNSUPPORTED": Reason(
        _("This direction cannot run yet"),
        _("The rule's direction is {direction}; only Sansan to HubSpot can run."),
        _("Change the rule's direction."),
    ),
    "CREDENTIALS_REFUSED": Reason(
        _("The key or token was refused"),
        _("{message}"),
        _(
            "Enter a valid key or token in the account, check the connection, then run again. What was done "
            "before is kept."
        ),
    ),
    "ACCOUNT_DISCONNECTED": Reason(
        _("An account is disconnected"),
        _("The account {account} has no key or token: it was disconnected. Nothing was read or written."),
        _("Enter a key in the account, then resume the rule: its links were kept."),
    ),
    "CREDENTIALS_UNREADABLE": Reason(
        _("The stored key or token cannot be decrypted"),
        _("None of the keys in CREDENTIALS_KEYS opens what is stored for the account."),
        _("Put the former key back into CREDENTIALS_KEYS, behind the newest, or enter the key or token again."),
    ),
    "SCOPE_MISSING": Reason(
        _("A permission is missing"),
        _("{message}"),
        _(
            "Give the token the missing scope in HubSpot, or use a key with the right to see the data in "
            "Sansan, then run again."
        ),
    ),
    "QUOTA_EXHAUSTED": Reason(
        _("The request quota is used up"),
        _("{message}"),
        _("The next run goes on where this one stopped once the quota is renewed."),
    ),
    "SERVICE_UNAVAILABLE": Reason(
        _("The service did not answer"),
        _("{message}"),
        _("Nothing to do: the next run goes on where this one stopped."),
    ),
    "SERVICE_REFUSED": Reason(
        _("The service refused the request"),
        _("{message}"),
        _("Check the account's connection; if it is fine, report this with the run's number."),
    ),
    "UNEXPECTED_ANSWER": Reason(
        _("The service answered something unexpected"),
        _("{message}"),
        _("Check that the base URL and API version are right; if they are, report this with the run's number."),
    ),
    "RUN_INTERRUPTED": Reason(
        _("The run was interrupted"),
        _("The process that worked on this run ended before it was done. What it had recorded is kept."),
        _("Nothing to do: the next run goes on where this one stopped."),
    ),
    "INTERNAL_ERROR": Reason(
        _("Something went wrong in Tsunagi"),
        _("{message}"),
        _("Report this with the run's number; the log has the details. The next run goes on where this one stopped."),
    ),
}
REASONS: dict[str, Reason] = {**EXCLUSIONS, **FAILURES, **UNDO_REASONS, **RUN_ERRORS}


class _Details(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def describe(code: str, detail: Mapping[str, Any] | None = None) -> ReasonText:
    """A code in words. An unknown code (written by another version) describes itself."""
    reason = REASONS.get(code)
    if reason is None:
        return ReasonText(code, code, str((detail or {}).get("message", "")), "")
    values = _Details(detail or {})
    if isinstance(values.get("problems"), list):
        values["problems"] = describe_problems(values["problems"])
    return ReasonText(
        code,
        str(reason.title),
        str(reason.explanation).format_map(values),
        str(reason.fix).format_map(values),
    )
