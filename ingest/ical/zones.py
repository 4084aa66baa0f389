"""Local times of a calendar as instants: which zone a TZID means, and what no zone can say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.ical.lines import Component, Property

EARLIEST, LATEST = 1970, 2200  # years an event can have; calendar programs write 0000 and 1601 for "none"


@dataclass(frozen=True, slots=True)
class When:
    """A time as the calendar writes it: the wall clock, its zone, and what is odd about it."""

    wall: datetime  # naive; midnight for a date
    zone: tzinfo
    zone_id: str  # name to write it back with: IANA, or that of a zone of the file
    is_date: bool = False
    flaws: tuple[str, ...] = ()  # unknown_zone ambiguous gap

    @property
    def instant(self) -> datetime:
        """In UTC; of an hour that exists twice the first, of one that does not exist the one after the gap."""
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OwnZone:
    """A zone that the file defines; its id is made of its content, as two files may use one TZID for two zones."""

    id: str
    zone: tzinfo
    lines: tuple[str, ...]  # of its VTIMEZONE, with that id


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of one calendar: those it defines itself, and the one for times without any."""

    default_id: str
    own: Mapping[str, OwnZone] = field(default_factory=dict)  # by TZID

    def find(self, tzid: str) -> tuple[str, tzinfo] | None:
        """The zone a TZID means: IANA, Windows, a vendor's path to an IANA name, or one of the file; else None."""
        for name in _spellings(tzid):
            if (zone := iana(name)) is not None:
                return name, zone
        own = self.own.get(tzid.strip())
        return (own.id, own.zone) if own else None

    def read(self, prop: Property) -> When:
        """The time of DTSTART, DTEND, CREATED, ...; raises ValueError for what is no time or out of range."""
        value = prop.value.strip().upper()
        wall, offset = _wall(value)
        if not EARLIEST <= wall.year <= LATEST:
            raise ValueError("year out of range")
        if offset is not None:
            return When(wall.replace(tzinfo=offset).astimezone(UTC).replace(tzinfo=None), UTC, "UTC")
        found = self.find(prop.params["TZID"]) if "TZID" in prop.params else (self.default_id, _sure(self.default_id))
        name, zone = found or (self.default_id, _sure(self.default_id))
        is_date = "T" not in value
        flaws = (*(() if found else ("unknown_zone",)), *(() if is_date else _clock_flaws(wall, zone)))
        return When(wall, zone, name, is_date, flaws)


def zones_of(defined: list[Component], named: str, account_zone: str) -> Zones:
    """Zones of a calendar: its VTIMEZONEs, and X-WR-TIMEZONE (else the account's zone) for times without one."""
    own: dict[str, OwnZone] = {}
    for component in defined:
        tzid = next((p.value.strip() for p in component.properties if p.name == "TZID"), "")
        built = _built(component.lines) if tzid else None
        if built is not None:
            own[tzid] = built
    default = next((name for name in _spellings(named) if iana(name) is not None), account_zone)
    return Zones(default, own)


@cache
def iana(name: str) -> ZoneInfo | None:
    """An IANA zone by its exact name; None for anything else."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, or one too long for a file
        return None


def _sure(name: str) -> tzinfo:
    return iana(name) or UTC


def _spellings(tzid: str) -> list[str]:
    """What a TZID may stand for, best first: `W. Europe Standard Time`, `/vendor.example/2/Europe/Berlin`."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    clean = tzid.strip().strip('"').strip("/")
    parts = clean.split("/")
    tails = ["/".join(parts[at:]) for at in range(1, len(parts))] if tzid.strip().startswith("/") else []
    windows = WINDOWS_TO_OLSON.get(clean)
    return [name for name in (clean, windows, *tails) if name]


def _built(lines: tuple[str, ...]) -> OwnZone | None:
    """A zone from its VTIMEZONE, or None where that is broken."""
    from icalendar import Timezone

    own_id = f"zone-{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
    renamed = tuple(f"TZID:{own_id}" if line.upper().startswith("TZID") else line for line in lines)
    try:
        zone: tzinfo = Timezone.from_ical("\r\n".join([*renamed, ""])).to_tz(lookup_tzid=False)
        datetime(2026, 7, 1, tzinfo=zone).utcoffset()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError):
        return None
    return OwnZone(own_id, zone, renamed)


def _wall(value: str) -> tuple[datetime, tzinfo | None]:
    """Wall clock and offset of `20260131`, `20260131T093000`, `…Z`, `…+0530`, or a Unix time in s, ms or µs."""
    if value.isascii() and value.isdigit() and len(value) in (10, 13, 16):
        seconds = int(value) / 10 ** (len(value) - 10)
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC
    offset: tzinfo | None = None
    if value.endswith("Z"):
        value, offset = value[:-1], UTC
    elif len(value) > len("20260131T093000") and value[15] in "+-":
        value, offset = value[:15], _offset(value[15:])
    if value[13:15] == "60":  # a leap second
        value = f"{value[:13]}59"
    if len(value) == len("20260131"):
        return datetime.combine(date(int(value[:4]), int(value[4:6]), int(value[6:])), datetime.min.time()), offset
    if len(value) != len("20260131T093000"):
        raise ValueError("no date-time of iCalendar")
    return datetime.strptime(value, "%Y%m%dT%H%M%S"), offset


def _offset(text: str) -> tzinfo:
    hours, minutes = int(text[1:3]), int(text[-2:])
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if text[0] == "-" else shift)


def _clock_flaws(wall: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Whether clocks show this time twice (`ambiguous`) or never (`gap`) in the zone."""
    first, second = wall.replace(tzinfo=zone, fold=0).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first is None or second is None or first == second:
        return ()
    return ("ambiguous",) if first > second else ("gap",)
