"""A recurring event as its instances (RFC 5545, section 3.8.5), capped so that no calendar can run away."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.ical.events import Event
from ingest.ical.lines import Property
from ingest.ical.zones import When, Zones

if TYPE_CHECKING:
    from icalendar import Component

MOST_INSTANCES = 1000
SPAN = timedelta(days=400)  # from the start of a series
MARGIN = timedelta(days=1)  # of time zones, at the end of that span
TIMES_A_DAY = 4  # a rule with more is no booking
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST_MONTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
NUMBER = re.compile(r"[+-]?\d{1,3}")
PART = re.compile(r"[A-Z-]+=[^;=]+")
CUT = "the series goes on after this; only its first 400 days and 1000 instances are read"
BROKEN = "the recurrence rule is invalid or repeats within a day; only the first instance is read"
EMPTY = "the recurrence rule yields no instance; the event itself is read"
FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Instance:
    """One time an event happens; `original` is where the series had it, None for an event that does not recur."""

    event: Event
    starts_at: datetime
    ends_at: datetime | None
    original: datetime | None
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Expanded:
    """Instances of one UID, what was wrong with its rule, and how many of its events have no instance left."""

    instances: tuple[Instance, ...]
    flaw: str = ""
    deleted: int = 0  # every instance deleted, or replaced by a changed one


def by_uid(events: Iterable[Event]) -> list[list[Event]]:
    """Events that share a UID, in file order: a series and its changed instances."""
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        groups[event.uid].append(event)
    return [sorted(group, key=lambda e: e.position) for group in groups.values()]


def expand(group: list[Event], zones: Zones, known_until: datetime | None) -> Expanded:
    """Every instance of one UID within the cap.

    `known_until` is the date of the export: a series that goes on into the future is no flaw, one that was cut before
    that date is.
    """
    masters = [event for event in group if event.recurrence is None]
    if not any(event.recurs for event in masters):
        return Expanded(tuple(_single(event) for event in group))
    master = masters[-1]
    if not all(_is_sane(p.value) for p in master.all("RRULE")):
        return Expanded(tuple(_single(event) for event in group), BROKEN)
    try:
        found = _occurrences(master, group, zones)
    except FAULTS:
        return Expanded(tuple(_single(event) for event in group), BROKEN)
    end = master.start.instant + SPAN
    seen = {instance.event.position for instance in found}
    late = [e for e in group if e.recurrence and e.position not in seen and max(_places(e)) >= end - MARGIN]
    found = sorted([*found, *(_single(event) for event in late)], key=_order)
    if not found and not master.all("EXDATE"):
        return Expanded((_single(master),), EMPTY, len(group) - 1)
    cut = len(found) > MOST_INSTANCES or (_is_endless(master, end) and (known_until or end) >= end)
    kept = tuple(found[:MOST_INSTANCES])
    return Expanded(kept, CUT if cut else "", len(group) - len({instance.event.position for instance in kept}))


def _places(event: Event) -> tuple[datetime, ...]:
    """Where a changed instance is, and where the series had it."""
    return (event.start.instant, *((event.recurrence.instant,) if event.recurrence else ()))


def _order(instance: Instance) -> tuple[datetime, int]:
    return instance.starts_at, instance.event.position


def _single(event: Event) -> Instance:
    original = event.recurrence.instant if event.recurrence else None
    return Instance(event, event.start.instant, event.end, original, event.start.is_date)


def _is_sane(rule: str) -> bool:
    """Whether a rule can be expanded at all: known parts, at least a day apart, a positive interval and count."""
    parts = rule.strip().rstrip(";").split(";")
    if not all(PART.fullmatch(part.strip().upper()) for part in parts):
        return False
    values = {key: value for key, _, value in (part.strip().upper().partition("=") for part in parts)}
    times = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(values.get(key, "").split(",")))
    numbers = all(values.get(key, "1").isdigit() and int(values.get(key, "1")) > 0 for key in ("INTERVAL", "COUNT"))
    return values.get("FREQ") in FREQUENCIES and times <= TIMES_A_DAY and numbers and _comes_true(values)


def _comes_true(rule: dict[str, str]) -> bool:
    """Whether a rule has days at all, as far as that is quickly told.

    dateutil looks for the next day of a rule up to the year 9999, whatever its UNTIL: every 30 February costs seconds.
    """
    is_dense = rule["FREQ"] in ("DAILY", "WEEKLY")
    if is_dense and any(part in rule for part in ("BYSETPOS", "BYYEARDAY", "BYWEEKNO", "BYMONTHDAY")):
        return False  # no calendar program writes this
    if rule["FREQ"] == "DAILY" and "BYDAY" in rule and int(rule.get("INTERVAL", "1")) % 7 == 0:
        return False
    days, months = _numbers(rule.get("BYMONTHDAY", "1")), _numbers(rule.get("BYMONTH", "1"))
    positions = _numbers(rule.get("BYSETPOS", "1"))
    fits = any(0 < abs(day) <= LONGEST_MONTHS.get(month, 0) for day in days for month in months)
    return fits and any(0 < abs(position) <= 31 for position in positions)


def _numbers(text: str) -> list[int]:
    """The whole numbers of a list; none where one of them is no number."""
    parts = text.split(",")
    return [int(p) for p in parts] if all(NUMBER.fullmatch(p.strip()) for p in parts) else []


def _is_endless(master: Event, end: datetime) -> bool:
    """Whether a rule has neither a count nor a last day before the cap."""
    return any("COUNT=" not in p.value.upper() and _until(p.value, end) is None for p in master.all("RRULE"))


def _until(rule: str, end: datetime) -> str | None:
    """UNTIL as written where it lies before the cap."""
    found = re.search(r"UNTIL=(\d{8})(T\d{6}Z?)?", rule.upper())
    return found[0] if found and found[1] < f"{end:%Y%m%d}" else None


def _occurrences(master: Event, group: list[Event], zones: Zones) -> list[Instance]:
    """What recurring-ical-events makes of a small calendar that holds this series alone."""
    from icalendar import Calendar
    from recurring_ical_events import of

    end = master.start.instant + SPAN
    by_position = {event.position: event for event in group}
    lines = [line for zone in zones.own.values() for line in zone.lines]
    lines += [line for event in group for line in _event_lines(event, zones, end)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # COUNT beside the UNTIL of the cap is on purpose
        calendar = Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]))
        if any(event.errors for event in calendar.walk("VEVENT")):
            raise ValueError("a property of the series is invalid")
        found = [_instance(part, by_position, master.start) for part in of(calendar).between(*_window(master, group))]
    return found


def _window(master: Event, group: list[Event]) -> tuple[datetime, datetime]:
    """From the first time of the series or of a changed instance to the cap; naive for a series of dates."""
    first = min(event.start.instant for event in group) - timedelta(days=2)
    last = master.start.instant + SPAN
    return (first.replace(tzinfo=None), last.replace(tzinfo=None)) if master.start.is_date else (first, last)


def _event_lines(event: Event, zones: Zones, end: datetime) -> list[str]:
    """The event with nothing but what recurrence needs, every local time in a zone that is known."""
    lines = ["BEGIN:VEVENT", "UID:series", f"X-POSITION:{event.position}", _time_line("DTSTART", event.start)]
    if event.end is not None:
        length = event.end - event.start.instant
        days, seconds = round(length / timedelta(days=1)), round(length.total_seconds())
        lines.append(f"DURATION:P{days}D" if event.start.is_date else f"DURATION:PT{seconds}S")
    if event.recurrence is not None:
        ranges = [p.params.get("RANGE", "").upper() for p in event.all("RECURRENCE-ID")]
        more = ";RANGE=THISANDFUTURE" if "THISANDFUTURE" in ranges else ""
        lines.append(_time_line("RECURRENCE-ID", event.recurrence, more))
    else:
        lines += [f"RRULE:{_capped(p.value, event.start, end)}" for p in event.all("RRULE") if p.value.strip()]
        lines += [_dates_line(p, zones) for p in event.properties if p.name in ("RDATE", "EXDATE") and p.value.strip()]
    return [*lines, "END:VEVENT"]


def _time_line(name: str, when: When, more: str = "") -> str:
    if when.is_date:
        return f"{name};VALUE=DATE{more}:{when.wall:%Y%m%d}"
    if when.zone_id == "UTC":
        return f"{name}{more}:{when.wall:%Y%m%dT%H%M%S}Z"
    return f"{name};TZID={when.zone_id}{more}:{when.wall:%Y%m%dT%H%M%S}"


def _dates_line(prop: Property, zones: Zones) -> str:
    """RDATE or EXDATE as it stands, but for its zone."""
    first = prop.value.strip().split(",")[0].split("/")[0].strip().upper()
    kind = f";VALUE={prop.params['VALUE']}" if prop.params.get("VALUE", "").upper() in ("DATE", "PERIOD") else ""
    if "T" not in first:
        return f"{prop.name};VALUE=DATE:{prop.value.strip()}"
    found = None if first.endswith("Z") else zones.find(prop.params.get("TZID", "")) or (zones.default_id, None)
    return f"{prop.name}{kind}{f';TZID={found[0]}' if found else ''}:{prop.value.strip()}"


def _capped(rule: str, start: When, end: datetime) -> str:
    """The rule with its own UNTIL where that is before the cap, else with the cap's; no rule runs to the year 9999."""
    parts = [part for part in rule.strip().upper().rstrip(";").split(";") if not part.startswith("UNTIL=")]
    until = _until(rule, end) or (f"UNTIL={end:%Y%m%d}" if start.is_date else f"UNTIL={end:%Y%m%dT%H%M%S}Z")
    return ";".join([*parts, until])


def _instance(component: Component, by_position: dict[int, Event], first: When) -> Instance:
    """One occurrence as an instance of the event it comes from."""
    event = by_position[int(str(component["X-POSITION"]))]
    starts_at = _instant(component["DTSTART"].dt, first)
    ends_at = _instant(component["DTEND"].dt, first) if event.end is not None else None
    return Instance(event, starts_at, ends_at, _instant(component["RECURRENCE-ID"].dt, first), event.start.is_date)


def _instant(at: date | datetime, first: When) -> datetime:
    """UTC of what the expansion gives: a time in its zone, or a date in that of the series."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day)
    return (at if at.tzinfo else at.replace(tzinfo=first.zone)).astimezone(UTC)
