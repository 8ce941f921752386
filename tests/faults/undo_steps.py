"""What the tests of undos do and look at again and again."""

from sync.models import SyncRun
from tests.portal import Portal, assert_consistent


def promote(portal: Portal, chiefs: list[str]) -> SyncRun:
    """A run that changed the title of all contacts."""
    for card_id in chiefs:
        portal.sandbox.sansan.edit_card(card_id, title="部長")
    return portal.run_well()


def count(run: SyncRun) -> dict[str, int]:
    names = ("archived", "updated", "unchanged", "excluded", "failed")
    return {name: number for name in names if (number := getattr(run, name))}


def title_of(portal: Portal, card_id: str) -> str:
    return portal.contact_of(card_id)["jobtitle"]


def assert_next_runs_write_nothing(portal: Portal) -> None:
    portal.sandbox.hubspot.forget_requests()
    for full in (False, True):
        run = portal.run_well(full=full)
        assert (run.created, run.updated, portal.sandbox.hubspot.writes) == (0, 0, [])
    assert_consistent(portal)
