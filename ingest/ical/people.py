"""Who takes part in an event: the account's own people, rooms, and the person the call is with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.ical.events import Event
from ingest.ical.lines import Property
from ingest.settings import Settings

MAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")
CALENDAR_HOSTS = ("resource.calendar.google.com", "group.calendar.google.com", "import.calendar.google.com")
NO_PERSON = ("RESOURCE", "ROOM")  # CUTYPE; a GROUP is a mailing list of people


@dataclass(frozen=True, slots=True)
class Person:
    """An attendee or organizer as the calendar names them; e-mail lower case, both empty where not given."""

    name: str
    email: str
    status: str = ""  # PARTSTAT: an RSVP, not attendance


@dataclass(frozen=True, slots=True)
class Owners:
    """Addresses and full names of the account's own people."""

    emails: frozenset[str]
    names: frozenset[str]

    def include(self, person: Person) -> bool:
        """By address; by name only where no address says otherwise, or the name has more than one word."""
        if person.email in self.emails:
            return True
        named = person.name.casefold() in self.names
        return named and (not person.email or " " in person.name)


def owners_of(settings: Settings, calendar_name: str) -> Owners:
    """From the settings (account, team and their aliases) and the calendar's name, in Google the owner's address."""
    words = [*settings.account.names, *settings.account.handles, calendar_name]
    words += [word for member in settings.team for word in (member.name, *member.aliases)]
    plain = [word.strip().casefold() for word in words if word.strip()]
    return Owners(frozenset(w for w in plain if "@" in w), frozenset(w for w in plain if "@" not in w))


def person_of(prop: Property) -> Person | None:
    """An ATTENDEE or ORGANIZER; None for a room, a calendar, or one with neither name nor address."""
    address = re.sub(r"^\s*mailto:", "", prop.params.get("EMAIL", "") or prop.value, flags=re.IGNORECASE).strip()
    found = MAIL.fullmatch(address)
    email = address.casefold() if found else ""
    if prop.params.get("CUTYPE", "").upper() in NO_PERSON or email.endswith(CALENDAR_HOSTS):
        return None
    name = " ".join(prop.params.get("CN", "").replace("\\,", ",").split())
    if MAIL.fullmatch(name):  # Google writes the address where it knows no name
        name, email = "", email or name.casefold()
    return Person(name, email, prop.params.get("PARTSTAT", "").upper()) if name or email else None


def guests_and_host(event: Event, owners: Owners) -> tuple[list[Person], Person | None]:
    """The people an event is with, as ordered in it, and its host.

    The organizer is the host, unless an own person is invited by somebody else: then the organizer is the guest.
    """
    attendees = _distinct(p for prop in event.all("ATTENDEE") if (p := person_of(prop)) is not None)
    organizer = next((p for prop in event.all("ORGANIZER") if (p := person_of(prop)) is not None), None)
    own = [p for p in attendees if owners.include(p)]
    guests = [p for p in attendees if not owners.include(p)]
    if organizer is None:
        return guests, own[0] if own else None
    if not owners.include(organizer) and own:
        return _distinct([organizer, *guests]), own[0]
    return [p for p in guests if not _same(p, organizer)], organizer


def _same(one: Person, other: Person) -> bool:
    return one.email == other.email if one.email and other.email else one.name.casefold() == other.name.casefold()


def _distinct(people: Iterable[Person]) -> list[Person]:
    """Each person once; the first mention counts."""
    found: list[Person] = []
    for person in people:
        if not any(_same(person, other) for other in found):
            found.append(person)
    return found
