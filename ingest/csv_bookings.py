"""What booking exports share: status words, a key where there is none, and what the answers of a form tell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from ingest import columns, parse
from ingest.csv_cells import Values
from ingest.errors import Code
from ingest.parse import Unreadable
from ingest.seeds import read_seed

ANSWERS = "booking_answers"  # record of the alias table: words in a question -> what its answer is


@cache
def status_words() -> Mapping[str, tuple[str, bool]]:
    """A calendar's own word for a booking's state -> (status, whether it is a no-show)."""
    rows = read_seed("booking_statuses")
    return {row["label"].casefold(): (row["status"], row["no_show"] == "true") for row in rows}


def status_of(word: str, values: Values) -> tuple[str | None, bool | None]:
    """Status and no-show of a word; an unknown one is flagged and tells nothing."""
    if found := status_words().get(word.casefold().replace("_", " ")):
        return found[0], found[1] or None
    values.flags.append((Code.E_LABEL, "a booking status that is not known; kept in the payload"))
    return None, None


def booking_key(given: Mapping[str, Any]) -> str:
    """A key of a booking that has none of its own: who, when, and when it was made."""
    parts = ("invitee_email", "invitee_name", "starts_at", "created_at", "event_name")
    text = "\x1f".join(str(given.get(p) or "") for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def answers_text(answers: Iterable[tuple[str, str]]) -> str | None:
    """Questions and answers, one `question: answer` a line."""
    lines = [f"{' '.join(q.split())}: {' '.join(a.split())}" for q, a in answers if a.strip()]
    return "\n".join(lines) or None


def from_answers(answers: Iterable[tuple[str, str]], values: Values) -> dict[str, str]:
    """Handle and phone out of answers whose question asks for them; an answer that is none is flagged."""
    found: dict[str, str] = {}
    parsers = {"instagram_handle": parse.handle, "invitee_phone": parse.phone}
    for question, answer in answers:
        field = _asked(question)
        if field is None or field in found or not answer.strip():
            continue
        try:
            found[field] = parsers[field](answer.strip())
        except Unreadable as error:
            values.flags.append((error.code, f"an answer to a question for it: {error.reason}; kept among the answers"))
    return found


def _asked(question: str) -> str | None:
    """What a question asks for, by its words: `instagram_handle`, `invitee_phone`, else None."""
    known = columns.aliases(ANSWERS, columns.ANY)
    for word in re.findall(r"\w+", question):
        if meaning := known.get(columns.normalise(word)):
            return meaning[0]
    return None
