"""HubSpot's properties as a mapping can choose them: which fit a field, which don't and why, and new ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from connectors.errors import ConnectorError, MissingScopeError
from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.hubspot.records import Property, PropertyOption
from sync.engine.check import check_mapping
from sync.engine.mapping import MappingRule
from sync.engine.records import PropertySpec, classify_type
from sync.engine.transforms import TransformSpecError, trace_kind
from sync.engine.transforms.options import ConstantOptions, OptionMapOptions
from sync.models import ConnectedAccount
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import translate_error
from sync.services.configuration.definition import MappingDefinition
from sync.services.configuration.live import Portal
from sync.services.configuration.mappings import explain_problem
from sync.services.connections import open_hubspot
from sync.services.property_catalogue import as_spec
from sync.services.property_setup import (
    PropertySetupError,
    create_properties,
    explain_schema_scope,
    find_missing,
    plan_setup,
)
from sync.services.rule_editing.live import ask_portal, ask_tags
from sync.services.rule_plan import FIELD_SPECS

TYPE_WORDS: dict[str, str | Promise] = {
    "string": pgettext_lazy("type of a field", "text"),
    "text": pgettext_lazy("type of a field", "text"),
    "phone_number": pgettext_lazy("type of a field", "phone number"),
    "phone": pgettext_lazy("type of a field", "phone number"),
    "email": pgettext_lazy("type of a field", "e-mail address"),
    "url": pgettext_lazy("type of a field", "web address"),
    "country": pgettext_lazy("type of a field", "country"),
    "number": pgettext_lazy("type of a field", "number"),
    "date": pgettext_lazy("type of a field", "date"),
    "datetime": pgettext_lazy("type of a field", "date and time"),
    "enumeration": pgettext_lazy("type of a field", "options"),
    "bool": pgettext_lazy("type of a field", "yes or no"),
    "tags": pgettext_lazy("type of a field", "tags"),
}
BY_TABLE, NOTHING = "table-", "nothing"
# Whether a value fits is told at the row, once there is one.
_ABOUT_THE_CHAIN = frozenset({"WRITES_NOTHING", "UNKNOWN_FIELD", "DUPLICATE_TARGET"})


def describe_type(name: str) -> str:
    """A type of Sansan's or HubSpot's in words."""
    return str(TYPE_WORDS.get(name, name))


@dataclass(frozen=True, slots=True)
class PropertyChoice:
    name: str
    label: str
    type: str

    def __str__(self) -> str:
        return f"{self.label} · {self.type}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen for fields of one kind, which is the `title`; `unfit` are the others, by what keeps them
    out."""

    key: str
    title: str
    fitting: tuple[PropertyChoice, ...]
    unfit: tuple[tuple[str, tuple[PropertyChoice, ...]], ...]

    @property
    def unfit_count(self) -> int:
        return sum(len(choices) for _reason, choices in self.unfit)


def name_offer(rule: MappingRule) -> str:
    """Which offer a mapping chooses from: what comes out of its transforms decides."""
    field = FIELD_SPECS.get(rule.source)
    source_type = field.type if field else "text"
    if any(isinstance(step.options, (ConstantOptions, OptionMapOptions)) for step in rule.chain):
        # Each value that can come out is known, so whether it fits is another matter for each such mapping.
        return BY_TABLE + "".join(sign if sign.isalnum() else "-" for sign in rule.target or rule.source)
    try:
        kind = trace_kind(classify_type(source_type), rule.chain)
    except TransformSpecError:
        return NOTHING
    return "country" if source_type == "country" and kind == "text" else kind


def find_unfit_step(rule: MappingRule) -> str:
    """The name of the first transform that can't take what comes to it; empty if all can."""
    field = FIELD_SPECS.get(rule.source)
    kind = classify_type(field.type if field else "text")
    for place, step in enumerate(rule.chain, start=1):
        try:
            trace_kind(kind, rule.chain[:place])
        except TransformSpecError:
            return step.name
    return ""


def list_offers(rules: Iterable[MappingRule], portal: Portal | None) -> dict[str, Offer]:
    """The offers that these mappings choose from; none when the portal can't be asked."""
    if portal is None:
        return {}
    specs = add_own_properties(portal.specs)
    examples = {key: rule for rule in rules if (key := name_offer(rule)) != NOTHING}
    return {key: _make_offer(key, rule, specs) for key, rule in examples.items()}


def add_own_properties(specs: Mapping[str, PropertySpec]) -> dict[str, PropertySpec]:
    """The portal's properties, and ours: those that lack are created when a mapping to them is saved."""
    return {**{name: as_spec(definition) for name, definition in SANSAN_PROPERTIES.items()}, **specs}


def make_choice(spec: PropertySpec) -> PropertyChoice:
    return PropertyChoice(spec.name, spec.label or spec.name, describe_type(spec.type))


