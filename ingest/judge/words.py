"""A message's words in one normal form that patterns can be matched on, with the way back to what was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# numbers with inner punctuation, words with inner apostrophes, runs of sentence marks, money signs
TOKEN = re.compile(r"\d+(?:[.,:/]\d+)+[^\W_]*|[^\W_]+(?:'[^\W_]+)*|[.!…;\n?]+|[£€$]")
ELISION = re.compile(r"\b(j|l|d|c|n|s|m|t|qu|jusqu|lorsqu|quelqu|dell|all|nell|dall|sull|un|quest|com)'(?=[^\W\d_])")
LETTER = re.compile(r"[^\W_]")
MARKS = frozenset("!;…")
REMEMBERED = 8_192  # texts: templates and "thank you" come again and again
QUOTES = 2 * REMEMBERED
CURLY = re.compile("[’‘´`ʼ]")


def _folding() -> dict[int, str]:
    """Every Latin letter with a diacritic -> its plain letters, and typographic variants."""
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        if plain != chr(code) and plain.isascii() and plain:
            table[code] = plain.lower()
    extra = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
    return {**table, **{ord(k): v for k, v in extra.items()}}


_FOLD = _folding()


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One message: `text` as typed, `lower` of the same length, `line` = its folded tokens with single spaces around.

    Tokens are words without apostrophes ("dont"), numbers ("4.5", "7mo"), money signs, and sentence marks of which a
    run is one token that starts with "." or "?".
    """

    text: str
    lower: str
    line: str
    tokens: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents and apostrophes: the form patterns, names and keywords are compared in."""
    low = CURLY.sub("'", text.lower())
    return low.replace("'", "") if low.isascii() else low.translate(_FOLD).replace("'", "")


@lru_cache(maxsize=REMEMBERED)
def read(text: str) -> Words:
    """The words of one message."""
    low = text.lower()
    if len(low) != len(text):  # a few capitals have a longer small form
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    is_ascii = low.isascii()
    if not is_ascii and CURLY.search(low):
        low = CURLY.sub("'", low)
    if "'" in low:
        low = ELISION.sub(r"\1 ", low)
    joined = " ".join(TOKEN.findall(low.replace("\n", ";") if "\n" in low else low))
    if not is_ascii and not joined.isascii():
        joined = joined.translate(_FOLD)
    if "'" in joined:
        joined = joined.replace("'", "")
    if not MARKS.isdisjoint(joined):
        joined = joined.replace("!", ".").replace(";", ".").replace("…", ".")
    return Words(text, low, f" {joined} ", tuple(joined.split(" ")) if joined else ())


@lru_cache(maxsize=QUOTES)
def quote(words: Words, start: int, end: int) -> str:
    """The words as typed behind `line[start:end]`; always a substring of the message."""
    line = words.line
    while start < end and line[start] == " ":
        start += 1
    while end > start and line[end - 1] == " ":
        end -= 1
    first = line.count(" ", 0, start) - 1
    return typed(words, first, first + line.count(" ", start, end))


@lru_cache(maxsize=QUOTES)
def typed(words: Words, first: int, last: int) -> str:
    """The words as typed behind the tokens `first` to `last` (inclusive)."""
    spans = _spans(words.lower)
    return words.text[spans[first][0] : spans[last][1]]


@lru_cache(maxsize=8)
def _spans(lower: str) -> list[tuple[int, int]]:
    """Where each token stands; a message is often quoted several times in a row."""
    return [m.span() for m in TOKEN.finditer(lower)]


def has_words(text: str) -> bool:
    """Whether the text holds any letter or digit at all (emoji and punctuation alone do not)."""
    return LETTER.search(text) is not None
