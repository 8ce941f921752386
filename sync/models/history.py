from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.accounts import ConnectedAccount
from sync.models.rules import SyncRule


class ChangeSource(models.TextChoices):
    PORTAL = "portal", _("portal")
    ADMIN = "admin", _("administration")
    COMMAND = "command", _("command")


class SettingChange(models.Model):
    """Who changed which setting, and from what to what. Names are frozen as text, and secrets never get here."""

    changed_at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    source = models.CharField(_("where"), max_length=10, choices=ChangeSource.choices)
    rule = models.ForeignKey(
        SyncRule, models.SET_NULL, null=True, blank=True, related_name="setting_changes", verbose_name=_("sync rule")
    )
    rule_revision = models.PositiveIntegerField(_("revision of the rule"), null=True, blank=True)
    account = models.ForeignKey(
        ConnectedAccount,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="setting_changes",
        verbose_name=_("connected account"),
    )
    subject = models.CharField(_("of what"), max_length=120)
    changes = models.JSONField(
        _("changes"), default=list, help_text=_("A list of setting, old value and new value; of a secret neither.")
    )

    class Meta:
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} ({self.changed_by or '-'})"
