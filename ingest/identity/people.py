"""People as groups of records: exact keys unite, but never two conversations of two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from ingest.identity.names import IN_COMMON, fit, words
from ingest.identity.records import Record

# strongest first: within one system, then keys that are one person's alone, then those a household may share
UNITING = ("contact", "handle", "token", "email", "phone")
ASKED = ("kinds", "names", "email", "phone", "handle")
STRANGERS = 3  # a key that more different first names share is a placeholder, such as the studio's own phone


class People:
    """Groups of records, one group a person; grows only by `unite`."""

    def __init__(self, records: list[Record], decided: frozenset[int]) -> None:
        """Every record is its own person at first; `decided` are records that a person placed."""
        self.records = records
        self.decided = decided
        self._parent = list(range(len(records)))
        self._members = {i: [i] for i in range(len(records))}
        self._known: dict[tuple[int, str], frozenset[str]] = {}  # what was asked of a group since it last grew

    def of(self, record: int) -> int:
        """The group of a record."""
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def members(self, group: int) -> list[Record]:
        """The records of a group, sorted."""
        return [self.records[i] for i in sorted(self._members[self.of(group)])]

    def indexes(self, group: int) -> list[int]:
        """Positions of the records of a group, sorted."""
        return sorted(self._members[self.of(group)])

    def groups(self) -> list[int]:
        """Every group, by its first record."""
        return sorted(self._members, key=lambda g: min(self._members[g]))

    def unite(self, one: int, other: int) -> int:
        """Make two groups one; the group of the first record in order keeps its number."""
        first, second = sorted((self.of(one), self.of(other)), key=lambda g: min(self._members[g]))
        if first != second:
            self._parent[second] = first
            for key in [(g, what) for g in (first, second) for what in ASKED]:
                self._known.pop(key, None)
            self._members[first] += self._members.pop(second)
        return first

    def has(self, group: int, kind: str) -> bool:
        """Whether a group holds a record of a kind."""
        return kind in self._ask(group, "kinds")

    def names(self, group: int) -> frozenset[str]:
        """Every name of a group."""
        return self._ask(group, "names")

    def values(self, group: int, kind: str) -> frozenset[str]:
        """Every e-mail, phone or handle of a group."""
        return self._ask(group, kind)

    def _ask(self, group: int, what: str) -> frozenset[str]:
        key = (self.of(group), what)
        if key not in self._known:
            records = [self.records[i] for i in self._members[key[0]]]
            if what == "kinds":
                self._known[key] = frozenset(r.kind for r in records)
            elif what == "names":
                self._known[key] = frozenset(name for r in records for name in r.names)
            else:
                self._known[key] = frozenset(value for r in records for value in r.values(what))
        return self._known[key]

    def can_be_one(self, one: int, other: int) -> bool:
        """Whether two groups may be one person: two conversations only with one handle or with names that agree."""
        if self.of(one) == self.of(other):
            return True
        both = self.has(one, "conversation") and self.has(other, "conversation")
        placed = bool(self.decided) and any(i in self.decided for group in (one, other) for i in self.indexes(group))
        if not both:
            return not (placed and (self.has(one, "conversation") or self.has(other, "conversation")))
        if placed:
            return False
        handles, others = self.values(one, "handle"), self.values(other, "handle")
        return bool(handles & others) or self.fit(one, other) >= IN_COMMON

    def fit(self, one: int, other: int) -> float:
        """How well the names and handles of two groups agree, 0 to 1."""
        handles, there = self.values(one, "handle"), self.values(other, "handle")
        return 1.0 if handles & there else fit((self.names(one), handles), (self.names(other), there))


def unite_exactly(people: People, alone: frozenset[int]) -> dict[int, frozenset[int]]:
    """Unite by exact keys, strongest first; `alone` are records that a person said belong to nobody.

    Returns records whose key belongs to several people (a couple with one address), with the groups in question.
    """
    contested: dict[int, frozenset[int]] = {}
    for kind in UNITING:
        if kind == "token":
            _unite_by_token(people, alone)
            continue
        for _, holders in sorted(_holders(people, kind, alone).items()):
            if len(holders) > 1 and not (kind in ("email", "phone") and _is_placeholder(people, holders)):
                contested |= _unite_holders(people, sorted({people.of(i) for i in holders}, key=_order(people)))
    _unite_references(people, alone)
    return {i: frozenset(people.of(g) for g in groups) for i, groups in contested.items()}


def _order(people: People) -> Callable[[int], int]:
    return lambda group: people.indexes(group)[0]


def _holders(people: People, kind: str, alone: frozenset[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, record in enumerate(people.records):
        if i not in alone:
            for name, value in record.keys:
                if name == kind:
                    found[value].append(i)
    return found


def _unite_by_token(people: People, alone: frozenset[int]) -> None:
    """A booking whose tracking token is the handle, thread or id of exactly one person is that person's."""
    offered = _holders(people, "offers", alone)
    for i, record in enumerate(people.records):
        tokens = record.values("token") if record.kind == "booking" and i not in alone else frozenset()
        groups = {people.of(j) for token in tokens for j in offered.get(token, []) if j != i}
        if len(groups) == 1 and people.can_be_one(i, group := groups.pop()):
            people.unite(i, group)


def _unite_holders(people: People, groups: list[int]) -> dict[int, frozenset[int]]:
    """Unite the groups that share a key; where two conversations stand against each other, say what is contested."""
    anchors: list[int] = []
    for group in (g for g in groups if people.has(g, "conversation")):
        mate = next((a for a in anchors if people.can_be_one(a, group)), None)
        anchors = (
            [people.unite(mate, group) if a == mate else a for a in anchors] if mate is not None else [*anchors, group]
        )
    others = [g for g in groups if not people.has(g, "conversation")]
    if len(anchors) > 1:
        return {i: frozenset(anchors) for group in others for i in people.indexes(group)}
    head = anchors[:1]
    for group in others:
        if head and not people.can_be_one(head[0], group):
            continue
        head = [people.unite(head[0], group)] if head else [group]
    return {}


def _is_placeholder(people: People, holders: Iterable[int]) -> bool:
    """Whether a key belongs to more people than a household: more than three first names that differ."""
    firsts: list[str] = []
    for i in holders:
        for name in sorted(people.records[i].names):
            if words(name) and fit(([name], ()), (firsts, ())) < IN_COMMON:
                firsts.append(name)
    return len(firsts) > STRANGERS


def _unite_references(people: People, alone: frozenset[int]) -> None:
    """A stage history that names a CRM's id joins the only row with that id, whatever system it is of."""
    ids: dict[str, set[int]] = defaultdict(set)
    for i, record in enumerate(people.records):
        for value in record.values("id"):
            ids[value.rpartition("\x1f")[2]].add(i)
    for i, record in enumerate(people.records):
        for value in sorted(record.values("ref")):
            groups = {people.of(j) for j in ids.get(value, set())}
            if len(groups) == 1 and i not in alone:
                people.unite(i, groups.pop())
