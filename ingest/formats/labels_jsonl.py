"""Our own `labels.jsonl`: one judgement a line, by a person or a model (CONTRACT: Input formats)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ingest import parse
from ingest.csv_format import refused
from ingest.errors import Code, ExportError
from ingest.formats import Export
from ingest.parse import Unreadable
from ingest.settings import Settings
from ingest.shapes import Outcome, Owner, Reject, Row
from ingest.text import decode

KINDS = ("signal", "stage", "exclusion")
ROLES = ("person", "model")
LOOK = 5  # lines that are looked at to recognise the file: the first may be broken


class LabelsFormat:
    """Judgements, recognised by their keys."""

    name = "labels_jsonl"
    title = "Judgements as JSON lines (our own layout)"
    how_to_get = (
        "Write a labels.jsonl with one JSON object a line: what a person or a model says a message of a conversation "
        "shows, with the words of that message."
    )
    columns = (
        *("conversation_id", *KINDS, "value", "message_sent_at", "quote", "judged_by", "role", "rules_version"),
        *("confidence", "judged_at"),
    )

    def recognises(self, export: Export, settings: Settings) -> bool:
        """A single file whose first lines are JSON objects with a conversation and a judgement."""
        if export.members:
            return False
        try:
            lines = export.read().removeprefix(b"\xef\xbb\xbf").split(b"\n", LOOK)[:LOOK]
        except ExportError:
            return False
        found = (_object(line) for line in lines if line.strip())
        return any("conversation_id" in entry and any(kind in entry for kind in KINDS) for entry in found)

    def read(self, export: Export, settings: Settings) -> Iterator[Row | Reject | Owner]:
        """A judgement a line; a line that is none is quarantined with its number."""
        try:
            lines = decode(export.read()).split("\n")
        except ExportError as error:
            yield refused(error)
            return
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            entry = _object(line.encode())
            try:
                if not entry:
                    raise Unreadable(Code.E_JSON, "the line is no JSON object")
                yield Row("judgements", _judgement(entry, settings.account.timezone), number, entry)
            except Unreadable as error:
                yield Reject(Outcome.QUARANTINED, error.code, error.reason, number, line)


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object on a line; empty where it is none."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _judgement(entry: dict[str, Any], zone: str) -> dict[str, Any]:
    """One judgement, every key of the type it has to have. Raises Unreadable."""
    kinds = [kind for kind in KINDS if entry.get(kind) is not None]
    if len(kinds) != 1:
        raise Unreadable(Code.E_SHAPE, "exactly one of signal, stage and exclusion is needed")
    role = _text(entry, "role")
    if role not in ROLES:
        raise Unreadable(Code.E_SHAPE, "role is neither person nor model")
    confidence = entry.get("confidence", 1.0 if role == "person" else None)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise Unreadable(Code.E_SHAPE, "confidence is no number from 0 to 1")
    kind, said = kinds[0], _text(entry, kinds[0])
    quote = entry.get("quote")
    if quote is not None and not isinstance(quote, str):
        raise Unreadable(Code.E_SHAPE, "quote is no text")
    if role == "model" and not quote:
        raise Unreadable(Code.E_SHAPE, "a model's judgement needs the words it rests on")
    return {
        "conversation_id": _text(entry, "conversation_id"),
        "at": _time(entry, "message_sent_at", zone, needed=kind != "exclusion"),
        "kind": kind,
        "signal": "excluded" if kind == "exclusion" else said,
        "value": said if kind == "exclusion" else _optional(entry, "value"),
        "quote": quote,
        "judged_by": role,
        "judge": _text(entry, "judged_by"),
        "rules_version": _optional(entry, "rules_version"),
        "confidence": float(confidence),
        "judged_at": _time(entry, "judged_at", zone, needed=False),
    }


def _text(entry: dict[str, Any], key: str) -> str:
    value = _optional(entry, key)
    if not value:
        raise Unreadable(Code.E_SHAPE, f"{key} is missing")
    return value


def _optional(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise Unreadable(Code.E_SHAPE, f"{key} is no text")
    return (value or "").strip() or None


def _time(entry: dict[str, Any], key: str, zone: str, needed: bool) -> Any:
    value = _optional(entry, key)
    if value is None:
        if needed:
            raise Unreadable(Code.E_TIME, f"{key} is missing")
        return None
    try:
        return parse.moment(value, zone).at
    except Unreadable as error:
        raise Unreadable(error.code, f"{key}: {error.reason}") from error


FORMAT = LabelsFormat()
