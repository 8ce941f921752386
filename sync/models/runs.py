from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext_lazy as _

from sync.models.rules import SyncRule


class RunKind(models.TextChoices):
    INITIAL = "initial", _("initial")
    INCREMENTAL = "incremental", _("incremental")
    FULL = "full", _("full")
    RETRY = "retry", _("re-run")
    PREVIEW = "preview", _("preview")
    UNDO = "undo", _("undo")


class RunTrigger(models.TextChoices):
    SCHEDULE = "schedule", _("schedule")
    MANUAL = "manual", _("manual")
    API = "api", _("API")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    PARTIAL = "partial", _("some records failed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE_STATUSES = (RunStatus.QUEUED.value, RunStatus.RUNNING.value)


def sum_outcomes() -> CombinedExpression:
    """Every record that was seen ended in exactly one of these."""
    return F("created") + F("updated") + F("archived") + F("unchanged") + F("excluded") + F("failed")


class SyncRun(models.Model):
    """One execution of a rule."""

    rule = models.ForeignKey(SyncRule, models.SET_NULL, null=True, related_name="runs", verbose_name=_("sync rule"))
    rule_name = models.CharField(_("rule's name at the time"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=RunKind.choices)
    trigger = models.CharField(_("trigger"), max_length=10, choices=RunTrigger.choices, default=RunTrigger.MANUAL)
    requested_by = models.CharField(_("requested by"), max_length=150, blank=True)
    dry_run = models.BooleanField(_("dry run"), default=False)
    reads_everything = models.BooleanField(_("reads every card"), default=False)
    selection = models.JSONField(_("selected records"), default=dict, blank=True)
    undoes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by", verbose_name=_("takes back")
    )
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)

    seen = models.PositiveIntegerField(_("seen"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    archived = models.PositiveIntegerField(
        _("archived"), default=0, help_text=_("Only an undo archives contacts: those that the run had created.")
    )
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    excluded = models.PositiveIntegerField(_("excluded"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    requests_sansan = models.PositiveIntegerField(_("requests to Sansan"), default=0)
    requests_hubspot = models.PositiveIntegerField(_("requests to HubSpot"), default=0)

    window_from = models.DateTimeField(_("reads from"), null=True, blank=True)
    window_to = models.DateTimeField(_("reads to"), null=True, blank=True)
    position = models.DateTimeField(_("read up to"), null=True, blank=True)
    watermark = models.DateTimeField(_("watermark afterwards"), null=True, blank=True)

    lease_token = models.UUIDField(_("lease"), null=True, blank=True, editable=False)
    lease_holder = models.CharField(_("held by"), max_length=200, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(_("lease ends"), null=True, blank=True, editable=False)

    cancel_requested_at = models.DateTimeField(_("told to stop"), null=True, blank=True, editable=False)
    cancel_requested_by = models.CharField(_("told to stop by"), max_length=150, blank=True, editable=False)

    error_code = models.CharField(_("error"), max_length=60, blank=True)
    error_detail = models.JSONField(_("error detail"), default=dict, blank=True)
    created_at = models.DateTimeField(_("requested"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=Q(status__in=ACTIVE_STATUSES), name="run_one_active_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(seen=sum_outcomes()),
                name="run_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name} #{self.pk}"
