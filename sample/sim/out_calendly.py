"""Writes the Calendly events exports. Times are the account's, without a zone."""

from __future__ import annotations

import csv
import datetime as dt
from random import Random

from .clock import AS_OF, LONDON, local
from .model import Booking, Case, Person
from .out_tables import number, sheet

CALENDLY = [
    "User Name",
    "Team",
    "Invitee Name",
    "Invitee First Name",
    "Invitee Last Name",
    "Invitee Email",
    "Invitee Time Zone",
    "Invitee accepted marketing emails",
    "Text Reminder Number",
    "Event Type Name",
    "Start Date & Time",
    "End Date & Time",
    "Location",
    "Event Created Date & Time",
    "Canceled",
    "Canceled By",
    "Cancellation reason",
    "Question 1",
    "Response 1",
    "Question 2",
    "Response 2",
    "Question 3",
    "Response 3",
    "UTM Campaign",
    "UTM Source",
    "UTM Medium",
    "UTM Term",
    "UTM Content",
    "Salesforce UUID",
    "Event Price",
    "Payment Currency",
    "Guest Email(s)",
    "Invitee Reconfirmed",
    "Marked as No-Show",
    "Meeting Notes",
    "Group",
    "User Email",
    "Event UUID",
    "Invitee UUID",
    "Invitee scheduled by",
    "Scheduling method",
]
ZONES = {
    "US": "Eastern Time - US & Canada",
    "ES": "Madrid",
    "MX": "Mexico City",
    "BR": "Brasilia",
    "PT": "Lisbon",
    "FR": "Paris",
    "BE": "Brussels",
    "DE": "Berlin",
    "AT": "Vienna",
    "CH": "Bern",
    "IT": "Rome",
    "AU": "Sydney",
    "NZ": "Auckland",
    "IE": "Dublin",
    "CA": "Eastern Time - US & Canada",
    "IN": "Mumbai",
    "SG": "Singapore",
    "ZA": "Pretoria",
}


def _clock(at: dt.datetime) -> str:
    return local(at).strftime("%Y-%m-%d %I:%M ") + local(at).strftime("%p").lower()


def _calendly_row(booking: Booking, person: Person | None, until: dt.datetime, rng: Random, country: str) -> list[str]:
    first, _, last = booking.name.partition(" ")
    gone = booking.status == "canceled" and (booking.canceled_at or booking.created) <= until
    missed = booking.no_show and booking.end + dt.timedelta(hours=3) <= until
    by = {"host": "Maren Holloway", "invitee": booking.name}.get(booking.canceled_by, "") if gone else ""
    answers = [part for pair in booking.answers for part in pair]
    utm = [("", "instagram" if booking.utm else "", "", "", booking.utm)]
    return [
        "Maren Holloway",
        "",
        booking.name,
        first,
        last,
        booking.email,
        ZONES.get(country, "London"),
        "",
        "",
        "Back Strategy Call",
        _clock(booking.start),
        _clock(booking.end),
        "Zoom",
        _clock(booking.created),
        "true" if gone else "false",
        by,
        booking.cancel_reason if gone else "",
        *answers,
        *utm[0],
        "",
        "",
        "",
        "",
        "",
        "Yes" if missed else "No",
        "",
        "",
        "maren@deskstrong.example",
        number(rng),
        number(rng),
        "",
        "booking page",
    ]


def calendly(cases: list[Case], others: list[Booking], until: dt.datetime, seed: int) -> str:
    """The events export as it stood at `until`; ids are the same in every later one."""
    rows = [(b, c.person) for c in cases for b in c.bookings if b.calendar == "calendly"] + [(b, None) for b in others]
    rows.sort(key=lambda r: (r[0].created, r[0].email))
    out = []
    for i, (booking, person) in enumerate(rows):
        rng = Random(seed + i)
        row = _calendly_row(booking, person, until, rng, person.voice.country if person else "UK")
        if booking.created <= min(until, AS_OF):
            out.append((booking.start, row))
    return sheet(CALENDLY, [r for _, r in sorted(out, key=lambda r: (r[0], r[1][5]))], quoting=csv.QUOTE_ALL)


def month_end(year: int, month: int, day: int) -> dt.datetime:
    """The evening of a day on the coach's clock."""
    return dt.datetime(year, month, day, 22, 0, tzinfo=LONDON).astimezone(dt.UTC)
