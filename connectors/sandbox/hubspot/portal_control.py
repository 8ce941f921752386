"""How tests and demos set up the HubSpot portal: its properties, rules, limits and open questions."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.hubspot.batches import BatchManner
from connectors.sandbox.hubspot.contact_control import ContactControl
from connectors.sandbox.hubspot.definitions import Definition, exists_refusal, make_definition, read_options
from connectors.sandbox.hubspot.quota import Quota
from connectors.sandbox.hubspot.rules import PortalRules, Requirement
from connectors.sandbox.web import RefusalError

ALL_SCOPES = frozenset(
    {
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        "crm.objects.owners.read",
    }
)


class PortalControl(ContactControl):
    """The control methods about the portal; safe to call from any thread while the stand-in runs."""

    control_methods = ContactControl.control_methods | {
        "add_property",
        "archive_property",
        "companies",
        "property_definition",
        "require_property",
        "set_options",
        "set_read_only",
        "set_search_lag",
        "set_validation_rule",
        "use_quota",
    }
    control_settings = ContactControl.control_settings | {"company_auto_create", "echo_trace_ids"}

    rules: PortalRules
    manner: BatchManner
    quota: Quota

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.scopes = set(ALL_SCOPES)
        self.search_lag_seconds = 0.0

    # --- properties and rules ---

    def add_property(self, **definition: Any) -> None:
        """Add a custom property by the fields of the API; label, type, fieldType and groupName have defaults."""
        defaults = {
            "label": definition["name"],
            "type": "string",
            "fieldType": "text",
            "groupName": "contactinformation",
        }
        with self.lock:
            try:
                made = make_definition({**defaults, **definition})
            except RefusalError as refusal:
                raise ValueError(refusal.answer.content["message"]) from refusal
            if made.name in self.store.definitions and not self.store.definitions[made.name].archived:
                raise ValueError(exists_refusal(made.name).answer.content["message"])
            self.store.define(made)

    def property_definition(self, name: str) -> dict[str, Any]:
        """Return a definition as the API shows it, archived or not; raises `LookupError`."""
        with self.lock:
            return self._definition(name).describe()

    def archive_property(self, name: str) -> None:
        """Archive a property, even one of HubSpot's own."""
        with self._changed_definition(name) as definition:
            definition.archived = True

    def set_options(self, name: str, options: list[Any]) -> None:
        """Replace the options of a property, given as values or as `{"label", "value"}`."""
        whole = [one if isinstance(one, dict) else {"label": str(one), "value": str(one)} for one in options]
        with self._changed_definition(name) as definition:
            definition.options = read_options(whole)

    def set_read_only(self, name: str, read_only: bool = True) -> None:
        """Make a property's value read-only, or writable again."""
        with self._changed_definition(name) as definition:
            definition.read_only = read_only

    def set_validation_rule(self, name: str, rule_type: str, *arguments: Any) -> None:
        """Add an administrator's rule to a property, e.g. `("company", "MAX_LENGTH", 40)`; enforced from 2026-09."""
        with self.lock:
            self.rules.by_property.setdefault(name, {})[rule_type] = tuple(map(str, arguments))

    def require_property(self, name: str, when: tuple[str, str] | list[str] | None = None) -> None:
        """Require a property of every contact, or of those where `when` (property, value) holds; from 2026-09."""
        with self.lock:
            self.rules.required.append(Requirement(name, (when[0], when[1]) if when else None))

    # --- switches ---

    def set_limit(
        self,
        *,
        per_10_seconds: int | None = None,
        per_day: int | None = None,
        search_per_second: int | None = None,
    ) -> None:
        """Set the limits; 0 takes one off (as at the start), None leaves it."""
        with self.lock:
            self.quota.set(per_10_seconds, per_day, search_per_second)

    def use_quota(self, requests: int) -> None:
        """Count requests that another program of the same account makes right now."""
        with self.lock:
            self.quota.use_up(requests, time.monotonic())

    def set_search_lag(self, seconds: float) -> None:
        """Let searches see the contacts as they were this long ago, by the sandbox clock."""
        self.search_lag_seconds = seconds

    def remove_scope(self, name: str) -> None:
        """Take a scope from the token."""
        with self.lock:
            self.scopes.discard(name)

    def restore_credentials(self) -> None:
        """Make the token good again, with all its scopes."""
        super().restore_credentials()
        with self.lock:
            self.scopes = set(ALL_SCOPES)

    @property
    def echo_trace_ids(self) -> bool:
        """Whether batch results carry the trace ids of their inputs."""
        return self.manner.echo_trace_ids

    @echo_trace_ids.setter
    def echo_trace_ids(self, value: bool) -> None:
        self.manner.echo_trace_ids = value

    @property
    def company_auto_create(self) -> bool:
        """Whether the portal makes a company of each e-mail domain."""
        return self.store.company_auto_create

    @company_auto_create.setter
    def company_auto_create(self, value: bool) -> None:
        self.store.company_auto_create = value

    def companies(self) -> dict[str, str]:
        """Return the companies that the portal made, domain to id."""
        with self.lock:
            return dict(self.store.companies)

    # --- parts ---

    def _definition(self, name: str) -> Definition:
        if name not in self.store.definitions:
            raise LookupError(f"no such property: {name}")
        return self.store.definitions[name]

    @contextmanager
    def _changed_definition(self, name: str) -> Iterator[Definition]:
        with self.lock:
            yield self._definition(name)
            self.store.definitions_version += 1
