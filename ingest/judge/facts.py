"""Facts of a message in groups that come again and again: what is known of a group is worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SURELY = 100  # hundredths: how sure a fact is that cannot be doubted

Fact = tuple[str, int]  # name, and how surely in hundredths


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Facts that were found together, each name once; a group is known by itself, not by what is in it."""

    facts: tuple[Fact, ...]


def group(facts: Iterable[Fact]) -> Group:
    """A group of facts; of a name that was found twice the surest."""
    found: dict[str, int] = {}
    for name, value in facts:
        found[name] = max(value, found.get(name, 0))
    return Group(tuple(found.items()))


def surely(names: Iterable[str]) -> Group:
    """A group of facts without doubt."""
    return group((name, SURELY) for name in names)
