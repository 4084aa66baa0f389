"""Whether a team message repeats something specific that this lead said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from typing import NamedTuple

from ingest.judge.rules import Knowledge, Rulebook
from ingest.judge.words import REMEMBERED, Words, read, typed

ENOUGH = 1.0
_NUMBER = re.compile(r"^(\d+)(?:[.,:/](\d+))?([a-z]*)$")
NO_WORD = ".?£€$"
_MONEY = frozenset("£€$")
_ENDINGS = ("ungen", "ingly", "ments", "ings", "ando", "endo", "iert", "ieren", "ment", "ing", "ies", "ung", "ed", "es",
            "er", "en", "os", "as", "s", "e", "o", "a", "y")  # fmt: skip
_SAME = {"xmas": "christmas", "weds": "wednesday", "wed": "wednesday", "thurs": "thursday", "tues": "tuesday"}


class Tie(NamedTuple):
    """How strongly the words are shared, and the typed words of the team that are."""

    score: float
    quote: str


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    """The part of a word that its other forms share, at most seven letters; short words stay."""
    token = _SAME.get(token, token)
    if len(token) <= 4:
        return token.rstrip("s") if len(token) == 4 else token
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 4:
            token = token[: -len(ending)]
            break
    return token[:7]


def key(token: str, rules: Rulebook) -> str:
    """What a word is compared by: a number's digits, a month's number, a word's stem; empty for what says nothing."""
    found = _key(token, rules.seeds)
    is_name = token in rules.people.roles and not token[0].isdigit() and found == stem(token)
    return "" if is_name else found


@lru_cache(maxsize=50_000)
def _key(token: str, seeds: Knowledge) -> str:
    """The same, whoever the account's people are."""
    if token[0].isdigit():
        match = _NUMBER.match(token)
        if match is None:
            return token
        digits = match[1] + (match[2] if len(match[2] or "") == 3 else f".{match[2]}" if match[2] else "")
        return digits if match[3] in ("", "st", "nd", "rd", "th") else digits + match[3]
    times, classes = seeds.times, seeds.classes
    if token in times.numbers and times.numbers[token] > 1 and token not in ("few", "couple"):
        return str(times.numbers[token])
    if len(token) < 3 or token in classes.filler or token in classes.stop:
        return ""
    if token in times.months and len(token) > 2:
        return f"month {times.months[token]}"
    return stem(token)


@lru_cache(maxsize=REMEMBERED)
def _keys(words: Words, seeds: Knowledge) -> frozenset[str]:
    return frozenset(_key(token, seeds) for token in words.tokens if token[0] not in NO_WORD)


def keys_of(said: Iterable[Words], rules: Rulebook, names: frozenset[str]) -> set[str]:
    """What a lead's messages can be recognised by."""
    found: set[str] = set()
    for words in said:
        tokens = words.tokens
        if names.isdisjoint(tokens) and rules.people.roles.keys().isdisjoint(tokens):
            found |= _keys(words, rules.seeds)
        else:
            found.update(key(t, rules) for t in tokens if t not in names and t[0] not in NO_WORD)
    found.discard("")
    return found


def tie(lead_keys: Set[str], text: str, rules: Rulebook, names: frozenset[str]) -> Tie:
    """Compare a team message (its addresses blanked out) with what the lead said before."""
    words = read(text)
    shared: dict[str, tuple[float, int]] = {}
    for token, name, weight, at in _telling(words, rules):
        if name in lead_keys and name not in shared and token not in names:
            shared[name] = (weight, at)
    if not shared:
        return Tie(0.0, "")
    score = sum(weight for weight, _ in shared.values())
    places = sorted(at for _, at in shared.values())
    best = max(shared.values(), key=lambda pair: (pair[0], -pair[1]))[1]
    near = [at for at in places if abs(at - best) <= 4]
    return Tie(score, typed(words, min(near), max(near)))


@lru_cache(maxsize=REMEMBERED)
def _telling(words: Words, rules: Rulebook) -> tuple[tuple[str, str, float, int], ...]:
    """The words that say something: the word, what it is compared by, how much it counts, and its place."""
    return tuple(_told(words.tokens, rules))


def _told(tokens: tuple[str, ...], rules: Rulebook) -> Iterator[tuple[str, str, float, int]]:
    for at, token in enumerate(tokens):
        name = key(token, rules) if token[0] not in NO_WORD else ""
        weight = _weight(tokens, at, name, rules) if name else 0.0
        if weight:
            yield token, name, weight, at


def _weight(tokens: tuple[str, ...], at: int, name: str, rules: Rulebook) -> float:
    token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if name[0].isdigit():
        if after in rules.seeds.classes.duration or after in _MONEY or (at and tokens[at - 1] in _MONEY):
            return 0.0
        return 1.0 if len(name) > 1 or (len(token) > 1 and token[0].isdigit()) else 0.5
    if token in rules.seeds.times.weekdays or token in rules.seeds.times.units:
        return 0.3
    if token in rules.seeds.classes.generic:
        return 0.3
    return 1.0 if len(token) >= 4 else 0.5
