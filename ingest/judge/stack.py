"""Puts the model over the rules: drops what it does not believe, adds what the rules have no phrase for.

The rules' findings are features of the model, so its probability already weighs them; what only rules can know (dates,
links, names, addresses, who speaks) stays as they found it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ingest.judge import choices
from ingest.judge.choices import ENGAGED, LATER, ORIGINS, OTHERS, TELLS, WHAT, Chances, Choice, Heard
from ingest.judge.messages import Conversation, Judgement, Message
from ingest.judge.readings import Reading

WHY = frozenset(["timing", "intent"])
ENGAGES = frozenset(["meaningful", *WHAT])
CLOSES = frozenset([*LATER, "clear_no", "closes_file"])
BY_MODEL = "model-"  # how the name of a judge begins that is the model
WON = frozenset(["confirms_client"])

SURE = 0.7  # what a decision without doubt is at least given: the settings' usual review threshold


class Found(Protocol):
    """What `model.chances` gives for one conversation: probabilities by message number."""

    @property
    def message(self) -> Mapping[int, Chances]:
        """Of every message of the lead."""

    @property
    def reply(self) -> Mapping[int, Chances]:
        """Of every first reply of the team."""

    @property
    def person(self) -> Mapping[int, Chances]:
        """Of the conversation up to every message."""


def combined(
    conversation: Conversation,
    rows: Sequence[Judgement],
    readings: Sequence[Reading],
    found_by: Found,
    limits: Mapping[str, float],
) -> list[Judgement]:
    """The judgements of one conversation after the model has spoken."""
    by_message: dict[str | None, list[Judgement]] = {}
    for row in rows:
        if row.kind == "signal":
            by_message.setdefault(row.message_id, []).append(row)
    reading_of = {r.number: r for r in readings}
    found: list[Judgement] = []
    shown: set[str] = set()
    standing = ""
    last: Heard | None = None
    for at, message in enumerate(conversation.messages):
        own, reading = by_message.get(message.message_id, []), reading_of.get(at)
        if reading and reading.is_lead:
            is_first = last is None
            last = Heard(reading, message, found_by.message[at])
            own = _refined(own, last, limits, shown)
            if is_first:
                own = _with_origin(own, last, limits)
            own += _doubts(own, last, limits, shown)
            shown -= CLOSES  # the last word counts
        elif reading and last and at in found_by.reply:
            own += _understood(message, last, found_by.reply[at], limits, shown)
        shown.update([row.signal for row in own])
        found += own
        verdict = _verdict(found_by.person[at], standing, limits, shown) if reading else None
        if verdict:
            standing, confidence = verdict
            found.append(_row(message, message.at, "excluded", standing, confidence, "exclusion"))
    return found


def _row(
    message: Message, at: int, signal: str, value: str | None, confidence: float, kind: str = "signal"
) -> Judgement:
    """What the model says of a message; its words are the evidence."""
    text = message.text.strip() or None
    return Judgement(message.message_id, at, kind, signal, value, text, f"{BY_MODEL}{signal}", confidence)


def _understood(
    reply: Message, last: Heard, chances: Chances, limits: Mapping[str, float], shown: set[str]
) -> list[Judgement]:
    """A no or a later that shows in how the team takes it: known from the reply on."""
    if shown & CLOSES:
        return []
    if chances["lost"] >= limits["reply.lost"] and chances["lost"] >= chances["nurture"]:
        return [_row(last.message, reply.at, "clear_no", choices.reason(chances), chances["lost"])]
    if chances["nurture"] >= limits["reply.nurture"]:
        later = choices.likeliest(chances, LATER)
        return [_row(last.message, reply.at, later, choices.until(later, last.reading), chances["nurture"])]
    if chances["closes"] >= limits["reply.closes"]:
        return [_row(reply, reply.at, "closes_file", "not_a_fit", chances["closes"])]
    stage = "lost" if chances["lost"] + chances["closes"] >= chances["nurture"] else "nurture"
    chance = max(chances["lost"], chances["closes"], chances["nurture"])
    if chance >= limits[f"unsure.{stage}"]:
        return [_row(last.message, reply.at, "unsure", stage, round(1 - chance, 3))]
    return []


def _doubts(own: Sequence[Judgement], heard: Heard, limits: Mapping[str, float], shown: set[str]) -> list[Judgement]:
    """Which stage the message might enter although nothing was found likely enough: a person should look."""
    chances = heard.chances
    unlikely = limits["unsure.qualified"]
    if (
        chances["what"] < unlikely and chances["timing"] < unlikely and chances["intent"] < unlikely
        and chances["engaged"] < limits["unsure.engaged"] and chances["nurture"] < limits["unsure.nurture"]
        and chances["lost"] < limits["unsure.lost"]
    ):  # fmt: skip
        return []  # so is nearly every message
    so_far = shown | {row.signal for row in own}
    might = {}
    if not so_far & ENGAGES:
        might["engaged"] = chances["engaged"]
    if so_far & WHAT and not so_far & WHY:
        might["qualified"] = max(chances["timing"], chances["intent"])
    elif so_far & WHY and not so_far & WHAT:
        might["qualified"] = chances["what"]
    if not {row.signal for row in own} & CLOSES:
        might |= {stage: chances[stage] for stage in ("nurture", "lost")}
    return [
        _row(heard.message, heard.message.at, "unsure", stage, round(1 - chance, 3))
        for stage, chance in might.items()
        if chance >= limits[f"unsure.{stage}"]
    ]


def _refined(own: Sequence[Judgement], heard: Heard, limits: Mapping[str, float], shown: set[str]) -> list[Judgement]:
    """One lead message: each decision kept, dropped or added."""
    chances, signals = heard.chances, {row.signal for row in own}
    rows, has_what = list(own), False
    if chances["what"] >= limits[TELLS.add] or not WHAT.isdisjoint(signals):
        rows = _decided(rows, signals, TELLS, chances["what"], heard, limits, WHAT.isdisjoint(shown))
        has_what = any(row.signal in WHAT for row in rows)
    engaged = max(chances["engaged"], chances["what"]) if has_what else chances["engaged"]
    rows = _decided(rows, signals, ENGAGED, engaged, heard, limits, "meaningful" not in shown, force=has_what)
    for choice in OTHERS:
        chance = chances[choice.name]
        if chance >= limits[choice.add] or not choice.signals.isdisjoint(signals):
            is_first = choice.is_closing or choice.name not in shown
            rows = _decided(rows, signals, choice, chance, heard, limits, is_first)
    if "objection" in signals:
        rows = [
            r._replace(value=choices.kind(chances)) if r.signal == "objection" and r.value == "other" else r
            for r in rows
        ]
    return _with_risks(rows, chances, limits, heard.message)


def _decided(
    rows: list[Judgement],
    signals: set[str],
    choice: Choice,
    chance: float,
    heard: Heard,
    limits: Mapping[str, float],
    is_first: bool,
    force: bool = False,
) -> list[Judgement]:
    """Keep what the rules found if the model finds it likely enough, else drop it; add what they did not find.

    `signals` are those of the rules. The first time a signal is shown decides a stage: its confidence is the model's.
    Later ones keep the rules'.
    """
    if choice.signals.isdisjoint(signals):
        if force or chance >= limits[choice.add]:
            return [*rows, _row(heard.message, heard.message.at, *choice.found(heard), chance)]
        return rows
    if not force and chance < limits[choice.keep]:
        return [row for row in rows if row.signal not in choice.signals]
    if not is_first:
        return rows
    weight = choice.weight
    return [
        Judgement(*row[:-1], round(weight * row.confidence + (1 - weight) * chance, 3))
        if row.signal in choice.signals
        else row
        for row in rows
    ]


def _with_origin(rows: list[Judgement], heard: Heard, limits: Mapping[str, float]) -> list[Judgement]:
    """Who sent them, or that they come back, in words that the rules do not know."""
    signals = {row.signal for row in rows}
    for choice in ORIGINS:
        rows = _decided(rows, signals, choice, heard.chances[choice.name], heard, limits, is_first=False)
    return rows


def _with_risks(
    rows: list[Judgement], chances: Chances, limits: Mapping[str, float], message: Message
) -> list[Judgement]:
    """What a person must see is never dropped, only added."""
    chance = chances["sensitive"]
    if chance < limits["unsure.sensitive"] or any(row.signal == "sensitive" for row in rows):
        return rows
    signal = "sensitive" if chance >= limits["sensitive.add"] else "maybe_sensitive"
    return [*rows, _row(message, message.at, signal, None, chance)]


def _verdict(chances: Chances, standing: str, limits: Mapping[str, float], shown: set[str]) -> tuple[str, float] | None:
    """A change of mind about who this is: excluded, excluded for another reason, or a prospect after all.

    Who was won in this conversation may ask for support and stays a prospect of it.
    """
    client = 0.0 if shown & WON else chances["client"]
    reason = "current_client_support" if client >= chances["stranger"] else "not_a_prospect"
    chance = max(client, chances["stranger"])
    if standing in ("", "prospect"):
        if chance < limits["excluded.on"]:
            return None
        return reason, _stretched(chance, limits["excluded.on"])
    if chance < limits["excluded.off"]:
        return "prospect", max(SURE, round(1 - chance, 3))
    if reason != standing and chance >= limits["excluded.on"]:
        return reason, _stretched(chance, limits["excluded.on"])
    return None


def _stretched(chance: float, limit: float) -> float:
    """Probability of an exclusion, so that what is just over its limit is as doubtful as a coin."""
    return round(0.5 + 0.5 * (chance - limit) / (1 - limit), 3)
