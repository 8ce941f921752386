"""The sync rules of a configuration file, checked and brought into the form in which they are compared and stored."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sync.models import ConflictPolicy, Direction, SyncRule
from sync.services.configuration.accounts import AccountBook, AccountDraft
from sync.services.configuration.conditions import define_filters, define_hubspot_filters
from sync.services.configuration.definition import RuleDefinition, read_definition
from sync.services.configuration.faults import FaultList, Path
from sync.services.configuration.live import LiveServices
from sync.services.configuration.mappings import MappingReader
from sync.services.configuration.schema import RuleEntry
from sync.services.configuration.tags import define_tags

RUNNABLE_DIRECTIONS = frozenset({Direction.SANSAN_TO_HUBSPOT.value})
DEFAULT_OVERLAP_MINUTES = 10


def explain_direction(direction: str) -> str:
    """Why a rule in a direction that is not one of RUNNABLE_DIRECTIONS must not be enabled."""
    message = _(
        "a rule in the direction %(direction)s can be kept, but not run yet: set enabled: false, or "
        "direction: sansan_to_hubspot"
    )
    return message % {"direction": direction}


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as it is to be, beside what the database holds of it (None when it is new)."""

    path: Path
    definition: RuleDefinition
    sansan: AccountDraft
    hubspot: AccountDraft
    saved: SyncRule | None = None
    stored: RuleDefinition | None = None


def draft_rules(
    entries: list[RuleEntry | None], book: AccountBook, services: LiveServices, faults: FaultList
) -> list[RuleDraft]:
    """Checks the rules against the accounts, the engine and the services; those with faults are left out."""
    saved = {rule.name: rule for rule in load_rules()}
    read: set[str] = set()
    drafts = []
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        path: Path = ("sync_rules", index)
        if entry.name in read:
            message = _("another rule of the file is called '%(name)s', too")
            faults.add((*path, "name"), message % {"name": entry.name})
        read.add(entry.name)
        drafts.append(RuleReader(entry, path, book, services, faults).read(saved.get(entry.name)))
    found = [draft for draft in drafts if draft]
    warn_of_renamed(found, saved, read, faults)
    return found


def load_rules() -> list[SyncRule]:
    """All rules with their parts, but without the secrets of their accounts."""
    rules = SyncRule.objects.select_related("sansan_account", "hubspot_account")
    secrets = ("sansan_account__credentials", "hubspot_account__credentials")
    return list(rules.defer(*secrets).prefetch_related("tags", "mappings", "filters"))


def warn_of_renamed(drafts: list[RuleDraft], saved: dict[str, SyncRule], named: set[str], faults: FaultList) -> None:
    """A name that changed in the file only makes a second rule beside the first, which goes on."""
    for draft in drafts:
        if draft.saved is not None:
            continue
        twins = [
            rule.name
            for rule in saved.values()
            if rule.name not in named
            and (rule.sansan_account_id, rule.hubspot_account_id)
            == (draft.sansan.account.pk, draft.hubspot.account.pk)
        ]
        if twins:
            message = _(
                "this becomes a new rule beside '%(old)s', which joins the same accounts and goes on; if you meant to "
                "rename '%(old)s', rename it in the portal first"
            )
            faults.warn((*draft.path, "name"), message % {"old": "', '".join(twins)})


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads one rule of the file."""

    entry: RuleEntry
    path: Path
    book: AccountBook
    services: LiveServices
    faults: FaultList

    def read(self, saved: SyncRule | None) -> RuleDraft | None:
        entry = self.entry
        sansan = self.book.find(entry.sansan, "sansan", (*self.path, "sansan"), self.faults)
        hubspot = self.book.find(entry.hubspot, "hubspot", (*self.path, "hubspot"), self.faults)
        self._check_direction()
        self._check_matching()
        stored = read_definition(saved) if saved else None
        definition = self._define(sansan, hubspot, stored)
        if sansan is None or hubspot is None:
            return None
        self._check_portal(hubspot, saved)
        return RuleDraft(self.path, definition, sansan, hubspot, saved, stored)

    def _define(
        self, sansan: AccountDraft | None, hubspot: AccountDraft | None, stored: RuleDefinition | None
    ) -> RuleDefinition:
        entry = self.entry
        portal = self.services.read_portal(hubspot, (*self.path, "hubspot")) if hubspot else None
        live_tags = self.services.list_tags(sansan, (*self.path, "sansan")) if sansan else None
        known_overlap = stored.overlap_minutes if stored else DEFAULT_OVERLAP_MINUTES
        return RuleDefinition(
            name=entry.name,
            sansan=entry.sansan,
            hubspot=entry.hubspot,
            direction=entry.direction,
            enabled=entry.enabled,
            interval_minutes=entry.interval_minutes,
            overlap_minutes=known_overlap if entry.overlap_minutes is None else entry.overlap_minutes,
            sync_all_tags=entry.tags.sync is None,
            tags=define_tags(entry.tags, live_tags, stored, (*self.path, "tags"), self.faults),
            only_with_these_tags=entry.tags.only_with_these,
            only_with_email=entry.only_with_email,
            matching=tuple(step for step in entry.matching if step),
            conflict=entry.conflict,
            filter_match=entry.filters.match,
            filters=define_filters(entry.filters, (*self.path, "filters"), self.faults),
            hubspot_filter_match=entry.hubspot_filters.match,
            hubspot_filters=define_hubspot_filters(
                entry.hubspot_filters, portal, (*self.path, "hubspot_filters"), self.faults
            ),
            mappings=MappingReader(portal, (*self.path, "mappings"), self.faults).read(entry.mappings),
        )

    def _check_direction(self) -> None:
        if self.entry.enabled and self.entry.direction not in RUNNABLE_DIRECTIONS:
            self.faults.add((*self.path, "direction"), explain_direction(self.entry.direction))

    def _check_matching(self) -> None:
        steps = self.entry.matching
        path = (*self.path, "matching")
        if not steps:
            self.faults.add(path, _("must name at least one way of matching"))
        for index, step in enumerate(steps):
            if step and step in steps[:index]:
                self.faults.add((*path, index), _("'%(name)s' stands here twice") % {"name": step})
        if self.entry.enabled and "name_and_company" in steps:
            self.faults.warn(path, _("name_and_company is kept, but the sync matches by link and e-mail only for now"))
        if self.entry.conflict != ConflictPolicy.SANSAN_WINS and self.entry.direction == Direction.SANSAN_TO_HUBSPOT:
            message = _("conflict is kept, but has no effect in this direction: see 'write' of each mapping")
            self.faults.warn((*self.path, "conflict"), message)

    def _check_portal(self, hubspot: AccountDraft, saved: SyncRule | None) -> None:
        """A rule's links hold contact ids: they mean nothing in the portal of another account."""
        if saved is None or saved.hubspot_account_id == hubspot.account.pk:
            return
        old = saved.hubspot_account
        new_id = hubspot.report.external_id if hubspot.report else hubspot.account.external_id
        is_linked = saved.links.exclude(hubspot_id="").exists()
        if is_linked and not (new_id and new_id == old.external_id):
            message = _(
                "the rule's records are linked with HubSpot portal %(old)s, but '%(name)s' is portal %(new)s; make a "
                "new rule for that account"
            )
            values = {"old": old.external_id or "?", "new": new_id or "?", "name": hubspot.account.name}
            self.faults.add((*self.path, "hubspot"), message % values)
