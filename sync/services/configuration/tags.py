"""The tags that a rule selects, found among those that its Sansan account sees."""

from django.utils.translation import gettext as _

from connectors.sansan.fields import SYNCED_TAG_TYPES
from connectors.sansan.records import Tag
from sync.models import MAX_SELECTED_TAGS
from sync.services.configuration.definition import RuleDefinition, TagDefinition
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.schema import TagEntry, TagsEntry


class TagError(Exception):
    """A tag that can't be selected."""


def define_tags(
    entry: TagsEntry, live: list[Tag] | None, stored: RuleDefinition | None, path: Path, faults: FaultList
) -> tuple[TagDefinition, ...]:
    """The selected tags. `live` are all that the account sees, None when it can't be asked; `stored` is the rule so
    far, which decides between tags of one name."""
    if entry.sync is None:
        return ()
    path = (*path, "sync")
    if len(entry.sync) > MAX_SELECTED_TAGS:
        message = _("%(count)s tags are selected, but at most %(limit)s can be")
        faults.add(path, message % {"count": len(entry.sync), "limit": MAX_SELECTED_TAGS})
    if entry.only_with_these and not entry.sync:
        faults.add(path, _("with only_with_these and no tag, no card would ever sync"))
    chosen = stored.tags if stored else ()
    found: dict[str, TagDefinition] = {}
    seen: set[tuple[str, str]] = set()
    for index, item in enumerate(entry.sync):
        if item is None:
            continue
        try:
            check_repeated(item, seen)
            for tag in find_tags(item, live, chosen) if live is not None else ():
                found.setdefault(tag.id, TagDefinition(tag.id, tag.name, tag.type))
        except TagError as error:
            faults.add((*path, index), str(error))
    return tuple(found.values())


def check_repeated(item: TagEntry, seen: set[tuple[str, str]]) -> None:
    """Raises TagError for an entry that names nothing, or the same as an earlier one."""
    # An id decides by itself; its name is for readers only.
    key = ("id", item.id) if item.id else ("name", item.name.strip())
    if not key[1]:
        raise TagError(_("must be a tag's name, as text"))
    if key in seen:
        raise TagError(_("the tag '%(name)s' stands here twice") % {"name": item.name or item.id})
    seen.add(key)


def find_tags(item: TagEntry, live: list[Tag], chosen: tuple[TagDefinition, ...]) -> list[Tag]:
    """The public or shared tag that is meant; several only where the rule has `chosen` these already.

    Raises TagError.
    """
    if item.id:
        matches = [tag for tag in live if tag.id == item.id]
    else:
        matches = [tag for tag in live if tag.name == item.name or tag.name.strip() == item.name.strip()]
    usable = [tag for tag in matches if tag.type in SYNCED_TAG_TYPES]
    if not usable:
        raise TagError(_explain_absence(item, matches, live, chosen))
    if len(usable) == 1:
        return usable
    kept = [tag for tag in usable if any(tag.id == one.tag_id for one in chosen)]
    if kept:
        return kept
    several = ", ".join(_describe(tag) for tag in usable)
    message = _("several tags are called '%(name)s': %(several)s; say which as {id: …}")
    raise TagError(message % {"name": item.name, "several": several})


def _explain_absence(item: TagEntry, matches: list[Tag], live: list[Tag], chosen: tuple[TagDefinition, ...]) -> str:
    name = item.name or item.id
    if matches:
        return _("the tag '%(name)s' is private, and private tags never sync") % {"name": name}
    if item.id:
        return _("no public or shared tag has the id '%(name)s'") % {"name": item.id}
    former = {one.tag_id for one in chosen if one.name == item.name}
    renamed = [tag.name for tag in live if tag.id in former]
    if renamed:
        return _("the tag '%(name)s' is now called '%(new)s' in Sansan") % {"name": name, "new": renamed[0]}
    known = [tag.name for tag in live if tag.type in SYNCED_TAG_TYPES]
    message = _("no public or shared tag called '%(name)s'%(hint)s")
    return message % {"name": name, "hint": hint(item.name, known)}


def _describe(tag: Tag) -> str:
    owner = f", {tag.owner.name}" if tag.owner and tag.owner.name else ""
    return f"{tag.id} ({tag.type}{owner})"
