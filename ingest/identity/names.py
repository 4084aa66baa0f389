"""How well two names fit one person: words, nicknames, initials, handles. A score from 0 (nothing) to 1 (the same)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

from rapidfuzz.distance import JaroWinkler

from ingest.seeds import read_seed

SAME = 1.0
TWO_WORDS = 0.95  # at least two words agree, or the display names are equal to the last emoji
INITIAL = 0.85  # first name and the initial of the last
HANDLE_OF_BOTH = 0.75  # initial and surname stand in the handle
ONE_WORD = 0.6  # one side is a first name alone
IN_HANDLE = 0.5  # a word of the name stands in the handle
IN_COMMON = 0.35  # a surname, or the beginning of a name: enough not to be strangers, too little to match
CONFLICT = 0.2  # one first name, two surnames: two people
CACHED = 100_000  # comparisons remembered
SIMILAR = 0.93  # Jaro-Winkler of two spellings of a longer word
WORD = re.compile(r"[^\W\d_]+")
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})  # no mark to take off
CUT = re.compile(r"\s[|–—/•·-]\s|[|•·(]")  # "Salome | wedding florals": the name stands before
TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "coach", "the", "real", "official", "auntie", "uncle", "big", "lil"]
)


@lru_cache(maxsize=CACHED)
def words(name: str) -> tuple[str, ...]:
    """The words of a display name in plain lower-case letters, without titles, decoration and what follows a bar."""
    return _plain_words(CUT.split(name.strip(), maxsplit=1)[0]) or _plain_words(name)


def _plain_words(name: str) -> tuple[str, ...]:
    split = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    plain = "".join(c for c in split if not unicodedata.combining(c))
    found = tuple(w for w in WORD.findall(plain.replace("'", "").replace("’", "")))
    return tuple(w for w in found if w not in TITLES) or found


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """The names a short form may stand for, and every name for itself."""
    found: dict[str, set[str]] = {}
    for row in read_seed("nicknames"):
        found.setdefault(row["nickname"], set()).add(row["name"])
    return {short: frozenset({short, *full}) for short, full in found.items()}


def same_first_name(one: str, other: str) -> bool:
    """Whether two first names may be one: equal, a nickname, two nicknames of one name, or the one begins the other."""
    table = nicknames()
    if table.get(one, frozenset([one])) & table.get(other, frozenset([other])):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= 5 and JaroWinkler.similarity(one, other) >= SIMILAR


@lru_cache(maxsize=CACHED)
def compare(one: str, other: str) -> float:
    """How well two display names fit."""
    left, right = words(one), words(other)
    if not left or not right:
        return TWO_WORDS if one.strip() and _exact(one) == _exact(other) else 0.0
    if _exact(one) == _exact(other):
        decorated = len(left) > 1 or _exact(one) != "".join(left)
        return SAME if len(left) > 1 else TWO_WORDS if decorated else ONE_WORD + 0.05
    return _by_words(left, right)


def _exact(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _by_words(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Words against words: the first one may be a nickname, others must be the same or an initial."""
    first = same_first_name(left[0], right[0]) or _same_word(left[0], right[0])
    rest_left, rest_right = left[1:] if first else left, right[1:] if first else right
    pairs = _paired(rest_left, rest_right)
    agreeing = first + pairs
    if agreeing >= 2:
        return SAME if len(left) == len(right) == agreeing else TWO_WORDS
    if first:
        return _first_only(rest_left, rest_right)
    return IN_COMMON if pairs else 0.0


def _paired(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """How many words of both sides agree, each used once."""
    free = list(right)
    count = 0
    for word in left:
        found = next((w for w in free if len(w) > 1 and _same_word(word, w)), None)
        if found is not None:
            free.remove(found)
            count += 1
    return count


def _first_only(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """One first name; what the rest of the two names says."""
    if not left or not right:
        return ONE_WORD
    initials = any(_is_initial(a, b) or _is_initial(b, a) for a in left for b in right)
    return INITIAL if initials else CONFLICT


def _is_initial(short: str, word: str) -> bool:
    """One or two letters that begin the other: "K", "Mc"."""
    return len(short) <= 2 and word.startswith(short)


@lru_cache(maxsize=CACHED)
def compare_handle(name: str, handle: str) -> float:
    """How well a display name fits an Instagram handle: "Ada Wren" with ada.wren, awren_, ada.bakes."""
    parts = tuple(p for p in re.split(r"[^a-z]+", handle.casefold()) if p)
    letters, own = "".join(parts), words(name)
    if not own or not letters:
        return 0.0
    first, last = own[0], own[-1]
    if len(own) > 1:
        if len(first) + len(last) >= 6 and (first + last in letters or last + first in letters):
            return TWO_WORDS
        if len(last) >= 4 and any(p.startswith(first[0] + last) or p.startswith(last + first[0]) for p in parts):
            return HANDLE_OF_BOTH
    if any(_stands_in(word, parts, letters) for word in own):
        return IN_HANDLE
    begins = any(len(p) >= 3 and (w.startswith(p) or p.startswith(w)) for p in parts for w in own if len(w) >= 3)
    return IN_COMMON + 0.05 if begins else 0.0


def _stands_in(word: str, parts: tuple[str, ...], letters: str) -> bool:
    return (word in parts and len(word) >= 3) or (len(word) >= 5 and word in letters)


Called = tuple[Collection[str], Collection[str]]  # display names, handles


def fit(one: Called, other: Called) -> float:
    """The best fit between the names and handles of two people, 0 where nothing speaks for one person.

    Where the names are one first name with two surnames, a handle with that first name does not make it one person.
    """
    by_name = max((compare(*sorted((a, b))) for a in one[0] for b in other[0]), default=0.0)
    sides = ((one[0], other[1]), (other[0], one[1]))
    by_handle = max((compare_handle(n, h) for names, handles in sides for n in names for h in handles), default=0.0)
    score = by_name if by_name == CONFLICT and by_handle < HANDLE_OF_BOTH else max(by_name, by_handle)
    return 0.0 if score <= CONFLICT else score
