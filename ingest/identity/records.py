"""Conversations, CRM rows and bookings as records with keys, names and times; only facts known at as_of."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ingest.identity.keys import Reader, folder_slug

Source: TypeAlias = pa.Table | Sequence[Mapping[str, Any]]
Rows = list[dict[str, Any]]

TYPED = ("email", "phone", "handle")  # signals of the lead's messages whose value is a key
TIMED = ("booking_link", "proposes_time", "says_booked")
SIGNALS = (*TYPED, *TIMED)


@dataclass(slots=True)
class Record:
    """One conversation, CRM row or booking of the account, over all exports that show it."""

    kind: str  # conversation | crm | booking
    system: str | None
    key: str
    sort_key: tuple[str, ...]
    names: set[str] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)  # ("email", "ada@example.com"), ("contact", "hubspot\x1f7")
    at: datetime | None = None  # first message, or creation
    until: datetime | None = None  # last message
    thread_key: str = ""
    slug: str = ""
    links: list[datetime] = field(default_factory=list)  # booking links the team sent, sorted
    proposals: list[datetime] = field(default_factory=list)  # times the team proposed, sorted
    says_booked: list[datetime] = field(default_factory=list)  # the lead's own messages, sorted
    words: str = ""  # answers and note of a booking

    def values(self, kind: str) -> frozenset[str]:
        """Its keys of one kind."""
        return frozenset(value for name, value in self.keys if name == kind)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller gives: messages sent by as_of, all else with later rows."""

    conversations: Source
    messages: Source
    crm_leads: Source
    stage_changes: Source
    bookings: Source
    judgements: Source
    as_of: datetime


def sent_by(messages: Source, as_of: datetime) -> Source:
    """The messages that were sent by then."""
    if isinstance(messages, pa.Table):
        return messages.filter(pc.field("sent_at") <= pa.scalar(as_of, pa.timestamp("us", tz="UTC")))
    return [row for row in messages if row.get("sent_at") and row["sent_at"] <= as_of]


def records_of(facts: Facts, reader: Reader) -> list[Record]:
    """Every record known at as_of, in an order that does not depend on that of the rows."""
    found = [*_conversations(facts, reader), *_crm_rows(facts, reader), *_bookings(facts, reader)]
    found += _changes(facts, reader, {(r.system, r.key) for r in found if r.kind == "crm"})
    return sorted(found, key=lambda r: r.sort_key)


def lead_words(messages: Source, conversation_id: str, since: datetime, until: datetime) -> list[str]:
    """What the lead wrote in a span of time."""
    columns = ("conversation_id", "sent_at", "direction", "text")
    if isinstance(messages, pa.Table):
        own = messages.select(columns).filter(pc.field("conversation_id") == conversation_id).to_pylist()
    else:
        own = [row for row in messages if row["conversation_id"] == conversation_id]
    mine = [row for row in own if row.get("direction") == "in" and row.get("text") and row.get("sent_at")]
    return [row["text"] for row in mine if since <= row["sent_at"] <= until]


def last_before(times: list[datetime], at: datetime) -> datetime | None:
    """The last of some sorted times that is not after `at`."""
    found = bisect.bisect_right(times, at)
    return times[found - 1] if found else None


def _rows(source: Source, columns: Iterable[str]) -> Rows:
    """The named columns of a table or of rows; missing ones are None."""
    wanted = list(columns)
    if isinstance(source, pa.Table):
        there = [c for c in wanted if c in source.column_names]
        rows: Rows = source.select(there).to_pylist()
        return rows if len(there) == len(wanted) else [dict.fromkeys(wanted) | row for row in rows]
    return [{c: row.get(c) for c in wanted} for row in source]


def _as_shown(rows: Rows, key: tuple[str, ...], as_of: datetime) -> Rows:
    """Rows of exports made by as_of; of a record that none of these shows, the rows of later ones."""
    of = itemgetter(*key)
    shown = {of(row) for row in rows if _known(row["exported_at"], as_of)}
    return [row for row in rows if _known(row["exported_at"], as_of) or of(row) not in shown]


def _known(at: datetime | None, as_of: datetime) -> bool:
    return at is None or at <= as_of


