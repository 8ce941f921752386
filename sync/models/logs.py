from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.orders import newest_first
from sync.models.rules import SyncRule
from sync.models.runs import SyncRun


class LogAction(models.TextChoices):
    CREATE = "create", _("created")
    UPDATE = "update", _("updated")
    EXCLUDE = "exclude", _("excluded")
    FAIL = "fail", _("failed")
    ARCHIVE = "archive", _("archived")


class RecordLog(models.Model):
    """One audit row: what a run did to a record. Names are frozen as text, so that it outlives what it tells of."""

    # Neither has an index of its own: those below begin with them.
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="logs", verbose_name=_("run"), db_index=False)
    rule = models.ForeignKey(
        SyncRule, models.SET_NULL, null=True, related_name="logs", verbose_name=_("sync rule"), db_index=False
    )
    sansan_id = models.CharField(_("card id"), max_length=255)
    hubspot_id = models.CharField(_("contact id"), max_length=255, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    action = models.CharField(_("action"), max_length=10, choices=LogAction.choices)
    superseded = models.BooleanField(
        _("superseded"),
        default=False,
        help_text=_("The card came up again in the same run; a later row tells the end."),
    )
    changes = models.JSONField(
        _("changes"), default=dict, blank=True, help_text=_("For each HubSpot property: the old and the new value.")
    )
    reason_code = models.CharField(_("reason"), max_length=60, blank=True)
    reason_detail = models.JSONField(_("reason in detail"), default=dict, blank=True)
    correlation_id = models.CharField(_("HubSpot's correlation id"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit rows")
        ordering = ["-pk"]
        # Each slows down every row that a run writes. The first two grow at few places, which stay in memory; the last
        # holds each card id once, with all its rows. A contact's rows are found by way of its cards.
        indexes = [
            models.Index("run", "action", newest_first(), name="log_by_run"),  # what a run did, by action or all of it
            models.Index("rule", "action", newest_first(), name="log_by_rule"),  # the same of a rule, or of all rules
            models.Index(fields=["sansan_id"], name="log_by_card"),  # a card's history; what its run told of it before
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.name or self.sansan_id}"
