"""Any calendar as iCalendar (.ics): Google, Apple, Outlook, and the feeds of Calendly, Cal.com, Acuity and others.

An event is a booking when somebody takes part who is not of the account's own people, when a booking tool wrote it,
or when its title names a sales call and a person ("Discovery Call - Ada Wren"). All else is the coach's private life:
it is counted and left out, and nothing of it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.errors import Code, ExportError
from ingest.formats import Export
from ingest.ical.events import Event, EventError, latest_versions, newest_stamp, read_event
from ingest.ical.lines import CalendarText, calendars, is_calendar
from ingest.ical.people import Owners, Person, guests_and_host, owners_of
from ingest.ical.series import Expanded, Instance, by_uid, expand
from ingest.ical.words import HOST_OF, MARK_UID, Form, is_call_title, marks_of, name_in_title, read_description
from ingest.ical.zones import Zones, zones_of
from ingest.settings import Settings
from ingest.shapes import Outcome, Owner, Reject, Row

HEAD = 4096
GROUP = 5  # more guests than this are a class or a webinar, not a sales call
EPOCH_YEARS = 1990  # programs write 1970 and 1980 for "no date"
PRIVATE = "private events: nobody else takes part and no booking tool wrote them"
OLDER = "older versions of an event that the file shows again; the newest counts"
CLASSES = f"group events with more than {GROUP} guests"
DELETED = "recurring events of which every instance was deleted or changed"
UNDATED = "the calendar does not say when the event was created; its oldest stamp was taken"


@dataclass(frozen=True, slots=True)
class Booking:
    """What one event says about a call, before its instances are known."""

    event: Event
    form: Form
    guests: tuple[Person, ...]
    host: Person | None
    title: str  # SUMMARY without its mark
    mark: str  # cancelled | rescheduled | no_show | ""
    name: str  # the invitee's, from the title


class IcsFormat:
    """Calendars, recognised by their first line."""

    name = "ics"
    title = "Calendar (.ics)"
    how_to_get = (
        "Google Calendar: Settings > the calendar under 'Settings for my calendars' > Export calendar. "
        "Apple Calendar: File > Export > Export. Outlook: Calendar > Save Calendar. Put the file into exports."
    )
    columns = (
        *("UID", "DTSTART", "DTEND", "DURATION", "CREATED", "LAST-MODIFIED", "DTSTAMP", "SEQUENCE", "STATUS"),
        *(
            "SUMMARY",
            "DESCRIPTION",
            "ATTENDEE",
            "ORGANIZER",
            "RRULE",
            "RDATE",
            "EXDATE",
            "RECURRENCE-ID",
            "X-WR-TIMEZONE",
        ),
    )

    def recognises(self, export: Export, settings: Settings) -> bool:
        """A single file that begins with BEGIN:VCALENDAR."""
        return not export.members and is_calendar(export.read()[:HEAD])

    def read(self, export: Export, settings: Settings) -> Iterator[Row | Reject | Owner]:
        """A row for every instance of every booking; private events are counted as left out."""
        try:
            found = calendars(export.read())
        except ExportError as error:
            yield Reject(Outcome.REFUSED, error.code, f"{error.what}. {error.what_to_do}")
            return
        left_out: Counter[str] = Counter()
        for calendar in found:
            yield from _read_calendar(calendar, settings, left_out)
        for reason, count in sorted(left_out.items()):
            yield Reject(Outcome.LEFT_OUT, Code.LEFT_OUT, reason, count=count)

    def exported_at(self, export: Export, settings: Settings) -> datetime | None:
        """Newest CREATED, LAST-MODIFIED or DTSTAMP in the file, private events too; never the start of an event."""
        try:
            found = calendars(export.read())
        except ExportError:
            return None
        stamps = (newest_stamp(calendar.events, _zones(calendar, settings)) for calendar in found)
        return max((at for at in stamps if at is not None), default=None)


def _zones(calendar: CalendarText, settings: Settings) -> Zones:
    return zones_of(calendar.zones, calendar.first("X-WR-TIMEZONE"), settings.account.timezone)


def _read_calendar(calendar: CalendarText, settings: Settings, left_out: Counter[str]) -> Iterator[Row | Reject]:
    """Bookings of one calendar, and what was wrong with its events."""
    zones = _zones(calendar, settings)
    events: list[Event] = []
    for component in calendar.events:
        try:
            events.append(read_event(component, zones))
        except EventError as error:
            payload = "\n".join(component.lines)
            yield Reject(Outcome.QUARANTINED, error.code, error.reason, component.position, payload)
    owners = owners_of(settings, calendar.first("X-WR-CALNAME"))
    newest, older = latest_versions(events)
    left_out[OLDER] += len(older)
    known_until = newest_stamp(calendar.events, zones)
    texts = {component.position: "\n".join(component.lines) for component in calendar.events}
    is_cancelled = calendar.first("METHOD").upper() == "CANCEL"
    for group in by_uid(newest):
        bookings = {event.position: _booking(event, owners) for event in group}
        if reason := _why_not(list(bookings.values()), owners):
            left_out[reason] += len(group)
        else:
            expanded = expand(group, zones, known_until)
            left_out[DELETED] += expanded.deleted
            yield from _flags(group, expanded)
            for instance in expanded.instances:
                values = _values(bookings[instance.event.position], instance, is_cancelled, owners)
                yield Row("bookings", values, instance.event.position, texts[instance.event.position])
    left_out += Counter()  # without zeros


def _booking(event: Event, owners: Owners) -> Booking:
    """An event with its people and the parts of its words."""
    form = read_description(event.text("DESCRIPTION") or event.text("X-ALT-DESC"))
    guests, host = guests_and_host(event, owners)
    first = [guest for guest in guests if form.email and guest.email == form.email]
    guests = [*first, *(guest for guest in guests if guest not in first)]
    title, mark = marks_of(event.text("SUMMARY"))
    return Booking(event, form, tuple(guests), host, title, mark, name_in_title(title, form.event_name, owners.names))


def _why_not(bookings: list[Booking], owners: Owners) -> str:
    """Why the events of one UID are no bookings; empty where they are."""
    if any(len(b.guests) > GROUP for b in bookings):
        return CLASSES
    return "" if any(_is_booking(b) for b in bookings) else PRIVATE


def _is_booking(booking: Booking) -> bool:
    """A guest, a booking tool's mark, or a title that names a sales call and a person."""
    if booking.guests or booking.form.is_marked or MARK_UID.search(booking.event.uid):
        return True
    words = booking.name.split()
    return is_call_title(booking.title) and 0 < len(words) <= 4 and not any(c.isdigit() for c in booking.name)


