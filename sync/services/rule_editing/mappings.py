"""The field mappings of a rule: checked as `apply` checks them, and saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sync.models import ChangeSource, SyncRule
from sync.services.configuration.definition import MappingDefinition
from sync.services.configuration.faults import FaultList
from sync.services.configuration.live import Portal
from sync.services.configuration.mapping_rows import save_mappings
from sync.services.configuration.mappings import MappingReader
from sync.services.configuration.schema import MappingEntry
from sync.services.setting_history import edit_rule

_PLACE = "mappings"


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with an entry. `row` counts from 0, None for all of them together; `key` is that of the entry
    that is wrong: sansan, hubspot, transform, or empty."""

    row: int | None
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckedMappings:
    """The mappings as they can be saved if there are no `faults`."""

    mappings: tuple[MappingDefinition, ...]
    faults: tuple[RowFault, ...]


def check_mappings(entries: Sequence[MappingEntry | None], portal: Portal | None) -> CheckedMappings:
    """Holds mappings against the fields of a card and the portal's properties; None stands for a row to pass over.

    Without a portal only what needs none is checked.
    """
    faults = FaultList()
    found = MappingReader(portal, (_PLACE,), faults).read(list(entries))
    return CheckedMappings(found, tuple(_place_faults(faults)))


def _place_faults(faults: FaultList) -> Iterable[RowFault]:
    for fault in faults.faults:
        row = fault.path[1] if len(fault.path) > 1 else None
        key = fault.path[2] if len(fault.path) > 2 else ""
        yield RowFault(row if isinstance(row, int) else None, str(key), fault.message)


def save_rule_mappings(
    rule_id: int,
    mappings: Iterable[MappingDefinition],
    *,
    by: str,
    revision: int | None = None,
    source: ChangeSource = ChangeSource.PORTAL,
) -> SyncRule:
    """Stores mappings that were checked, in their order and in place of all others.

    Raises StaleRuleError as edit_rule does.
    """
    with edit_rule(rule_id, by=by, source=source, revision=revision) as rule:
        rule.mappings.all().delete()
        save_mappings(rule, mappings)
    return rule
