"""How numbers, dates, ranges and foreign words are written; the only place where they become text.

Rates under a base of ten are counts ("3 of 8"), from ten on whole percentages with a non-breaking space; a range is
joined by an en dash. Whatever came out of an export is stripped of control and direction characters before it is shown.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
SMALL_BASE: Final = 10  # under it a rate is a count
ONE_DECIMAL_BELOW: Final = 10  # percent
TOO_FEW: Final = "too few to say"
QUOTE_LENGTH: Final = 170

# direction marks, embeddings, overrides and isolates (RFC 8264 / UAX 9), zero-width and word-joining characters
_INVISIBLE: Final = frozenset(
    "\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\u061c"
    + "".join(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
# first characters that make a spreadsheet run a cell (OWASP "CSV Injection", with the full-width forms)
_TRIGGERS: Final = frozenset("=+-@\t\r\n|%＝＋－＠")
_LEADING_BLANKS: Final = " \u00a0\u200b\ufeff"
_CURRENCIES: Final[Mapping[str, str]] = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
_BLANKS: Final = re.compile(" {2,}")
_SMALL_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def clean(text: object) -> str:
    """Text of an export made safe to show: `visible`, without blanks around it."""
    return visible(text).strip()


def visible(text: object) -> str:
    """Text without control, direction or zero-width characters; blanks in a row become one. None and NaN are empty."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    kept = (" " if c in "\t\n\r\x0b\x0c\x85\u2028\u2029" else c for c in str(text))
    shown = (c for c in kept if c not in _INVISIBLE and unicodedata.category(c) not in ("Cc", "Cs"))
    return _BLANKS.sub(" ", "".join(shown))


def label(text: object) -> str:
    """Text for a chart's label or hover: shown literally, never as a tag, link or formula by the drawing library."""
    return html.escape(clean(text), quote=False).replace("$", "&#36;")


def shorten(text: object, length: int = QUOTE_LENGTH) -> str:
    """The beginning of a text, cut between words, with an ellipsis where something was left out."""
    whole = clean(text)
    if len(whole) <= length:
        return whole
    cut = whole[:length].rsplit(" ", 1)[0] if " " in whole[:length] else whole[:length]
    return cut.rstrip(" ,;:.") + "…"


def neutral_cell(text: str) -> str:
    """A CSV cell that no spreadsheet runs: a leading apostrophe where it could; `plain_cell` takes it off again."""
    first = text.lstrip(_LEADING_BLANKS)[:1]
    return f"'{text}" if (first in _TRIGGERS and first) or text.startswith("'") else text


def plain_cell(cell: str) -> str:
    """The text that `neutral_cell` was given."""
    return cell[1:] if cell.startswith("'") else cell


def number(value: float | Decimal) -> str:
    """A whole number with thousands separators and a real minus sign."""
    return f"{round(value):,}".replace("-", MINUS)


def signed(value: int) -> str:
    """A change: +9, −3, 0."""
    return "0" if value == 0 else f"{'+' if value > 0 else MINUS}{abs(value):,}"


def words(value: int) -> str:
    """A small count as a word for prose (three), a larger one in figures (14)."""
    return _SMALL_NUMBERS[value] if 0 <= value < len(_SMALL_NUMBERS) else number(value)


def chances(share: float) -> str:
    """A probability as it is said: `8 chances in 10`, from 0.9 on in 100."""
    if share >= 0.995:
        return "over 99 chances in 100"
    return f"{100 * share:.0f} chances in 100" if share >= 0.9 else f"{10 * share:.0f} chances in 10"


