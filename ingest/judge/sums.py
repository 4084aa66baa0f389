"""What words and facts add to the decisions of the model; of what comes again and again ("thank you") once.

Decisions of several parts of the model lie side by side, so that a text is looked up once for all of them. Sums are
whole numbers: their order changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ingest.judge.facts import Fact, Group
from ingest.judge.features import Turn, last_words
from ingest.judge.grams import of_pairs, of_team, of_token
from ingest.judge.words import REMEMBERED, Words

MOST_KNOWN = 4 * REMEMBERED  # texts, turns, words or groups of facts whose sums are kept
UNKNOWN = -1  # row of a fact that the model has no weight for

Whole = npt.NDArray[np.int32]
Sums = tuple[Whole, Whole]  # (things, decisions), and of how many pieces each thing is
T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class Known(Generic[T]):
    """Sums of what was read before; grows as more is read."""

    read: Callable[[Sequence[T]], Sums]
    places: dict[T, int] = field(default_factory=dict)  # row in the two arrays
    sums: Whole = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    counts: Whole = field(default_factory=lambda: np.zeros(0, np.int32))

    def of(self, wanted: Sequence[T]) -> Sums:
        """Sums and numbers of pieces, in the order of what is wanted."""
        rows = self.rows(wanted)
        return self.sums.take(rows, axis=0), self.counts.take(rows)

    def rows(self, wanted: Sequence[T]) -> npt.NDArray[np.intp]:
        """Where the sums of what is wanted stand, until others are asked for."""
        if len(self.places) > MOST_KNOWN:
            self.places.clear()
        new = list(set(wanted).difference(self.places))
        if new or not self.sums.size:
            self._learn(new)
        return np.fromiter(map(self.places.__getitem__, wanted), np.intp, len(wanted))

    def _learn(self, new: Sequence[T]) -> None:
        sums, counts = self.read(new)
        first, end = len(self.places), len(self.places) + len(new)
        if end >= len(self.sums):
            size = 2 * end + 1
            old, self.sums, self.counts = (
                (self.sums, self.counts), np.zeros((size, sums.shape[1]), np.int32), np.zeros(size, np.int32),
            )  # fmt: skip
            if first:
                self.sums[:first], self.counts[:first] = old[0][:first], old[1][:first]
        self.sums[first:end], self.counts[first:end] = sums, counts
        self.places.update(zip(new, range(first, end), strict=True))


def of_lead(weights: npt.NDArray[np.int8]) -> Known[Words]:
    """Texts of leads: the pieces of their words, and what follows what."""
    words: Known[str] = Known(lambda new: _pieces(weights, [of_token(token) for token in new]))

    def read(texts: Sequence[Words]) -> Sums:
        tokens = [text.tokens for text in texts]
        lengths = [len(one) for one in tokens]
        rows = words.rows(list(chain.from_iterable(tokens)))
        pairs, more = _pieces(weights, [of_pairs(one) for one in tokens])
        return added(words.sums, rows, lengths) + pairs, added(words.counts[:, None], rows, lengths)[:, 0] + more

    return Known(read)


def of_team_text(weights: npt.NDArray[np.int8], side: str) -> Known[Words]:
    """Texts of the team: their words, each as a whole."""
    read = _whole_words(weights, side)
    return Known(lambda texts: read([text.tokens for text in texts]))


def of_turn(weights: npt.NDArray[np.int8], side: str) -> Known[Turn]:
    """Turns of the team: the last words, each once."""
    read = _whole_words(weights, side)
    return Known(lambda turns: read([last_words(turn) for turn in turns]))


def _whole_words(weights: npt.NDArray[np.int8], side: str) -> Callable[[Sequence[Collection[str]]], Sums]:
    buckets: dict[str, int] = {}

    def read(texts: Sequence[Collection[str]]) -> Sums:
        for token in set().union(*texts).difference(buckets):
            buckets[token] = of_team((token,), side)[0]
        return _pieces(weights, [[buckets[token] for token in tokens] for tokens in texts])

    return read


def of_groups(weights: Whole, rows: dict[str, int]) -> Known[Group]:
    """Groups of facts."""

    def read(groups: Sequence[Group]) -> Sums:
        facts = [one.facts for one in groups]
        return of_facts(weights, rows, facts), np.array([len(one) for one in facts], np.int32)

    return Known(read)


def of_facts(weights: npt.NDArray[Any], rows: dict[str, int], facts: Sequence[Collection[Fact]]) -> Whole:
    """What facts add, each as surely as it is one; a name without a weight adds nothing."""
    flat = list(chain.from_iterable(facts))
    ids = np.array([rows.get(name, UNKNOWN) for name, _ in flat], np.intp)
    values = np.array([value for _, value in flat], np.int32)
    values[ids == UNKNOWN] = 0
    return _segments(weights.take(ids, axis=0) * values[:, None], list(map(len, facts)))


def added(table: Whole, rows: npt.NDArray[np.intp], lengths: Sequence[int]) -> Whole:
    """Sums of so many rows of a table each."""
    return _segments(table.take(rows, axis=0), lengths)


def _pieces(weights: npt.NDArray[np.int8], buckets: Sequence[Sequence[int]]) -> Sums:
    """Sums of the weights of pieces, and their number."""
    lengths = [len(one) for one in buckets]
    rows = np.fromiter(chain.from_iterable(buckets), np.intp, sum(lengths))
    return _segments(weights.take(rows, axis=0), lengths), np.array(lengths, np.int32)


def _segments(rows: npt.NDArray[Any], lengths: Sequence[int]) -> Whole:
    """Sums of so many rows each; of no rows, zero."""
    made = np.zeros((len(lengths), rows.shape[1]), np.int32)
    starts = np.array([0, *accumulate(lengths)], np.intp)[:-1]
    filled = np.array(lengths, np.intp) > 0
    if filled.any():
        made[filled] = np.add.reduceat(rows.astype(np.int32), starts[filled], axis=0, dtype=np.int32)
    return made
