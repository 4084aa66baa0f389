"""The bundled model: linear weights on what `features` and `grams` give, trained by training/train.py.

Sums are kept in whole numbers, so a score depends on nothing but the message and those before it: not on the messages
it happens to be scored with, not on the machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ingest.judge import features
from ingest.judge.facts import Group
from ingest.judge.grams import BUCKETS, of_pairs, of_team, of_token
from ingest.judge.model_file import PATH
from ingest.judge.readings import Reading
from ingest.judge.words import REMEMBERED

FORMAT = 2  # of the file: which decisions it holds
UNKNOWN = -1  # row of a fact that the model has no weight for
MOST_KNOWN = 4 * REMEMBERED  # messages and turns whose sums are kept
PARTS = ("message", "reply", "person")

Whole = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Tokens = tuple[str, ...]
T = TypeVar("T")


@dataclass(slots=True)
class Known(Generic[T]):
    """What messages, or groups of facts, read before add to every head; grows as more are read."""

    places: dict[T, int] = field(default_factory=dict)  # row in the two arrays
    sums: Whole = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # (messages, heads)
    counts: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # number of pieces

    def grow(self, size: int, heads: int) -> None:
        """Make room for so many messages."""
        sums, counts = self.sums, self.counts
        self.sums, self.counts = np.zeros((size, heads), np.int64), np.zeros(size, np.int64)
        self.sums[: len(sums)], self.counts[: len(counts)] = sums if len(sums) else 0, counts


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
    lead_words: dict[str, tuple[Whole, int]] = field(default_factory=dict)  # word -> what it adds, number of its pieces
    team_words: dict[str, int] = field(default_factory=dict)  # word -> its bucket
    lead: Known[Tokens] = field(default_factory=Known)
    team: Known[Tokens] = field(default_factory=Known)
    groups: Known[Group] = field(default_factory=Known)

    def probability(self, score: Scores) -> Scores:
        """Calibrated, to a thousandth."""
        made: Scores = np.round(1 / (1 + np.exp(-(self.slope * score + self.shift))), 3)
        return made


@dataclass(frozen=True, slots=True)
class Model:
    """What the file holds."""

    message: Heads  # judged of every message of a lead
    reply: Heads  # judged of a lead's message once the team has answered
    person: Heads  # judged of the conversation so far
    limits: dict[str, float]  # what probability is enough, by decision


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
    parts = (of_messages(model.message, threads), of_replies(model.reply, threads), of_person(model.person, threads))
    return [Chances(*one) for one in zip(*parts, strict=True)]


def of_messages(heads: Heads, threads: Sequence[Sequence[Reading]]) -> list[dict[int, dict[str, float]]]:
    """Every message of the lead."""
    told = [features.said(thread) for thread in threads]
    flat = [one for thread in told for one in thread]
    own = _lead_words(heads, [one.reading.tokens for one in flat])
    before = _team_words(heads, [one.before for one in flat], "p")
    score = _score(heads, own, before, _groups(heads, [one.groups for one in flat]))
    return _by_thread(heads, score, [[one.reading.number for one in thread] for thread in told])


def of_replies(heads: Heads, threads: Sequence[Sequence[Reading]]) -> list[dict[int, dict[str, float]]]:
    """Every first message of the team after one of the lead."""
    told = [features.replied(thread) for thread in threads]
    flat = [one for thread in told for one in thread]
    own = _lead_words(heads, [one.answered.tokens for one in flat])
    reply = _team_words(heads, [one.reply.tokens for one in flat], "r")
    score = _score(heads, own, reply, _groups(heads, [one.groups for one in flat]))
    return _by_thread(heads, score, [[one.reply.number for one in thread] for thread in told])


def of_person(heads: Heads, threads: Sequence[Sequence[Reading]]) -> list[dict[int, dict[str, float]]]:
    """The conversation up to and with every message of either side."""
    told = [features.so_far(thread) for thread in threads]
    flat = [one for thread in told for one in thread]
    own = _lead_words(heads, [one.reading.tokens if one.reading.is_lead else () for one in flat])
    team = _team_words(heads, [() if one.reading.is_lead else one.reading.tokens for one in flat], "q")
    facts = _facts(heads, [one.changes for one in flat])
    lengths = [len(thread) for thread in told if thread]
    first, second, third = (tuple(_running(part, lengths) for part in parts) for parts in (own, team, (facts,)))
    score = _score(heads, (first[0], first[1]), (second[0], second[1]), third[0])
    return _by_thread(heads, score, [[one.reading.number for one in thread] for thread in told])


def _score(heads: Heads, own: tuple[Whole, Whole], team: tuple[Whole, Whole], facts: Whole) -> Scores:
    made: Scores = _mean(own) * heads.scale[0] + _mean(team) * heads.scale[1] + facts * heads.scale[2] + heads.bias
    return made


def _by_thread(heads: Heads, score: Scores, numbers: Sequence[Sequence[int]]) -> list[dict[int, dict[str, float]]]:
    rows = iter(heads.probability(score).tolist())
    return [{n: dict(zip(heads.names, next(rows), strict=True)) for n in thread} for thread in numbers]


def _running(part: Whole, lengths: Sequence[int]) -> Whole:
    """Sums within each conversation, up to and with each message."""
    if not lengths:
        return part
    total = np.cumsum(part, axis=0)
    first = np.cumsum([0, *lengths])[:-1]
    made: Whole = total - np.repeat(total[first] - part[first], lengths, axis=0)
    return made


def _mean(part: tuple[Whole, Whole]) -> Scores:
    """Sums by the root of the number of pieces, so that a long message does not count for more than it says."""
    sums, count = part
    made: Scores = sums / np.sqrt(np.maximum(count, 1))[:, None]
    return made


def _lead_words(heads: Heads, messages: Sequence[tuple[str, ...]]) -> tuple[Whole, Whole]:
    """Sum of the weights of each message's pieces, and their number."""
    return _remembered(heads, heads.lead, messages, _new_lead_words)


