from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.registry import PROVIDERS
from sync.models.encrypted import EncryptedJSONField


def list_providers() -> list[tuple[str, str]]:
    return [(provider.key, provider.label) for provider in PROVIDERS.values()]


class ConnectedAccount(models.Model):
    """One key or token at a provider, and what the provider said about it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    provider = models.CharField(_("provider"), max_length=30, choices=list_providers)
    credentials = EncryptedJSONField(_("credentials"), blank=True, editable=False)
    external_id = models.CharField(
        _("account id"),
        max_length=100,
        blank=True,
        editable=False,
        help_text=_("HubSpot portal id or Sansan user id."),
    )
    external_name = models.CharField(_("belongs to"), max_length=200, blank=True, editable=False)
    missing_scopes = models.JSONField(_("missing scopes"), default=list, blank=True, editable=False)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True, editable=False)
    requests_per_10_seconds = models.PositiveIntegerField(
        _("requests per 10 seconds"),
        null=True,
        blank=True,
        help_text=_("HubSpot only. Empty: the value of HUBSPOT_REQUESTS_PER_10_SECONDS."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("connected account")
        verbose_name_plural = _("connected accounts")
        ordering = ["provider", "name"]

    def __str__(self) -> str:
        return self.name
