"""What the judge reads and writes: one conversation's messages in, judgements out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICRO = dt.timedelta(microseconds=1)
FIRST_DAY = EPOCH.toordinal()
DAY = 24 * 3600 * 1_000_000  # microseconds
# columns of raw.messages that are judged
COLUMNS = ("message_id", "sent_at", "direction", "sent_by", "kind", "text", "context", "link")


def day_of(at: int) -> dt.date:
    """The day of a time in microseconds since 1970 (UTC)."""
    return dt.date.fromordinal(FIRST_DAY + at // DAY)


class Message(NamedTuple):
    """One message; `at` in microseconds since 1970 (UTC), text and context empty where there is none."""

    message_id: str
    at: int
    is_lead: bool
    sent_by: str  # role as the export says it, or empty
    kind: str
    text: str
    context: str
    link: str


class Conversation(NamedTuple):
    """One thread, its messages in order."""

    account_id: str
    conversation_id: str
    participant_name: str
    participant_handle: str
    content_hash: str
    messages: Sequence[Message]


class Judgement(NamedTuple):
    """One row of raw.judgements as the rules write it; `at` in microseconds since 1970 (UTC)."""

    message_id: str | None
    at: int
    kind: str  # signal | exclusion
    signal: str
    value: str | None
    quote: str | None
    judge: str
    confidence: float


as_judgement: Callable[[tuple[Any, ...]], Judgement] = partial(tuple.__new__, Judgement)  # half the time of a call


class Member(Protocol):
    """One `[[team]]` entry."""

    @property
    def name(self) -> str:
        """As they are called."""

    @property
    def role(self) -> str:
        """Coach | setter | va | ai."""

    @property
    def aliases(self) -> Sequence[str]:
        """Other names and addresses."""


class Pages(Protocol):
    """`[booking]`."""

    @property
    def links(self) -> Sequence[str]:
        """Own booking pages."""


class AccountSettings(Protocol):
    """The settings that judging depends on."""

    @property
    def account_id(self) -> str:
        """Id of the account."""

    @property
    def team(self) -> Sequence[Member]:
        """Who writes for the account."""

    @property
    def booking(self) -> Pages:
        """Booking pages."""

    @property
    def keywords(self) -> Mapping[str, str]:
        """Word -> lead magnet."""
