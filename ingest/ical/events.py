"""One VEVENT as facts with types; which of several versions of it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.errors import Code
from ingest.ical.lines import Component, Property
from ingest.ical.zones import When, Zones

STAMPS = ("CREATED", "LAST-MODIFIED", "DTSTAMP")
LONGEST = timedelta(days=366)


class EventError(Exception):
    """An event that cannot be read: `code` and a reason without a word of the event."""

    def __init__(self, code: Code, reason: str) -> None:
        """Keep both parts."""
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT; the times are aware UTC datetimes."""

    position: int  # 1-based in the file
    uid: str
    start: When
    end: datetime | None
    recurrence: When | None  # RECURRENCE-ID: the instance of the series that this event replaces
    sequence: int
    created_at: datetime | None
    modified_at: datetime | None
    stamped_at: datetime | None
    properties: tuple[Property, ...]
    flaws: tuple[tuple[Code, str], ...] = ()

    def all(self, name: str) -> list[Property]:
        """Every property of that name."""
        return [p for p in self.properties if p.name == name]

    def text(self, name: str) -> str:
        """Text of the first property of that name, stripped; empty without one."""
        return next((p.text.strip() for p in self.properties if p.name == name), "")

    @property
    def recurs(self) -> bool:
        """Whether it is more than one instance."""
        return any(p.name in ("RRULE", "RDATE") and p.value.strip() for p in self.properties)

    @property
    def version(self) -> tuple[int, datetime, int]:
        """Sorts the versions of one event; the last one counts."""
        stamps = [at for at in (self.modified_at, self.stamped_at) if at is not None]
        return self.sequence, max(stamps, default=datetime.min.replace(tzinfo=UTC)), self.position


def read_event(component: Component, zones: Zones) -> Event:
    """A VEVENT as facts. Raises EventError where it has no usable start."""
    properties = component.properties
    start = _start(properties, zones)
    end, flaws = _end(properties, zones, start)
    recurrence = _optional(properties, "RECURRENCE-ID", zones)
    stamps = {name: _stamp(properties, name, zones) for name in STAMPS}
    return Event(
        position=component.position,
        uid=_uid(properties, start),
        start=start,
        end=end,
        recurrence=recurrence,
        sequence=_sequence(properties),
        created_at=stamps["CREATED"],
        modified_at=stamps["LAST-MODIFIED"],
        stamped_at=stamps["DTSTAMP"],
        properties=properties,
        flaws=(*flaws, *_zone_flaws(start)),
    )


def latest_versions(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """The newest version of every event and instance (SEQUENCE, then its stamps), and the older ones."""
    groups: dict[tuple[str, datetime | None], list[Event]] = {}
    for event in events:
        groups.setdefault((event.uid, event.recurrence.instant if event.recurrence else None), []).append(event)
    newest: list[Event] = []
    older: list[Event] = []
    for versions in groups.values():
        *before, last = sorted(versions, key=lambda e: e.version)
        older += before
        newest.append(last)
    return newest, older


def newest_stamp(components: Iterable[Component], zones: Zones) -> datetime | None:
    """Newest CREATED, LAST-MODIFIED or DTSTAMP: the calendar is at least as young as this. Never a start."""
    found = (_stamp(component.properties, name, zones) for component in components for name in STAMPS)
    return max((at for at in found if at is not None), default=None)


def _start(properties: tuple[Property, ...], zones: Zones) -> When:
    starts = [p for p in properties if p.name == "DTSTART"]
    if len(starts) != 1:
        raise EventError(Code.E_ICS, f"the event has {'no start' if not starts else 'several starts'} (DTSTART)")
    try:
        return zones.read(starts[0])
    except ValueError:
        raise EventError(Code.E_TIME, "the start of the event (DTSTART) is no possible time") from None


def _end(properties: tuple[Property, ...], zones: Zones, start: When) -> tuple[datetime | None, list[tuple[Code, str]]]:
    """DTEND, else DTSTART + DURATION; for neither none. An end that cannot be is dropped and told."""
    from icalendar.prop import vDuration

    try:
        end = _optional(properties, "DTEND", zones, strict=True)
        length = next((p.value.strip() for p in properties if p.name == "DURATION"), "")
        at = end.instant if end else start.instant + vDuration.from_ical(length) if length else None
    except (ValueError, OverflowError):
        return None, [(Code.E_TIME, "the end of the event is no possible time; the event is kept without it")]
    if at is not None and not start.instant <= at <= start.instant + LONGEST:
        return None, [(Code.E_TIME, "the event ends before it starts or a year later; it is kept without its end")]
    return at, []


def _optional(properties: tuple[Property, ...], name: str, zones: Zones, *, strict: bool = False) -> When | None:
    for prop in properties:
        if prop.name == name:
            try:
                return zones.read(prop)
            except ValueError:
                if strict:
                    raise
                return None
    return None


def _stamp(properties: tuple[Property, ...], name: str, zones: Zones) -> datetime | None:
    at = _optional(properties, name, zones)
    return at.instant if at else None


def _sequence(properties: tuple[Property, ...]) -> int:
    value = next((p.value.strip() for p in properties if p.name == "SEQUENCE"), "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _uid(properties: tuple[Property, ...], start: When) -> str:
    """UID; a hash of start, title and people for an event without one."""
    uid = next((p.text.strip() for p in properties if p.name == "UID"), "")
    if uid:
        return uid
    named = sorted(p.value for p in properties if p.name in ("SUMMARY", "ATTENDEE"))
    content = "\x1f".join([start.instant.isoformat(), *named])
    return f"no-uid-{hashlib.sha256(content.encode()).hexdigest()[:24]}"


def _zone_flaws(start: When) -> list[tuple[Code, str]]:
    reasons = {
        "unknown_zone": "the time zone of the event is unknown; the account's zone was taken",
        "ambiguous": "the start stands in the hour that clocks show twice; the first was taken",
        "gap": "the start stands in the hour that clocks skip; the time after it was taken",
    }
    return [(Code.E_ZONE, reasons[flaw]) for flaw in start.flaws]
