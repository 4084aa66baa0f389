"""The moment a review is made for. A parameter, never the clock."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ingest.errors import Code, UserError, shown

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")
END_OF_DAY = time(23, 59, 59, 999999)


def normal(given: str | None) -> str:
    """An --as-of as we keep it: `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]`; empty where none was given.

    Raises UserError (E_AS_OF) for anything else and for days that do not exist.
    """
    text = (given or "").strip()
    if not text:
        return ""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        if MINUTE.fullmatch(text):
            datetime.fromisoformat(text)
            return text
    except ValueError:
        pass
    fix = "Write it as 2026-09-30 or 2026-09-30T18:00"
    raise UserError(Code.E_AS_OF, f'"{shown(text)}" is no date', "--as-of", fix)


def resolve(given: str, zone: str, newest: datetime | None) -> datetime:
    """The moment in UTC: a day is its end in the account's zone, a time without a zone is in the account's zone.

    Without one it is the end of the day of `newest`, the newest time that stands in any export. Raises UserError
    (E_AS_OF) where no export holds a time either.
    """
    if not given:
        if newest is None:
            fix = "Say it with --as-of 2026-09-30"
            raise UserError(Code.E_AS_OF, "no export holds a date, so it is unknown what day it is", "exports/", fix)
        return end_of_day(newest.astimezone(ZoneInfo(zone)).date(), zone)
    if DAY.fullmatch(given):
        return end_of_day(date.fromisoformat(given), zone)
    moment = datetime.fromisoformat(given)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The last microsecond of a day in a zone, in UTC; its local date is still that day."""
    return datetime.combine(day, END_OF_DAY, ZoneInfo(zone)).astimezone(UTC)
