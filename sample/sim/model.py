"""What the simulator draws and writes: people, hidden cases, messages, bookings, CRM rows. All times are UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Voice:
    """How one kind of person types: `flags` are read by `sim.voice`."""

    key: str
    age: int
    country: str
    flags: frozenset[str]
    emoji: tuple[str, ...]


@dataclass(slots=True)
class Person:
    """One invented person, as each system knows them."""

    first: str
    last: str
    display: str  # what Instagram shows
    handle: str
    email: str
    phone: str
    lang: str
    voice: Voice
    sex: str = "f"


@dataclass(slots=True)
class Message:
    """One message of a thread; `actor` is lead, auto, ai, tom, priya, maren, jules or someone (never introduced)."""

    at: dt.datetime
    actor: str
    text: str
    kind: str = "text"
    tags: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)  # share, photo, voice, call, reactions
    value: str = ""  # objection kind, not-now date, reason of a clear no


@dataclass(slots=True)
class Booking:
    """One calendar booking as it stands at the end of the sample."""

    created: dt.datetime
    start: dt.datetime
    minutes: int
    calendar: str  # calendly | ics
    status: str = "active"  # active | canceled
    no_show: bool = False
    canceled_by: str = ""  # invitee | host
    canceled_at: dt.datetime | None = None  # in no export: only the truth knows it
    cancel_reason: str = ""
    name: str = ""
    email: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    note: str = ""
    outcome_known: bool = False  # the CRM says what came of it
    utm: str = ""

    @property
    def end(self) -> dt.datetime:
        """When the call ends."""
        return self.start + dt.timedelta(minutes=self.minutes)


@dataclass(slots=True)
class Deal:
    """One HubSpot deal and its contact, as they stand at the end of the sample."""

    created: dt.datetime
    stage: str
    owner: str = ""
    amount: str = ""
    closed: dt.datetime | None = None
    lost_reason: str = ""
    call_outcome: str = ""
    offer: str = ""
    objection: str = ""
    nurture_until: str = ""
    source: str = ""
    note: str = ""
    entered: dict[str, dt.datetime] = field(default_factory=dict)
    client_since: str = ""
    with_handle: bool = True
    with_email: bool = True
    deal: bool = True  # False: a bare contact


@dataclass(slots=True)
class Case:
    """The hidden truth of one conversation, drawn before a word of it is written."""

    number: int
    block: int  # 0..3: weeks 1-4, 5-8, 9-12, 13
    path: str  # new_dm engaged qualified dm_sale lost nurture early intime script
    source: str
    start: dt.datetime
    seed: int
    keyword: str = ""
    early_kind: str = ""
    handler: str = "tom"
    introduced: bool = True
    opener: str = "auto"  # who answers first: auto ai or the handler
    booked: str = ""  # "" | fast | late_followed | late_alone
    strong: bool = False  # a handoff with five of eight or more
    call: str = ""  # unmarked cancelled host_cancelled rescheduled no_show no_show_rebooked done
    outcome: str = ""  # won follow_up pending not_a_fit price other
    close: str = ""  # how an unbooked link, a lost or a nurture case ends: see sim.plan
    follow_ups: int = 0
    returns: str = ""  # "" | later (new journey) | soon (reopened)
    objection: str = ""
    variant: str = ""  # kind of new_dm, engaged or nurture case; name of a script
    tied: bool = True
    pace: float = 1.0
    first_reply_min: float = 5.0
    book_hours: float = 4.0
    call_days: float = 3.0
    pending: bool = False  # the thread lies in message_requests
    lang: str = "en"
    trap: str = ""
    person: Person | None = None
    story: str = ""  # the story, post, reel or ad that began it
    messages: list[Message] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    deal: Deal | None = None
    thread: str = ""
    closings: list[tuple[str, dt.datetime, str]] = field(default_factory=list)  # (stage, at, reason) known from the CRM
    facts: dict[str, Any] = field(default_factory=dict)
