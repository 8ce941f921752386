from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sync.models.orders import fold, newest_first
from sync.models.rules import SyncRule
from sync.models.runs import SyncRun


class LinkState(models.TextChoices):
    IN_SYNC = "in_sync", _("in sync")
    FAILING = "failing", _("failing")
    EXCLUDED = "excluded", _("excluded")
    REVIEW = "review", _("waiting for a decision")


class CardPlace(models.Model):
    """Where a card stands in a rule, and why."""

    sansan_id = models.CharField(_("card id"), max_length=255)
    hubspot_id = models.CharField(_("contact id"), max_length=255, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LinkState.choices)
    reason_code = models.CharField(_("reason"), max_length=60, blank=True)
    reason_detail = models.JSONField(_("reason in detail"), default=dict, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    email = models.CharField(_("e-mail"), max_length=320, blank=True)
    eligible = models.BooleanField(
        _("passes the limits"), default=False, help_text=_("Takes part when several cards share an e-mail address.")
    )
    exchange_date = models.DateField(_("exchange date"), null=True, blank=True)
    card_updated_at = models.DateTimeField(_("card changed"), null=True, blank=True)
    winner_id = models.CharField(
        _("card that stands for the contact"),
        max_length=64,
        blank=True,
        help_text=_("Set on the cards that lost to it."),
    )
    person_id = models.CharField(_("person id"), max_length=255, blank=True)
    content_hash = models.CharField(_("hash of what was synced"), max_length=64, blank=True)
    failed_hash = models.CharField(_("hash of what failed"), max_length=64, blank=True)
    synced_values = models.JSONField(_("values last synced"), default=dict, blank=True)
    seen_run_id = models.BigIntegerField(_("last seen in run"), null=True, blank=True)
    seen_outcome = models.CharField(_("outcome there"), max_length=10, blank=True)
    needs_revisit = models.BooleanField(_("to be looked at again"), default=False)
    last_synced_at = models.DateTimeField(_("last synced"), null=True, blank=True)

    class Meta:
        abstract = True


class RecordLink(CardPlace):
    """A card that a rule knows: the contact it is linked with, or why there is none."""

    # Without an index of its own: `link_by_state` begins with it.
    rule = models.ForeignKey(
        SyncRule, models.CASCADE, related_name="links", verbose_name=_("sync rule"), db_index=False
    )
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    # A failure is dismissed as long as this is the hash of what failed: whatever fails anew shows up again. Runs
    # write rows without it.
    dismissed_hash = models.CharField(
        _("hash of the failure that was dismissed"), max_length=64, blank=True, db_default=""
    )
    dismissed_by = models.CharField(_("dismissed by"), max_length=150, blank=True, db_default="")
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        # What people search for comes before the rule, so that one index answers within a rule and across rules.
        constraints = [
            models.UniqueConstraint(fields=["sansan_id", "rule"], name="link_one_per_card"),
            models.UniqueConstraint(
                fields=["hubspot_id", "rule"], condition=~Q(hubspot_id=""), name="link_one_per_contact"
            ),
        ]
        indexes = [
            models.Index(fields=["email", "rule"], name="link_by_email", condition=~Q(email="")),
            models.Index("rule", "state", newest_first(), name="link_by_state"),  # lists of a rule, a state or both
            models.Index(fold("name"), "id", name="link_by_name"),  # people search for the beginnings of names
            models.Index(fields=["rule", "winner_id"], name="link_by_winner", condition=~Q(winner_id="")),
            models.Index(fields=["rule", "id"], name="link_to_revisit", condition=Q(needs_revisit=True)),
        ]

    def __str__(self) -> str:
        return self.name or self.sansan_id

    @property
    def is_dismissed(self) -> bool:
        """As IS_DISMISSED."""
        return bool(self.dismissed_hash) and self.dismissed_hash == self.failed_hash


# The failure has been dismissed, and nothing else has failed since.
IS_DISMISSED = Q(dismissed_hash=F("failed_hash")) & ~Q(dismissed_hash="")


class PreviewLink(CardPlace):
    """What a preview believes of a card while it runs; laid over RecordLink and deleted when the preview ends."""

    # Without an index of its own: all those below begin with it.
    run = models.ForeignKey(
        SyncRun, models.CASCADE, related_name="preview_links", verbose_name=_("run"), db_index=False
    )

    class Meta:
        verbose_name = _("previewed record")
        verbose_name_plural = _("previewed records")
        constraints = [models.UniqueConstraint(fields=["run", "sansan_id"], name="preview_one_per_card")]
        indexes = [
            models.Index(fields=["run", "email"], name="preview_by_email"),
            models.Index(fields=["run", "hubspot_id"], name="preview_by_contact"),
        ]

    def __str__(self) -> str:
        return self.name or self.sansan_id
