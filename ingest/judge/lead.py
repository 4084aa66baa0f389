"""What a lead's message shows, judged with what came before it."""

from __future__ import annotations

import re

from ingest.judge.course import course, manners, trigger
from ingest.judge.meaning import meaningful
from ingest.judge.phrases import Hit
from ingest.judge.said import Said, Shown
from ingest.judge.state import SPOKEN, State
from ingest.judge.wants import wants
from ingest.judge.words import quote

SURE_ENOUGH = 0.6
SYSTEM_REACTION = ("Reacted ", "Liked a message")  # how Instagram exports write a reaction


def shown_by_lead(said: Said, state: State) -> list[Shown]:
    """Every signal of a lead's message."""
    message = said.message
    if message.kind == "voice":
        return [Shown("unheard", None, None, "structure-voice", 1.0)]
    if message.kind == "reaction" or message.text.startswith(SYSTEM_REACTION):
        return [Shown(s, None, None, "structure-reaction", 1.0) for s in ("reaction", "thanks_only")]
    if message.kind not in SPOKEN:
        return []
    if not said.text.has_words:
        return _without_words(said, state)
    shown = [Shown(signal, value, typed, "structure-contact", 0.95) for signal, value, typed in said.text.contacts]
    first = trigger(said, state)
    if first:
        shown.append(first)
    shown += _risks(said, state)
    confidence, why = meaningful(said, state, first is not None)
    is_meaningful = confidence >= SURE_ENOUGH
    if is_meaningful:
        shown.append(Shown("meaningful", None, said.whole, f"structure-{why}", confidence))
    shown += wants(said, state, is_meaningful)
    shown += course(said, state)
    shown += manners(said, state, is_meaningful or first is not None)
    if said.is_question:
        shown.append(Shown("question", None, None, "structure-question", 0.9))
    return shown


def _without_words(said: Said, state: State) -> list[Shown]:
    typed = said.whole
    if not typed:
        return []
    keyword = state.rules.keywords.get(typed)
    if keyword:
        return [Shown("trigger", keyword, typed, "structure-keyword", 0.95)]
    if "?" in typed:
        return [Shown("question", None, None, "structure-question", 0.7)]
    return [Shown("thanks_only", None, typed, "structure-emoji", 0.9)]


def _risks(said: Said, state: State) -> list[Shown]:
    """What a person must see, and what stops a sale."""
    shown: list[Shown] = []
    if "sensitive" in said.hits or "red_flag" in said.hits:
        risky = (h for h in said.kinds if h.signal in ("sensitive", "red_flag"))
        shown = [said.shown(h) for h in risky if not _means_other(said, h, state)]
    if state.turn.asks_age and said.words.tokens and (match := re.match(r"^1[0-7]$", said.words.tokens[0])):
        shown.append(Shown("red_flag", "minor", match[0], "structure-age", 0.95))
    starving = said.text.starving
    if starving and not any(s.value == "eating_disorder" for s in shown):
        typed = quote(said.words, *starving)
        shown += [Shown(s, "eating_disorder", typed, "structure-calories", 0.9) for s in ("sensitive", "red_flag")]
    if not shown:
        return []
    risks = [s for s in shown if s.signal == "sensitive" and s.value != "legal_threat"]
    flagged = {s.value for s in shown if s.signal == "red_flag"}
    return [*shown, *(s._replace(signal="red_flag") for s in risks if s.value not in flagged)]


def _means_other(said: Said, hit: Hit, state: State) -> bool:
    """Whether words mean something else: "im 16 weeks", "tengo 15 minutos", "want to die of embarrassment"."""
    after = said.words.line[hit.end :].split()[:1]
    if hit.value == "crisis":
        return after == ["of"] and "die" in said.words.line[hit.start : hit.end]
    if hit.value != "minor":
        return False
    return not state.rules.seeds.classes.counted.isdisjoint(
        [*after, *said.words.line[hit.start : hit.end].split()[-1:]]
    )
