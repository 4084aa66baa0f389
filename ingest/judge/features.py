"""What the model's scores are made of: the words of a message, of the turn before it, of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ingest.judge.facts import SURELY, Fact, Group
from ingest.judge.readings import Reading
from ingest.judge.words import REMEMBERED

LAST_WORDS = 60  # of what the team said before
LASTING = ("rule:", "hit:", "by:", "t:", "topic:")  # facts of a message that stay true of the person
OF_NOW = ("client=", "stranger=")  # facts of which the last one counts
OF_OPENING = ("size=", "kind=", "person=", "mark", "answers=", "teams=")
MOST_COUNTED = 4

Facts = dict[str, int]  # name -> hundredths


class Said(NamedTuple):
    """A lead's message with the words of the team's turn that it answers."""

    reading: Reading
    before: tuple[str, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Its facts."""
        return self.reading.groups

    @property
    def facts(self) -> Facts:
        """The same by name."""
        return dict(self.reading.facts)


class Replied(NamedTuple):
    """The team's first message after the lead's: how the lead's words are taken tells how they were meant."""

    reply: Reading
    answered: Reading

    @property
    def groups(self) -> tuple[Group, ...]:
        """Facts of both, what is true of both once."""
        return tuple(dict.fromkeys(self.answered.groups + self.reply.groups))

    @property
    def facts(self) -> Facts:
        """The same by name."""
        return dict(self.answered.facts) | dict(self.reply.facts)


class SoFar(NamedTuple):
    """One message of either side, and what facts changed with it about the conversation so far."""

    reading: Reading
    changes: Facts  # name -> what is added to the fact


def said(readings: Iterable[Reading]) -> list[Said]:
    """Every message of the lead, in order."""
    made = []
    turn: list[str] = []
    is_answered = True
    for reading in readings:
        if reading.is_lead:
            before = () if is_answered else tuple(sorted(set(turn[-LAST_WORDS:])))
            made.append(Said(reading, before))
            is_answered = True
        else:
            turn = [*([] if is_answered else turn), *reading.tokens]
            is_answered = False
    return made


def replied(readings: Iterable[Reading]) -> list[Replied]:
    """Every first team message after a lead's."""
    return [Replied(after, before) for before, after in pairwise(readings) if before.is_lead and not after.is_lead]


def so_far(readings: Iterable[Reading]) -> list[SoFar]:
    """Every message with the facts of the person that it changes."""
    known: Facts = {}
    now: dict[str, str] = {}  # of facts of which the last one counts: beginning -> name
    made = []
    heard = 0
    for reading in readings:
        changes: Facts = {}
        for one in reading.groups:
            lasting, current = _of_person(one)
            for name, value in lasting:
                if value > known.get(name, 0):
                    changes[name] = value - known.get(name, 0)
            for begin, name in current:
                _replace(now, begin, name, changes)
        if reading.is_lead:
            heard += 1
            _replace(now, "heard=", f"heard={min(heard, MOST_COUNTED)}", changes)
            if heard == 1:
                changes |= {f"first:{n}": v for n, v in reading.facts if n.startswith(OF_OPENING)}
        for name, by in changes.items():
            known[name] = known.get(name, 0) + by
        made.append(SoFar(reading, changes))
    return made


@lru_cache(maxsize=4 * REMEMBERED)
def _of_person(one: Group) -> tuple[tuple[Fact, ...], tuple[tuple[str, str], ...]]:
    """Facts of a group that stay true, as they are called then; how those begin of which the last counts, and they."""
    lasting = tuple((f"so far:{name}", value) for name, value in one.facts if name.startswith(LASTING))
    return lasting, tuple((begin, name) for name, _ in one.facts for begin in OF_NOW if name.startswith(begin))


def _replace(now: dict[str, str], begin: str, name: str, changes: Facts) -> None:
    """The new fact in the place of the old one."""
    old = now.get(begin)
    if old == name:
        return
    if old:
        changes[old] = -SURELY
    changes[name] = SURELY
    now[begin] = name
