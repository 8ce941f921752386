"""What the services say about accounts while a file is checked; each is asked once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from connectors.errors import ConnectorError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.records import Property
from connectors.hubspot.scopes import PROBES, is_granted
from connectors.sansan.client import SansanClient
from connectors.sansan.records import Tag
from sync.engine.records import PropertySpec
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import translate_error
from sync.services.configuration.accounts import AccountDraft
from sync.services.configuration.faults import FaultList, Path
from sync.services.connections import open_hubspot, open_sansan
from sync.services.property_catalogue import as_spec, group_rules
from sync.services.property_setup import (
    SCHEMA_SCOPE,
    PropertySetup,
    explain_schema_scope,
    plan_setup,
)

T = TypeVar("T")

TAG_TYPES = ("public", "shared", "private")


@dataclass(frozen=True, slots=True)
class Portal:
    """The contact properties of a HubSpot account, by name: as HubSpot defines them and as the engine checks them."""

    properties: dict[str, Property]
    specs: dict[str, PropertySpec]


@dataclass(slots=True)
class LiveServices:
    """Answers None for an account that can't be asked; that is reported once, at the place that asked first."""

    faults: FaultList
    _tags: dict[str, list[Tag] | None] = field(default_factory=dict)
    _portals: dict[str, Portal | None] = field(default_factory=dict)

    def list_tags(self, draft: AccountDraft, path: Path) -> list[Tag] | None:
        """All tags that the account's key sees, private ones among them so that they can be named as such."""
        name = draft.account.name
        if name not in self._tags:
            self._tags[name] = self._ask(draft, path, lambda: load_tags(open_sansan(draft.account)))
        return self._tags[name]

    def read_portal(self, draft: AccountDraft, path: Path) -> Portal | None:
        name = draft.account.name
        if name not in self._portals:
            self._portals[name] = self._ask(draft, path, lambda: load_portal(open_hubspot(draft.account)))
        return self._portals[name]

    def plan_setup(self, draft: AccountDraft, path: Path, missing: tuple[Property, ...]) -> PropertySetup | None:
        return self._ask(draft, path, lambda: plan_setup(open_hubspot(draft.account), missing))

    def may_create_properties(self, draft: AccountDraft, path: Path) -> bool:
        """Whether the account's token has the scope; reported if not."""
        if draft.report is not None:
            # The connection test has reported the scope, if it lacks.
            return SCHEMA_SCOPE not in draft.report.missing_scopes
        granted = self._ask(draft, path, lambda: is_granted(open_hubspot(draft.account), PROBES[SCHEMA_SCOPE]))
        if granted is False:
            self.faults.add(path, explain_schema_scope())
        return bool(granted)

    def _ask(self, draft: AccountDraft, path: Path, question: Callable[[], T]) -> T | None:
        if not draft.usable:
            return None
        try:
            return question()
        except ConnectorError as error:
            told = translate_error(error, draft.account)
            self.faults.add(path, told.message, unreachable=told.unreachable)
        except CredentialsUnreadableError as error:
            self.faults.add(path, str(error))
        draft.usable = False
        return None


def load_tags(client: SansanClient) -> list[Tag]:
    """All tags that the client's key sees, each with its type. Raises the errors of the client."""
    tags = list(client.tags(types=TAG_TYPES))
    if all(tag.type for tag in tags):
        return tags
    # The type is not sure to be in the answer; asked type by type, it is known all the same.
    return [replace(tag, type=tag.type or kind) for kind in TAG_TYPES for tag in client.tags(types=(kind,))]


def load_portal(client: HubSpotClient) -> Portal:
    """The contact properties of the client's portal, with the limits on lengths. Raises the errors of the client."""
    properties = client.properties()
    limits = group_rules(client.validation_rules())
    return Portal(
        properties={found.name: found for found in properties},
        specs={found.name: as_spec(found, limits.get(found.name)) for found in properties},
    )
