"""The bundled model: linear weights on what `features` and `grams` give, trained by training/train.py.

Sums are kept in whole numbers, so a score depends on nothing but the message and those before it: not on the messages
it happens to be scored with, not on the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.judge import features
from ingest.judge.facts import Group, surely
from ingest.judge.features import Turn
from ingest.judge.grams import BUCKETS
from ingest.judge.model_file import PATH
from ingest.judge.readings import Reading
from ingest.judge.sums import Known, Sums, Whole, of_facts, of_groups, of_lead, of_team_text, of_turn
from ingest.judge.words import Words

FORMAT = 2  # of the file: which decisions it holds
PARTS = ("message", "reply", "person")
NOTHING = surely(())

Scores = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear decisions that share their features: the scaled sums of three kinds of features, plus a bias."""

    names: tuple[str, ...]
    words: npt.NDArray[np.int8]  # (BUCKETS, heads)
    facts: npt.NDArray[np.int16]  # (named facts, heads)
    scale: Scores  # (3, heads): of the lead's words, the team's words, the facts
    bias: Scores
    slope: Scores  # calibration: probability = logistic(slope * score + shift)
    shift: Scores
    rows: dict[str, int]  # of the facts by name

    def probability(self, score: Scores) -> Scores:
        """Calibrated, to a thousandth."""
        made: Scores = np.round(1 / (1 + np.exp(-(self.slope * score + self.shift))), 3)
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What the file holds."""

    message: Heads  # judged of every message of a lead
    reply: Heads  # judged of a lead's message once the team has answered
    person: Heads  # judged of the conversation so far
    limits: dict[str, float]  # what probability is enough, by decision


class Memory(NamedTuple):
    """What texts, turns and facts read before add to the decisions of the parts that look at them."""

    lead: Known[Words]  # of all parts, side by side
    turn: Known[Turn]  # of `message`
    reply: Known[Words]  # of `reply`
    team: Known[Words]  # of `person`
    groups: Known[Group]  # of `message` and `reply`


class Batch(NamedTuple):
    """Readings of several conversations one after the other, and what they add to the decisions."""

    threads: Sequence[Sequence[Reading]]
    readings: list[Reading]
    is_lead: npt.NDArray[np.bool_]
    lead: list[Reading]
    own: Sums  # of each of the lead's
    facts: Whole  # of each of the lead's
    answered: Places  # which of the lead's have a reply
    replies: list[Reading]  # these
    replied: list[int]  # how many of them in each conversation
    reply_facts: Whole  # of both, what is true of both once


@cache
def bundled() -> Model:
    """The model that comes with the package, loaded once."""
    return load(PATH)


def load(path: Path) -> Model:
    """Read a model file. Raises ValueError for a file of another format."""
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(bytes(file["about"]).decode())
        if about["format"] != FORMAT or about["buckets"] != BUCKETS:
            raise ValueError(f"{path.name} has format {about['format']}; this version reads format {FORMAT}")
        arrays = {name: file[name] for name in file.files}
    made = {kind: _heads(kind, about[kind], arrays) for kind in PARTS}
    return Model(**made, limits=about["limits"])


def _heads(kind: str, about: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Heads:
    rows = {name: at for at, name in enumerate(about["facts"])}
    words, facts, scale, bias, slope, shift = (
        arrays[f"{kind}_{part}"] for part in ("words", "facts", "scale", "bias", "slope", "shift")
    )
    return Heads(tuple(about["heads"]), words, facts, scale, bias, slope, shift, rows)


class Chances(NamedTuple):
    """Per message number: probability of every head."""

    message: Mapping[int, Mapping[str, float]]
    reply: Mapping[int, Mapping[str, float]]
    person: Mapping[int, Mapping[str, float]]


def chances(model: Model, threads: Sequence[Sequence[Reading]]) -> list[Chances]:
    """What the model makes of several conversations, each as if it were alone."""
    if not any(threads):
        return [Chances({}, {}, {}) for _ in threads]
    memory = _memory(model)
    batch = _batch(memory, threads)
    messages, replies = len(model.message.names), len(model.reply.names)
    whole = slice(0, messages), slice(messages, messages + replies), slice(messages + replies, None)
    parts = (
        _of_messages(model.message, whole[0], memory, batch),
        _of_replies(model.reply, whole[1], memory, batch),
        _of_person(model.person, whole[2], memory, batch),
    )
    return [Chances(*one) for one in zip(*parts, strict=True)]


@lru_cache(maxsize=4)
def _memory(model: Model) -> Memory:
    """What is kept of a model's sums; empty at first."""
    message, reply, person = model.message, model.reply, model.person
    rows = {name: at for at, name in enumerate(dict.fromkeys([*message.rows, *reply.rows]))}
    facts = np.zeros((len(rows), len(message.names) + len(reply.names)), np.int32)
    facts[[rows[name] for name in message.rows], : len(message.names)] = message.facts
    facts[[rows[name] for name in reply.rows], len(message.names) :] = reply.facts
    return Memory(
        of_lead(np.concatenate([message.words, reply.words, person.words], axis=1)),
        of_turn(message.words, "p"),
        of_team_text(reply.words, "r"),
        of_team_text(person.words, "q"),
        of_groups(facts, rows),
    )


