"""Which tags a rule syncs: what can be chosen, what became of those that were, and the choice itself.

Works without a rule: an account and the tags selected so far are all it takes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.sansan.fields import SYNCED_TAG_TYPES
from connectors.sansan.records import Tag
from sync.engine.transforms.text import fold_text
from sync.models import MAX_SELECTED_TAGS, ChangeSource, ConnectedAccount, SyncRule
from sync.services.configuration.definition import TagDefinition, read_definition
from sync.services.configuration.part_rows import replace_tags
from sync.services.rule_editing.live import ask_tags
from sync.services.setting_history import edit_rule

# More are found by the search; a longer list would not be read anyway.
MOST_SHOWN = 200

RENAMED, RETYPED, REMOVED = "renamed", "retyped", "removed"
EXPLANATIONS: dict[str, str | Promise] = {
    RENAMED: gettext_lazy("Called %(now)s in Sansan now. It still syncs: saving takes over the new name."),
    RETYPED: gettext_lazy(
        "Private in Sansan now. Private tags never sync: cards that have only this tag no longer count as tagged. "
        "Saving takes it off the rule, unless it is made public or shared again in Sansan first."
    ),
    REMOVED: gettext_lazy(
        "No longer in Sansan, or no longer visible to this key: no card has it any more as far as the sync can see. "
        "Saving takes it off the rule."
    ),
}


@dataclass(frozen=True, slots=True)
class TagChoice:
    """What a person chose: all tags, or some of them; and whether cards without these are left out."""

    sync_all: bool
    tags: tuple[TagDefinition, ...]
    only_with_these: bool


@dataclass(frozen=True, slots=True)
class ChangedTag:
    """A selected tag that is not in Sansan what it was when it was selected."""

    tag: TagDefinition
    what: str  # RENAMED, RETYPED or REMOVED
    name_now: str = ""

    @property
    def explanation(self) -> str:
        return str(EXPLANATIONS[self.what]) % {"now": self.name_now}


@dataclass(frozen=True, slots=True)
class TagOption:
    """A tag as the picker offers it. `note` tells tags of one name apart."""

    tag_id: str
    name: str
    type: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TagShelf:
    """The public and shared tags that can be chosen, by id and in the order of their names.

    When the account can't be asked, `trouble` says why, and the tags that are `stored` are all there is.
    """

    options: dict[str, TagOption]
    changed: tuple[ChangedTag, ...] = ()
    trouble: str = ""

    def find(self, text: str) -> list[TagOption]:
        """Those with the text in their name, whatever its width and case; all of them for an empty text."""
        wanted = fold_text(text)
        return [option for option in self.options.values() if wanted in fold_text(option.name)]

    def define(self, tag_ids: Iterable[str]) -> tuple[TagDefinition, ...]:
        """The chosen ones, in the order of their names; an id that can't be chosen is left out."""
        chosen = set(tag_ids)
        return tuple(
            TagDefinition(option.tag_id, option.name, option.type)
            for option in self.options.values()
            if option.tag_id in chosen
        )


def load_tag_shelf(
    account: ConnectedAccount, stored: Sequence[TagDefinition] = (), *, fresh: bool = False
) -> TagShelf:
    """What can be chosen at a Sansan account, where `stored` are the tags selected so far. Raises nothing."""
    asked = ask_tags(account, fresh=fresh)
    if asked.value is None:
        known = {tag.tag_id: TagOption(tag.tag_id, tag.name, tag.type) for tag in stored}
        return TagShelf(known, trouble=asked.trouble)
    return TagShelf(_make_options(asked.value), changed=tuple(_list_changed(stored, asked.value)))


def _make_options(tags: Collection[Tag]) -> dict[str, TagOption]:
    usable = sorted((tag for tag in tags if tag.type in SYNCED_TAG_TYPES), key=lambda tag: (tag.name, tag.id))
    return {tag.id: TagOption(tag.id, tag.name, tag.type, tag.owner.name if tag.owner else "") for tag in usable}


def _list_changed(stored: Iterable[TagDefinition], live: Iterable[Tag]) -> Iterable[ChangedTag]:
    now = {tag.id: tag for tag in live}
    for tag in stored:
        found = now.get(tag.tag_id)
        if found is None:
            yield ChangedTag(tag, REMOVED)
        elif found.type not in SYNCED_TAG_TYPES:
            yield ChangedTag(tag, RETYPED, found.name)
        elif found.name != tag.name:
            yield ChangedTag(tag, RENAMED, found.name)


def check_tag_choice(choice: TagChoice) -> list[str]:
    """What is wrong with a choice, as sentences; nothing if it can be saved."""
    if choice.sync_all:
        return []
    count = len(choice.tags)
    if count > MAX_SELECTED_TAGS:
        message = _(
            "%(count)s tags are selected, but at most %(limit)s can be. Take at least %(excess)s away, or sync all."
        )
        return [message % {"count": count, "limit": MAX_SELECTED_TAGS, "excess": count - MAX_SELECTED_TAGS}]
    if not count and choice.only_with_these:
        return [_("With no tag selected, no card would ever sync. Select a tag, or let cards without tags sync.")]
    return []


def read_tag_choice(rule: SyncRule) -> TagChoice:
    """What is stored."""
    definition = read_definition(rule)
    return TagChoice(definition.sync_all_tags, definition.tags, definition.only_with_these_tags)


def save_tag_choice(
    rule_id: int,
    choice: TagChoice,
    *,
    by: str,
    revision: int | None = None,
    source: ChangeSource = ChangeSource.PORTAL,
) -> SyncRule:
    """Stores a choice that was checked. Raises StaleRuleError as edit_rule does."""
    with edit_rule(rule_id, by=by, source=source, revision=revision) as rule:
        rule.sync_all_tags = choice.sync_all
        rule.only_with_these_tags = choice.only_with_these
        rule.save(update_fields=["sync_all_tags", "only_with_these_tags", "updated_at"])
        replace_tags(rule, () if choice.sync_all else choice.tags)
    return rule
