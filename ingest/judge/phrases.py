r"""The phrase language of the seeds, compiled: one index finds the few patterns that a message could match.

A pattern is words as people type them, folded (small letters, no accents, no apostrophes), with
`(a|b c)` alternatives, `(…)?` optional, `word*` any ending, `..` up to four words, `#` a number,
`^` start of the message or of a sentence, `$` its end, `\.` and `\?` a sentence mark.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from ingest.judge.words import REMEMBERED, Words, fold, read

PIECE = re.compile(r"\.\.|\\\.|\\\?|[()|?^$#]|[^\s()|?^$#]+")
DIGIT = re.compile(r" \d")
SPECIAL = re.compile(r"[()|?^$#*\\]|\.\.")
STEM = 4  # letters of a word that `word*` patterns are found by
WEIGHED = frozenset(["pitch", "support", "personal", "client_words"])  # signals of which the number counts


class Hit(NamedTuple):
    """A phrase found in `Words.line[start:end]`."""

    signal: str
    value: str
    confidence: float
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of a phrase seed."""

    signal: str
    value: str
    language: str
    confidence: float
    rule: str  # stable id of the row
    needle: str  # the words themselves, where the pattern has nothing else
    regex: str  # else the expression, compiled when it is first needed
    needs: tuple[frozenset[str], ...]  # of each of these, one word must be present: cheaper to ask than the expression

    def at(self, start: int, end: int) -> Hit:
        """This phrase, found in `Words.line[start:end]`."""
        return Hit(self.signal, self.value, self.confidence, start, end, self.rule)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases of one side, found by a word or by the first letters of a word."""

    by_word: Mapping[str, tuple[int, ...]]
    by_stem: Mapping[str, tuple[int, ...]]
    phrases: tuple[Phrase, ...]


class Compiled(NamedTuple):
    """A part of a pattern as an expression, with what it can be found by."""

    regex: str
    anchors: frozenset[str] | None  # words of which one is present whenever the pattern matches; None: no such set
    cost: int  # how common the commonest anchor is: the smaller, the better to look it up
    needs: tuple[frozenset[str], ...] = ()  # whole words that must be there as well


def lexicon(rows: Iterable[Mapping[str, str]], side: str, common: frozenset[str]) -> Lexicon:
    """Compile the rows of a phrase seed that belong to one side (lead | team).

    `common`: words so common that a phrase is not found by them if it has any other.

    Raises ValueError with the pattern for a row that cannot be compiled or found by any word.
    """
    phrases: list[Phrase] = []
    words: dict[str, list[int]] = {}
    stems: dict[str, list[int]] = {}
    for row in rows:
        if row["side"] != side:
            continue
        name = f"{row['signal']}-{hashlib.sha256(row['pattern'].encode()).hexdigest()[:8]}"
        for pattern in alternatives(row["pattern"]):
            made = compiled(pattern, common)
            needle = "" if SPECIAL.search(pattern) else f" {' '.join(pattern.split())} "
            confidence = float(row["confidence"])
            phrases.append(
                Phrase(row["signal"], row["value"], row["language"], confidence, name, needle, made.regex, made.needs)
            )
            for anchor in made.anchors or ():
                index, key = (stems, anchor[:-1]) if anchor.endswith("*") else (words, anchor)
                index.setdefault(key, []).append(len(phrases) - 1)
    by_word, by_stem = ({k: tuple(v) for k, v in index.items()} for index in (words, stems))
    return Lexicon(by_word, by_stem, tuple(phrases))


def find(lex: Lexicon, words: Words) -> list[Hit]:
    """The first match of every phrase in a message, in the order of the seed."""
    by_word, by_stem = lex.by_word, lex.by_stem
    present = set(words.tokens)
    found: set[int] = set()
    for token in present & by_word.keys():
        found.update(by_word[token])
    for letters in {t[:STEM] for t in present} & by_stem.keys():
        found.update(by_stem[letters])
    if "#" in by_word and DIGIT.search(words.line):
        found.update(by_word["#"])
    line, phrases = words.line, lex.phrases
    hits = []
    for number in sorted(found):
        phrase = phrases[number]
        if phrase.needle:
            start = line.find(phrase.needle)
            if start >= 0:
                hits.append(phrase.at(start, start + len(phrase.needle) - 1))
            continue
        for need in phrase.needs:
            if need.isdisjoint(present):
                break
        else:
            match = _regex(phrase.regex).search(line)
            if match:
                hits.append(phrase.at(*match.span()))
    return hits


_regex = cache(re.compile)


def alternatives(pattern: str) -> list[str]:
    """The parts of a pattern that is nothing but one choice, folded; else the pattern itself."""
    whole = fold(pattern).strip()
    if not (whole.startswith("(") and whole.endswith(")")):
        return [whole]
    parts, depth, begin = [], 0, 1
    for at, char in enumerate(whole):
        depth += (char == "(") - (char == ")")
        if depth == 0 and at < len(whole) - 1:
            return [whole]  # the first bracket closes before the end: a sequence
        if (char == "|" and depth == 1) or at == len(whole) - 1:
            parts.append(whole[begin:at].strip())
            begin = at + 1
    return [inner for part in parts for inner in alternatives(part)]


def compiled(pattern: str, common: frozenset[str]) -> Compiled:
    """One pattern as an expression. Raises ValueError where it cannot be read or found by any word."""
    pieces = PIECE.findall(fold(pattern))
    made, rest = _alternatives(pieces, common)
    if rest:
        raise ValueError(f"unbalanced brackets in the pattern: {pattern}")
    if not made.anchors:
        raise ValueError(f"a pattern needs a word that it can be found by: {pattern}")
    return made._replace(regex=made.regex + r"(?= )")


def _alternatives(pieces: list[str], common: frozenset[str]) -> tuple[Compiled, list[str]]:
    """Parse until the closing bracket or the end."""
    options: list[Compiled] = []
    while True:
        option, pieces = _sequence(pieces, common)
        options.append(option)
        if not pieces or pieces[0] == ")":
            break
        pieces = pieces[1:]
    if len(options) == 1:
        return options[0], pieces
    anchors = None
    if all(o.anchors for o in options):
        anchors = frozenset().union(*(o.anchors or () for o in options))
    return Compiled(f"(?:{'|'.join(o.regex for o in options)})", anchors, max(o.cost for o in options)), pieces


def _sequence(pieces: list[str], common: frozenset[str]) -> tuple[Compiled, list[str]]:
    parts: list[str] = []
    best: Compiled | None = None
    needs: list[frozenset[str]] = []
    while pieces and pieces[0] not in ("|", ")"):
        piece, pieces = pieces[0], pieces[1:]
        if piece == "(":
            element, pieces = _alternatives(pieces, common)
            if not pieces:
                raise ValueError("unbalanced brackets")
            pieces = pieces[1:]
            if pieces[:1] == ["?"]:
                pieces = pieces[1:]
                element = Compiled(f"(?:{element.regex})?", None, 9)
        else:
            element = _piece(piece, common)
        parts.append(element.regex)
        if element.anchors and not any(a[-1] in "*#" for a in element.anchors):
            needs.append(element.anchors)
        if element.anchors and (best is None or element.cost < best.cost):
            best = element
    kept = tuple(sorted((n for n in needs if best is None or n != best.anchors), key=len)[:3])
    return Compiled("".join(parts), best.anchors if best else None, best.cost if best else 9, kept), pieces


def _piece(piece: str, common: frozenset[str]) -> Compiled:
    if piece == "..":
        return Compiled(r"(?: [^ .?][^ ]*){0,4}?", None, 9)
    if piece == "#":
        return Compiled(r" \d[^ ]*", frozenset({"#"}), 4)
    if piece in ("\\.", "\\?"):
        return Compiled(r" [.?][^ ]*", None, 9)
    if piece == "^":
        return Compiled(r"(?:^|(?<=[.?]))", None, 9)
    if piece == "$":
        return Compiled(r"(?= (?:$|[.?]))", None, 9)
    if piece.endswith("*"):
        stem = piece[:-1]
        if len(stem) < STEM:
            return Compiled(f" {re.escape(stem)}[^ ]*", None, 9)
        return Compiled(f" {re.escape(stem)}[^ ]*", frozenset({stem[:STEM] + "*"}), 1)
    return Compiled(f" {re.escape(piece)}", frozenset({piece}), 3 if piece in common else 2 if len(piece) < 4 else 1)


def best_of(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The surest hit per signal and value, the earlier row where two are equal; every hit of what is weighed."""
    best: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        key = (hit.signal, str(hit.start) if hit.signal in WEIGHED else hit.value)
        if key not in best or hit.confidence > best[key].confidence:
            best[key] = hit
    yield from best.values()


def searched(lex: Lexicon) -> Callable[[str], tuple[Words, tuple[Hit, ...]]]:
    """Read and search a text; texts that come again and again (templates, "thanks") are searched once."""

    @lru_cache(maxsize=REMEMBERED)
    def search(text: str) -> tuple[Words, tuple[Hit, ...]]:
        words = read(text)
        return words, tuple(best_of(find(lex, words)))

    return search
