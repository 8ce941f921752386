"""Where things are in each version of the API.

Source: https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
"""

from dataclasses import dataclass

DEFAULT_VERSION = "2026-09"


@dataclass(frozen=True, slots=True)
class Paths:
    contacts: str
    properties: str
    property_validations: str
    owners: str
    account: str

    @property
    def property_groups(self) -> str:
        return f"{self.properties}/groups"


def date_paths(version: str) -> Paths:
    return Paths(
        contacts=f"/crm/objects/{version}/contacts",
        properties=f"/crm/properties/{version}/contacts",
        property_validations=f"/crm/property-validations/{version}/0-1",
        owners=f"/crm/owners/{version}",
        account=f"/account-info/{version}/details",
    )


PATHS: dict[str, Paths] = {
    "2026-09": date_paths("2026-09"),
    "2026-03": date_paths("2026-03"),
    "v3": Paths(
        contacts="/crm/v3/objects/contacts",
        properties="/crm/v3/properties/contacts",
        property_validations="/crm/v3/property-validations/0-1",
        owners="/crm/v3/owners",
        account="/account-info/v3/details",
    ),
}


def find_paths(version: str) -> Paths:
    """The paths of a version: `2026-09`, `2026-03` or `v3`. Raises ValueError for any other."""
    try:
        return PATHS[version]
    except KeyError:
        raise ValueError(f"HubSpot API version {version!r} is not one of {', '.join(PATHS)}") from None
