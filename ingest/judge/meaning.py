"""Whether a lead's words mean something beyond the trigger (RULES: engaged)."""

from __future__ import annotations

from ingest.judge.said import Said, only_contact
from ingest.judge.state import State

TERSE = 3  # words that say something
ASIDE = ("pitch", "personal")
NEEDS = ("problem", "goal", "intent", "not_now", "objection", "timing")


def meaningful(said: Said, state: State, is_trigger: bool) -> tuple[float, str]:
    """How surely a message is a meaningful reply, and by which reading; 0 where it is not."""
    hits, size = said.hits, len(said.content)
    if is_trigger or only_contact(said) or "wrong_person" in hits:
        return 0.0, ""
    if "personal" in hits and not hits.keys() & {"problem", "intent"}:
        return 0.0, ""
    is_answer = said.answers in ("diagnosis", "offer", "feedback", "weak")
    need = not hits.keys().isdisjoint(NEEDS)
    if need and (said.is_first_person or is_answer or size >= 4) and size >= 2 and not said.is_praise:
        return (0.9 if said.is_first_person or is_answer else 0.75), "need"
    if "sensitive" in hits or "red_flag" in hits:
        return 0.85, "need"
    asked = _question(said, state, size)
    if asked:
        return asked, "question"
    if "returning" in hits and size >= 4:
        return 0.75, "returning"
    if said.answers == "diagnosis":
        return _answer(said, state, size)
    if said.answers == "offer" and "agrees" in hits and "offers_freebie" not in state.turn.signals:
        return 0.8, "answer"
    return _statement(said, state, size, is_answer)


def _question(said: Said, state: State, size: int) -> float:
    """A question about the coaching; the price as one word is none."""
    hits = said.hits
    if not said.is_question or "pitch" in hits or "personal" in hits:
        return 0.0
    if "fit" in hits and size >= 2 and said.message.kind != "story_reply":
        return 0.85
    if ("asks_price" in hits or "fit" in hits) and size >= TERSE:
        return 0.8
    is_opening = state.lead_count == 0 and state.team_count == 0 and "?" in said.message.text
    if is_opening and said.message.kind in ("text", "ad_reply") and size >= TERSE and not said.laughs:
        return 0.72
    return 0.0


def _answer(said: Said, state: State, size: int) -> tuple[float, str]:
    """A reply to a question about their own situation; terse ones count, mere denying and thanks do not."""
    hits = said.hits
    if size == 0:
        if "agrees" in hits and "denies" not in hits:
            return 0.72, "answer"
        echo = state.turn.options.intersection(said.words.tokens)
        return (0.75, "answer") if echo and "thanks_only" not in hits else (0.0, "")
    if said.is_question and not said.is_first_person:
        return 0.0, ""
    if "denies" in hits and size <= 2 and not said.is_of_self and not said.has_quantity:
        return 0.0, ""
    if said.is_praise or ("put_off" in hits and size <= 4):
        return 0.0, ""
    if said.laughs and size <= TERSE and not said.is_first_person and not said.has_quantity:
        return 0.0, ""
    return 0.85, "answer"


def _statement(said: Said, state: State, size: int, is_answer: bool) -> tuple[float, str]:
    """Words nobody asked for, or an answer to a question that may be small talk."""
    hits = said.hits
    if said.is_praise or not hits.keys().isdisjoint(ASIDE) or ("denies" in hits and size <= 4):
        return 0.0, ""
    if said.is_of_self and size >= 5 and any(not m.is_past and m.kind in ("date", "month") for m in said.moments):
        return 0.75, "timing"
    is_greeting = bool(hits.keys() & {"referred", "heard_from"}) and not said.has_quantity
    is_only_question = said.is_question and not said.is_of_self
    is_asked = "?" in said.message.text
    if said.message.kind == "ad_reply" and size >= TERSE and (said.is_of_self or said.has_quantity or is_asked):
        return 0.72, "statement"
    if is_greeting or is_only_question:
        return 0.0, ""
    if size >= 4 and any(m.kind in ("length", "span") for m in said.moments):
        return 0.75, "experience"
    if is_answer and size >= TERSE and (said.is_of_self or said.has_quantity):
        return 0.75, "experience"
    if is_answer and said.answers == "weak" and size >= 4 and not said.laughs:
        return 0.72, "experience"
    if is_answer and said.has_quantity and size >= 2 and not said.laughs:
        return 0.72, "experience"
    if said.is_of_self and size >= 12 and state.lead_count:
        return 0.72, "experience"
    return 0.0, ""
