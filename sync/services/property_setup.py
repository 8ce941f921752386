"""The HubSpot properties that a rule needs of its own: which are missing, and how they are made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from connectors.errors import MissingScopeError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fields import SANSAN_GROUP, SANSAN_PROPERTIES
from connectors.hubspot.records import Property, PropertyGroup, PropertyOption
from connectors.sansan.fields import SYNCED_TAG_TYPES
from connectors.sansan.records import Tag
from sync.engine.defaults import IDENTITY_PROPERTY

SCHEMA_SCOPE = "crm.schemas.contacts.write"
TAGS_PROPERTY = "sansan_tags"


@dataclass(frozen=True, slots=True)
class PropertySetup:
    """What is to be created in a portal; nothing when `properties` is empty."""

    properties: tuple[Property, ...] = ()
    group: PropertyGroup | None = None


class PropertySetupError(Exception):
    """The properties can't be had. Each of `problems` names a property or scope, and what to do in HubSpot."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def list_needed(targets: Iterable[str]) -> tuple[Property, ...]:
    """Those of our own properties that mappings to `targets` need, and the one that a contact is known by."""
    wanted = {IDENTITY_PROPERTY, *targets}
    return tuple(definition for name, definition in SANSAN_PROPERTIES.items() if name in wanted)


def find_missing(
    targets: Iterable[str], live: Mapping[str, Property], tags: Iterable[Tag] = ()
) -> tuple[Property, ...]:
    """The definitions to create for mappings to `targets`, where `live` are the portal's properties by name.

    `tags` become the options of the tags' property, should that be among them. Raises PropertySetupError when the
    portal has a property of ours that can't serve as such.
    """
    missing, problems = [], []
    for definition in list_needed(targets):
        found = live.get(definition.name)
        if found is None or found.archived:
            is_tags = definition.name == TAGS_PROPERTY
            missing.append(replace(definition, options=make_tag_options(tags)) if is_tags else definition)
        elif problem := find_mismatch(definition, found):
            problems.append(problem)
    if problems:
        raise PropertySetupError(*problems)
    return tuple(missing)


def find_mismatch(wanted: Property, found: Property) -> str:
    """Why `found`, which has the name of one of our properties, can't hold its values; empty when it can."""
    if wanted.has_unique_value and not found.has_unique_value:
        message = _(
            "HubSpot already has a property %(name)s, but without the setting for unique values, which can't be "
            "switched on later. Delete that property in HubSpot for good, then try again."
        )
    elif found.type != wanted.type or (wanted.type == "enumeration" and found.field_type != wanted.field_type):
        message = _(
            "HubSpot already has a property %(name)s of type %(found)s, but %(wanted)s is needed. Delete that "
            "property in HubSpot for good, then try again."
        )
    elif found.calculated or found.read_only_value:
        message = _("HubSpot does not allow values to be written to its property %(name)s.")
    else:
        return ""
    return message % {"name": wanted.name, "wanted": _describe_type(wanted), "found": _describe_type(found)}


def make_tag_options(tags: Iterable[Tag]) -> tuple[PropertyOption, ...]:
    """One option for each public or shared tag, by name: the value is the tag's id, which stays when it is renamed."""
    shown = sorted((tag for tag in tags if tag.type in SYNCED_TAG_TYPES), key=lambda tag: (tag.name, tag.id))
    taken: set[str] = set()
    options = []
    for position, tag in enumerate(shown):
        label = label_tag(tag.id, tag.name, taken)
        taken.add(label)
        options.append(PropertyOption(label=label, value=tag.id, display_order=position))
    return tuple(options)


def label_tag(tag_id: str, name: str, taken: Collection[str]) -> str:
    """The label of a tag's option: HubSpot wants them unique, but tags of several owners may share a name."""
    return name if name and name not in taken else f"{name} ({tag_id})"


def plan_setup(client: HubSpotClient, missing: tuple[Property, ...]) -> PropertySetup:
    """The missing properties together with their group, if that does not exist either."""
    if not missing:
        return PropertySetup()
    has_group = any(group.name == SANSAN_GROUP.name for group in client.property_groups())
    return PropertySetup(missing, None if has_group else SANSAN_GROUP)


def create_properties(client: HubSpotClient, setup: PropertySetup) -> None:
    """Creates the group and the properties; what exists already is left as it is, so that this may be repeated.

    Raises PropertySetupError when the token may not create properties (nothing was created then), or when a
    property that came back from HubSpot's archive is not what is needed; ConnectorError as the client does.
    """
    try:
        if setup.group:
            client.create_property_group(setup.group)
        made = [(definition, client.create_property(definition)) for definition in setup.properties]
    except MissingScopeError as error:
        raise PropertySetupError(explain_schema_scope()) from error
    problems = [problem for definition, found in made if (problem := find_mismatch(definition, found))]
    if problems:
        raise PropertySetupError(*problems)


def explain_schema_scope() -> str:
    """Why properties can't be created, and what to do."""
    message = _(
        "HubSpot properties have to be created, but the token lacks the scope %(scope)s. Add it to the service key "
        "or private app in HubSpot, then try again."
    )
    return message % {"scope": SCHEMA_SCOPE}


def _describe_type(definition: Property) -> str:
    return f"{definition.type}/{definition.field_type}"
