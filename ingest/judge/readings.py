"""What a message looks like to the model: its words, its structure and what the rules made of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from ingest.judge import values
from ingest.judge.said import VALUED, Said, Shown
from ingest.judge.state import State
from ingest.judge.words import REMEMBERED

SIZES = (0, 1, 2, 3, 5, 8, 12, 20, 40)
HOURS = (1 / 6, 1, 24, 24 * 7, 24 * 21)
HOUR = 3600 * 1_000_000  # microseconds
COUNTS = (0, 1, 2, 3, 5, 8)
SCORES = (0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5)
CLIENT, STRANGER = (
    tuple((f"{name}={step}", 1.0) for step in range(len(SCORES) + 1)) for name in ("client", "stranger")
)
OF_TURN = frozenset(
    [
        "automation", "booking_link", "freebie_link", "payment_link", "other_link", "proposes_time", "promise",
        "reminder", "confirms_client", "says_no_show", "closes_file", "proposes_coaching", "offers_freebie",
        "diagnoses", "feedback_question", "logistics", "client_words", "declines_pitch",
    ]
)  # fmt: skip
FLAGS = tuple(
    (name, 1.0)
    for name in (
        "asked", "mark", "end", "quantity", "laughs", "open_offer", "when", "age", "since", "context", "many",
        "prompted", "echo", "excluded",
    )
)  # fmt: skip
NO_READING = ("reaction", "unheard")


Fact = tuple[str, float]


class Reading(NamedTuple):
    """One message as the model sees it; nothing in it depends on a later message."""

    number: int  # which message of the conversation
    is_lead: bool
    tokens: tuple[str, ...]
    facts: tuple[Fact, ...]  # named features: structure, and what the rules found here and before
    until: str | None = None  # the day or the event that is still ahead, as far as the words tell


def team_reading(number: int, tokens: tuple[str, ...], shown: Iterable[Shown], state: State) -> Reading:
    """A team message: its words, the signals it carries, and who the other side seems to be by now."""
    found = {f"t:{s.signal}" for s in shown} | {f"t:question={s.value}" for s in shown if s.signal == "question"}
    facts = [(name, 1.0) for name in sorted(found - {"t:speaker"})]
    return Reading(number, False, tokens, (*facts, *_who(state)))


def lead_reading(number: int, said: Said, shown: list[Shown], state: State) -> Reading | None:
    """A lead's message, before the state remembers it; None where it has no words to be read."""
    if not said.words.tokens or any(s.signal in NO_READING for s in shown):
        return None
    until = values.when(said.moments) or said.text.awaited
    return Reading(number, True, said.words.tokens, tuple(_facts(said, shown, state)), until)


def _facts(said: Said, shown: list[Shown], state: State) -> list[Fact]:
    size, length = _step(len(said.content), SIZES), _step(len(said.words.tokens), SIZES)
    first = "self" if said.is_of_self else "me" if said.is_first_person else "none"
    answers, hits = said.answers, said.hits
    facts = _structure(said, state)
    facts += _form(size, length, first, said.message.kind, answers, said.is_question)
    facts += said.text.facts
    for signal in ("agrees", "denies", "thanks_only", "put_off"):
        if signal in hits:
            facts += (_fact(f"{signal}&answers={answers}"), _fact(f"{signal}&size={size}"))
    for one in shown:
        facts.append((f"rule:{one.signal}", one.confidence))
        if one.signal in VALUED and one.value:
            facts.append((f"rule:{one.signal}:{one.value}", one.confidence))
        if one.judge.startswith("structure-"):
            facts.append(_fact(f"by:{one.signal}:{one.judge}"))
    for moment in said.moments:
        facts.append(_fact(f"moment:{moment.kind}:{'past' if moment.is_past else 'ahead'}"))
    return facts


def _structure(said: Said, state: State) -> list[Fact]:
    turn, message = state.turn, said.message
    flags = (
        said.is_question, "?" in message.text, said.text.ends_asking, said.has_quantity, said.laughs, state.open_offer,
        turn.asks_when, turn.asks_age, turn.asks_since, bool(message.context), said.text.is_long, not turn.is_over,
        not turn.options.isdisjoint(said.content), state.is_excluded,
    )  # fmt: skip
    facts = [*compress(FLAGS, flags), *state.seen_facts, *_who(state)]
    hours = _step((message.at - state.asked_at) / HOUR, HOURS) if state.asked_at else -1
    facts += _place(turn.question, _step(state.lead_count, COUNTS), _step(state.team_count, COUNTS), hours)
    if not OF_TURN.isdisjoint(turn.signals):
        facts += [_fact(f"turn:{s}") for s in turn.signals & OF_TURN]
    return facts


def _fact(name: str) -> Fact:
    return name, 1.0


@lru_cache(maxsize=REMEMBERED)
def _form(size: int, length: int, first: str, kind: str, answers: str, is_question: bool) -> tuple[Fact, ...]:
    """How long a message is, whom it is about, what it answers, and each two of these together."""
    names = (
        f"size={size}", f"length={length}", f"person={first}", f"kind={kind}", f"answers={answers}",
        f"answers={answers}&size={size}", f"person={first}&size={size}", f"kind={kind}&size={size}",
        f"question={int(is_question)}&answers={answers}",
    )  # fmt: skip
    return tuple(map(_fact, names))


@lru_cache(maxsize=REMEMBERED)
def _place(question: str, leads: int, teams: int, hours: int) -> tuple[Fact, ...]:
    """Where in the conversation a message stands; hours below zero: the team has not written yet."""
    names = (f"turn={question}", f"leads={leads}", f"teams={teams}", *([f"hours={hours}"] if hours >= 0 else []))
    return tuple(map(_fact, names))


def _who(state: State) -> tuple[Fact, Fact]:
    client, stranger = _step(state.client_score, SCORES), _step(state.stranger_score, SCORES)
    return CLIENT[client], STRANGER[stranger]


def _step(value: float, steps: tuple[float, ...]) -> int:
    """Which of the steps a number has passed."""
    return bisect_right(steps, value)
