"""What the written rules say, taken from the seeds: the same rows that SQL and the judge read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from ingest.judge.labels import EXCLUSIONS, MODEL_STAGES, PROSPECT
from ingest.judge.rules import rules_version
from ingest.seeds import read_seed
from ingest.settings import Thresholds

Row = dict[str, str]
ANY = "Any stage"
# a place for a fact of one lead in a text of next_actions.csv: {fact:words with *|words without it}
PLACE: Final = re.compile(r"\{\w+:[^{}|]*(?:\|([^{}]*))?\}")
ENOUGH_FOR_ANY = 4  # origins of one move from which it is written as a move from any stage


@dataclass(frozen=True, slots=True)
class Card:
    """One stage: what it means, the rule that leads into it, who owns it, what must be known, what to do."""

    stage: str
    label: str
    meaning: str
    entered_when: str
    rule: str
    owner: str
    how_quickly: str
    context: tuple[Row, ...]  # label, question
    next_action: str
    follow_up_days: str
    stale_after_days: str
    actions: tuple[Row, ...]  # when, action, moves_forward_when, closes_out_when
    ai: tuple[tuple[str, str], ...]  # Continue, Ask, Escalate


def facts() -> dict[str, Any]:
    """Everything that the pages may use, by name."""
    thresholds = Thresholds()
    topics = sorted({row["topic"] for row in read_seed("written_rules")})
    return {
        "cards": cards(),
        "moves": moves(),
        "broken": broken(),
        "notes": read_seed("required_context"),
        "reasons": read_seed("outcome_reasons"),
        "sources": read_seed("sources"),
        "questions": [row for row in read_seed("review_questions") if row["kind"] == "weekly"],
        "signals": read_seed("signals"),
        "queue": read_seed("review_reasons"),
        "exclusions": sorted(EXCLUSIONS - {PROSPECT}),
        "model_stages": [row["stage"] for row in read_seed("stages") if row["stage"] in MODEL_STAGES],
        "rules_version": rules_version(),
        "sure_enough": thresholds.review_confidence,
        "weak_below": thresholds.weak_handoff_below,
        "answers": answers(),
        **{topic: _topic(topic) for topic in topics},
    }


def cards() -> list[Card]:
    """The stages in order."""
    duties = {row["stage"]: row for row in read_seed("stage_duties")}
    ai = {row["key"]: row["text"] for row in _topic("ai_step")}
    return [_card(row, duties[row["stage"]], ai[row["stage"]]) for row in read_seed("stages")]


def _card(row: Row, duty: Row, ai: str) -> Card:
    stage = row["stage"]
    rules = [rule["wording"] for rule in _allowed() if rule["to_stage"] == stage]
    return Card(
        stage=stage,
        label=row["label"],
        meaning=row["meaning"],
        entered_when=row["entered_when"],
        rule=rules[0] if rules else row["entered_when"],
        owner=duty["owner"],
        how_quickly=duty["how_quickly"],
        context=tuple(
            r for name in ("stage_context", "required_context") for r in read_seed(name) if r["stage"] == stage
        ),
        next_action=row["next_action"],
        follow_up_days=_follow_up_days(row),
        stale_after_days=row["stale_after_days"],
        actions=tuple(_actions(stage)),
        ai=tuple(_steps(ai)),
    )


def _follow_up_days(row: Row) -> str:
    """A stage's own follow-up time, else the one that counts unless it is set; none where nobody follows up."""
    followed_up = row["close_as_stage"] != ""
    return row["follow_up_days"] or (str(Thresholds().follow_up_days) if followed_up else "")


def _steps(text: str) -> list[tuple[str, str]]:
    """`Continue: a. Ask: b. Escalate: c.` as three pairs."""
    found = []
    for name, end in (("Continue", "Ask: "), ("Ask", "Escalate: "), ("Escalate", "\0")):
        begin = text.index(f"{name}: ") + len(name) + 2
        step = text[begin:].partition(end)[0].strip()
        found.append((name, step[:1].upper() + step[1:]))
    return found


def _actions(stage: str) -> list[Row]:
    """What to do in a stage, by situation, the most urgent first."""
    words = {row["key"]: row["text"] for row in _topic("situation")}
    rows = [row for row in read_seed("next_actions") if row["stage"] == stage]
    told = ({column: in_general(text) for column, text in row.items()} for row in rows)
    return [row | {"when": words[row["situation"]]} for row in sorted(told, key=lambda r: int(r["priority"]))]


def in_general(text: str) -> str:
    """The text of a next action as it is said of nobody in particular: each place as if its fact were not known."""
    return PLACE.sub(lambda place: place[1] or "", text)


def moves() -> list[Row]:
    """The allowed moves as people write them down: from, to, signal."""
    labels = {row["stage"]: row["label"] for row in read_seed("stages")}
    origins: dict[tuple[str, str], list[str]] = {}
    for rule in _allowed():
        origins.setdefault((rule["to_stage"], rule["wording"]), []).append(rule["from_stage"])
    return [
        {
            "from": ANY if len(begins) >= ENOUGH_FOR_ANY else " or ".join(labels[stage] for stage in begins),
            "to": labels[to],
            "signal": wording,
        }
        for (to, wording), begins in origins.items()
    ]


def broken() -> list[Row]:
    """The moves that are counted as not allowed, each name once."""
    found: dict[str, str] = {}
    for rule in read_seed("movement_rules"):
        if rule["is_allowed"] != "true":
            found.setdefault(rule["violation"], rule["wording"])
    return [{"name": name, "wording": wording} for name, wording in found.items()]


def answers() -> list[str]:
    """The JSON lines an AI may answer with: one of each kind, complete."""
    about = {"conversation_id": "THREAD", "message_sent_at": "2026-09-20T10:00:00Z", "quote": "WORDS OF THE MESSAGE"}
    by = {"judged_by": "NAME OF THE AI", "role": "model", "rules_version": rules_version(), "confidence": 0.9}
    said: tuple[dict[str, str], ...] = (
        {"signal": "problem"},
        {"signal": "objection", "value": "price"},
        {"stage": "qualified"},
        {"stage": "nurture", "value": "timing_later 2026-12-01"},
        {"exclusion": "not_a_prospect"},
    )
    return [json.dumps(about | what | by, ensure_ascii=False) for what in said]


def _allowed() -> list[Row]:
    return [rule for rule in read_seed("movement_rules") if rule["is_allowed"] == "true"]


def _topic(name: str) -> list[Row]:
    rows = [row for row in read_seed("written_rules") if row["topic"] == name]
    return sorted(rows, key=lambda row: int(row["position"]))
