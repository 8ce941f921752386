from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sync.models.accounts import ConnectedAccount
from sync.models.rules import SyncRule


class SetupStep(models.TextChoices):
    SANSAN = "sansan", _("Connect Sansan")
    TAGS = "tags", _("Choose tags")
    HUBSPOT = "hubspot", _("Connect HubSpot")
    DIRECTION = "direction", _("Direction")
    MAPPING = "mapping", _("Field mapping")
    LIMITS = "limits", pgettext_lazy("which records sync", "Limits")
    PREVIEW = "preview", _("Preview")
    REVIEW = "review", _("Review")


class RuleSetup(models.Model):
    """The set-up of one rule, step by step; it can be left and taken up again, by anybody who may."""

    started_by = models.CharField(_("started by"), max_length=150, blank=True)
    step = models.CharField(_("step"), max_length=10, choices=SetupStep.choices, default=SetupStep.SANSAN)
    sansan_account = models.ForeignKey(
        ConnectedAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Sansan account")
    )
    hubspot_account = models.ForeignKey(
        ConnectedAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("HubSpot account")
    )
    rule = models.OneToOneField(
        SyncRule, models.CASCADE, null=True, blank=True, related_name="setup", verbose_name=_("sync rule")
    )
    choices = models.JSONField(
        _("choices so far"), default=dict, blank=True, help_text=_("Until there is a rule to keep them.")
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("set-up")
        verbose_name_plural = _("set-ups")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
