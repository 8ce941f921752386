from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sync.models.accounts import ConnectedAccount

MAX_SELECTED_TAGS = 300


class Direction(models.TextChoices):
    SANSAN_TO_HUBSPOT = "sansan_to_hubspot", _("Sansan → HubSpot")
    HUBSPOT_TO_SANSAN = "hubspot_to_sansan", _("HubSpot → Sansan")
    TWO_WAY = "two_way", _("both ways")


class FieldDirection(models.TextChoices):
    SANSAN_TO_HUBSPOT = "sansan_to_hubspot", _("Sansan → HubSpot")
    HUBSPOT_TO_SANSAN = "hubspot_to_sansan", _("HubSpot → Sansan")
    BOTH = "both", _("both ways")


class ConflictPolicy(models.TextChoices):
    SANSAN_WINS = "sansan_wins", _("Sansan wins")
    HUBSPOT_WINS = "hubspot_wins", _("HubSpot wins")
    NEWEST = "newest", _("the newest edit wins")
    REVIEW = "review", _("a person decides")


class Match(models.TextChoices):
    ALL = "all", _("all conditions")
    ANY = "any", _("any condition")


class WritePolicy(models.TextChoices):
    ALWAYS = "always", _("always")
    IF_EMPTY = "if_empty", _("only if empty")
    NEVER = "never", _("never")


class FilterSide(models.TextChoices):
    SANSAN = "sansan", "Sansan"
    HUBSPOT = "hubspot", "HubSpot"


class TagType(models.TextChoices):
    """Private tags are not among them: they never sync."""

    PUBLIC = "public", _("public")
    SHARED = "shared", _("shared")


def default_matching() -> list[str]:
    return ["link", "email"]


class SyncRule(models.Model):
    """One configured sync between a Sansan and a HubSpot account."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    sansan_account = models.ForeignKey(
        ConnectedAccount, models.PROTECT, related_name="sansan_rules", verbose_name=_("Sansan account")
    )
    hubspot_account = models.ForeignKey(
        ConnectedAccount, models.PROTECT, related_name="hubspot_rules", verbose_name=_("HubSpot account")
    )
    direction = models.CharField(
        _("direction"), max_length=20, choices=Direction.choices, default=Direction.SANSAN_TO_HUBSPOT
    )
    enabled = models.BooleanField(_("enabled"), default=False, help_text=_("Off: nothing runs by schedule."))
    interval_minutes = models.PositiveIntegerField(
        _("interval in minutes"), default=10, validators=[MinValueValidator(1)]
    )
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True, db_index=True)
    sync_all_tags = models.BooleanField(_("sync all public and shared tags"), default=True)
    only_with_these_tags = models.BooleanField(
        _("only cards with these tags"),
        default=False,
        help_text=_("Off: tags are synced as values and limit nothing."),
    )
    only_with_email = models.BooleanField(
        _("only cards with an e-mail address"), default=True, help_text=_("Reduces the chance of duplicates.")
    )
    matching = models.JSONField(_("matching, in this order"), default=default_matching)
    conflict = models.CharField(
        _("conflict"), max_length=20, choices=ConflictPolicy.choices, default=ConflictPolicy.SANSAN_WINS
    )
    filter_match = models.CharField(_("Sansan filter"), max_length=3, choices=Match.choices, default=Match.ALL)
    hubspot_filter_match = models.CharField(
        _("HubSpot filter"), max_length=3, choices=Match.choices, default=Match.ALL
    )
    overlap_minutes = models.PositiveIntegerField(
        _("overlap in minutes"),
        default=10,
        help_text=_("How far back each run reads again, for cards that appear late."),
    )
    watermark = models.DateTimeField(
        _("watermark"), null=True, blank=True, editable=False, help_text=_("Every card changed before this was read.")
    )
    revision = models.PositiveIntegerField(
        _("revision"),
        default=0,
        editable=False,
        help_text=_("Counts the changes of the rule and its parts; who edits an older one is told."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("sync rule")
        verbose_name_plural = _("sync rules")
        ordering = ["name"]
        permissions = [("run_syncrule", _("Can run sync rules, pause them, and re-run their records"))]
        constraints = [
            models.CheckConstraint(condition=Q(interval_minutes__gte=1), name="rule_interval_at_least_a_minute"),
            models.CheckConstraint(
                condition=~Q(sansan_account=models.F("hubspot_account")), name="rule_joins_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagSelection(models.Model):
    """A public or shared Sansan tag that a rule syncs."""

    rule = models.ForeignKey(SyncRule, models.CASCADE, related_name="tags", verbose_name=_("sync rule"))
    position = models.PositiveSmallIntegerField(_("position"))
    tag_id = models.CharField(_("tag id"), max_length=255)
    name = models.CharField(_("tag"), max_length=255)
    type = models.CharField(_("type"), max_length=10, choices=TagType.choices)

    class Meta:
        verbose_name = _("selected tag")
        verbose_name_plural = _("selected tags")
        ordering = ["rule", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "tag_id"], name="tag_once_per_rule"),
            # With unique positions from 1 to 300, a 301st tag has no place: the limit holds in the database itself.
            models.UniqueConstraint(fields=["rule", "position"], name="tag_position_once_per_rule"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MAX_SELECTED_TAGS), name="tag_at_most_300_per_rule"
            ),
            models.CheckConstraint(condition=Q(type__in=["public", "shared"]), name="tag_never_private"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldMapping(models.Model):
    """One Sansan field and the HubSpot property it goes to."""

    rule = models.ForeignKey(SyncRule, models.CASCADE, related_name="mappings", verbose_name=_("sync rule"))
    position = models.PositiveSmallIntegerField(_("position"))
    sansan_field = models.CharField(_("Sansan field"), max_length=60)
    hubspot_property = models.CharField(_("HubSpot property"), max_length=100)
    transform = models.JSONField(_("transform"), default=list, blank=True, help_text=_("Empty: what suits the field."))
    write = models.CharField(_("write"), max_length=10, choices=WritePolicy.choices, default=WritePolicy.ALWAYS)
    direction = models.CharField(
        _("direction"), max_length=20, choices=FieldDirection.choices, default=FieldDirection.SANSAN_TO_HUBSPOT
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("field mapping")
        verbose_name_plural = _("field mappings")
        ordering = ["rule", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "hubspot_property"], name="mapping_one_per_property"),
        ]

    def __str__(self) -> str:
        return f"{self.sansan_field} → {self.hubspot_property}"


class RecordFilter(models.Model):
    """One condition that limits which records a rule syncs."""

    rule = models.ForeignKey(SyncRule, models.CASCADE, related_name="filters", verbose_name=_("sync rule"))
    side = models.CharField(_("side"), max_length=10, choices=FilterSide.choices, default=FilterSide.SANSAN)
    position = models.PositiveSmallIntegerField(_("position"))
    field = models.CharField(_("field"), max_length=100)
    operator = models.CharField(_("operator"), max_length=30)
    value = models.JSONField(_("value"), null=True, blank=True)

    class Meta:
        verbose_name = _("filter")
        verbose_name_plural = _("filters")
        ordering = ["rule", "side", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value if self.value is not None else ''}".rstrip()