def _flags(group: list[Event], expanded: Expanded) -> Iterator[Reject]:
    """What is kept although something is odd about it."""
    for event in group:
        for code, reason in event.flaws:
            yield Reject(Outcome.FLAGGED, code, reason, event.position)
        if _created(event) is None:
            yield Reject(Outcome.FLAGGED, Code.E_TIME, UNDATED, event.position)
    if expanded.flaw:
        yield Reject(Outcome.FLAGGED, Code.E_RRULE, expanded.flaw, group[0].position)


def _values(booking: Booking, instance: Instance, is_cancelled: bool, owners: Owners) -> dict[str, Any]:
    """The columns of `bookings` for one instance."""
    event, form = booking.event, booking.form
    guest = booking.guests[0] if booking.guests else Person("", "")
    status = _status(booking, is_cancelled)
    no_show = form.no_show or booking.mark == "no_show"
    marked_at = event.modified_at if no_show else None
    values = {
        "booking_key": event.uid if instance.original is None else f"{event.uid}/{instance.original:%Y%m%dT%H%M%SZ}",
        "event_name": form.event_name or _event_name(booking),
        "invitee_name": guest.name or form.name or booking.name,
        "invitee_email": guest.email or form.email,
        "invitee_phone": form.phone,
        "instagram_handle": form.handle,
        "created_at": _created(event) or _oldest(event),
        "starts_at": instance.starts_at,
        "ends_at": instance.ends_at,
        "status": status,
        "canceled_at": event.modified_at if status == "cancelled" else None,
        "canceled_by": _side(form.canceled_by, owners),
        "cancel_reason": form.cancel_reason,
        "no_show": no_show or None,
        "no_show_marked_at": marked_at if marked_at and marked_at >= instance.starts_at else None,
        "host": (booking.host.name or booking.host.email) if booking.host else "",
        "answers": "\n".join([*form.answers, *(_shown(other) for other in booking.guests[1:])]),
        "note": "\n".join([*form.notes, *(["declined the invitation"] if guest.status == "DECLINED" else [])]),
    }
    return {column: value for column, value in values.items() if value not in ("", None)}


def _status(booking: Booking, is_cancelled: bool) -> str:
    """As the calendar knows it: active, cancelled or rescheduled."""
    cancelled = booking.event.text("STATUS").upper() == "CANCELLED" or booking.mark == "cancelled"
    if is_cancelled or cancelled or booking.form.cancelled:
        return "cancelled"
    return "rescheduled" if booking.mark == "rescheduled" else "active"


def _side(by: str, owners: Owners) -> str:
    """Who cancelled: the host, where the line names the account's own people, else the invitee; empty if not said."""
    if not by:
        return ""
    return "host" if HOST_OF.match(by) or owners.include(Person(by, "")) else "invitee"


def _event_name(booking: Booking) -> str:
    """The title without the person's name."""
    title, name = booking.title, booking.name
    if not name or name not in title:
        return "" if name else title
    return title.replace(name, "", 1).strip(" -–—|:") or title


def _created(event: Event) -> datetime | None:
    """CREATED, where it is a date and no program's word for none."""
    return event.created_at if event.created_at and event.created_at.year >= EPOCH_YEARS else None


def _oldest(event: Event) -> datetime | None:
    stamps = [at for at in (event.modified_at, event.stamped_at) if at and at.year >= EPOCH_YEARS]
    return min(stamps, default=None)


def _shown(other: Person) -> str:
    """A further guest, as an answer: "Guest: Ada Wren <ada@example.com>"."""
    both = other.name and other.email
    return f"Guest: {other.name} <{other.email}>" if both else f"Guest: {other.name or other.email}"


FORMAT = IcsFormat()
