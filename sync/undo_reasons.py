"""Why an undo leaves a contact, or some of its properties, as it is: part of `sync.reasons`."""

from django.utils.translation import gettext_lazy as _

from sync.reason import Reason

UNDO_REASONS: dict[str, Reason] = {
    "UNDO_EDITED": Reason(
        _("Edited since the run"),
        _("{properties} no longer holds what the run had written."),
        _("Nothing to do if the edit is right. Otherwise correct the contact in HubSpot."),
    ),
    "UNDO_WRITTEN_LATER": Reason(
        _("Written again by a later run"),
        _("Run {run} has written {properties} since."),
        _("Take back the later run first, then this one again."),
    ),
    "UNDO_CONTACT_GONE": Reason(
        _("The contact is no longer in HubSpot"),
        _("Contact {contact} was deleted in HubSpot since."),
        _("Nothing to do."),
    ),
    "UNDO_CONTACT_MERGED": Reason(
        _("The contact was merged"),
        _("Contact {contact} was merged with another one since, and lives on as {survivor}."),
        _("Correct the merged contact in HubSpot, if that is needed."),
    ),
    "UNDO_CONTACT_SHARED": Reason(
        _("Another rule syncs the contact, too"),
        _("Contact {contact} is linked with a card of another sync rule."),
        _("Archive the contact in HubSpot if neither rule needs it."),
    ),
    "UNDO_PROPERTY_LOCKED": Reason(
        _("The property cannot be written any more"),
        _("{properties} was archived or made read-only in HubSpot."),
        _("Restore the property in HubSpot, then take the run back again."),
    ),
}
