"""What people and other models say about conversations: labels.jsonl of the exports and the decisions of the queue.

Each is tied to the message it is about. What does not count (unknown words, other rules, words that do not stand in the
conversation, a message that is not there) is a row of raw.rejects with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest import landed, records
from ingest.decisions import judgement_of
from ingest.errors import Code
from ingest.judge.labels import accepted, side_of
from ingest.judge.rules import rules_version
from ingest.load import LoadSummary
from ingest.settings import AccountHome
from ingest.shapes import JUDGEMENTS, Outcome
from ingest.unite import United

LABELS = "labels_jsonl"
DECISIONS = "records/decisions.jsonl"
PERSON = 1.0  # confidence of a person's judgement that names none
READ = ("account_id", "conversation_id", "message_id", "sent_at", "direction", "text", "position")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Judgements that count and rows of raw.rejects for those that do not, of all accounts."""

    judgements: pa.Table
    rejects: list[Row]


def told(home: Path, owners: Sequence[AccountHome], summary: LoadSummary, united: United) -> Told:
    """What is said about the conversations of `united`, each with its message."""
    rows = list(_said(home, owners, summary))
    found: list[Row] = []
    rejects: list[Row] = []
    if rows:
        conversations = united.conversation_table().select(["account_id", "conversation_id", "thread_key"]).to_pylist()
        rows = [_placed(row, conversations_by(conversations)) for row in rows]
        talks = _talks(united, {(row["account_id"], row["conversation_id"]) for row in rows})
        for account_id, own in groupby(sorted(rows, key=_order), key=itemgetter("account_id")):
            talk = {thread: messages for (account, thread), messages in talks.items() if account == account_id}
            kept, refused = _split(list(own), talk)
            found += kept
            rejects += refused
    distinct = list({tuple(row[name] for name in JUDGEMENTS): row for row in found}.values())
    return Told(landed.table("judgements", distinct), rejects)


def booking_decisions(
    home: Path, account_id: str, conversations: Iterable[Mapping[str, Any]], as_of: datetime
) -> list[Row]:
    """What people decided about whose a booking or a CRM row is, known at `as_of`, with conversations as named now."""
    found = []
    for entry in records.read(home, "decisions"):
        if "record_kind" not in entry or entry.get("account_id", account_id) != account_id:
            continue
        decided = [datetime.fromisoformat(entry[key]) for key in ("decided_at", "as_of") if entry.get(key)]
        if not decided or min(decided) <= as_of:
            found.append({**entry, "account_id": account_id})
    if not found:
        return []
    known = conversations_by(list(conversations))
    return [_placed(row, known) for row in found]


Known = dict[tuple[str, str], str]


def conversations_by(conversations: Iterable[Mapping[str, Any]]) -> Known:
    """Conversation by account and id, and by account and thread: a folder is renamed when a lead changes their name."""
    known: Known = {}
    for row in conversations:
        known.setdefault((row["account_id"], row["thread_key"]), row["conversation_id"])
    return known | {(row["account_id"], row["conversation_id"]): row["conversation_id"] for row in conversations}


def _placed(row: Row, known: Known) -> Row:
    """A row with its conversation as the newest export names it; as it is where there is none."""
    thread, account = row["conversation_id"], row["account_id"]
    if not thread:
        return row
    keys = (thread, row.get("thread_key") or thread.rpartition("_")[2])
    return {**row, "conversation_id": next((known[account, k] for k in keys if (account, k) in known), thread)}


def _said(home: Path, owners: Sequence[AccountHome], summary: LoadSummary) -> Iterator[Row]:
    """Labels as read and decisions as written, in the shape of JUDGEMENTS, with file and line."""
    for part in summary.tables("judgements"):
        yield from part.select(["file", "line", *JUDGEMENTS]).to_pylist()
    first = owners[0].account_id
    decided: dict[tuple[Any, ...], Row] = {}
    for number, entry in enumerate(records.read(home, "decisions"), 1):
        if "record_kind" not in entry:
            row = judgement_of(entry, first) | {"file": DECISIONS, "line": number}
            about = (row["signal"], row["message_id"]) if row["kind"] == "signal" else (row["at"],)
            # two decisions about one thing in one review: the one written down last
            whose = (row["account_id"], row["thread_key"] or row["conversation_id"])
            decided[*whose, row["kind"], *about, row["judged_at"]] = row
    yield from decided.values()