def _make_offer(key: str, rule: MappingRule, specs: Mapping[str, PropertySpec]) -> Offer:
    fitting: list[PropertyChoice] = []
    unfit: dict[str, list[PropertyChoice]] = {}
    for spec in sorted(specs.values(), key=lambda spec: (spec.label, spec.name)):
        choice = make_choice(spec)
        reason = _find_misfit(rule, spec)
        (unfit.setdefault(reason, []) if reason else fitting).append(choice)
    title = rule.target if key.startswith(BY_TABLE) else describe_type(key)
    return Offer(key, title, tuple(fitting), tuple((reason, tuple(choices)) for reason, choices in unfit.items()))


MISFITS: dict[str, str | Promise] = {
    "RESERVED_TARGET": gettext_lazy("written by the sync itself"),
    "PROPERTY_ARCHIVED": gettext_lazy("archived in HubSpot"),
    "PROPERTY_READ_ONLY": gettext_lazy("read-only in HubSpot"),
    "PROPERTY_CALCULATED": gettext_lazy("calculated by HubSpot"),
}


def _find_misfit(rule: MappingRule, spec: PropertySpec) -> str:
    """Why the mapping can't go to this property, in a form that many properties share; empty when it can."""
    probe = MappingRule(rule.source, spec.name, rule.chain)
    for problem in check_mapping([probe], FIELD_SPECS, {spec.name: spec}):
        if problem.code == "TYPE_MISMATCH":
            return _("does not take this kind of value: it is of the type '%(type)s'") % {
                "type": describe_type(spec.type)
            }
        if problem.code not in _ABOUT_THE_CHAIN:
            known = MISFITS.get(problem.code)
            return str(known) if known else explain_problem(problem, probe, {spec.name: spec})
    return ""


@dataclass(frozen=True, slots=True)
class NewProperty:
    """A property to be made. `kind` is a key of NEW_PROPERTY_KINDS, `options` are labels of its options."""

    name: str
    label: str
    kind: str
    options: tuple[str, ...] = ()


NEW_PROPERTY_KINDS: dict[str, tuple[str, str, str | Promise]] = {
    "text": ("string", "text", gettext_lazy("Single-line text")),
    "textarea": ("string", "textarea", gettext_lazy("Multi-line text")),
    "date": ("date", "date", gettext_lazy("Date")),
    "datetime": ("datetime", "date", gettext_lazy("Date and time")),
    "number": ("number", "number", gettext_lazy("Number")),
    "select": ("enumeration", "select", gettext_lazy("Dropdown: one of several options")),
}
NEW_PROPERTY_GROUP = "contactinformation"


def create_new_property(account: ConnectedAccount, wanted: NewProperty, portal: Portal) -> Portal:
    """Makes a contact property in HubSpot and gives the portal as it is then.

    Raises PropertySetupError with a sentence when that is not possible: the name is taken, a scope is missing (by
    name), HubSpot refuses it or can't be reached.
    """
    if taken := portal.properties.get(wanted.name):
        message = _("HubSpot already has a property %(name)s: '%(label)s'. Choose it, or take another name.")
        raise PropertySetupError(message % {"name": wanted.name, "label": taken.label})
    kind, field_type, _label = NEW_PROPERTY_KINDS[wanted.kind]
    definition = Property(
        name=wanted.name,
        label=wanted.label,
        type=kind,
        field_type=field_type,
        group_name=NEW_PROPERTY_GROUP,
        options=tuple(PropertyOption(text, text, place) for place, text in enumerate(wanted.options)),
    )
    try:
        made = open_hubspot(account, for_page=True).create_property(definition)
    except MissingScopeError:
        raise PropertySetupError(explain_schema_scope()) from None
    except ConnectorError as error:
        raise PropertySetupError(translate_error(error, account).message) from None
    if made.type != kind:
        message = _("HubSpot restored an archived property %(name)s, which is of the type '%(type)s'.")
        raise PropertySetupError(message % {"name": made.name, "type": describe_type(made.type)})
    return ask_portal(account, fresh=True).value or portal


def create_own_properties(
    hubspot: ConnectedAccount, sansan: ConnectedAccount, mappings: Iterable[MappingDefinition], portal: Portal
) -> tuple[str, ...]:
    """Makes those of our own properties that the mappings need and the portal lacks; gives their names.

    May be repeated. Raises PropertySetupError when they can't be had.
    """
    targets = [mapping.hubspot for mapping in mappings if mapping.enabled]
    tags = ask_tags(sansan).value or ()
    missing = find_missing(targets, portal.properties, tags)
    if not missing:
        return ()
    try:
        client = open_hubspot(hubspot, for_page=True)
        create_properties(client, plan_setup(client, missing))
    except ConnectorError as error:
        raise PropertySetupError(translate_error(error, hubspot).message) from None
    except CredentialsUnreadableError as error:
        raise PropertySetupError(str(error)) from None
    ask_portal(hubspot, fresh=True)
    return tuple(definition.name for definition in missing)
