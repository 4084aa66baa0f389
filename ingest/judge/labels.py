"""Which judgements of labels.jsonl count: a person's, and a model's with words that stand in the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ingest.errors import Code
from ingest.seeds import read_seed
from ingest.shapes import Outcome

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
            refused.append(Refused(label, Outcome.QUARANTINED, *problem))
    return kept, refused


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The words that each kind of judgement may use."""
    signals = frozenset(row["signal"] for row in read_seed("signals"))
    stages = frozenset(row["stage"] for row in read_seed("stages"))
    return {"signal": signals, "stage": stages, "exclusion": EXCLUSIONS}


def _problem(label: Mapping[str, Any], texts: Mapping[str, Iterable[str]], version: str) -> tuple[str, str] | None:
    """Code and reason why a label does not count."""
    thread, kind, said = label["conversation_id"], label["kind"], label["signal"]
    word = label["value"] if kind == "exclusion" else said
    if word not in _vocabulary().get(kind, ()):
        return Code.E_SHAPE, f"unknown {kind}; see the rules for the words that are known"
    if thread not in texts:
        return Code.E_SHAPE, "no conversation of the exports has this id"
    if label["judged_by"] == "person":
        return None
    if label["rules_version"] != version:
        return Code.E_SHAPE, f"judged under other rules; the current rules_version is {version}"
    if not label["quote"] or not any(label["quote"] in text for text in texts[thread]):
        return Code.E_SHAPE, "the quoted words do not stand in this conversation"
    return None