def plural(value: int, one: str, many: str | None = None) -> str:
    """`1 lead`, `3 leads`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def of(part: int, whole: int) -> str:
    """A count with its base: 3 of 8."""
    return f"{number(part)} of {number(whole)}"


def percent(share: float) -> str:
    """A share of 0..1 as a percentage, one decimal under ten percent."""
    value = 100 * share
    text = f"{value:.1f}" if 0 < value < ONE_DECIMAL_BELOW - 0.05 else f"{value:.0f}"
    return f"{text}{NBSP}%"


def rate(part: int, whole: int) -> str:
    """A rate as it may be said: `3 of 8` under ten, `41 %` from ten on, `none yet` without a base."""
    if whole == 0:
        return "none yet"
    return of(part, whole) if whole < SMALL_BASE else percent(part / whole)


def percent_range(low: float, high: float) -> str:
    """A range of shares: 33–50 %."""
    fine = 100 * high < ONE_DECIMAL_BELOW - 0.05
    return f"{100 * low:.1f}–{percent(high)}" if fine and high else f"{100 * low:.0f}–{percent(high)}"


def money(amount: float | Decimal, currency: str | None) -> str:
    """An amount in whole units: £4,200; a currency without a sign of its own as SEK 4,200."""
    sign = _CURRENCIES.get(currency or "", "")
    text = number(abs(float(amount)))
    whole = f"{sign}{text}" if sign else f"{clean(currency) or ''} {text}".strip()
    return f"{MINUS}{whole}" if amount < 0 else whole


def days(value: float | None) -> str:
    """A length in whole days: today, 1 day, 4 days."""
    if value is None or math.isnan(value):
        return "–"
    whole = math.floor(value)
    return "today" if whole < 1 else plural(whole, "day")


def minutes(value: float | None) -> str:
    """A waiting time: 4 min, 1 h 50, 3 days."""
    if value is None or math.isnan(value):
        return "–"
    whole = round(value)
    if whole < 60:
        return f"{whole} min"
    if whole < 48 * 60:
        hours, rest = divmod(whole, 60)
        return f"{hours} h" if rest == 0 else f"{hours} h {rest:02d}"
    return plural(whole // (24 * 60), "day")


def day(value: date | datetime) -> str:
    """A date in a list: Mon 23 Nov."""
    return f"{value:%a} {value.day} {value:%b}"


def short_day(value: date | datetime) -> str:
    """A date on an axis: 23 Nov."""
    return f"{value.day} {value:%b}"


def long_day(value: date | datetime, year: bool = True) -> str:
    """A date in prose: Monday 4 January 2027."""
    return f"{value:%A} {value.day} {value:%B}" + (f" {value:%Y}" if year else "")


def clock(value: datetime) -> str:
    """A time of day on the 24-hour clock: 08:30."""
    return f"{value:%H:%M}"


def day_range(first: date, last: date) -> str:
    """Days of a week: 16–22 November 2026, 28 September – 4 October 2026."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B %Y}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"


def week_name(start: date) -> str:
    """The ISO week that begins on a Monday: 2026-W47."""
    year, week, _ = start.isocalendar()
    return f"{year}-W{week:02d}"


def week_start(name: str) -> date:
    """The Monday of an ISO week; ValueError for anything else than 2026-W47."""
    year, _, week = name.partition("-W")
    if not (year.isdigit() and week.isdigit() and len(year) == 4 and len(week) == 2):
        raise ValueError("a week is written as 2026-W47")
    return date.fromisocalendar(int(year), int(week), 1)


def last_whole_week(as_of: datetime) -> date:
    """The Monday of the last week that was over at `as_of` (local); a Sunday's last second ends its own week."""
    day_ = (as_of + timedelta(seconds=1)).date()
    return day_ - timedelta(days=day_.weekday() + 7)


def listed(items: Iterable[str], at_most: int = 5) -> str:
    """Names in a row: A, B and C; with more than `at_most`, the first ones and how many more."""
    names = list(items)
    if len(names) > at_most:
        return ", ".join(names[:at_most]) + f" and {number(len(names) - at_most)} more"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""


def stop(text: str) -> str:
    """A text that ends with one full stop, also after an initial."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def sentence(text: str) -> str:
    """A text that begins with a capital and ends with a full stop."""
    whole = text.strip()
    if not whole:
        return ""
    return stop(whole[0].upper() + whole[1:])


def first_names(names: Iterable[str]) -> list[str]:
    """People by the shortest of their names: aliases, addresses and mere descriptions beside a name fall away."""
    known = [clean(name) for name in names if clean(name) and "@" not in name]
    known = [name for name in known if name[0].isupper()] or known  # "automated assistant" beside "Desky"
    shortest: dict[str, str] = {}
    for name in sorted(known, key=lambda n: (len(n), n)):
        shortest.setdefault(name.split(" ")[0].casefold(), name)
    return sorted(shortest.values())


def short_names(people: Mapping[str, tuple[str | None, str | None]]) -> dict[str, str]:
    """Names to show by id, from (display name, handle): `Nadia R.`, in full where two would look alike.

    A person without a name is shown by handle, without both as "no name".
    """
    full: dict[str, str] = {}
    short: dict[str, str] = {}
    for key, (name, handle) in people.items():
        full[key] = clean(name) or (f"@{clean(handle)}" if clean(handle) else "no name")
        short[key] = _short(full[key]) if clean(name) else full[key]
    seen: dict[str, int] = {}
    for name in short.values():
        seen[name] = seen.get(name, 0) + 1
    return {key: shorten(short[key] if seen[short[key]] == 1 else full[key], 40) for key in people}


def _short(name: str) -> str:
    parts = [part for part in name.split(" ") if any(c.isalpha() for c in part)] or [name]
    return f"{parts[0]} {parts[-1][0]}." if len(parts) > 1 and parts[-1][0].isalpha() else " ".join(parts)
