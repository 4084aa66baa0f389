"""Decisions of a filled file: checked against the seeds and what is published, then written down once each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingest import records
from ingest.judge.labels import EXCLUSIONS, closing_problem, side_of
from ingest.seeds import read_seed
from ingest.warehouse import connect, published
from reports.queue.cases import NOBODY
from reports.queue.sheet import DECISION, read_lines

Entry = dict[str, Any]
Line = dict[str, str]
WHEN_AND_WHO = ("decided_by", "decided_at", "as_of")
BOOKING = ("theirs", "not_theirs")


class Problem(Exception):
    """What is wrong with a line, in words that hold nobody's."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    written: int
    known: int  # decided like this before
    undecided: int  # lines without a decision
    problems: tuple[str, ...]


@dataclass(slots=True)
class Desk:
    """What decisions are checked against: conversations, messages and the moment of what is published."""

    con: duckdb.DuckDBPyConnection
    as_of: dict[str, datetime]
    threads: dict[tuple[str, str], str]  # account and conversation -> thread
    read: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)

    def messages(self, account: str, conversation: str) -> list[Entry]:
        """The messages of a conversation, in order."""
        key = (account, conversation)
        if key not in self.read:
            query = (
                "select message_id, sent_at, direction, text from intermediate.int_messages "
                "where account_id = ? and conversation_id = ? order by sent_at, position"
            )
            rows = self.con.execute(query, [*key]).fetchall()
            self.read[key] = [dict(zip(("message_id", "sent_at", "direction", "text"), r, strict=True)) for r in rows]
        return self.read[key]


def import_file(home: Path, path: Path, by: str, now: datetime) -> Imported:
    """Write the decisions of a file to records/decisions.jsonl; what was decided like this last is not written again.

    `by`: who decided; `now`: when it is written down, aware.
    Raises UserError where the file cannot be read or nothing is published.
    """
    lines = list(read_lines(path))
    problems: list[str] = []
    entries: list[Entry] = []
    undecided = 0
    with connect(published(home).path) as con:
        desk = _desk(con)
        for number, line in lines:
            if isinstance(line, dict) and not line.keys() & set(DECISION):
                undecided += 1
                continue
            try:
                entries += [] if isinstance(line, str) else list(_entries(line, desk))
                if isinstance(line, str):
                    raise Problem(line)
            except Problem as error:
                problems.append(f"line {number}: {error}")
    last = {_subject(entry): _content(entry) for entry in records.read(home, "decisions")}
    stamp = {"decided_by": by, "decided_at": now.astimezone(UTC).isoformat()}
    written = 0
    for entry in entries:
        if last.get(_subject(entry)) != _content(entry):
            records.append(home, "decisions", entry | stamp)
            last[_subject(entry)] = _content(entry)
            written += 1
    return Imported(written, len(entries) - written, undecided, tuple(problems))


def _desk(con: duckdb.DuckDBPyConnection) -> Desk:
    settings = con.execute("select account_id, as_of from raw.settings order by account_id").fetchall()
    rows = con.execute("select account_id, conversation_id, thread_key from raw.conversations").fetchall()
    return Desk(con, dict(settings), {(account, thread): key for account, thread, key in rows})


def _entries(line: Line, desk: Desk) -> Iterator[Entry]:
    """The decisions of one line. Raises Problem."""
    account = line.get("account_id") or (next(iter(desk.as_of)) if len(desk.as_of) == 1 else "")
    if account not in desk.as_of:
        raise Problem("account_id is missing or unknown")
    as_of = min(_time(line, "as_of") or desk.as_of[account], desk.as_of[account])
    base = {"account_id": account, "as_of": as_of.astimezone(UTC).isoformat()}
    if line.get("record_kind", "conversation") != "conversation":
        yield base | _record(line, desk, account)
        return
    thread = line.get("conversation_id", "")
    if (account, thread) not in desk.threads:
        raise Problem("no conversation of what is published has this conversation_id")
    base |= {"conversation_id": thread, "thread_key": desk.threads[account, thread]}
    made = list(_about_talk(line, desk.messages(account, thread), desk.as_of[account]))
    yield from (base | entry for entry in made)


def _about_talk(line: Line, messages: list[Entry], as_of: datetime) -> Iterator[Entry]:
    """Decisions about a conversation: stage, exclusion, signal, and whose the booking is."""
    if "belongs_to" in line:
        raise Problem("belongs_to is for a booking or a CRM row; of a conversation say theirs or not_theirs in booking")
    seen_until = _time(line, "seen_until")
    seen = [m for m in messages if seen_until is None or m["sent_at"] <= seen_until]
    if not seen:
        raise Problem("nothing was there to read at seen_until")
    counts_from = min(_time(line, "counts_from") or seen[-1]["sent_at"], as_of)
    if counts_from < messages[0]["sent_at"]:
        raise Problem("counts_from is before the conversation began; leave it as it was exported")
    if "signal" in line or "quote" in line or "value" in line:
        yield _signal(line, seen)
    if "stage" in line or "outcome_reason" in line or "until" in line:
        at = _named(line, seen) if "signal" not in line and "message_sent_at" in line else None
        yield _stage(line) | _moment(seen[-1], at["sent_at"] if at else counts_from)
    if "exclusion" in line:
        said = _word(line["exclusion"])
        if said not in EXCLUSIONS:
            raise Problem(f"unknown exclusion; use one of {', '.join(sorted(EXCLUSIONS))}")
        yield {"kind": "exclusion", "said": said, "value": None, "quote": None} | _moment(seen[-1], counts_from)
    if "booking" in line:
        yield _booking(line)


