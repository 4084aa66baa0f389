"""Facts of a message in groups that come again and again: what is known of a group is worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SURELY = 100  # hundredths: how sure a fact is that cannot be doubted
LASTING = ("rule:", "hit:", "by:", "t:", "topic:")  # facts of a message that stay true of the person
OF_NOW = ("client=", "stranger=")  # facts of which the last one counts

Fact = tuple[str, int]  # name, and how surely in hundredths


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Facts that were found together, each name once; a group is known by itself, not by what is in it."""

    facts: tuple[Fact, ...]
    lasting: tuple[Fact, ...]  # of these, what stays true of the person, as it is called then
    current: tuple[tuple[str, str], ...]  # of these, where the last one counts: how such names begin, and the name


def group(facts: Iterable[Fact]) -> Group:
    """A group of facts; of a name that was found twice the surest."""
    found: dict[str, int] = {}
    for name, value in facts:
        found[name] = max(value, found.get(name, 0))
    kept = tuple(found.items())
    lasting = tuple([(f"so far:{name}", value) for name, value in kept if name.startswith(LASTING)])
    current = tuple([(name[: name.index("=") + 1], name) for name in found if name.startswith(OF_NOW)])
    return Group(kept, lasting, current)


def passing(names: Iterable[str]) -> Group:
    """A group of facts without doubt, each name once, that tell of a message and not of the person."""
    return Group(tuple([(name, SURELY) for name in names]), (), ())


def surely(names: Iterable[str]) -> Group:
    """A group of facts without doubt."""
    return group([(name, SURELY) for name in names])
