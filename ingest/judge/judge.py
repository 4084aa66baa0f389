"""Judges conversations: what each message shows, using only that message and earlier ones of its conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ingest.judge import exclusions, roles
from ingest.judge.lead import shown_by_lead
from ingest.judge.messages import Conversation, Judgement, Message, as_judgement
from ingest.judge.model_file import model_version
from ingest.judge.readings import Reading, lead_reading, team_reading
from ingest.judge.rules import Rulebook, knowledge
from ingest.judge.said import Shown, read_lead
from ingest.judge.stack import combined
from ingest.judge.state import SPOKEN, State, begin, note
from ingest.judge.team import read_team, shown_by_team

if TYPE_CHECKING:
    from ingest.judge.model import Model

SETTLES = ("intent", "clear_no", "not_now", "wants_other_offer", "wants_nothing_yet")  # an open offer
SHORT = 3  # tokens of a first message that may be nothing but a trigger


def by_rules(conversation: Conversation, rules: Rulebook) -> tuple[list[Judgement], list[Reading]]:
    """What the rules find in one conversation, message by message, and what the model may read of each."""
    state = begin(conversation, rules)
    rows: list[Judgement] = []
    readings: list[Reading] = []
    for number, message in enumerate(conversation.messages):
        side = _lead if message.is_lead else _team
        rows += side(message, number, state, readings)
        exclusion = exclusions.decided(state)
        if exclusion:
            rows += _rows(message, [exclusion], "exclusion")
    return rows, readings


def judge_conversation(conversation: Conversation, rules: Rulebook) -> list[Judgement]:
    """The judgements of one conversation, message by message."""
    return judge_many([conversation], rules)[0]


def prepare() -> None:
    """Read what judging needs, so that the first conversation does not wait for it."""
    knowledge()
    if model_version():
        from ingest.judge.model import bundled

        bundled()


def judge_many(conversations: Sequence[Conversation], rules: Rulebook) -> list[list[Judgement]]:
    """The judgements of each conversation: the rules', and over them the bundled model's where there is one."""
    read = [(one, *by_rules(one, rules)) for one in conversations]
    if not model_version():
        return [rows for _, rows, _ in read]
    from ingest.judge.model import bundled

    return with_model(read, bundled())


def with_model(
    read: Sequence[tuple[Conversation, list[Judgement], list[Reading]]], model: Model
) -> list[list[Judgement]]:
    """The model's word over the rules' findings in several conversations, scored together."""
    from ingest.judge.model import chances

    scored = zip(read, chances(model, [readings for _, _, readings in read]), strict=True)
    return [combined(one, rows, readings, found, model.limits) for (one, rows, readings), found in scored]


def _rows(message: Message, shown: Iterable[Shown], kind: str = "signal") -> list[Judgement]:
    about = message.message_id, message.at, kind
    return [as_judgement(about + one) for one in shown]


def _lead(message: Message, number: int, state: State, readings: list[Reading]) -> list[Judgement]:
    if message.kind == "system":
        return []
    said = read_lead(message, state)
    shown = shown_by_lead(said, state)
    is_spoken = bool(said.words.tokens) and message.kind in SPOKEN
    if is_spoken:
        exclusions.weigh_lead(said, state)
    reading = lead_reading(number, said, shown, state)
    if reading:
        readings.append(reading)
    signals = {s.signal for s in shown}
    if is_spoken:
        _address(said.text.called, state)
        if "trigger" not in signals:
            state.lead_words.append(said.words)
    note(state, [s[:2] for s in shown])
    if message.kind not in ("reaction", "unsent"):
        state.last_lead = message
        state.last_lead_is_short = len(said.words.tokens) <= SHORT
        state.lead_count += 1
        state.turn.is_over = True
        if not signals.isdisjoint(SETTLES):
            state.open_offer = False
    return _rows(message, shown)


def _address(called: Iterable[tuple[str, str]], state: State) -> None:
    """A lead who calls the team by name tells who is speaking, until somebody introduces themself."""
    speaker = roles.addressed(called, state.rules.people)
    if speaker is None:
        return
    if state.speaker is None or state.speaker.why in ("addressed", "third_person", "speed"):
        state.speaker = speaker


def _team(message: Message, number: int, state: State, readings: list[Reading]) -> list[Judgement]:
    if message.kind == "system":
        return []
    said = read_team(message.text, state.rules)
    shown = shown_by_team(message, said, state)
    readings.append(team_reading(number, said.whole, shown, state))
    rows = _rows(message, shown)
    first = state.last_lead
    if shown[0].value == "automation" and first and state.lead_count == 1 and not state.has("trigger", "meaningful"):
        typed = first.text.strip()
        if typed:  # the one first word that an automation answers at once
            told = Judgement(
                first.message_id, message.at, "signal", "trigger", typed, typed, "structure-automation", 0.85
            )
            rows.append(told)
            note(state, [("trigger", None)])
    note(state, [s[:2] for s in shown])
    if message.text:
        state.last_team_text = message.text
        state.told_before = len(state.lead_words)
        state.asked_at = message.at
    state.team_count += 1
    return rows