def _moment(read: Entry, at: datetime) -> Entry:
    return {"at": at.astimezone(UTC).isoformat(), "message_id": read["message_id"]}


def _stage(line: Line) -> Entry:
    stages = [row["stage"] for row in read_seed("stages")]
    stage = _word(line.get("stage", ""))
    if stage not in stages:
        raise Problem(f"unknown stage; use one of {', '.join(stages)}")
    value = _word(line.get("outcome_reason", ""))
    if "until" in line:
        if not value:
            raise Problem("until needs an outcome_reason")
        try:
            value += f" {date.fromisoformat(line['until'])}"
        except ValueError:
            raise Problem("until is no date; write it as 2026-12-01") from None
    wrong = closing_problem(stage, value)
    if wrong:
        raise Problem(f"outcome_reason: {wrong}")
    return {"kind": "stage", "said": stage, "value": value or None, "quote": None}


def _signal(line: Line, seen: list[Entry]) -> Entry:
    """A signal with the words that show it, tied to the last message of the right side that holds them."""
    signals = [row["signal"] for row in read_seed("signals")]
    said, quote = _word(line.get("signal", "")), line.get("quote", "")
    if said not in signals:
        raise Problem(f"unknown signal; use one of {', '.join(signals)}")
    if not quote:
        raise Problem("a signal needs a quote: the words of the message that show it")
    side = side_of(said)
    sided = [m for m in seen if side == "both" or (m["direction"] == "in") == (side == "lead")]
    holding = [m for m in sided if quote in (m["text"] or "")]
    if not holding:
        raise Problem(
            f"the quote stands in no message of the {'lead' if side == 'lead' else side} in this conversation"
        )
    at = _named(line, holding) if "message_sent_at" in line else holding[-1]
    return {"kind": "signal", "said": said, "value": line.get("value"), "quote": quote} | _moment(at, at["sent_at"])


def _booking(line: Line) -> Entry:
    said = _word(line["booking"])
    if said not in BOOKING:
        raise Problem(f"booking is {' or '.join(BOOKING)}")
    if "record_key" not in line:
        raise Problem("record_key says which booking; it is missing")
    entry: Entry = {"record_kind": "booking", "system": None, "record_key": line["record_key"]}
    return entry if said == "theirs" else entry | {"conversation_id": None, "thread_key": None}


def _record(line: Line, desk: Desk, account: str) -> Entry:
    """Whose a booking or a CRM row is."""
    kind, key, system = line["record_kind"], line.get("record_key"), line.get("system")
    if kind not in ("booking", "crm") or line.keys() & set(DECISION) != {"belongs_to"}:
        raise Problem("of a booking or a CRM row only belongs_to is decided")
    query = """
        select 1 from raw.identities
        where account_id = ? and record_kind = ? and record_key = ? and system is not distinct from ?
    """
    if not key or not desk.con.execute(query, [account, kind, key, system]).fetchall():
        raise Problem("no such booking or CRM row is published")
    whose = line["belongs_to"]
    if whose.lower() != NOBODY and (account, whose) not in desk.threads:
        raise Problem(f"belongs_to is neither a conversation_id of what is published nor {NOBODY}")
    thread = None if whose.lower() == NOBODY else whose
    known = {"conversation_id": thread, "thread_key": desk.threads[account, thread] if thread else None}
    return {"record_kind": kind, "system": system, "record_key": key} | known


def _named(line: Line, messages: list[Entry]) -> Entry:
    """The message sent at message_sent_at, to the second."""
    moment = _time(line, "message_sent_at")
    same = [m for m in messages if moment and m["sent_at"].replace(microsecond=0) == moment.replace(microsecond=0)]
    if not same:
        raise Problem("message_sent_at is the time of no message that could be meant")
    return same[-1]


def _time(line: Line, key: str) -> datetime | None:
    if key not in line:
        return None
    try:
        moment = datetime.fromisoformat(line[key])
    except ValueError:
        raise Problem(f"{key} is no time; leave it as it was exported") from None
    if moment.tzinfo is None:
        raise Problem(f"{key} has no zone; leave it as it was exported")
    return moment


def _word(cell: str) -> str:
    """A word of the vocabulary as written in the seeds: `Booking link sent` is booking_link_sent."""
    return cell.strip().lower().replace(" ", "_")


def _subject(entry: Entry) -> tuple[Any, ...]:
    """What a decision is about: two with one subject are about the same thing."""
    if "record_kind" in entry:
        return entry.get("account_id"), entry["record_kind"], entry.get("system"), entry.get("record_key")
    about = (entry.get("said"), entry.get("message_id")) if entry.get("kind") == "signal" else (entry.get("at"),)
    return entry.get("account_id"), entry.get("thread_key"), entry.get("kind"), *about


def _content(entry: Entry) -> Entry:
    return {k: v for k, v in entry.items() if k not in WHEN_AND_WHO and v is not None}
