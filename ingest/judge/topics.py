"""What a text is about, by lists of words in many languages: the model's help with words that it never met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from ingest.judge.facts import Group, surely
from ingest.judge.words import REMEMBERED

MOST_COUNTED = 3  # words of one topic in a text
SHORTEST = 2  # letters of the beginning of a word

Place = tuple[str, str]  # language and topic


@dataclass(frozen=True, slots=True, eq=False)
class Topics:
    """Words, and beginnings of words, with the languages and topics they belong to."""

    words: Mapping[str, frozenset[Place]]
    beginnings: Mapping[str, frozenset[Place]]


def topics(rows: Iterable[Mapping[str, str]]) -> Topics:
    """Read the seed `topic_words`; `word*` in it stands for any ending."""
    words: dict[str, set[Place]] = {}
    beginnings: dict[str, set[Place]] = {}
    for row in rows:
        for word in row["words"].split():
            found = beginnings if word.endswith("*") else words
            found.setdefault(word.rstrip("*"), set()).add((row["language"], row["topic"]))
    return Topics(*({word: frozenset(places) for word, places in found.items()} for found in (words, beginnings)))


@lru_cache(maxsize=REMEMBERED)
def _places(known: Topics, token: str) -> dict[str, tuple[str, ...]]:
    """Topics of a word by language."""
    found = known.words.get(token, frozenset())
    for end in range(SHORTEST, len(token) + 1):
        found |= known.beginnings.get(token[:end], frozenset())
    by: dict[str, tuple[str, ...]] = {}
    for language, topic in sorted(found):
        by[language] = (*by.get(language, ()), topic)
    return by


def about(known: Topics, tokens: Iterable[str]) -> Group:
    """Facts `topic:NAME` and, for more than one word, `topic:NAME>1` of a text.

    Only the languages with most words in it count: what means one thing in Spanish may mean another in English.
    """
    found = [places for token in set(tokens) if (places := _places(known, token))]
    languages: dict[str, int] = {}
    for places in found:
        for language in places:
            languages[language] = languages.get(language, 0) + 1
    most = max(languages.values(), default=0)
    spoken = [language for language, count in languages.items() if count == most]
    counts: dict[str, int] = {}
    for places in found:
        of_word = [topic for language in spoken for topic in places.get(language, ())]
        for topic in of_word if len(spoken) == 1 else set(of_word):
            counts[topic] = counts.get(topic, 0) + 1
    return _named(tuple(sorted([(topic, min(count, MOST_COUNTED)) for topic, count in counts.items()])))


@cache
def _named(counts: tuple[tuple[str, int], ...]) -> Group:
    return surely(
        name for topic, count in counts for name in (f"topic:{topic}", *(f"topic:{topic}>{n}" for n in range(1, count)))
    )
