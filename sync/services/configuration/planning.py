"""Works out what a configuration file would change, without changing anything."""

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from django.utils.translation import gettext as _

from connectors.sansan.records import Tag
from sync.services.configuration.accounts import AccountDraft, check_connections, draft_accounts
from sync.services.configuration.differences import list_differences
from sync.services.configuration.faults import Fault, FaultList, Path
from sync.services.configuration.live import LiveServices
from sync.services.configuration.loading import load_yaml, read_text
from sync.services.configuration.reading import read_document
from sync.services.configuration.rules import RuleDraft, draft_rules
from sync.services.property_setup import TAGS_PROPERTY, PropertySetup, PropertySetupError, find_missing


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. `changes` tells it, a line each: `+` is new, `~` changes."""

    accounts: tuple[AccountDraft, ...]
    rules: tuple[RuleDraft, ...]
    setups: tuple[tuple[AccountDraft, PropertySetup], ...]
    changes: tuple[str, ...]
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class PropertyWish:
    """What the rules of one HubSpot account need there."""

    draft: AccountDraft
    path: Path
    targets: set[str] = field(default_factory=set)
    tags: dict[str, Tag] = field(default_factory=dict)


def plan_configuration(file: FilePath) -> Plan:
    """Reads and checks a configuration file, asks the services what has to be known, and compares with the database.

    Changes nothing anywhere. Raises ConfigurationError with all faults at once.
    """
    faults = FaultList()
    raw = load_yaml(read_text(file), faults)
    names = list_account_names(raw)
    document = read_document(raw, faults)
    book = draft_accounts(document.accounts, names, file.parent, faults)
    check_connections(book, faults)
    services = LiveServices(faults)
    rules = draft_rules(document.sync_rules, book, services, faults)
    setups = plan_properties(rules, services, faults)
    faults.stop_if_any()
    accounts = tuple(draft for draft in book.drafts.values() if draft.is_new or draft.changes)
    changed = tuple(rule for rule in rules if rule.definition != rule.stored)
    return Plan(accounts, changed, setups, tuple(tell_changes(accounts, changed, setups)), tuple(faults.warnings))


def list_account_names(raw: dict[str, Any]) -> list[str]:
    """The names that accounts of the file have, whatever else is wrong with them."""
    entries = raw.get("accounts")
    if not isinstance(entries, list):
        return []
    return [str(entry["name"]).strip() for entry in entries if isinstance(entry, dict) and "name" in entry]


def plan_properties(
    rules: list[RuleDraft], services: LiveServices, faults: FaultList
) -> tuple[tuple[AccountDraft, PropertySetup], ...]:
    """What is to be created in each portal that rules of the file lead to."""
    wishes: dict[str, PropertyWish] = {}
    for rule in rules:
        name = rule.hubspot.account.name
        wish = wishes.setdefault(name, PropertyWish(rule.hubspot, (*rule.path, "hubspot")))
        mappings = [mapping for mapping in rule.definition.mappings if mapping.enabled]
        wish.targets.update(mapping.hubspot for mapping in mappings)
        if any(mapping.hubspot == TAGS_PROPERTY for mapping in mappings):
            wish.tags.update({tag.id: tag for tag in list_chosen_tags(rule, services)})
    planned = [(wish.draft, plan_setup(wish, services, faults)) for wish in wishes.values()]
    return tuple((draft, setup) for draft, setup in planned if setup.properties)


def list_chosen_tags(rule: RuleDraft, services: LiveServices) -> list[Tag]:
    """The tags that may become options; the private ones among them never do."""
    visible = services.list_tags(rule.sansan, (*rule.path, "sansan")) or []
    if rule.definition.sync_all_tags:
        return visible
    selected = {tag.tag_id for tag in rule.definition.tags}
    return [tag for tag in visible if tag.id in selected]


def plan_setup(wish: PropertyWish, services: LiveServices, faults: FaultList) -> PropertySetup:
    """What one portal lacks; nothing, and a fault, when it can't be created there."""
    portal = services.read_portal(wish.draft, wish.path)
    if portal is None:
        return PropertySetup()
    try:
        missing = find_missing(wish.targets, portal.properties, wish.tags.values())
    except PropertySetupError as error:
        for problem in error.problems:
            faults.add(wish.path, problem)
        return PropertySetup()
    if missing and not services.may_create_properties(wish.draft, wish.path):
        return PropertySetup()
    return services.plan_setup(wish.draft, wish.path, missing) or PropertySetup()


def tell_changes(
    accounts: tuple[AccountDraft, ...],
    rules: tuple[RuleDraft, ...],
    setups: tuple[tuple[AccountDraft, PropertySetup], ...],
) -> list[str]:
    lines = []
    for draft in accounts:
        if draft.is_new:
            lines.append(_("+ account %(name)s") % {"name": draft.account.name})
        else:
            told = [{"name": draft.account.name, "change": str(change)} for change in draft.changes]
            lines += [_("~ account %(name)s: %(change)s") % values for values in told]
    for _draft, setup in setups:
        if setup.group:
            lines.append(_("+ HubSpot property group %(name)s") % {"name": setup.group.name})
        lines += [_("+ HubSpot property %(name)s") % {"name": made.name} for made in setup.properties]
    for rule in rules:
        name = rule.definition.name
        if rule.stored is None:
            lines.append(_("+ rule %(name)s") % {"name": name})
        else:
            told = [{"name": name, "change": str(change)} for change in list_differences(rule.stored, rule.definition)]
            lines += [_("~ rule %(name)s: %(change)s") % values for values in told]
    return lines
