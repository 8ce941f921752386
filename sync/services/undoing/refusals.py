"""Which runs cannot be taken back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.models import ACTIVE_STATUSES, RunKind, SyncRun

REFUSALS: dict[str, str | Promise] = {
    "UNDO": _(
        "This run is an undo itself. Re-run a record to have its contact created again; values are written again when"
        " the card or the mapping changes."
    ),
    "DRY_RUN": _("This run was only a preview: it wrote nothing, so there is nothing to take back."),
    "ACTIVE": _("This run has not ended yet. Wait until it has, or cancel it, then take it back."),
    "RULE_DELETED": _("The rule of this run was deleted, and with it the way to its HubSpot account."),
}


class UndoRefusedError(Exception):
    """The run cannot be taken back; the text says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(REFUSALS[self.code])


def find_refusal(run: SyncRun) -> str:
    """The key in REFUSALS of why the run cannot be taken back; empty when it can."""
    if run.kind == RunKind.UNDO:
        return "UNDO"
    if run.dry_run:
        return "DRY_RUN"
    if run.status in ACTIVE_STATUSES:
        return "ACTIVE"
    return "" if run.rule_id else "RULE_DELETED"
