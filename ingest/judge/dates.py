"""Dates and periods said in words, in eight languages: where they stand, if they lie ahead, and as a calendar date.

A date in the words is taken as said: whether it lies before or after the message decides nothing but its year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ingest.judge.words import REMEMBERED, Words

_NUMBER = re.compile(r"^(\d{1,2})(?:st|nd|rd|th|er|o|a|e|ter|ten|de)?$")
_NUMERIC = re.compile(r"^(\d{1,2})[./](\d{1,2})(?:[./](\d{2,4}))?$")
_DIGIT = re.compile(r" \d")
_COMPACT = re.compile(r"^(\d{1,3})(d|days|w|wk|wks|weeks|m|mo|mos|mths|y|yr|yrs|h|min|mins)$")
_BYGONE = frozenset(str(year) for year in range(1900, 2026))


class Moment(NamedTuple):
    """A time said in the words: tokens `first` to `last` (inclusive) of the message."""

    first: int
    last: int
    kind: str  # date | month | season | holiday | span (in 2 weeks) | weekday | length (for 3 months)
    is_past: bool
    date: dt.date | None  # the first day it can mean


class Time(NamedTuple):
    """The same whenever it is said."""

    first: int
    last: int
    kind: str
    is_past: bool
    day: Callable[[dt.date], dt.date | None] | None  # from the day it is said on; None: no day


@dataclass(frozen=True, slots=True, eq=False)
class TimeWords:
    """The seed `time_words`, by kind."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, str]
    feasts: Mapping[str, tuple[str, str]]  # word -> (season | holiday, "MM-DD")
    numbers: Mapping[str, int]
    past_verbs: frozenset[str]
    ahead: frozenset[str]  # before a time: it is one ("in may", "by friday")
    limit: frozenset[str]  # before a time: it is a limit, whatever else is said
    behind: frozenset[str]  # beside a time: it is over
    middle: frozenset[str]
    late: frozenset[str]
    after: frozenset[str]
    this: frozenset[str]
    next: frozenset[str]
    keys: frozenset[str]  # a message without any of these holds no time


def time_words(rows: Iterable[Mapping[str, str]]) -> TimeWords:
    """Index the rows (word, kind, value) of the seed."""
    by: dict[str, dict[str, str]] = {}
    for row in rows:
        by.setdefault(row["kind"], {})[row["word"]] = row["value"]
    months = {w: int(v) for w, v in by["month"].items()}
    weekdays = {w: int(v) for w, v in by["weekday"].items()}
    feasts = {w: (kind, v) for kind in ("season", "holiday") for w, v in by[kind].items()}
    keys = frozenset([*months, *weekdays, *by["unit"], *feasts])
    numbers = {w: int(v) for w, v in by["number"].items()}
    return TimeWords(
        months,
        weekdays,
        by["unit"],
        feasts,
        numbers,
        past_verbs=frozenset(by["past_verb"]),
        keys=keys,
        **{
            kind: frozenset(by[kind])
            for kind in ("ahead", "limit", "behind", "middle", "late", "after", "this", "next")
        },
    )


def holds_time(words: Words, known: TimeWords) -> bool:
    """Whether a message can hold a time at all: cheaper to ask than to look for one."""
    return not known.keys.isdisjoint(words.tokens) or _DIGIT.search(words.line) is not None


def moments(words: Words, said_on: dt.date, known: TimeWords) -> list[Moment]:
    """Every time said in a message, in order."""
    return [
        Moment(first, last, kind, is_past, day(said_on) if day else None)
        for first, last, kind, is_past, day in _times(words, known)
    ]


@lru_cache(maxsize=REMEMBERED)
def _times(words: Words, known: TimeWords) -> tuple[Time, ...]:
    tokens = words.tokens
    found: list[Time | None] = []
    for at, token in enumerate(tokens):
        if token in known.keys:
            found.append(_named(tokens, at, known))
        elif token[0].isdigit():
            found.append(_numeric(tokens, at, known))
    return tuple(time for time in found if time)