def _order(row: Row) -> tuple[str, str, int]:
    return row["account_id"], row["file"], row["line"] or 0


def _talks(united: United, threads: set[tuple[str, str]]) -> dict[tuple[str, str], list[Row]]:
    """Messages of the conversations that something is said about, in order."""
    names = pa.array(sorted({thread for _, thread in threads}), pa.string())
    table = pq.read_table(united.messages, columns=list(READ), filters=pc.field("conversation_id").isin(names))
    rows = sorted(table.to_pylist(), key=lambda m: (m["account_id"], m["conversation_id"], m["position"]))
    talks = groupby(rows, key=lambda m: (m["account_id"], m["conversation_id"]))
    return {key: list(messages) for key, messages in talks if key in threads}


def _split(rows: list[Row], talks: Mapping[str, list[Row]]) -> tuple[list[Row], list[Row]]:
    """The rows of one account that count, with their message, and rejects for the others."""
    texts = {thread: [m["text"] for m in messages if m["text"]] for thread, messages in talks.items()}
    kept, refused = accepted(rows, texts, rules_version())
    rejects = [_reject(r.label, r.code, r.reason) for r in refused]
    found = []
    for label in kept:
        row, problem = _with_message(dict(label), talks[label["conversation_id"]])
        if problem:
            rejects.append(_reject(label, Code.E_JUDGEMENT, problem))
        else:
            found.append({name: row[name] for name in JUDGEMENTS})
    return found, rejects


def _with_message(row: Row, messages: list[Row]) -> tuple[Row, str]:
    """A judgement with the message it is about and a confidence, or why there is none."""
    row["confidence"] = PERSON if row["confidence"] is None and row["judged_by"] == "person" else row["confidence"]
    if row["message_id"] in {m["message_id"] for m in messages}:  # how far the person who decided had read
        return row, ""
    message = _message(row, messages)
    row["message_id"] = message["message_id"] if message else None
    if message is None:
        if row["kind"] == "signal" or row["judged_by"] == "model":
            return row, "no message of this conversation that could show it was sent at this time"
        row["at"] = row["at"] or _last_read(row, messages)
        return row, ""
    row["at"] = message["sent_at"] if row["at"] is None or row["kind"] == "signal" else row["at"]
    heard = [m["text"] for m in messages if m["text"] and m["position"] <= message["position"]]
    if row["judged_by"] == "model" and not any(row["quote"] in text for text in heard):
        return row, "the quoted words stand only in later messages"
    return row, ""


def _message(row: Row, messages: list[Row]) -> Row | None:
    """The message of a judgement: sent at its time (to the second), of the right side, best the one that is quoted."""
    side = side_of(row["signal"]) if row["kind"] == "signal" else "both"
    sided = [m for m in messages if side == "both" or (m["direction"] == "in") == (side == "lead")]
    quoted = [m for m in sided if row["quote"] and row["quote"] in (m["text"] or "")]
    if row["at"] is None:  # an exclusion may name none: the words it quotes say which
        return quoted[0] if quoted else None
    second = row["at"].replace(microsecond=0)
    at_once = [m for m in sided if m["sent_at"].replace(microsecond=0) == second]
    exact = [m for m in at_once if m["sent_at"] == row["at"]]
    for wanted in (exact, at_once):
        same = [m for m in wanted if m in quoted] or wanted
        if same:
            return same[0]
    return None


def _last_read(row: Row, messages: list[Row]) -> datetime:
    """Without a time a judgement is about what was there when it was made, else about the beginning."""
    said_at = row["judged_at"]
    before = [m["sent_at"] for m in messages if said_at is not None and m["sent_at"] <= said_at]
    moment: datetime = before[-1] if before else messages[0]["sent_at"]
    return moment


def _reject(row: Mapping[str, Any], code: str, reason: str) -> Row:
    """A row of raw.rejects; never the person's words."""
    return {
        "account_id": row["account_id"],
        "file": row["file"],
        "line": row["line"],
        "format": None if row["file"] == DECISIONS else LABELS,
        "outcome": str(Outcome.QUARANTINED),
        "code": str(code),
        "reason": reason,
        "payload": None,
    }
