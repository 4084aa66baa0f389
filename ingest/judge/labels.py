"""Which judgements of labels.jsonl count: a person's, and a model's with words that stand in the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ingest.errors import Code
from ingest.seeds import read_seed
from ingest.shapes import Outcome

MODEL_STAGES = frozenset(["engaged", "qualified", "lost", "nurture"])  # the others need more than words
PROSPECT = "prospect"
EXCLUSIONS = frozenset(["current_client_support", "not_a_prospect", "prospect"])  # prospect: not excluded after all


@dataclass(frozen=True, slots=True)
class Refused:
    """A label that does not count, and why; never the person's words."""

    label: Mapping[str, Any]
    outcome: Outcome
    code: str
    reason: str


def accepted(
    labels: Iterable[Mapping[str, Any]], texts: Mapping[str, Iterable[str]], version: str
) -> tuple[list[Mapping[str, Any]], list[Refused]]:
    """Split the labels of one account into those that count and those that do not.

    `texts`: the texts of every conversation, by conversation_id. `version`: the current rules_version.
    """
    kept: list[Mapping[str, Any]] = []
    refused: list[Refused] = []
    for label in labels:
        problem = _problem(label, texts, version)
        if problem is None:
            kept.append(label)
        else:
            refused.append(Refused(label, Outcome.QUARANTINED, Code.E_JUDGEMENT, problem))
    return kept, refused


@cache
def side_of(signal: str) -> str:
    """Whose messages show a signal: lead, team or both. Raises KeyError for an unknown one."""
    return {row["signal"]: row["side"] for row in read_seed("signals")}[signal]


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The words that each kind of judgement may use."""
    signals = frozenset(row["signal"] for row in read_seed("signals"))
    stages = frozenset(row["stage"] for row in read_seed("stages"))
    return {"signal": signals, "stage": stages, "exclusion": EXCLUSIONS}


def closing_problem(stage: str, value: str | None) -> str | None:
    """What is wrong with the reason (and the date after it) that is given with a stage; None where nothing is."""
    if not value:
        return None
    reason, _, day = value.partition(" ")
    known = {row["reason"]: row for row in read_seed("outcome_reasons")}
    if stage not in ("lost", "nurture"):
        return "a reason goes with lost or nurture only"
    if reason not in known:
        return f"unknown reason; use one of {', '.join(known)}"
    if known[reason][f"is_{stage}"] != "true":
        return f"this reason does not go with {stage}"
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError:
        return "the date is none; write it as 2026-12-01"
    return None


def _problem(label: Mapping[str, Any], texts: Mapping[str, Iterable[str]], version: str) -> str | None:
    """Why a label does not count."""
    thread, kind, said = label["conversation_id"], label["kind"], label["signal"]
    word = label["value"] if kind == "exclusion" else said
    if word not in _vocabulary().get(kind, ()):
        return f"unknown {kind}; see the rules for the words that are known"
    if thread not in texts:
        return "no conversation of the exports has this id"
    wrong = closing_problem(said, label["value"]) if kind == "stage" else None
    if wrong or label["judged_by"] == "person":
        return wrong
    if (kind == "stage" and said not in MODEL_STAGES) or word == PROSPECT:
        return "a model cannot say this; it takes a calendar event, a payment, a link or a person"
    if label["rules_version"] != version:
        return f"judged under other rules; the current rules_version is {version}"
    if not label["quote"] or not any(label["quote"] in text for text in texts[thread]):
        return "the quoted words do not stand in this conversation"
    return None
