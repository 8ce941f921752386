"""The filters of a rule, checked by the engine."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from sync.engine.filters import Condition, ConditionProblem, check_condition
from sync.engine.records import FieldSpec, PropertySpec
from sync.services.configuration.definition import FilterDefinition
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.live import Portal
from sync.services.configuration.schema import ConditionEntry, FiltersEntry
from sync.services.rule_plan import FIELD_SPECS

# How a HubSpot property is compared, by its type; all others are compared as text.
_COMPARED_AS = {"date": "date", "datetime": "datetime"}


def define_filters(entry: FiltersEntry, path: Path, faults: FaultList) -> tuple[FilterDefinition, ...]:
    """Conditions on a card's fields."""
    return _define(entry, FIELD_SPECS, path, faults)


def define_hubspot_filters(
    entry: FiltersEntry, portal: Portal | None, path: Path, faults: FaultList
) -> tuple[FilterDefinition, ...]:
    """Conditions on HubSpot properties; unchecked when the portal can't be asked."""
    fields = {name: _describe_field(spec) for name, spec in portal.specs.items()} if portal else None
    return _define(entry, fields, path, faults)


def _define(
    entry: FiltersEntry, fields: Mapping[str, FieldSpec] | None, path: Path, faults: FaultList
) -> tuple[FilterDefinition, ...]:
    found = []
    for index, item in enumerate(entry.conditions):
        if item is None:
            continue
        condition = Condition(item.field, item.operator, item.value)
        place = (*path, "conditions", index)
        if fields is not None and not faults.touches(place):
            for problem in check_condition(condition, fields):
                key, message = explain_problem(problem, item, fields)
                faults.add((*place, key), message)
        found.append(FilterDefinition(item.field, item.operator, item.value))
    return tuple(found)


def explain_problem(
    problem: ConditionProblem, item: ConditionEntry, fields: Mapping[str, FieldSpec]
) -> tuple[str, str]:
    """The key of the condition that is wrong, and what is wrong with it."""
    if problem.code == "UNKNOWN_FIELD":
        return "field", _("no field is called '%(name)s'%(hint)s") % {
            "name": item.field,
            "hint": hint(item.field, fields),
        }
    if problem.code == "UNKNOWN_OPERATOR":
        operators = problem.detail.split(", ")
        message = _("'%(operator)s' does not exist for %(field)s%(hint)s")
        values = {"operator": item.operator, "field": item.field, "hint": hint(item.operator, operators)}
        return "operator", message % values
    if item.value is None:
        return "value", _("'%(operator)s' needs a value") % {"operator": item.operator}
    return "value", _("'%(operator)s' can't compare with this value") % {"operator": item.operator}


def _describe_field(spec: PropertySpec) -> FieldSpec:
    is_list = spec.type == "enumeration" and spec.field_type == "checkbox"
    return FieldSpec(spec.name, spec.label, "tags" if is_list else _COMPARED_AS.get(spec.type, "text"))
