"""Which scopes a token has, found out by asking for things.

HubSpot has no call that tells a service key's scopes. That an empty write is refused for its emptiness (400) only
after the scope was checked (403) is a guess, kept in PROBES. Definitions of properties can also be read with a scope
for contacts, so a missing `crm.schemas.contacts.read` shows only if it really is in the way.
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.errors import MissingScopeError, RejectedError
from connectors.hubspot.client import HubSpotClient

Probe = Callable[[HubSpotClient], object]

PROBES: dict[str, Probe] = {
    "crm.objects.contacts.read": lambda client: ask(client, client.paths.contacts),
    "crm.objects.contacts.write": lambda client: write_nothing(
        client, f"{client.paths.contacts}/batch/create", {"inputs": []}
    ),
    "crm.schemas.contacts.read": lambda client: ask(client, client.paths.properties),
    "crm.schemas.contacts.write": lambda client: write_nothing(client, client.paths.properties, {}),
    "crm.objects.owners.read": lambda client: ask(client, client.paths.owners),
}

REQUIRED_SCOPES: tuple[str, ...] = tuple(PROBES)


@dataclass(frozen=True, slots=True)
class ScopeReport:
    granted: tuple[str, ...]
    missing: tuple[str, ...]


def probe_scopes(client: HubSpotClient) -> ScopeReport:
    """Which of the required scopes the token has; changes nothing. Raises CredentialsError, RetryLaterError.

    Source of the scopes: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
    """
    missing = tuple(scope for scope, probe in PROBES.items() if not is_granted(client, probe))
    return ScopeReport(granted=tuple(scope for scope in REQUIRED_SCOPES if scope not in missing), missing=missing)


def is_granted(client: HubSpotClient, probe: Probe) -> bool:
    try:
        probe(client)
    except MissingScopeError:
        return False
    except RejectedError:
        return True
    return True


def ask(client: HubSpotClient, path: str) -> object:
    return client.http.call("GET", path, params={"limit": "1"}, repeatable=True)


def write_nothing(client: HubSpotClient, path: str, body: dict[str, object]) -> object:
    return client.http.call("POST", path, json=body, repeatable=True)
