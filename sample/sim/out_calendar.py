"""Writes the phone calendar: calls agreed in the chat, among the coach's own appointments, as Google exports it."""

from __future__ import annotations

import datetime as dt

from .model import Booking, Case

HEAD = (
    "BEGIN:VCALENDAR",
    "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
    "VERSION:2.0",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:Maren phone calls",
    "X-WR-TIMEZONE:Europe/London",
)
OWN = """BEGIN:VEVENT
DTSTART;TZID=Europe/London:20260825T070000
DTEND;TZID=Europe/London:20260825T074500
RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=13
EXDATE;TZID=Europe/London:20261027T070000
DTSTAMP:20261122T190000Z
UID:tuesdaygroup7am@google.com
CREATED:20260801T090000Z
LAST-MODIFIED:20261020T090000Z
STATUS:CONFIRMED
SUMMARY:Tuesday group
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/London:20261111T073000
DTEND;TZID=Europe/London:20261111T081500
DTSTAMP:20261122T190000Z
UID:tuesdaygroup7am@google.com
RECURRENCE-ID;TZID=Europe/London:20261110T070000
CREATED:20260801T090000Z
LAST-MODIFIED:20261105T090000Z
STATUS:CONFIRMED
SUMMARY:Tuesday group (moved to Wednesday)
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261024
DTEND;VALUE=DATE:20261101
DTSTAMP:20261122T190000Z
UID:halfterm2026@google.com
CREATED:20260902T101500Z
LAST-MODIFIED:20260902T101500Z
STATUS:CONFIRMED
SUMMARY:Half term\\, Bergen
END:VEVENT
BEGIN:VEVENT
DTSTART:20260917T134500Z
DTEND:20260917T143000Z
DTSTAMP:20261122T190000Z
UID:dentist170926@google.com
CREATED:20260830T081100Z
LAST-MODIFIED:20260830T081100Z
STATUS:CONFIRMED
SUMMARY:Dentist
END:VEVENT"""


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def _fold(line: str) -> str:
    out, raw = [], line.encode("utf-8")
    while len(raw) > 75:
        cut = 75
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        out.append(raw[:cut].decode("utf-8"))
        raw = b" " + raw[cut:]
    return "\r\n".join([*out, raw.decode("utf-8")])


def _event(case: Case, booking: Booking) -> list[str]:
    lines = ["Event Name: Phone call"]
    lines += [f"{q}: {a}" for q, a in booking.answers if a]
    if booking.no_show:
        lines.append("No-show")
    changed = booking.canceled_at or (booking.end + dt.timedelta(minutes=20) if booking.no_show else booking.created)
    return [
        "BEGIN:VEVENT",
        f"DTSTART:{_utc(booking.start)}",
        f"DTEND:{_utc(booking.end)}",
        f"DTSTAMP:{_utc(booking.created)}",
        f"UID:ph{case.seed}{booking.created:%m%d%H%M}@google.com",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN={booking.name};X-NUM-GUESTS=0:mailto:{booking.email}",
        f"CREATED:{_utc(booking.created)}",
        f"DESCRIPTION:{_escape(chr(10).join(lines))}",
        f"LAST-MODIFIED:{_utc(changed)}",
        f"STATUS:{'CANCELLED' if booking.status == 'canceled' else 'CONFIRMED'}",
        f"SUMMARY:Phone call - {_escape(booking.name)}",
        "END:VEVENT",
    ]


def phone_calendar(cases: list[Case]) -> str:
    """The .ics file."""
    lines = list(HEAD) + OWN.splitlines()
    found = [(b, c) for c in cases for b in c.bookings if b.calendar == "ics"]
    for booking, case in sorted(found, key=lambda f: (f[0].created, f[1].number)):
        lines += _event(case, booking)
    return "\r\n".join(_fold(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"
