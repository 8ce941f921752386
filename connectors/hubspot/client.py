"""HubSpot CRM API: what the sync needs of it.

Documentation: https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack
from urllib.parse import quote

from connectors.budget import Budget
from connectors.errors import NotFoundError, RejectedError, UnexpectedAnswerError
from connectors.http import HttpClient, HttpOptions
from connectors.hubspot.complaints import translate_answer
from connectors.hubspot.issues import CORRELATION_HEADER
from connectors.hubspot.parsing import (
    SERVICE,
    format_input,
    format_options,
    format_property,
    parse_account,
    parse_batch,
    parse_contact,
    parse_contact_page,
    parse_group,
    parse_next_after,
    parse_owner,
    parse_property,
    parse_validation_rules,
    require_results,
)
from connectors.hubspot.paths import DEFAULT_VERSION, find_paths
from connectors.hubspot.records import (
    Account,
    BatchResult,
    Contact,
    ContactInput,
    ContactPage,
    Owner,
    Property,
    PropertyGroup,
    PropertyOption,
    ValidationRule,
)

DEFAULT_BASE_URL = "https://api.hubapi.com"
MOST_INPUTS = 100
MOST_PER_PAGE = 100
NO_BATCH = BatchResult(contacts=())


class HubSpotClient:
    """The contacts of the account that an access token belongs to. For any number of threads at once."""

    def __init__(
        self,
        access_token: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        api_version: str = DEFAULT_VERSION,
        budget: Budget,
        **options: Unpack[HttpOptions],
    ) -> None:
        """Raises CredentialsError when the token cannot be one, ValueError for an unknown version."""
        self.paths = find_paths(api_version)
        headers = {"Authorization": f"Bearer {access_token.strip()}"}
        self.http = HttpClient(base_url, headers, budget, service=SERVICE, translate=translate_answer, **options)

    def __repr__(self) -> str:
        return f"HubSpotClient({self.http!r})"

    @property
    def requests_sent(self) -> int:
        """How many requests really went out, repeats included."""
        return self.http.requests_sent

    def close(self) -> None:
        """Closes the connections that are kept open. A call afterwards opens new ones."""
        self.http.close()

    def account(self) -> Account:
        """Which portal the token belongs to.

        https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
        """
        return parse_account(self._get(self.paths.account))

    def properties(self) -> tuple[Property, ...]:
        """All property definitions of contacts, but archived and sensitive ones.

        https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
        """
        return tuple(map(parse_property, require_results(self._get(self.paths.properties))))

    def property_groups(self) -> tuple[PropertyGroup, ...]:
        """The groups of contact properties."""
        return tuple(map(parse_group, require_results(self._get(self.paths.property_groups))))

    def create_property_group(self, group: PropertyGroup) -> None:
        """Makes sure that the group exists."""
        body = {"name": group.name, "label": group.label}
        try:
            self.http.call("POST", self.paths.property_groups, json=body, repeatable=True)
        except RejectedError as error:
            if not says_exists(error):
                raise

    def create_property(self, definition: Property) -> Property:
        """Creates the property, or restores an archived one of its name; returns the existing one if there is one."""
        try:
            body = self.http.call("POST", self.paths.properties, json=format_property(definition), repeatable=True)
        except RejectedError as error:
            if not says_exists(error):
                raise
            body = self._get(f"{self.paths.properties}/{quote(definition.name, safe='')}")
        return parse_property(body)

    def replace_property_options(self, name: str, options: Sequence[PropertyOption]) -> Property:
        """Gives an enumeration exactly these options; one that is left out is gone."""
        path = f"{self.paths.properties}/{quote(name, safe='')}"
        return parse_property(
            self.http.call("PATCH", path, json={"options": format_options(options)}, repeatable=True)
        )

    def validation_rules(self) -> tuple[ValidationRule, ...]:
        """The administrators' rules for values; none where the API version does not know them.

        https://developers.hubspot.com/docs/api-reference/latest/crm/property-validations/guide
        """
        try:
            return parse_validation_rules(self._get(self.paths.property_validations))
        except NotFoundError:
            return ()

    def contacts(self, properties: Sequence[str], *, archived: bool = False) -> Iterator[ContactPage]:
        """All contacts, 100 at a time, with these properties.

        https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
        """
        params = {"limit": str(MOST_PER_PAGE), "properties": ",".join(properties), "archived": format_flag(archived)}
        for body in self._walk(self.paths.contacts, params):
            yield parse_contact_page(body)

    def contact(
        self, contact_id: str, properties: Sequence[str], *, id_property: str = "", archived: bool = False
    ) -> Contact:
        """One contact by its record id, or by the value of the unique `id_property`. Raises NotFoundError.

        The id of a contact that was merged into another one leads to that other one.
        """
        params = {"properties": ",".join(properties), "archived": format_flag(archived)}
        if id_property:
            params["idProperty"] = id_property
        return parse_contact(self._get(f"{self.paths.contacts}/{quote(contact_id, safe='')}", params))

    def read_contacts(
        self, ids: Sequence[str], properties: Sequence[str], *, id_property: str = "", archived: bool = False
    ) -> BatchResult:
        """Up to 100 contacts by record id, or by the values of the unique `id_property`, in any order; either those
        in use or, with `archived`, those in the recycle bin.

        What does not exist is named in issues `OBJECT_NOT_FOUND`. Raises ValueError for more than 100 ids.
        """
        unique_ids = list(dict.fromkeys(ids))
        refuse_excess(unique_ids)
        if not unique_ids:
            return NO_BATCH
        wanted = [*properties, *([id_property] if id_property and id_property not in properties else [])]
        body: dict[str, object] = {
            "properties": wanted,
            "propertiesWithHistory": [],
            "inputs": [{"id": one} for one in unique_ids],
        }
        if id_property:
            body["idProperty"] = id_property
        params = {"archived": format_flag(archived)} if archived else None
        return self._send_batch("read", body, repeatable=True, params=params)

    def create_contacts(self, inputs: Sequence[ContactInput]) -> BatchResult:
        """Creates up to 100 contacts. Match the answer by trace id or unique property, never by order.

        Raises AnswerLostError when they may have been created all the same, BatchRejectedError when the whole batch
        was refused, ValueError for more than 100 inputs or trace ids that are not unique.
        """
        refuse_excess(inputs, check_trace_ids=True)
        body = {"inputs": [{**format_input(one), "associations": []} for one in inputs]}
        return self._send_batch("create", body, repeatable=False) if inputs else NO_BATCH

    def update_contacts(self, inputs: Sequence[ContactInput]) -> BatchResult:
        """Changes up to 100 contacts by record id; errors as for `create_contacts`, but never AnswerLostError.

        A contact that was merged away is neither in the contacts nor in the issues.
        """
        refuse_excess(inputs, check_trace_ids=True)
        body = {"inputs": [{**format_input(one), "id": one.id} for one in inputs]}
        return self._send_batch("update", body, repeatable=True) if inputs else NO_BATCH

    def upsert_contacts(self, inputs: Sequence[ContactInput], id_property: str) -> BatchResult:
        """Changes or creates up to 100 contacts by the value of a unique property; `is_new` tells which."""
        refuse_excess(inputs, check_trace_ids=True)
        body = {"inputs": [{**format_input(one), "id": one.id, "idProperty": id_property} for one in inputs]}
        return self._send_batch("upsert", body, repeatable=True) if inputs else NO_BATCH

    def archive_contacts(self, ids: Sequence[str]) -> None:
        """Moves up to 100 contacts to the recycle bin, from where people can restore them for 90 days."""
        unique_ids = list(dict.fromkeys(ids))
        refuse_excess(unique_ids)
        if unique_ids:
            body = {"inputs": [{"id": one} for one in unique_ids]}
            self.http.call("POST", f"{self.paths.contacts}/batch/archive", json=body, repeatable=True)

    def owners(self) -> Iterator[Owner]:
        """All users to whom records can belong.

        https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
        """
        for body in self._walk(self.paths.owners, {"limit": str(MOST_PER_PAGE)}):
            yield from map(parse_owner, require_results(body))

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return self.http.call("GET", path, params=params, repeatable=True)

    def _send_batch(
        self, action: str, body: object, *, repeatable: bool, params: Mapping[str, str] | None = None
    ) -> BatchResult:
        path = f"{self.paths.contacts}/batch/{action}"
        reply = self.http.ask("POST", path, params=params, json=body, repeatable=repeatable)
        return parse_batch(reply.body, reply.headers.get(CORRELATION_HEADER, ""))

    def _walk(self, path: str, params: Mapping[str, str]) -> Iterator[Any]:
        after = ""
        while True:
            body = self._get(path, {**params, "after": after} if after else params)
            yield body
            next_after = parse_next_after(body)
            if not next_after:
                return
            if next_after == after:
                raise UnexpectedAnswerError(f"HubSpot {path} leads to the same page again and again", code="PAGE_LOOP")
            after = next_after


def says_exists(error: RejectedError) -> bool:
    """That creating a group twice is answered like creating a property twice is a guess."""
    return error.status == 409 or "EXISTS" in error.code


def format_flag(value: bool) -> str:
    return "true" if value else "false"


def refuse_excess(inputs: Sequence[object], *, check_trace_ids: bool = False) -> None:
    if len(inputs) > MOST_INPUTS:
        raise ValueError(f"HubSpot takes at most {MOST_INPUTS} inputs in a batch, not {len(inputs)}.")
    if check_trace_ids:
        trace_ids = [one.trace_id for one in inputs if isinstance(one, ContactInput)]
        if len(set(trace_ids)) < len(inputs) or "" in trace_ids:
            # Without them one bad input would refuse the whole batch.
            raise ValueError("Each input of a batch needs a trace id of its own.")
