"""What is wrong with a mapping or filter, as a sentence; used when it is saved and when a run refuses it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy

MAPPING_PROBLEMS = {
    "RESERVED_TARGET": gettext_lazy("'%(target)s' is written by the sync itself and can't be mapped"),
    "PROPERTY_MISSING": gettext_lazy("HubSpot has no contact property '%(target)s'%(hint)s"),
    "PROPERTY_ARCHIVED": gettext_lazy("the HubSpot property '%(target)s' is archived; restore it in HubSpot first"),
    "PROPERTY_READ_ONLY": gettext_lazy("the HubSpot property '%(target)s' is read-only"),
    "PROPERTY_CALCULATED": gettext_lazy("the HubSpot property '%(target)s' is calculated by HubSpot"),
    "TYPE_MISMATCH": gettext_lazy("'%(source)s' does not fit the HubSpot property '%(target)s' (%(detail)s)"),
    "VALUE_TOO_LONG": gettext_lazy("a value is too long for the HubSpot property '%(target)s' (%(detail)s)"),
    "VALUE_TOO_SHORT": gettext_lazy("a value is too short for the HubSpot property '%(target)s' (%(detail)s)"),
    "UNKNOWN_OPTION": gettext_lazy("the HubSpot property '%(target)s' has no option '%(detail)s'"),
    "WRITES_NOTHING": gettext_lazy("this mapping writes nothing"),
}
RUN_PROBLEMS = {
    **MAPPING_PROBLEMS,
    "DUPLICATE_TARGET": gettext_lazy("two mappings go to the HubSpot property '%(target)s'"),
    "PROPERTY_NOT_UNIQUE": gettext_lazy(
        "the HubSpot property '%(target)s' allows two contacts with one value, so cards could be doubled"
    ),
    "UNKNOWN_FIELD": gettext_lazy("no Sansan field is called '%(source)s'"),
    "UNKNOWN_OPERATOR": gettext_lazy("the filter's operator does not exist for '%(source)s'; it may be: %(detail)s"),
    "BAD_VALUE": gettext_lazy("the filter on '%(source)s' cannot use the value '%(detail)s'"),
}


def describe_problems(problems: Iterable[Mapping[str, str]]) -> str:
    """The problems that a run stored ({"code", "source", "target", "detail"} each), as one text."""
    return "; ".join(_describe(problem) for problem in problems)


def _describe(problem: Mapping[str, str]) -> str:
    values = {"source": problem["source"], "target": problem["target"], "detail": problem["detail"], "hint": ""}
    text = RUN_PROBLEMS.get(problem["code"])
    return str(text) % values if text else f"{problem['code']} {problem['detail']}"