def _named(tokens: tuple[str, ...], at: int, known: TimeWords) -> Time | None:
    token = tokens[at]
    if token in known.months and not _is_other_word(tokens, at, known):
        return _month(tokens, at, known)
    if token in known.units:
        return _span(tokens, at, known)
    if token in known.feasts:
        return _feast(tokens, at, known)
    if token in known.weekdays and not _is_other_word(tokens, at, known):
        weekday = known.weekdays[token]
        return Time(at, at, "weekday", _lies_behind(tokens, at, known), lambda on: _coming_weekday(on, weekday))
    return None


def _is_other_word(tokens: tuple[str, ...], at: int, known: TimeWords) -> bool:
    """Whether a name of a month or day is something else here ("may I", "sat down", "the sun", "mar 🤍")."""
    token, before = tokens[at], tokens[at - 1] if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in ("may", "mar", "march", "sat", "sun", "mon", "wed", "fri", "jan", "mars", "sexta", "quinta", "quarta"):
        near = before in known.ahead or before in known.behind or _NUMBER.match(before) or _NUMBER.match(after)
        return not (
            near or (token in ("sat", "fri", "mon", "wed") and after in ("morning", "afternoon", "at", "am", "pm"))
        )
    return token in ("segunda", "terca", "ar", "jul", "host", "var", "estate", "fall", "spring") and not (
        before in known.ahead or _NUMBER.match(before)
    )


def _month(tokens: tuple[str, ...], at: int, known: TimeWords) -> Time:
    month = known.months[tokens[at]]
    first = last = at
    day = 0
    if at and (match := _NUMBER.match(tokens[at - 1])):
        first, day = at - 1, int(match[1])
    elif (
        at > 1 and tokens[at - 1] in ("of", "de", "di", "d", "do", "av") and (match := _NUMBER.match(tokens[at - 2]))
    ) or (at > 1 and tokens[at - 1] == "." and (match := _NUMBER.match(tokens[at - 2]))):
        first, day = at - 2, int(match[1])
    elif at + 1 < len(tokens) and (match := _NUMBER.match(tokens[at + 1])):
        last, day = at + 1, int(match[1])
    elif at and tokens[at - 1] in ("premier", "primero", "primo", "erster", "ersten"):
        first, day = at - 1, 1
    near = set(tokens[max(0, first - 3) : first])
    kind = "date" if 1 <= day <= 31 else "month"
    if kind == "month":
        day = 15 if near & known.middle else 25 if near & known.late else 1
    return Time(first, last, kind, _lies_behind(tokens, first, known), lambda on: _coming(on, month, day))


def _span(tokens: tuple[str, ...], at: int, known: TimeWords) -> Time | None:
    unit = known.units[tokens[at]]
    before = tokens[at - 1] if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if (
        before in known.next
        or after in known.next
        or (after == "que" and tokens[at + 2 : at + 3] in (("viene",), ("vem",)))
    ):
        return Time(max(0, at - 1), at, "span", False, lambda on: _add(on, 1, unit))
    if before in known.this:
        return Time(at - 1, at, "span", False, lambda on: on)
    amount = int(m[1]) if (m := re.match(r"^(\d{1,3})$", before)) else known.numbers.get(before)
    if amount is None:
        return None
    lead = tokens[at - 2] if at > 1 else ""
    if lead in ("in", "within", "dentro", "dans", "tra", "fra", "om", "over", "daqui", "en", "em", "noch", "binnen"):
        return Time(at - 2, at, "span", False, lambda on: _add(on, amount, unit))
    if after in ("left", "away", "out", "until", "till", "til") or tokens[at + 1 : at + 3] == ("to", "go"):
        return Time(at - 1, at, "span", False, lambda on: _add(on, amount, unit))
    is_past = after in known.behind or lead in known.behind
    return Time(at - 1, at, "length", is_past, None)


