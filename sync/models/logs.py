from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.rules import SyncRule
from sync.models.runs import SyncRun


class LogAction(models.TextChoices):
    CREATE = "create", _("created")
    UPDATE = "update", _("updated")
    EXCLUDE = "exclude", _("excluded")
    FAIL = "fail", _("failed")


class RecordLog(models.Model):
    """One audit row: what a run did to a record. Names are frozen as text, so that it outlives what it tells of."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="logs", verbose_name=_("run"))
    rule = models.ForeignKey(SyncRule, models.SET_NULL, null=True, related_name="logs", verbose_name=_("sync rule"))
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
        indexes = [
            models.Index(fields=["rule", "sansan_id", "id"], name="log_by_card"),
            models.Index(fields=["run", "action", "id"], name="log_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.name or self.sansan_id}"
