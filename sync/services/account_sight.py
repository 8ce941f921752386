"""What a connected account's key is and sees, in the words of a page."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from connectors.sansan.fields import SYNCED_TAG_TYPES
from sync.models import ConnectedAccount
from sync.services.account_changes import has_credentials
from sync.services.accounts import explain_missing_scopes
from sync.services.rule_editing.live import ask_tags


@dataclass(frozen=True, slots=True)
class Sight:
    """`tag_counts` are the numbers of visible public and shared tags (Sansan only, None when that is not known);
    `trouble` is what hinders any sync, `warnings` what may be meant so: sentences that say what to do next."""

    is_connected: bool
    tag_counts: dict[str, int] | None = None
    trouble: str = ""
    warnings: tuple[str, ...] = ()


def look_at(account: ConnectedAccount) -> Sight:
    """Asks Sansan for the tags that a key sees, unless they were asked for a moment ago; tells of HubSpot what the
    last check found. Raises nothing."""
    if not has_credentials(account):
        return Sight(False, trouble=_("The account is disconnected: it has no key, and its rules are paused."))
    if account.provider == "sansan":
        return _look_at_sansan(account)
    if account.missing_scopes:
        return Sight(True, trouble=explain_missing_scopes(account.name, tuple(account.missing_scopes)))
    return Sight(True)


def _look_at_sansan(account: ConnectedAccount) -> Sight:
    asked = ask_tags(account)
    if asked.value is None:
        return Sight(True, trouble=asked.trouble)
    counted = Counter(tag.type for tag in asked.value)
    counts = {kind: counted[kind] for kind in sorted(SYNCED_TAG_TYPES)}
    if any(counts.values()):
        return Sight(True, counts)
    warning = _(
        "This key sees no public or shared tag. An administrator's key sees all cards and tags of the company: have "
        "one issued in Sansan's administrator settings, or ask for the right to see the tags."
    )
    return Sight(True, counts, warnings=(warning,))