def _conversations(facts: Facts, reader: Reader) -> list[Record]:
    columns = (
        "conversation_id",
        "thread_key",
        "participant_name",
        "participant_handle",
        "first_message_at",
        "last_message_at",
    )
    found: dict[str, Record] = {}
    rows = _rows(facts.conversations, columns)
    later = any(not _known(row["last_message_at"], facts.as_of) for row in rows)
    last = _last_times(facts.messages) if later else {}
    for row in rows:
        if _known(row["first_message_at"], facts.as_of):
            key = str(row["conversation_id"])
            record = found.setdefault(key, Record("conversation", None, key, ("0", key)))
            record.thread_key, record.slug = row["thread_key"] or key, folder_slug(key)
            until = row["last_message_at"] or facts.as_of
            record.at = row["first_message_at"]
            record.until = until if until <= facts.as_of else last.get(key, facts.as_of)
            record.keys |= {("offers", key.casefold()), ("offers", record.thread_key.casefold())}
            _add_person(record, reader, row["participant_name"], row["participant_handle"])
    for name, handle, key in _participants(facts):
        if key in found:
            _add_person(found[key], reader, name, handle)
    _add_signals(found, facts, reader)
    return list(found.values())


def _participants(facts: Facts) -> set[tuple[str | None, str | None, str]]:
    """Names and handles under which each conversation was ever exported."""
    columns = ["participant_name", "participant_handle", "conversation_id"]
    rows: Iterable[Mapping[str, Any]] = (
        facts.messages.select(columns).group_by(columns).aggregate([]).to_pylist()
        if isinstance(facts.messages, pa.Table)
        else facts.messages
    )
    return {(row.get(columns[0]), row.get(columns[1]), str(row[columns[2]])) for row in rows}


def _last_times(messages: Source) -> dict[str, datetime]:
    """When the last message of each conversation was sent."""
    if isinstance(messages, pa.Table):
        table = messages.group_by("conversation_id").aggregate([("sent_at", "max")])
        names, times = (table.column(c).to_pylist() for c in ("conversation_id", "sent_at_max"))
        return dict(zip(names, times, strict=True))
    found: dict[str, datetime] = {}
    for row in messages:
        found[row["conversation_id"]] = max(row["sent_at"], found.get(row["conversation_id"], row["sent_at"]))
    return found


def _add_person(record: Record, reader: Reader, name: str | None, handle: str | None) -> None:
    if name and name.strip():
        record.names.add(name.strip())
    record.keys |= {(kind, value) for value in reader.handle(handle) for kind in ("handle", "offers")}


def _add_signals(found: dict[str, Record], facts: Facts, reader: Reader) -> None:
    """Keys that leads typed, and the moments of links, proposals and of the lead's own "booked"."""
    columns = ("conversation_id", "message_id", "at", "signal", "value")
    source = facts.judgements
    if isinstance(source, pa.Table):
        source = source.filter(pc.field("signal").isin(SIGNALS))
    rows = [r for r in _rows(source, columns) if r["signal"] in SIGNALS and r["at"] is not None]
    team = _sent_by_team(facts.messages, {r["message_id"] for r in rows if r["signal"] == "says_booked"})
    for row in rows:
        record = found.get(str(row["conversation_id"]))
        if record is None or row["at"] > facts.as_of:
            continue
        times = {"booking_link": record.links, "proposes_time": record.proposals, "says_booked": record.says_booked}
        if row["signal"] in times:
            if row["message_id"] not in team:
                times[row["signal"]].append(row["at"])
        elif row["value"]:
            record.keys |= _typed(row["signal"], row["value"], reader)
    for record in found.values():
        record.links, record.proposals = sorted(set(record.links)), sorted(set(record.proposals))
        record.says_booked = sorted(set(record.says_booked))


def _typed(signal: str, value: str, reader: Reader) -> set[tuple[str, str]]:
    if signal == "handle":
        return {(signal, key) for key in reader.handle(value)}
    return {(signal, key) for key in (reader.emails(value) if signal == "email" else reader.phones(value))}


