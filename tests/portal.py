"""The product around a sandbox: two accounts and a rule, run through the real services over real HTTP."""

from dataclasses import dataclass
from typing import Any

from connectors.hubspot.fields import SANSAN_GROUP, SANSAN_PROPERTIES
from connectors.hubspot.records import Property
from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, FieldMapping, RecordFilter, RecordLink, RecordLog, SyncRule, SyncRun
from sync.services.configuration.mapping_rows import add_default_mappings
from sync.services.connections import open_hubspot
from sync.services.execution import execute_run
from sync.services.runs import request_retry, request_run, request_undo


@dataclass
class Portal:
    sandbox: Sandbox
    rule: SyncRule

    def run(self, *, full: bool = False, dry_run: bool = False) -> SyncRun:
        self.rule.refresh_from_db()
        return execute_run(request_run(self.rule, full=full, dry_run=dry_run).pk)

    def run_well(self, **options: Any) -> SyncRun:
        """A run that must not fail as a whole."""
        run = self.run(**options)
        assert not run.error_code, (run.error_code, run.error_detail)
        return run

    def retry(self, **choice: Any) -> SyncRun:
        self.rule.refresh_from_db()
        return execute_run(request_retry(self.rule, **choice).pk)

    def undo(self, run: SyncRun, *, dry_run: bool = False) -> SyncRun:
        """Takes a run back; the undo must not fail as a whole."""
        run.refresh_from_db()
        undo = execute_run(request_undo(run, dry_run=dry_run).pk)
        assert not undo.error_code, (undo.error_code, undo.error_detail)
        return undo

    def link(self, card_id: str) -> RecordLink:
        return RecordLink.objects.get(rule=self.rule, sansan_id=card_id)

    def logs(self, card_id: str = "", **conditions: Any) -> list[RecordLog]:
        logs = RecordLog.objects.filter(rule=self.rule, **conditions).order_by("pk")
        return list(logs.filter(sansan_id=card_id) if card_id else logs)

    def contact_of(self, card_id: str) -> dict[str, Any]:
        contact = self.sandbox.hubspot.contact(self.link(card_id).hubspot_id)
        assert contact is not None
        return contact

    def properties(self) -> dict[str, Property]:
        """HubSpot's definitions, by name."""
        return {one.name: one for one in open_hubspot(self.rule.hubspot_account).properties()}

    def change_rule(self, **fields: Any) -> None:
        SyncRule.objects.filter(pk=self.rule.pk).update(**fields)
        self.rule.refresh_from_db()

    def add_filter(self, field: str, operator: str, value: object = None) -> None:
        RecordFilter.objects.create(
            rule=self.rule, position=self.rule.filters.count() + 1, field=field, operator=operator, value=value
        )

    def map(self, source: str, target: str, **fields: Any) -> None:
        """Maps a field, in place of whatever the property had."""
        self.rule.mappings.filter(hubspot_property=target).delete()
        FieldMapping.objects.create(
            rule=self.rule,
            position=self.rule.mappings.count() + 1,
            sansan_field=source,
            hubspot_property=target,
            **fields,
        )


def build_portal(sandbox: Sandbox, name: str = "cards-to-contacts", **rule_fields: Any) -> Portal:
    """Accounts, HubSpot properties and a rule with the default mapping."""
    sansan, _ = ConnectedAccount.objects.get_or_create(
        name="Sansan HQ", provider="sansan", defaults={"credentials": {"api_key": sandbox.sansan.api_key}}
    )
    hubspot, _ = ConnectedAccount.objects.get_or_create(
        name="HubSpot", provider="hubspot", defaults={"credentials": {"access_token": sandbox.hubspot.token}}
    )
    client = open_hubspot(hubspot)
    client.create_property_group(SANSAN_GROUP)
    for definition in SANSAN_PROPERTIES.values():
        client.create_property(definition)
    rule = SyncRule.objects.create(
        name=name, sansan_account=sansan, hubspot_account=hubspot, enabled=True, **rule_fields
    )
    add_default_mappings(rule)
    return Portal(sandbox, rule)


def assert_consistent(portal: Portal) -> None:
    """What must hold after every run, whatever happened."""
    contacts = portal.sandbox.hubspot.contacts()
    card_ids = [contact["sansan_card_id"] for contact in contacts if contact.get("sansan_card_id")]
    assert len(card_ids) == len(set(card_ids)), "two contacts carry one card id"
    emails = [contact["email"] for contact in contacts if contact.get("email")]
    assert len(emails) == len(set(emails)), "two contacts have one e-mail address"
    linked = RecordLink.objects.filter(rule=portal.rule).exclude(hubspot_id="")
    assert linked.values("hubspot_id").distinct().count() == linked.count()
    for run in SyncRun.objects.filter(rule=portal.rule):
        assert run.seen == run.created + run.updated + run.archived + run.unchanged + run.excluded + run.failed