def _team_words(heads: Heads, messages: Sequence[tuple[str, ...]], side: str) -> tuple[Whole, Whole]:
    """The same for words of the team, each as a whole."""
    return _remembered(heads, heads.team, messages, lambda heads, new: _new_team_words(heads, new, side))


def _remembered(
    heads: Heads,
    known: Known[T],
    messages: Sequence[T],
    read: Callable[[Heads, Sequence[T]], tuple[Whole, Sequence[int]]],
) -> tuple[Whole, Whole]:
    """Sums and numbers of messages (or groups of facts); those that come again ("thank you") are read once."""
    if len(known.places) > MOST_KNOWN:
        known.places.clear()
    places = known.places
    new = [tokens for tokens in dict.fromkeys(messages) if tokens not in places]
    if new:
        first, end = len(places), len(places) + len(new)
        if end > len(known.sums):
            known.grow(2 * end, len(heads.names))
        known.sums[first:end], known.counts[first:end] = read(heads, new)
        places.update(zip(new, range(first, end), strict=True))
    rows = np.array([places[tokens] for tokens in messages], np.intp)
    return known.sums[rows].reshape(-1, len(heads.names)), known.counts[rows]


def _new_lead_words(heads: Heads, messages: Sequence[tuple[str, ...]]) -> tuple[Whole, Sequence[int]]:
    rows: list[Whole] = []
    starts, counts, pair_starts = [], [], []
    pairs: list[int] = []
    for tokens in messages:
        starts.append(len(rows))
        pair_starts.append(len(pairs))
        found = [heads.lead_words.get(token) or _learn(heads, token) for token in tokens]
        rows += [sums for sums, _ in found]
        counts.append(sum(count for _, count in found) + max(len(tokens) - 1, 0))
        pairs += of_pairs(tokens)
    return _segments(_table(heads, rows), range(len(rows)), starts) + _segments(heads.words, pairs, pair_starts), counts


def _learn(heads: Heads, token: str) -> tuple[Whole, int]:
    """Remember what a word of a lead adds to every head, and of how many pieces it is."""
    buckets = of_token(token)
    found = heads.lead_words[token] = (heads.words[buckets].sum(axis=0, dtype=np.int64), len(buckets))
    return found


def _new_team_words(heads: Heads, messages: Sequence[tuple[str, ...]], side: str) -> tuple[Whole, Sequence[int]]:
    known = heads.team_words
    for token in set().union(*messages) - known.keys():
        known[token] = of_team((token,), side)[0]
    buckets = [known[token] for tokens in messages for token in tokens]
    lengths = [len(tokens) for tokens in messages]
    return _segments(heads.words, buckets, [0, *accumulate(lengths)][:-1]), lengths


def _table(heads: Heads, rows: Sequence[Whole]) -> Whole:
    return np.array(rows, np.int64).reshape(-1, len(heads.names))


def _groups(heads: Heads, messages: Sequence[tuple[Group, ...]]) -> Whole:
    """What the facts of each message add; what a group adds is worked out once."""
    flat = [one for groups in messages for one in groups]
    sums, _ = _remembered(heads, heads.groups, flat, _new_groups)
    starts = [0, *accumulate(map(len, messages))][:-1]
    made: Whole = np.add.reduceat(sums, starts, axis=0) if flat else sums
    return made


def _new_groups(heads: Heads, groups: Sequence[Group]) -> tuple[Whole, Sequence[int]]:
    return _facts(heads, [dict(one.facts) for one in groups]), [len(one.facts) for one in groups]


def _facts(heads: Heads, facts: Sequence[features.Facts]) -> Whole:
    row_of = heads.rows.get
    ids = np.array([row_of(name, UNKNOWN) for one in facts for name in one], np.intp)
    values = np.array([value for one in facts for value in one.values()], np.int64)
    values[ids == UNKNOWN] = 0
    return _segments(heads.facts, ids, [0, *accumulate(map(len, facts))][:-1], values)


def _segments(
    table: npt.NDArray[Any], ids: Sequence[int] | Whole, starts: Sequence[int], values: Whole | None = None
) -> Whole:
    """Sum the rows `ids` of a table from each start to the next; where there are none, zero."""
    made = np.zeros((len(starts), table.shape[1]), np.int64)
    if not len(ids):
        return made
    rows = table[np.asarray(ids, np.intp)].astype(np.int64)
    if values is not None:
        rows *= values[:, None]
    filled = np.diff([*starts, len(ids)]) > 0
    made[filled] = np.add.reduceat(rows, np.asarray(starts)[filled], axis=0)
    return made
