"""The file to decide in: one line a case, with the words a person needs, private; and reading it back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from ingest.errors import Code, UserError
from ingest.files import private_folder, write_atomic
from ingest.judge.labels import EXCLUSIONS
from ingest.seeds import read_seed
from reports.queue.cases import NOBODY, Case, reasons, suggested, waiting, words_of
from reports.text import neutral_cell, plain_cell, visible

INFO = (
    *("account_id", "record_kind", "system", "record_key", "conversation_id", "lead", "reason", "question", "since"),
    *("shown_meanwhile", "stage_options", "exclusion_options", "suggestions", "words", "seen_until", "counts_from"),
    "as_of",
)
DECISION = (
    *("stage", "outcome_reason", "until", "exclusion", "signal", "value", "quote", "message_sent_at", "booking"),
    "belongs_to",
)
COLUMNS = (*INFO[:13], *DECISION, *INFO[13:])
LISTED = ("suggestions", "words")  # to read, never read back
PRIVATE = (
    "Private: this file holds people's own words. Keep it on this machine, import it with leakreview queue import, "
    "then delete it. Fill in stage, or exclusion, or signal with a quote; leave the rest of a line as it is."
)
NOTE = "note"
MOST_WORDS = 80  # messages of a conversation that are shown, the last ones
FORMATS = ("jsonl", "csv")


def export_file(home: Path, file_format: str = "jsonl", out: Path | None = None) -> tuple[Path, int]:
    """Write everything that waits into a private file; its path and how many lines to decide it has.

    Raises UserError for an unknown format and where nothing is published.
    """
    if file_format not in FORMATS:
        raise UserError(Code.E_CALL, f"there is no format {file_format!r}", "--format", f"Use {' or '.join(FORMATS)}")
    found, cases = waiting(home)
    lines = [_line(case, words_of(found.path, case)) for case in cases]
    folder = out if out is not None else private_folder(home / "reports" / "out")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"queue-private-{found.generation.as_of[:10]}.{file_format}"
    write_atomic(path, _csv(lines) if file_format == "csv" else _jsonl(lines))
    return path, len(lines)


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Lines of a filled file with their number: the cells that are not empty, or what is wrong with the line.

    Raises UserError where the file cannot be read at all.
    """
    if not path.is_file():
        raise UserError(Code.E_MISSING, "there is no such file", str(path), "leakreview queue export writes one")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(Code.E_ENCODING, "the file is no UTF-8", path.name, "Save it as UTF-8") from None
    yield from _read_jsonl(text) if text.lstrip().startswith("{") else _read_csv(text, path.name)


def _line(case: Case, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """A case as a line to fill in."""
    known = reasons()[case.reason]
    is_talk = case.conversation_id is not None
    stages = [row["stage"] for row in read_seed("stages")]
    shown: dict[str, Any] = {
        "account_id": case.account_id,
        "record_kind": case.record_kind,
        "system": case.system,
        "record_key": case.record_key,
        "conversation_id": case.conversation_id,
        "lead": visible(case.lead),
        "reason": known["label"],
        "question": known["question"],
        "since": _iso(case.since),
        "shown_meanwhile": case.exclusion_reason or case.stage,
        "stage_options": " | ".join(stages) if is_talk else None,
        "exclusion_options": " | ".join(sorted(EXCLUSIONS))
        if is_talk
        else f"belongs_to: a conversation_id, or {NOBODY}",
        "suggestions": suggested(case),
        **dict.fromkeys(DECISION),
        "words": [_said(m) for m in messages[-MOST_WORDS:]],
        "seen_until": _iso(case.seen_until),
        "counts_from": _iso(case.counts_from),
        "as_of": _iso(case.as_of),
    }
    return {name: shown[name] for name in COLUMNS}


def _said(message: dict[str, Any]) -> str:
    """One message: when, who, what."""
    words = visible(message["text"]) or f"({message['kind']})"
    about = f" [to: {visible(message['context'])}]" if message["context"] else ""
    return f"{message['sent_at'].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {message['role']}: {words}{about}"


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _jsonl(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in [{NOTE: PRIVATE}, *lines])


def _csv(lines: list[dict[str, Any]]) -> bytes:
    """For spreadsheets: a note, the header, no cell that would run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([f"# {PRIVATE}"])
    writer.writerow(COLUMNS)
    for line in lines:
        cells = ["\n".join(v) if isinstance(v, list) else str(v or "") for v in line.values()]
        writer.writerow([neutral_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _read_jsonl(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield number, "the line is no JSON object"
            continue
        if not isinstance(found, dict):
            yield number, "the line is no JSON object"
        elif found.keys() != {NOTE}:
            yield number, _cells(found)


def _cells(found: dict[str, Any]) -> dict[str, str] | str:
    """The filled cells of a JSON line that a decision is made of, or what is wrong with it."""
    unknown = sorted(found.keys() - set(COLUMNS))
    if unknown:
        return f"unknown key {visible(unknown[0])[:40]}"
    cells = {k: v for k, v in found.items() if v not in (None, "", []) and k not in LISTED}
    wrong = sorted(k for k, v in cells.items() if not isinstance(v, str))
    return f"{wrong[0]} is no text" if wrong else {k: v.strip() for k, v in cells.items() if v.strip()}


def _read_csv(text: str, name: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Rows of a CSV with commas or semicolons, as spreadsheets save it; rows that begin with # are notes."""
    first = next((line for line in text.splitlines() if line.lstrip('"').startswith("account_id")), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    header: list[str] = []
    for row in reader:
        if not any(row) or row[0].startswith("#"):
            continue
        if not header:
            header = [cell.strip() for cell in row]
            unknown = sorted({cell for cell in header if cell} - set(COLUMNS))
            if unknown or "conversation_id" not in header:
                what = (
                    f"unknown column {visible(unknown[0])[:40]}" if unknown else "the column conversation_id is missing"
                )
                raise UserError(Code.E_HEADER, what, name, "leakreview queue export writes one that can be read")
            continue
        if len(row) > len(header) and any(row[len(header) :]):
            yield reader.line_num, "the row has more cells than the header"
            continue
        cells = {k: plain_cell(v).strip() for k, v in zip(header, row, strict=False) if k and k not in LISTED}
        yield reader.line_num, {k: v for k, v in cells.items() if v}
    if not header:
        raise UserError(Code.E_EMPTY, "the file holds nothing to decide", name, "leakreview queue export writes one")
