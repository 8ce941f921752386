"""The configuration file's shape. What a key is called and may hold is here; what it must refer to is checked later.

Lists hold None where an entry was faulty and has been reported, so that the others keep their places.
"""

from typing import Annotated, Any, TypeAlias

from django.db import models
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from connectors.registry import PROVIDERS
from sync.models import ConflictPolicy, Direction, FieldDirection, Match, WritePolicy
from sync.services.configuration.faults import Path, hint

MATCHING_STEPS = ("link", "email", "name_and_company")
LONGEST_INTERVAL_MINUTES = 366 * 24 * 60


def one_of(*allowed: str) -> AfterValidator:
    """Takes one of the words, and names the one that was probably meant otherwise."""

    def check(value: str) -> str:
        if value not in allowed:
            message = _("%(value)r is not possible here%(hint)s") % {"value": value, "hint": hint(value, allowed)}
            raise PydanticCustomError("choice", "{text}", {"text": message})
        return value

    return AfterValidator(check)


def one_of_choices(choices: type[models.TextChoices]) -> AfterValidator:
    return one_of(*choices.values)


def _read_word(word: str) -> BeforeValidator:
    """`all` and `default` stand where a list may stand; they are None here."""
    return BeforeValidator(lambda value: None if value == word else value)


def _wrap_text(key: str) -> BeforeValidator:
    """A plain text stands for a mapping with this one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
LongText: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]


class Entry(BaseModel):
    # The input stays out of the errors: it may be a secret.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class CredentialEntry(Entry):
    """Where a secret comes from: an environment variable, a file, or the configuration file itself."""

    env: LongText | None = None
    file: LongText | None = None
    literal: SecretStr | None = None


class AccountEntry(Entry):
    name: Text
    provider: Annotated[str, one_of(*PROVIDERS)]
    credentials: dict[str, Annotated[CredentialEntry, _wrap_text("literal")]] = Field(default_factory=dict)
    requests_per_10_seconds: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class TagEntry(Entry):
    """A tag by its name, or by its id where two tags share a name."""

    name: str = ""
    id: str = ""


class TagsEntry(Entry):
    """`sync` is None for all public and shared tags."""

    sync: Annotated[list[Annotated[TagEntry, _wrap_text("name")] | None] | None, _read_word("all")] = None
    only_with_these: bool = False


class ConditionEntry(Entry):
    field: Text
    operator: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    value: Any = None


class FiltersEntry(Entry):
    match: Annotated[str, one_of_choices(Match)] = Match.ALL.value
    conditions: list[ConditionEntry | None] = Field(default_factory=list)


class MappingEntry(Entry):
    # Empty where a transform needs no field: a fixed value, or several fields joined.
    sansan: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    hubspot: Text
    transform: Any = None
    write: Annotated[str, one_of_choices(WritePolicy)] = WritePolicy.ALWAYS.value
    direction: Annotated[str, one_of_choices(FieldDirection)] = FieldDirection.SANSAN_TO_HUBSPOT.value
    enabled: bool = True


class RuleEntry(Entry):
    """`mappings` is None for the default set; `overlap_minutes` is None for what the rule has already."""

    name: Text
    sansan: Text
    hubspot: Text
    direction: Annotated[str, one_of_choices(Direction)] = Direction.SANSAN_TO_HUBSPOT.value
    enabled: bool = False
    interval_minutes: Annotated[int, Field(ge=1, le=LONGEST_INTERVAL_MINUTES)] = 10
    tags: TagsEntry = TagsEntry()
    only_with_email: bool = True
    matching: list[Annotated[str, one_of(*MATCHING_STEPS)] | None] = Field(default=["link", "email"])
    conflict: Annotated[str, one_of_choices(ConflictPolicy)] = ConflictPolicy.SANSAN_WINS.value
    filters: FiltersEntry = FiltersEntry()
    hubspot_filters: FiltersEntry = FiltersEntry()
    mappings: Annotated[list[MappingEntry | None] | None, _read_word("default")] = None
    overlap_minutes: Annotated[int, Field(ge=0, le=LONGEST_INTERVAL_MINUTES)] | None = None


class Document(Entry):
    accounts: list[AccountEntry | None] = Field(default_factory=list)
    sync_rules: list[RuleEntry | None] = Field(default_factory=list)


_ENTRIES: dict[Path, type[Entry]] = {
    (): Document,
    ("accounts", "*"): AccountEntry,
    ("accounts", "*", "credentials", "*"): CredentialEntry,
    ("sync_rules", "*"): RuleEntry,
    ("sync_rules", "*", "tags"): TagsEntry,
    ("sync_rules", "*", "tags", "sync", "*"): TagEntry,
    ("sync_rules", "*", "filters"): FiltersEntry,
    ("sync_rules", "*", "filters", "conditions", "*"): ConditionEntry,
    ("sync_rules", "*", "hubspot_filters"): FiltersEntry,
    ("sync_rules", "*", "hubspot_filters", "conditions", "*"): ConditionEntry,
    ("sync_rules", "*", "mappings", "*"): MappingEntry,
}


def find_entry(path: Path) -> type[Entry] | None:
    """The shape of what stands at a path; None where that is no entry of ours."""
    pattern: Path = tuple("*" if isinstance(part, int) else part for part in path)
    if pattern[-2:-1] == ("credentials",):
        pattern = (*pattern[:-1], "*")
    return _ENTRIES.get(pattern)