def _feast(tokens: tuple[str, ...], at: int, known: TimeWords) -> Time:
    kind, value = known.feasts[tokens[at]]
    month, day = (int(part) for part in value.split("-"))
    is_past = _lies_behind(tokens, at, known)
    if known.after.isdisjoint(tokens[max(0, at - 3) : at]):
        return Time(at, at, kind, is_past, lambda on: _coming(on, month, day))
    return Time(at, at, kind, is_past, lambda on: _after(on, month, day, 10 if kind == "season" else 1))


def _after(said_on: dt.date, month: int, day: int, weeks: int) -> dt.date:
    """When a season or feast will be over; one that has just ended means the coming week."""
    for year in (said_on.year - 1, said_on.year, said_on.year + 1):
        over = dt.date(year, month, day) + dt.timedelta(weeks=weeks)
        if over >= said_on - dt.timedelta(weeks=3):
            break
    return max(over, said_on + dt.timedelta(weeks=1))


def _numeric(tokens: tuple[str, ...], at: int, known: TimeWords) -> Time | None:
    token = tokens[at]
    if match := _COMPACT.match(token):
        unit = {"d": "day", "w": "week", "m": "month", "y": "year"}.get(match[2][0], "")
        if unit and match[2] not in ("m", "min", "mins"):
            return Time(at, at, "length", tokens[at + 1 : at + 2] == ("ago",), None)
        return None
    match = _NUMERIC.match(token)
    near = tokens[at - 1] if at else ""
    if match and near in known.ahead and 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12:
        month, day = int(match[2]), int(match[1])
        return Time(at, at, "date", False, lambda on: _coming(on, month, day))
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    is_ordinal = re.match(r"^\d{1,2}(?:st|nd|rd|th)$", token) and near in ("the", "by", "on", "before")
    if is_ordinal and after != "of" and after not in known.months:
        return Time(at, at, "date", _lies_behind(tokens, at, known), lambda on: _coming_day(on, int(token[:-2])))
    return None


def _lies_behind(tokens: tuple[str, ...], at: int, known: TimeWords) -> bool:
    """Whether the words around a time say that it is over ("lost the job in april", "since may", "winter of 1947")."""
    if any(t in _BYGONE for t in tokens[at + 1 : at + 3]):
        return True
    begin = at
    while begin > max(0, at - 5) and tokens[begin - 1][0] not in ".?":
        begin -= 1
    near = tokens[begin:at]
    if known.behind & set(near[-2:]):
        return True
    if known.limit & set(near):
        return False
    return any(t in known.past_verbs or (t.endswith("ed") and len(t) > 4 and t != "need") for t in near)


def _coming(said_on: dt.date, month: int, day: int) -> dt.date | None:
    """The next such day; None for a day that no month has."""
    for year in (said_on.year, said_on.year + 1):
        try:
            date = dt.date(year, month, min(day, 28) if month == 2 else day)
        except ValueError:
            return None
        if (said_on - date).days <= 0:
            return date
    return None


def _coming_weekday(said_on: dt.date, weekday: int) -> dt.date:
    return said_on + dt.timedelta((weekday - said_on.isoweekday()) % 7 or 7)


def _coming_day(said_on: dt.date, day: int) -> dt.date | None:
    for months in range(3):
        start = _add(said_on.replace(day=1), months, "month")
        try:
            date = start.replace(day=day)
        except ValueError:
            continue
        if date >= said_on:
            return date
    return None


def _add(date: dt.date, amount: int, unit: str) -> dt.date:
    if unit in ("day", "week"):
        return date + dt.timedelta(amount * (7 if unit == "week" else 1))
    months = date.year * 12 + date.month - 1 + amount * (12 if unit == "year" else 1)
    return dt.date(months // 12, months % 12 + 1, min(date.day, 28))