def _batch(memory: Memory, threads: Sequence[Sequence[Reading]]) -> Batch:
    readings = list(chain.from_iterable(threads))
    is_lead = np.array([one.is_lead for one in readings], np.bool_)
    lead = [one for one in readings if one.is_lead]
    is_followed = np.ones(len(readings), np.bool_)  # by a reading of the same conversation
    is_followed[np.cumsum([len(thread) for thread in threads if thread]) - 1] = False
    before = np.flatnonzero((is_lead & is_followed)[:-1] & ~is_lead[1:])  # as `features.replied` has it
    answered = (np.cumsum(is_lead) - 1)[before]
    replies = [readings[at] for at in (before + 1).tolist()]
    thread_of = np.repeat(np.arange(len(threads)), [len(thread) for thread in threads])
    replied = np.bincount(thread_of[before], minlength=len(threads)).tolist()
    own = memory.lead.of([one.words for one in lead])
    facts, reply_facts = _fact_sums(memory.groups, lead, answered, replies)
    return Batch(threads, readings, is_lead, lead, own, facts, answered, replies, replied, reply_facts)


def _fact_sums(
    known: Known[Group], lead: Sequence[Reading], answered: Places, replies: Sequence[Reading]
) -> tuple[Whole, Whole]:
    """Sums of the groups of each of the lead's readings, and of these and the reply's together."""
    own, theirs = (list(chain.from_iterable(one.groups for one in side)) for side in (lead, replies))
    rows = known.rows([NOTHING, *own, *theirs])
    places = rows[1 : 1 + len(own)].reshape(len(lead), -1 if lead else 0)
    facts = _total(known.sums, places)
    more = rows[1 + len(own) :].reshape(len(replies), -1 if replies else 0)
    is_in_both = (more[:, :, None] == places[answered][:, None, :]).any(axis=2)
    return facts, facts[answered] + _total(known.sums, np.where(is_in_both, rows[0], more))


def _total(sums: Whole, places: Places) -> Whole:
    """Sum of the rows in each line of places; much quicker column by column than over an axis in the middle."""
    made = np.zeros((len(places), sums.shape[1]), np.int32)
    for column in places.T:
        made += sums.take(column, axis=0)
    return made


def _of_messages(heads: Heads, own: slice, memory: Memory, batch: Batch) -> list[dict[int, dict[str, float]]]:
    """Every message of the lead."""
    told = [features.said(thread) for thread in batch.threads]
    turn = memory.turn.of([one.turn for thread in told for one in thread])
    score = _score(heads, (batch.own[0][:, own], batch.own[1]), turn, batch.facts[:, own])
    return _by_thread(heads, score, batch.lead, [len(thread) for thread in told])


def _of_replies(heads: Heads, own: slice, memory: Memory, batch: Batch) -> list[dict[int, dict[str, float]]]:
    """Every first message of the team after one of the lead."""
    answered = batch.own[0][batch.answered, own], batch.own[1][batch.answered]
    reply = memory.reply.of([one.words for one in batch.replies])
    score = _score(heads, answered, reply, batch.reply_facts[:, own])
    return _by_thread(heads, score, batch.replies, batch.replied)


def _of_person(heads: Heads, own: slice, memory: Memory, batch: Batch) -> list[dict[int, dict[str, float]]]:
    """The conversation up to and with every message of either side."""
    lengths = [len(thread) for thread in batch.threads]
    lead = _spread(batch.is_lead, (batch.own[0][:, own], batch.own[1]))
    team = _spread(~batch.is_lead, memory.team.of([one.words for one in batch.readings if not one.is_lead]))
    changes = [one.changes.items() for thread in batch.threads for one in features.so_far(thread)]
    parts = (*lead, *team, of_facts(heads.facts, heads.rows, changes))
    first, first_count, second, second_count, facts = (_running(part, lengths) for part in parts)
    score = _score(heads, (first, first_count), (second, second_count), facts)
    return _by_thread(heads, score, batch.readings, lengths)


def _spread(where: npt.NDArray[np.bool_], part: Sums) -> Sums:
    """Sums of one side in their places among those of both, the others zero."""
    sums, counts = np.zeros((len(where), part[0].shape[1]), np.int32), np.zeros(len(where), np.int32)
    sums[where], counts[where] = part
    return sums, counts


def _score(heads: Heads, own: Sums, team: Sums, facts: Whole) -> Scores:
    made: Scores = _mean(own) * heads.scale[0] + _mean(team) * heads.scale[1] + facts * heads.scale[2] + heads.bias
    return made


def _mean(part: Sums) -> Scores:
    """Sums by the root of the number of pieces, so that a long message does not count for more than it says."""
    sums, count = part
    made: Scores = sums / np.sqrt(np.maximum(count, 1))[:, None]
    return made


def _running(part: Whole, lengths: Sequence[int]) -> Whole:
    """Sums within each conversation, up to and with each message."""
    total = np.cumsum(part, axis=0, dtype=np.int64)
    filled = [length for length in lengths if length]
    first = np.cumsum([0, *filled])[:-1]
    made: Whole = total - np.repeat(total[first] - part[first], filled, axis=0)
    return made


def _by_thread(
    heads: Heads, score: Scores, readings: Iterable[Reading], lengths: Sequence[int]
) -> list[dict[int, dict[str, float]]]:
    """Probabilities by message number, conversation by conversation."""
    named = (dict(zip(heads.names, row, strict=True)) for row in heads.probability(score).tolist())
    found = zip((one.number for one in readings), named, strict=True)
    return [dict(islice(found, length)) for length in lengths]
