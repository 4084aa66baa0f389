"""What the model's scores are made of: the words of a message, of the turn before it, of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ingest.judge.readings import Reading

LAST_WORDS = 60  # of what the team said before
GRAIN = 100  # facts are counted in hundredths
LASTING = ("rule:", "hit:", "by:", "t:")  # facts of a message that stay true of the person
OF_NOW = ("client=", "stranger=")  # facts of which the last one counts
OF_OPENING = ("size=", "kind=", "person=", "mark", "answers=", "teams=")
MOST_COUNTED = 4

Facts = dict[str, int]  # name -> hundredths


class Told(NamedTuple):
    """A message with its facts, each counted once."""

    reading: Reading
    facts: Facts


class Said(NamedTuple):
    """A lead's message with the words of the team's turn that it answers."""

    reading: Reading
    before: tuple[str, ...]
    facts: Facts


class Replied(NamedTuple):
    """The team's first message after the lead's: how the lead's words are taken tells how they were meant."""

    reply: Reading
    answered: Reading
    facts: Facts


class SoFar(NamedTuple):
    """One message of either side, and what facts changed with it about the conversation so far."""

    reading: Reading
    changes: Facts  # name -> what is added to the fact


def told(readings: Iterable[Reading]) -> list[Told]:
    """Every message, its facts in hundredths."""
    return [Told(reading, strongest(reading.facts)) for reading in readings]


def strongest(facts: Iterable[tuple[str, float]]) -> Facts:
    """Facts by name, the surest where one was found twice."""
    found: Facts = {}
    for name, value in facts:
        counted = GRAIN if value == 1.0 else round(value * GRAIN)
        if counted > found.get(name, 0):
            found[name] = counted
    return found


def said(thread: Sequence[Told]) -> list[Said]:
    """Every message of the lead, in order."""
    made = []
    turn: list[str] = []
    is_answered = True
    for reading, facts in thread:
        if reading.is_lead:
            before = () if is_answered else tuple(sorted(set(turn[-LAST_WORDS:])))
            made.append(Said(reading, before, facts))
            is_answered = True
        else:
            turn = [*([] if is_answered else turn), *reading.tokens]
            is_answered = False
    return made


def replied(thread: Sequence[Told]) -> list[Replied]:
    """Every first team message after a lead's."""
    return [
        Replied(after.reading, before.reading, before.facts | after.facts)
        for before, after in pairwise(thread)
        if before.reading.is_lead and not after.reading.is_lead
    ]


def so_far(thread: Sequence[Told]) -> list[SoFar]:
    """Every message with the facts of the person that it changes."""
    known: Facts = {}
    now: dict[str, str] = {}  # of facts of which the last one counts: beginning -> name
    made = []
    heard = 0
    for reading, facts in thread:
        changes: Facts = {}
        for name, value in facts.items():
            lasting, current = _of_person(name)
            if lasting and value > known.get(lasting, 0):
                changes[lasting] = value - known.get(lasting, 0)
            elif current:
                _replace(now, current, name, changes)
        if reading.is_lead:
            heard += 1
            _replace(now, "heard=", f"heard={min(heard, MOST_COUNTED)}", changes)
            if heard == 1:
                changes |= {f"first:{n}": v for n, v in facts.items() if n.startswith(OF_OPENING)}
        for name, by in changes.items():
            known[name] = known.get(name, 0) + by
        made.append(SoFar(reading, changes))
    return made


@cache
def _of_person(name: str) -> tuple[str, str]:
    """What a fact of a message is called where it stays true; and how it begins where only the last one counts."""
    lasting = f"so far:{name}" if name.startswith(LASTING) else ""
    return lasting, next((begin for begin in OF_NOW if name.startswith(begin)), "")


def _replace(now: dict[str, str], begin: str, name: str, changes: Facts) -> None:
    """The new fact in the place of the old one."""
    old = now.get(begin)
    if old == name:
        return
    if old:
        changes[old] = -GRAIN
    changes[name] = GRAIN
    now[begin] = name
