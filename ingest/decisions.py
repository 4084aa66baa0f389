"""A decision of the queue as records/decisions.jsonl keeps it, and as the judgement it is.

One JSON object a line. About a conversation: account_id, conversation_id, thread_key, kind (stage, exclusion, signal),
said (the stage, the exclusion or the signal), value (of a closing stage: reason and, after a blank, the date to write
again; of a signal: its value), quote, at (the moment it is about), message_id (the last message the person had read;
of a signal the one that shows it), as_of (of the review it was decided in), decided_by, decided_at. About a booking or
a CRM row: account_id, record_kind, system, record_key, conversation_id (null: nobody's), as_of, decided_by, decided_at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.errors import Code, UserError

KINDS = ("stage", "exclusion", "signal")
EXCLUDED = "excluded"


def judgement_of(entry: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    """A decision about a conversation in the shape of JUDGEMENTS.

    It answers a review as of a moment, so it is known from then on, also when it was written down later.
    `account_id`: whose it is where the entry does not say. Raises UserError (E_RECORDS).
    """
    try:
        kind, said = entry["kind"], entry["said"]
        decided = min(_time(entry["decided_at"]), _time(entry.get("as_of") or entry["decided_at"]))
        return {
            "account_id": entry.get("account_id") or account_id,
            "conversation_id": entry["conversation_id"],
            "thread_key": entry.get("thread_key"),
            "message_id": entry.get("message_id"),
            "at": _time(entry["at"]) if entry.get("at") else None,
            "kind": kind,
            "signal": EXCLUDED if kind == "exclusion" else said,
            "value": said if kind == "exclusion" else entry.get("value"),
            "quote": entry.get("quote"),
            "judged_by": "person",
            "judge": entry["decided_by"],
            "rules_version": None,
            "confidence": 1.0,
            "judged_at": decided,
        }
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            Code.E_RECORDS, "a decision lacks a part or has a wrong one", "records/decisions.jsonl", "Restore the file"
        ) from error


def _time(text: str) -> datetime:
    """An aware instant in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)
