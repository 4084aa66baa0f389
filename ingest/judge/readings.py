"""What a message looks like to the model: its words, its structure and what the rules made of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.judge import values
from ingest.judge.said import Said, Shown
from ingest.judge.state import State

SIZES = (0, 1, 2, 3, 5, 8, 12, 20, 40)
HOURS = (1 / 6, 1, 24, 24 * 7, 24 * 21)
HOUR = 3600 * 1_000_000  # microseconds
COUNTS = (0, 1, 2, 3, 5, 8)
SCORES = (0.2, 0.5, 1.0, 1.5, 2.5)
VALUED = frozenset(["objection", "sensitive", "red_flag", "clear_no"])
OF_TURN = frozenset(
    [
        "automation", "booking_link", "freebie_link", "payment_link", "other_link", "proposes_time", "promise",
        "reminder", "confirms_client", "says_no_show", "closes_file", "proposes_coaching", "offers_freebie",
        "diagnoses", "feedback_question", "logistics", "client_words", "declines_pitch",
    ]
)  # fmt: skip
NO_READING = ("reaction", "unheard")


class Reading(NamedTuple):
    """One message as the model sees it; nothing in it depends on a later message."""

    number: int  # which message of the conversation
    is_lead: bool
    tokens: tuple[str, ...]
    facts: tuple[tuple[str, float], ...]  # named features: structure, and what the rules found here and before
    until: str | None = None  # the day or the event that is still ahead, as far as the words tell


def team_reading(number: int, tokens: tuple[str, ...], signals: Iterable[str]) -> Reading:
    """A team message: its words, and the signals it carries."""
    return Reading(number, False, tokens, tuple((f"t:{s}", 1.0) for s in sorted(set(signals))))


def lead_reading(number: int, said: Said, shown: list[Shown], state: State) -> Reading | None:
    """A lead's message, before the state remembers it; None where it has no words to be read."""
    if not said.words.tokens or any(s.signal in NO_READING for s in shown):
        return None
    until = values.when(said.moments) or values.awaited(said.words)
    return Reading(number, True, said.words.tokens, tuple(_facts(said, shown, state)), until)


def _facts(said: Said, shown: list[Shown], state: State) -> Iterator[tuple[str, float]]:
    size, length = _step(len(said.content), SIZES), _step(len(said.words.tokens), SIZES)
    first = "self" if said.is_of_self else "me" if said.is_first_person else "none"
    answers = said.answers
    yield from ((name, 1.0) for name in _structure(said, state, size, length, first))
    yield f"answers={answers}&size={size}", 1.0
    yield f"person={first}&size={size}", 1.0
    yield f"kind={said.message.kind}&size={size}", 1.0
    yield f"question={int(said.is_question)}&answers={answers}", 1.0
    for hit in said.kinds:
        yield f"hit:{hit.signal}", hit.confidence
        if hit.signal in VALUED and hit.value:
            yield f"hit:{hit.signal}:{hit.value}", 1.0
    for signal in ("agrees", "denies", "thanks_only", "put_off"):
        if signal in said.hits:
            yield f"{signal}&answers={answers}", 1.0
            yield f"{signal}&size={size}", 1.0
    for one in shown:
        yield f"rule:{one.signal}", one.confidence
        if one.signal in VALUED and one.value:
            yield f"rule:{one.signal}:{one.value}", one.confidence
        if one.judge.startswith("structure-"):
            yield f"by:{one.signal}:{one.judge}", 1.0
    for moment in said.moments:
        yield f"moment:{moment.kind}:{'past' if moment.is_past else 'ahead'}", 1.0


def _structure(said: Said, state: State, size: int, length: int, first: str) -> Iterator[str]:
    turn, message = state.turn, said.message
    yield f"size={size}"
    yield f"length={length}"
    yield f"person={first}"
    yield f"kind={message.kind}"
    yield f"answers={said.answers}"
    yield f"turn={turn.question}"
    yield f"leads={_step(state.lead_count, COUNTS)}"
    yield f"teams={_step(state.team_count, COUNTS)}"
    if state.asked_at:
        yield f"hours={_step((message.at - state.asked_at) / HOUR, HOURS)}"
    flags = {
        "asked": said.is_question, "mark": "?" in message.text, "end": message.text.rstrip().endswith("?"),
        "quantity": said.has_quantity, "laughs": said.laughs, "open_offer": state.open_offer,
        "when": turn.asks_when, "age": turn.asks_age, "since": turn.asks_since, "context": bool(message.context),
        "many": message.text.count(".") + message.text.count("\n") > 2, "prompted": not turn.is_over,
        "echo": not turn.options.isdisjoint(said.content), "excluded": state.is_excluded,
    }  # fmt: skip
    yield from (name for name, is_so in flags.items() if is_so)
    yield from (f"turn:{s}" for s in sorted(turn.signals & OF_TURN))
    yield from (f"seen:{s}" for s in sorted(state.seen) if ":" not in s)
    yield f"client={_step(state.client_score, SCORES)}"
    yield f"stranger={_step(state.stranger_score, SCORES)}"


def _step(value: float, steps: tuple[float, ...]) -> int:
    """Which of the steps a number has passed."""
    return bisect_right(steps, value)
