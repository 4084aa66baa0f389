"""The pieces of words that the model has weights for: hashed, so that no list of words is needed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

BUCKETS = 1 << 15
LONGEST = 24  # letters of a word that are looked at
SIZES = (2, 3, 4, 5)


def bucket(piece: str) -> int:
    """Where the weights of a piece stand; the same on every machine."""
    return zlib.crc32(piece.encode()) % BUCKETS


def of_token(token: str) -> list[int]:
    """A lead's word and the runs of two to five letters in it, its edges marked; a sentence mark is only itself."""
    found = [bucket(f"w={token}")]
    if token[0] in ".?":
        return found
    edged = f" {token[:LONGEST]} "
    return found + [bucket(f"c={edged[i : i + n]}") for n in SIZES if n < len(edged) for i in range(len(edged) - n + 1)]


def of_pairs(tokens: Sequence[str], side: str = "b") -> list[int]:
    """Words that follow each other."""
    return [bucket(f"{side}={a} {b}") for a, b in pairwise(tokens)]


def of_team(tokens: Iterable[str], side: str = "p") -> list[int]:
    """Words of the team, each as a whole."""
    return [bucket(f"{side}={token}") for token in tokens]
