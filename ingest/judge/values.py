"""What stands in the words beside a signal: addresses, numbers, names, dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from ingest.judge.dates import Moment
from ingest.judge.links import EMAIL
from ingest.judge.words import REMEMBERED, Words

PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()./-]{7,17}\d(?!\w)")
FIVE_DIGITS = re.compile(r"(?:\d[ ()./-]{0,2}){5}")
HANDLE = re.compile(r"(?<![\w.@])@([A-Za-z0-9_](?:[\w.]{0,28}[A-Za-z0-9_])?)")
_NAME = r"([A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?)"
_DID = (
    "told|recommended|suggested|said|referred|sent|mentioned|gave|trains?|works?|did|raves?"
    "|swears?|put|has|ha|hat|me|m['’]a|mi|tipsade|raadde"
)
_FROM = (
    "friend|sister|brother|colleague|cousin|mate|wife|husband|partner|from|by|through|via|de|da|di|von|durch|par|por"
    "|amiga?|amie?|Freundin|Kollegin|Freund|Kollege|amica?"
)
_BEFORE = re.compile(rf"{_NAME}(?: [\w'’]+){{0,4}}? (?:{_DID})\b")
_AFTER = re.compile(rf"(?:{_FROM}) {_NAME}")
_NO_NAMES = frozenset(["hi", "hey", "hello", "she", "he", "they", "my", "hola", "hallo", "ciao", "olá"])
SPECIFIC = ("date", "month", "span", "season", "holiday", "weekday")


@lru_cache(maxsize=REMEMBERED)
def contacts(text: str) -> tuple[tuple[str, str, str], ...]:
    """(signal, value, quote) for every e-mail address, phone number and handle typed in a message."""
    found: list[tuple[str, str, str]] = []
    if "@" in text:
        found += [("email", m[0].lower(), m[0]) for m in EMAIL.finditer(text)]
        bare = EMAIL.sub(lambda m: " " * len(m[0]), text)
        found += [("handle", m[1].lower(), m[0]) for m in HANDLE.finditer(bare)]
    for match in PHONE.finditer(text) if FIVE_DIGITS.search(text) else ():
        digits = re.sub(r"\D", "", match[0])
        if 9 <= len(digits) <= 15 and not re.fullmatch(r"[\d.]+[/.-]\d{1,2}[/.-]\d{2,4}", match[0]):
            found.append(("phone", ("+" if match[0].startswith("+") else "") + digits, match[0]))
    return tuple(found)


def introducer(text: str, team: Iterable[str]) -> str | None:
    """The name of who sent the lead, where the words tell; the account's own people are none."""
    own = {n for name in team for n in name.split()}
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(text):
            name: str = match[1]
            if name.lower().split()[0] not in own and name.lower() not in _NO_NAMES:
                return name
    return None


def when(moments: list[Moment]) -> str | None:
    """The most exact time still ahead, as an ISO date; the later of two equally exact ones."""
    if not moments:
        return None
    ahead = [m for m in moments if not m.is_past and m.date is not None and m.kind in SPECIFIC]
    if not ahead:
        return None
    best = min(ahead, key=lambda m: (SPECIFIC.index(m.kind), -m.first))
    return best.date.isoformat() if isinstance(best.date, dt.date) else None


_UNTIL = (
    "after|once|when|until|till|as soon as|despues de|cuando|depois de|depois d[oa]s?|quando|apres|quand|nach|wenn"
    "|sobald|bis|dopo|na|als|efter|nar"
)
_EVENT = re.compile(rf" (?:{_UNTIL}) ((?:[^ .?]+ ?){{1,6}})")


def awaited(words: Words) -> str | None:
    """The event a lead waits for, in their (folded) words: "after the move" -> "the move"."""
    match = _EVENT.search(words.line)
    return match[1].strip() if match else None
