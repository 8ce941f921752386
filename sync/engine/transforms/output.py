"""Values as HubSpot takes them: strings."""

from datetime import date, datetime

from sync.engine.records import Value
from sync.engine.transforms.dates import write_moment


def write_value(value: Value) -> str:
    """Write a value as HubSpot's string: YYYY-MM-DD, ISO 8601 in UTC, or sorted options `a;b`."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return ";".join(sorted(set(value)))
