"""The mappings of a rule, checked by the engine against the fields of a card and the portal's live properties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from connectors.hubspot.fields import SANSAN_PROPERTIES
from sync.engine.check import MappingProblem, check_mapping
from sync.engine.defaults import DEFAULT_MAPPINGS
from sync.engine.mapping import Direction, MappingRule, WritePolicy, choose_chain
from sync.engine.records import PropertySpec
from sync.engine.transforms import TransformSpecError
from sync.services.configuration.definition import MappingDefinition, define_mapping
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.live import Portal
from sync.services.configuration.schema import MappingEntry
from sync.services.property_setup import describe_properties
from sync.services.rule_plan import FIELD_SPECS

# Whether a switched-off mapping could run does not matter, but what it names has to make sense.
_ALWAYS_CHECKED = frozenset({"UNKNOWN_FIELD", "RESERVED_TARGET"})
_SOURCE_CODES = frozenset({"UNKNOWN_FIELD"})


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Reads the mappings of one rule; `portal` is None when it can't be asked."""

    portal: Portal | None
    path: Path
    faults: FaultList

    def read(self, entries: list[MappingEntry | None] | None) -> tuple[MappingDefinition, ...]:
        """The mappings of a list, or the default ones for None."""
        if entries is None:
            placed = [(self.path, rule) for rule in DEFAULT_MAPPINGS]
        else:
            placed = [
                ((*self.path, index), rule)
                for index, entry in enumerate(entries)
                if entry is not None and (rule := self._build(entry, (*self.path, index)))
            ]
            if len(placed) == len(entries):
                self._check_writes([rule for _place, rule in placed])
        self._check_targets(placed)
        for place, rule in placed:
            self._check(place, rule, is_default=entries is None)
        return tuple(define_mapping(rule) for _place, rule in placed)

    def _build(self, entry: MappingEntry, place: Path) -> MappingRule | None:
        spec = FIELD_SPECS.get(entry.sansan)
        write: WritePolicy = entry.write  # type: ignore[assignment]  # the schema allows no other
        direction: Direction = entry.direction  # type: ignore[assignment]  # likewise
        try:
            chain = choose_chain(entry.transform, spec.type if spec else "text")
        except TransformSpecError as error:
            self.faults.add((*place, "transform"), str(error))
            return None
        return MappingRule(entry.sansan, entry.hubspot, chain, write, direction, entry.enabled)

    def _check_targets(self, placed: Iterable[tuple[Path, MappingRule]]) -> None:
        first: dict[str, Path] = {}
        for place, rule in placed:
            if rule.target in first:
                message = _("another mapping goes to '%(name)s', too")
                self.faults.add((*place, "hubspot"), message % {"name": rule.target})
            first.setdefault(rule.target, place)

    def _check_writes(self, rules: list[MappingRule]) -> None:
        problems = check_mapping([replace(rule, target=f"{index}") for index, rule in enumerate(rules)], {}, {})
        is_forward = any(rule.direction != "hubspot_to_sansan" for rule in rules) or not rules
        if is_forward and any(problem.code == "WRITES_NOTHING" and not problem.target for problem in problems):
            self.faults.add(self.path, _("no mapping writes anything"))

    def _check(self, place: Path, rule: MappingRule, *, is_default: bool) -> None:
        properties = self._list_properties()
        is_live = rule.enabled and rule.direction != "hubspot_to_sansan"
        live = replace(rule, enabled=True, direction="sansan_to_hubspot", write="always" if not is_live else rule.write)
        for problem in check_mapping([live], FIELD_SPECS, properties or {}):
            is_checked = problem.code in _ALWAYS_CHECKED or (is_live and properties is not None)
            if not is_checked or not (problem.target or problem.source):
                continue
            key = "sansan" if problem.code in _SOURCE_CODES else "hubspot"
            message = explain_problem(problem, rule, properties or {})
            if is_default:
                self.faults.add(place, f"{rule.source} -> {rule.target}: {message}")
            else:
                self.faults.add((*place, key), message)

    def _list_properties(self) -> dict[str, PropertySpec] | None:
        """The portal's properties, and ours as they will be once they are created."""
        if self.portal is None:
            return None
        return {**describe_properties(SANSAN_PROPERTIES.values()), **self.portal.specs}


def explain_problem(problem: MappingProblem, rule: MappingRule, properties: Mapping[str, PropertySpec]) -> str:
    """The engine's finding as a sentence."""
    values = {
        "source": rule.source,
        "target": rule.target,
        "detail": problem.detail,
        "hint": _name_close(problem, rule, properties),
    }
    return _MESSAGES[problem.code]() % values if problem.code in _MESSAGES else f"{problem.code} {problem.detail}"


def _name_close(problem: MappingProblem, rule: MappingRule, properties: Mapping[str, PropertySpec]) -> str:
    if problem.code == "UNKNOWN_FIELD":
        return hint(problem.detail.partition(":")[0], FIELD_SPECS)
    if problem.code == "PROPERTY_MISSING":
        return hint(rule.target, [name for name, spec in properties.items() if not spec.archived])
    return ""


_MESSAGES = {
    "UNKNOWN_FIELD": lambda: _("no Sansan field is called '%(unknown)s'%(hint)s"),
    "RESERVED_TARGET": lambda: _("'%(target)s' is written by the sync itself and can't be mapped"),
    "PROPERTY_MISSING": lambda: _("HubSpot has no contact property '%(target)s'%(hint)s"),
    "PROPERTY_ARCHIVED": lambda: _("the HubSpot property '%(target)s' is archived; restore it in HubSpot first"),
    "PROPERTY_READ_ONLY": lambda: _("the HubSpot property '%(target)s' is read-only"),
    "PROPERTY_CALCULATED": lambda: _("the HubSpot property '%(target)s' is calculated by HubSpot"),
    "TYPE_MISMATCH": lambda: _("'%(source)s' does not fit the HubSpot property '%(target)s' (%(detail)s)"),
    "VALUE_TOO_LONG": lambda: _("a value is too long for the HubSpot property '%(target)s' (%(detail)s)"),
    "VALUE_TOO_SHORT": lambda: _("a value is too short for the HubSpot property '%(target)s' (%(detail)s)"),
    "UNKNOWN_OPTION": lambda: _("the HubSpot property '%(target)s' has no option '%(detail)s'"),
    "WRITES_NOTHING": lambda: _("this mapping writes nothing"),
}
