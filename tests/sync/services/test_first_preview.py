"""A preview before the set-up has created anything in HubSpot."""

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, RunStatus, SyncRule
from sync.services.configuration.mapping_rows import add_default_mappings
from tests.portal import Portal


def make_untouched(services: Sandbox) -> Portal:
    """A rule whose HubSpot portal has none of our properties."""
    sansan = ConnectedAccount.objects.create(
        name="Sansan", provider="sansan", credentials={"api_key": services.sansan.api_key}
    )
    hubspot = ConnectedAccount.objects.create(
        name="HubSpot", provider="hubspot", credentials={"access_token": services.hubspot.token}
    )
    rule = SyncRule.objects.create(name="new", sansan_account=sansan, hubspot_account=hubspot)
    add_default_mappings(rule)
    return Portal(services, rule)


def test_a_preview_takes_our_properties_for_what_they_will_be(db: None, services: Sandbox) -> None:
    portal = make_untouched(services)
    services.sansan.add_tag("展示会", "public")
    services.sansan.add_card(email="taro@sample.example", lastName="見本", tags=["展示会"])
    services.sansan.add_card(email="hanako@sample.example", lastName="見本")
    services.hubspot.add_contact(email="hanako@sample.example", lastname="Mihon")
    before = services.hubspot.contacts()
    preview = portal.run_well(full=True, dry_run=True)
    assert (preview.seen, preview.created, preview.updated, preview.failed) == (2, 1, 1, 0)
    assert services.hubspot.contacts() == before
    assert not SANSAN_PROPERTIES.keys() & portal.properties().keys()


def test_a_run_still_refuses_to_begin_without_them(db: None, services: Sandbox) -> None:
    portal = make_untouched(services)
    services.sansan.add_card(email="taro@sample.example", lastName="見本")
    run = portal.run()
    assert (run.status, run.error_code) == (RunStatus.FAILED, "MAPPING_INVALID")
    assert services.hubspot.contacts() == []