def _sent_by_team(messages: Source, message_ids: set[str | None]) -> set[str | None]:
    """Which of some messages the team sent: its "see you booked" is not the lead's."""
    if isinstance(messages, pa.Table):
        wanted = pa.array(sorted(m for m in message_ids if m), pa.string())
        messages = messages.select(["message_id", "direction"]).filter(pc.field("message_id").isin(wanted)).to_pylist()
    return {r.get("message_id") for r in messages if r.get("message_id") in message_ids and r.get("direction") == "out"}


def _crm_rows(facts: Facts, reader: Reader) -> list[Record]:
    columns = (
        *("system", "record_kind", "lead_key", "contact_key", "display_name", "email", "phone", "instagram_handle"),
        *("created_at", "exported_at"),
    )
    found: dict[tuple[str, str, str], Record] = {}
    rows = _rows(facts.crm_leads, columns)
    for row in _as_shown(rows, ("system", "record_kind", "lead_key"), facts.as_of):
        if row["lead_key"] and _known(row["created_at"], facts.as_of):
            system, kind, key = row["system"] or "", row["record_kind"] or "contact", str(row["lead_key"])
            record = found.setdefault((system, kind, key), Record("crm", system, key, ("1", system, kind, key)))
            record.at = _earliest(record.at, row["created_at"])
            _add_person(record, reader, row["display_name"], row["instagram_handle"])
            record.keys |= {("email", e) for e in reader.emails(row["email"])}
            record.keys |= {("phone", p) for p in reader.phones(row["phone"])}
            contact = _first(row["contact_key"]) or (key if kind != "deal" else "")
            if contact:
                record.keys.add(("contact", f"{system}\x1f{contact}"))
            record.keys.add(("id", f"{system}\x1f{key}"))
            record.keys.add(("offers", key.casefold()))
    return list(found.values())


def _changes(facts: Facts, reader: Reader, known: set[tuple[str | None, str]]) -> list[Record]:
    """People whom only a stage history knows: its key is an e-mail, a handle or the id of a CRM."""
    found: dict[tuple[str, str], Record] = {}
    for row in _rows(facts.stage_changes, ("system", "lead_key", "entered_at")):
        system, key = row["system"] or "", str(row["lead_key"] or "")
        if not key or (system, key) in known or not _known(row["entered_at"], facts.as_of):
            continue
        record = found.setdefault((system, key), Record("crm", system, key, ("1", system, "stage_history", key)))
        record.at = _earliest(record.at, row["entered_at"])
        emails, phones = reader.emails(key), reader.phones(key) if key.startswith("+") else frozenset()
        record.keys |= {("email", e) for e in emails} | {("phone", p) for p in phones} | {("ref", key)}
        if not emails and not phones:
            record.keys |= {("handle", h) for h in reader.handle(key)}
    return list(found.values())


def _bookings(facts: Facts, reader: Reader) -> list[Record]:
    columns = (
        *("booking_key", "invitee_name", "invitee_email", "invitee_phone", "instagram_handle", "created_at"),
        *("answers", "note", "utm_content", "exported_at"),
    )
    found: dict[str, Record] = {}
    texts: dict[str, set[str]] = defaultdict(set)
    for row in _as_shown(_rows(facts.bookings, columns), ("booking_key",), facts.as_of):
        if row["booking_key"] and _known(row["created_at"] or row["exported_at"], facts.as_of):
            key = str(row["booking_key"])
            record = found.setdefault(key, Record("booking", None, key, ("2", key)))
            record.at = _earliest(record.at, row["created_at"])
            _add_person(record, reader, row["invitee_name"], row["instagram_handle"])
            said = [text for text in (row["answers"], row["note"]) if text]
            texts[key].update(said)
            record.keys |= {("email", e) for e in reader.emails(row["invitee_email"], *said)}
            record.keys |= {("phone", p) for p in reader.phones(row["invitee_phone"], *said)}
            if row["utm_content"] and row["utm_content"].strip():
                record.keys.add(("token", row["utm_content"].strip().lstrip("@").casefold()))
    for key, record in found.items():
        record.words = "\n".join(sorted(texts[key]))
    return list(found.values())


def _first(contact_keys: str | None) -> str:
    """A deal may name several contacts; the first one is whose it is."""
    return (contact_keys or "").split(";")[0].strip()


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
