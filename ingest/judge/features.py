"""What the model's scores are made of: the words of a message, of the turn before it, of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from ingest.judge.facts import SURELY, Fact, Group
from ingest.judge.readings import Reading
from ingest.judge.words import REMEMBERED, Words

LAST_WORDS = 60  # of what the team said before
OF_OPENING = ("size=", "kind=", "person=", "mark", "answers=", "teams=")
MOST_COUNTED = 4

Facts = dict[str, int]  # name -> hundredths
Turn = tuple[Words, ...]  # messages of the team that a lead's message answers


class Said(NamedTuple):
    """A lead's message with the team's turn that it answers."""

    reading: Reading
    turn: Turn

    @property
    def before(self) -> tuple[str, ...]:
        """The words of the turn."""
        return tuple(sorted(last_words(self.turn)))

    @property
    def facts(self) -> Facts:
        """Its facts by name."""
        return dict(self.reading.facts)


class Replied(NamedTuple):
    """The team's first message after the lead's: how the lead's words are taken tells how they were meant."""

    reply: Reading
    answered: Reading

    @property
    def facts(self) -> Facts:
        """Facts of both by name, what is true of both once."""
        return dict(self.answered.facts) | dict(self.reply.facts)


class SoFar(NamedTuple):
    """One message of either side, and what facts changed with it about the conversation so far."""

    reading: Reading
    changes: Facts  # name -> what is added to the fact


def last_words(turn: Turn) -> frozenset[str]:
    """The last words of a turn, each once."""
    tokens = turn[-1].tokens if turn else ()
    for words in turn[-2::-1]:
        if len(tokens) >= LAST_WORDS:
            break
        tokens = words.tokens + tokens
    return frozenset(tokens[-LAST_WORDS:])


def said(readings: Iterable[Reading]) -> list[Said]:
    """Every message of the lead, in order."""
    made = []
    turn: Turn = ()
    for reading in readings:
        if reading.is_lead:
            made.append(Said(reading, turn))
            turn = ()
        else:
            turn = (*turn, reading.words)
    return made


def replied(readings: Iterable[Reading]) -> list[Replied]:
    """Every first team message after a lead's."""
    return [Replied(after, before) for before, after in pairwise(readings) if before.is_lead and not after.is_lead]


def so_far(readings: Iterable[Reading]) -> list[SoFar]:
    """Every message with the facts of the person that it changes."""
    known: Facts = {}
    told: set[Group] = set()  # groups that have nothing to add
    now: dict[str, Group] = {}  # of facts of which the last one counts: beginning -> what tells it
    made = []
    heard = 0
    for reading in readings:
        changes: Facts = {}
        for one in reading.telling:
            if one in told:
                continue
            told.add(one)
            for name, value in one.lasting:
                if value > (before := known.get(name, 0)):
                    changes[name] = value - before
            if one.current:
                _replace(now, told, one, changes)
        if reading.is_lead and heard < MOST_COUNTED:
            heard += 1
            changes |= {f"heard={heard - 1}": -SURELY, f"heard={heard}": SURELY} if heard > 1 else _of_first(reading)
        for name, by in changes.items():
            known[name] = known.get(name, 0) + by
        made.append(SoFar(reading, changes))
    return made


def _of_first(reading: Reading) -> Facts:
    """What the lead's first message tells of the person."""
    return {"heard=1": SURELY, **dict(chain.from_iterable(map(_of_opening, reading.groups)))}


@lru_cache(maxsize=REMEMBERED)
def _of_opening(one: Group) -> tuple[Fact, ...]:
    return tuple((f"first:{name}", value) for name, value in one.facts if name.startswith(OF_OPENING))


def _replace(now: dict[str, Group], told: set[Group], new: Group, changes: Facts) -> None:
    """The facts of a group in the place of those that were told before in their stead."""
    for begin, name in new.current:
        old = now.get(begin)
        if old:
            told.discard(old)
            changes |= {before: -SURELY for start, before in old.current if start == begin}
        changes[name] = SURELY
        now[begin] = new
