"""The mappings of a rule, checked by the engine against the fields of a card and the portal's live properties."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from connectors.hubspot.fields import SANSAN_PROPERTIES
from sync.engine.check import MappingProblem, check_mapping
from sync.engine.defaults import DEFAULT_MAPPINGS
from sync.engine.mapping import Direction, MappingRule, WritePolicy, choose_chain
from sync.engine.records import PropertySpec
from sync.engine.transforms import TransformSpecError
from sync.problem_texts import MAPPING_PROBLEMS
from sync.services.configuration.definition import MappingDefinition, define_mapping
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.live import Portal
from sync.services.configuration.schema import MappingEntry
from sync.services.property_catalogue import as_spec
from sync.services.rule_plan import FIELD_SPECS

# Whether a switched-off mapping could run does not matter, but what it names has to make sense.
_ALWAYS_CHECKED = frozenset({"UNKNOWN_FIELD", "RESERVED_TARGET"})


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Reads the mappings of one rule; `portal` is None when it can't be asked."""

    portal: Portal | None
    path: Path
    faults: FaultList

    def read(self, entries: list[MappingEntry | None] | None) -> tuple[MappingDefinition, ...]:
        """The mappings of a list, or the default ones for None."""
        placed = [(self.path, rule) for rule in DEFAULT_MAPPINGS] if entries is None else self._build_all(entries)
        self._check_targets(placed)
        for place, rule in placed:
            for key, message in self._find_problems(rule):
                if entries is None:
                    self.faults.add(place, f"{rule.source} -> {rule.target}: {message}")
                else:
                    self.faults.add((*place, key), message)
        return tuple(define_mapping(rule) for _place, rule in placed)

    def _build_all(self, entries: list[MappingEntry | None]) -> list[tuple[Path, MappingRule]]:
        placed = []
        for index, entry in enumerate(entries):
            place: Path = (*self.path, index)
            rule = self._build(entry, place) if entry else None
            if rule:
                placed.append((place, rule))
        if not self.faults.touches(self.path):
            self._check_whole([rule for _place, rule in placed])
        return placed

    def _check_whole(self, rules: list[MappingRule]) -> None:
        if rules and all(rule.direction == "hubspot_to_sansan" for rule in rules):
            return
        problems = check_mapping(rules, FIELD_SPECS, {})
        if any(problem.code == "WRITES_NOTHING" and not problem.target for problem in problems):
            self.faults.add(self.path, _("no mapping writes anything"))

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

    def _find_problems(self, rule: MappingRule) -> Iterator[tuple[str, str]]:
        """The key of the entry that is wrong, and what is wrong with it."""
        properties = self._list_properties()
        is_live = rule.enabled and rule.direction != "hubspot_to_sansan"
        probe = rule if is_live else replace(rule, enabled=True, direction="sansan_to_hubspot")
        for problem in check_mapping([probe], FIELD_SPECS, properties or {}):
            is_checked = problem.code in _ALWAYS_CHECKED or (is_live and properties is not None)
            if not is_checked or not (problem.target or problem.source):
                continue
            key = "hubspot"
            if problem.code == "UNKNOWN_FIELD":
                key = "sansan" if problem.detail.startswith(rule.source) else "transform"
            yield key, explain_problem(problem, rule, properties or {})

    def _list_properties(self) -> dict[str, PropertySpec] | None:
        """The portal's properties, and ours as they will be once they are created.

        One of ours that the portal has with another type is reported by the property set-up, and not here again.
        """
        if self.portal is None:
            return None
        specs = dict(self.portal.specs)
        for name, definition in SANSAN_PROPERTIES.items():
            if name not in specs or specs[name].type != definition.type:
                specs[name] = as_spec(definition)
        return specs


def explain_problem(problem: MappingProblem, rule: MappingRule, properties: Mapping[str, PropertySpec]) -> str:
    """The engine's finding as a sentence."""
    if problem.code == "UNKNOWN_FIELD":
        return _explain_unknown_field(problem.detail.partition(":")[0])
    values = {"source": rule.source, "target": rule.target, "detail": problem.detail}
    if problem.code == "PROPERTY_MISSING":
        values["hint"] = hint(rule.target, [name for name, spec in properties.items() if not spec.archived])
    message = MAPPING_PROBLEMS.get(problem.code)
    return str(message) % values if message else f"{problem.code} {problem.detail}"


def _explain_unknown_field(name: str) -> str:
    if not name:
        return _("is missing")
    return _("no Sansan field is called '%(name)s'%(hint)s") % {"name": name, "hint": hint(name, FIELD_SPECS)}
