"""Reads and checks query parameters the way the Sansan reference describes them."""

from dataclasses import dataclass

from connectors.sandbox.sansan.cards import parse_time
from connectors.sandbox.sansan.refusals import refuse_parameter
from connectors.sandbox.web import Incoming

ENTRY_STATUSES = ("processing", "completed", "unreadable")
RANGES = ("me", "all")
DIRECTIONS = ("asc", "desc")
MAX_CARDS = 300
MAX_OTHERS = 100


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What all listings have in common. `filters` is everything that a page token is bound to."""

    everyone: bool
    past: bool
    with_tags: bool
    statuses: tuple[str, ...]
    order_by: str
    descending: bool
    limit: int
    token: str
    filters: list[list[str]]


def read_list_request(
    incoming: Incoming, *, orders: tuple[str, ...], direction: str, max_limit: int = MAX_CARDS
) -> ListRequest:
    """Read the common parameters; the first of `orders` and `direction` are the defaults. 400 on a bad one."""
    return ListRequest(
        everyone=read_choice(incoming, "range", RANGES) == "all",
        past=read_flag(incoming, "includePastBizCards"),
        with_tags=read_flag(incoming, "includeTags"),
        statuses=read_choices(incoming, "entryStatus", ENTRY_STATUSES) or ("completed",),
        order_by=read_choice(incoming, "orderBy", orders),
        descending=read_choice(incoming, "orderDirection", DIRECTIONS, direction) == "desc",
        limit=read_limit(incoming, max_limit),
        token=incoming.value("nextPageToken"),
        filters=sorted(
            [name.removesuffix("[]"), value]
            for name, values in incoming.query.items()
            for value in values
            if name not in ("nextPageToken", "limit")
        ),
    )


def read_choice(incoming: Incoming, name: str, allowed: tuple[str, ...], default: str = "") -> str:
    """Return one of the allowed values, by default the first."""
    value = incoming.value(name, default or allowed[0])
    if value not in allowed:
        refuse_parameter(name, f"must be one of {', '.join(allowed)}")
    return value


def read_choices(incoming: Incoming, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return all given values, each one of the allowed."""
    values = tuple(sorted(set(incoming.values(name))))
    if not set(values) <= set(allowed):
        refuse_parameter(name, f"must be one of {', '.join(allowed)}")
    return values


def read_flag(incoming: Incoming, name: str) -> bool:
    """Return a boolean, false when absent."""
    return read_choice(incoming, name, ("false", "true")) == "true"


def read_limit(incoming: Incoming, max_limit: int) -> int:
    """Return the page size, 100 by default."""
    text = incoming.value("limit", "100")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= max_limit:
        refuse_parameter("limit", f"must be a number from 1 to {max_limit}")
    return int(text)


def read_period(incoming: Incoming) -> tuple[int, int]:
    """Return the required `updatedFrom` and `updatedTo` in seconds; both ends count as inside (a guess)."""
    moments = []
    for name in ("updatedFrom", "updatedTo"):
        try:
            moments.append(parse_time(incoming.value(name)))
        except ValueError:
            refuse_parameter(name, "is required, in the form YYYY-MM-DDThh:mm:ss+09:00 (with + sent as %2B)")
    if moments[1] <= moments[0]:
        refuse_parameter("updatedTo", "must be later than updatedFrom")
    return moments[0], moments[1]
