"""What the model's scores are made of: the words of a message, of the turn before it, of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.judge.readings import Reading

LAST_WORDS = 60  # of what the team said before
GRAIN = 100  # facts are counted in hundredths
LASTING = ("rule:", "hit:", "by:")  # facts of a message that stay true of the person
OF_NOW = ("client=", "stranger=")
OF_OPENING = ("size=", "kind=", "person=", "mark", "answers=", "teams=")
MOST_COUNTED = 4

Facts = dict[str, int]  # name -> hundredths


class Said(NamedTuple):
    """A lead's message with the words of the team's turn that it answers."""

    reading: Reading
    before: tuple[str, ...]
    facts: Facts


class Replied(NamedTuple):
    """The team's first message after the lead's, with the lead's last words: what was meant shows in how it is taken."""

    reply: Reading
    answered: Reading
    facts: Facts


class SoFar(NamedTuple):
    """One message of either side, and what facts changed with it about the conversation so far."""

    reading: Reading
    changes: Facts  # name -> what is added to the fact


def said(readings: Sequence[Reading]) -> list[Said]:
    """Every message of the lead, in order."""
    made = []
    turn: list[str] = []
    is_answered = True
    for reading in readings:
        if reading.is_lead:
            before = () if is_answered else tuple(sorted(set(turn[-LAST_WORDS:])))
            made.append(Said(reading, before, strongest(reading.facts)))
            is_answered = True
        else:
            turn = [*([] if is_answered else turn), *reading.tokens]
            is_answered = False
    return made


def replied(readings: Sequence[Reading]) -> list[Replied]:
    """Every first team message after a lead's."""
    return [
        Replied(reading, before, strongest((*before.facts, *reading.facts)))
        for before, reading in zip(readings, readings[1:], strict=False)
        if before.is_lead and not reading.is_lead
    ]


def strongest(facts: Iterable[tuple[str, float]]) -> Facts:
    """Facts by name, the surest where one was found twice."""
    found: Facts = {}
    for name, value in facts:
        found[name] = max(round(value * GRAIN), found.get(name, 0))
    return found


def so_far(readings: Sequence[Reading]) -> list[SoFar]:
    """Every message with the facts of the person that it changes."""
    known: Facts = {}
    made = []
    heard = 0
    for reading in readings:
        wanted = {f"so far:{n}": v for n, v in strongest(reading.facts).items() if n.startswith((*LASTING, "t:"))}
        if reading.is_lead:
            heard += 1
            wanted |= {n: round(v * GRAIN) for n, v in reading.facts if n.startswith(OF_NOW)}
            wanted[f"heard={min(heard, MOST_COUNTED)}"] = GRAIN
            if heard == 1:
                wanted |= {f"first:{n}": round(v * GRAIN) for n, v in reading.facts if n.startswith(OF_OPENING)}
        changes = _changes(known, wanted, reading.is_lead)
        for name, by in changes.items():
            known[name] = known.get(name, 0) + by
        made.append(SoFar(reading, changes))
    return made


def _changes(known: Facts, wanted: Facts, is_lead: bool) -> Facts:
    changes = {n: v - known.get(n, 0) for n, v in wanted.items() if v > known.get(n, 0)}
    if is_lead:  # where the scores stand now, and how many messages were heard, replaces what was
        gone = [n for n, v in known.items() if v and n not in wanted and n.startswith((*OF_NOW, "heard="))]
        changes |= {n: -known[n] for n in gone}
    return changes
