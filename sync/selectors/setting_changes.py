"""Who changed which setting, as a list to page through."""

from dataclasses import dataclass

from sync.models import SettingChange
from sync.selectors.paging import AgeOrder, Cursor, Page, read_page

CHANGES_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ChangeChoice:
    """Which changes are wanted; what is empty limits nothing."""

    rule_id: int | None = None
    account_id: int | None = None
    source: str = ""


def read_change_page(choice: ChangeChoice, cursor: Cursor) -> Page:
    """A page of SettingChange, newest first."""
    changes = SettingChange.objects.select_related("rule", "account").defer("account__credentials")
    if choice.rule_id is not None:
        changes = changes.filter(rule=choice.rule_id)
    if choice.account_id is not None:
        changes = changes.filter(account=choice.account_id)
    if choice.source:
        changes = changes.filter(source=choice.source)
    return read_page(changes, AgeOrder(), cursor, CHANGES_ON_A_PAGE)
