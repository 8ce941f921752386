"""Dates as people and services write them, and as they are stored."""

import re
from datetime import UTC, date, datetime, tzinfo

from sync.engine.transforms.text import normalize_text, trim_text

# The year before the first of each era: 令和8年 is 2018 + 8.
_ERAS = {
    "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
    "M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018,
}  # fmt: skip
_CALENDAR_DATE = re.compile(
    r"(?:(?P<year>[0-9]{4})|(?P<era>明治|大正|昭和|平成|令和|[MTSHR]) ?(?P<era_year>[0-9]{1,2}|元))"
    r"(?: ?年 ?(?P<month_ja>[0-9]{1,2}) ?月 ?(?P<day_ja>[0-9]{1,2}) ?日"
    r"|(?P<mark>[-/.]) ?(?P<month>[0-9]{1,2})(?P=mark) ?(?P<day>[0-9]{1,2}))"
    r"(?: ?\([月火水木金土日]\))?",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"[0-9]{8}")


def read_date(value: object, zone: tzinfo) -> date | None:
    """Read a date, a moment (its day in `zone`), or a text such as 2026-04-02, 2026年4月2日, 令和8年4月2日.

    None when it is none of these or no day of the calendar. A year that is missing, or stands last, is not guessed.
    """
    if isinstance(value, datetime):
        return shift_moment(value, zone).date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = trim_text(normalize_text(value))
    try:
        return _read_calendar_date(text) or shift_moment(datetime.fromisoformat(text), zone).date()
    except ValueError:
        return None


def _read_calendar_date(text: str) -> date | None:
    if _COMPACT_DATE.fullmatch(text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    found = _CALENDAR_DATE.fullmatch(text)
    if not found:
        return None
    if found["year"]:
        year = int(found["year"])
    else:
        year = _ERAS[found["era"].upper()] + (1 if found["era_year"] == "元" else int(found["era_year"]))
    return date(year, int(found["month_ja"] or found["month"]), int(found["day_ja"] or found["day"]))


def shift_moment(value: datetime, zone: tzinfo) -> datetime:
    """See a moment in another zone; one without a zone is UTC, one at the edge of the calendar stays as it is."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        return aware.astimezone(zone)
    except OverflowError:
        return aware


def write_moment(value: datetime) -> str:
    """Write a moment as HubSpot takes it: ISO 8601 in UTC, with milliseconds only where there are some.

    Source: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
    """
    moment = shift_moment(value, UTC)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
