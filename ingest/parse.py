"""Cells to values: times, money, yes/no, e-mail addresses, phones, handles. What can be read two ways is not read.

Every parser is pure, takes a stripped text that is not empty, and raises Unreadable.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo

from ingest.errors import Code

UTC = dt.UTC
EARLIEST = dt.datetime(1990, 1, 1, tzinfo=UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=UTC)
LAUNCH = dt.datetime(2010, 10, 6, tzinfo=UTC)  # of Instagram: no machine time of ours is older
EXCEL_ZERO = dt.datetime(1899, 12, 30)  # serial 0 of Excel and Sheets, leap year bug included
LARGEST = Decimal(10) ** 16  # what decimal(18, 2) holds

Order = Literal["dmy", "mdy"]
Trouble = Literal["dst_gap", "dst_ambiguous"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
_BASIC = r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=T|\Z)"
_ORDERED = r"(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})"
_NAMED = (
    r"(?:(?P<mon>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<mon2>[A-Za-z]{3,9})\.?,?[\s-]+(?P<y2>\d{4}))"
)
_CLOCK = (
    r"(?:(?:,?\s+(?:at\s+)?|T)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<off>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_DATES = tuple(re.compile(p + _CLOCK) for p in (_ISO, _BASIC, _NAMED))
_TWO_WAYS = re.compile(_ORDERED + _CLOCK)
_YEAR_FIRST = re.compile(r"\d{4}[-/.]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

_YES = frozenset(
    ["yes", "true", "1", "sí", "si", "oui", "ja", "sim", "vero", "vrai", "wahr", "verdadero", "verdadeiro", "waar"]
)
_NO = frozenset(["no", "false", "0", "non", "nein", "nee", "não", "nao", "falso", "faux", "falsch", "onwaar"])

_MONEY = re.compile(
    r"(?P<cur>[A-Z]{3}|[$£€¥₹]|[A-Z]{1,3}\$)?(?P<minus>-)?(?P<n>\d(?:[\d.,' ]*\d)?)(?P<cur2>[A-Z]{3}|[$£€¥₹])?"
)
_SIGNS = {
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "R$": "BRL",
    "US$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
}
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+\.[^\s@<>(),;:\"\[\].]+")
_HANDLE = re.compile(r"[a-z0-9_](?:[a-z0-9._]{0,28}[a-z0-9_])?")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:instagram\.com|instagr\.am|ig\.me/m)/(?P<h>[^/?#\s]+)", re.IGNORECASE
)
_NOT_A_PROFILE = frozenset(["p", "reel", "reels", "tv", "stories", "explore", "direct", "accounts", "share"])
# what people write into a field for it who have none; as a key they would make one person of many
_NO_HANDLE = frozenset(
    ["none", "no", "na", "n.a", "null", "nil", "nope", "yes", "x", "private", "tbd", "ig"]
) | frozenset(
    ["insta", "instagram", "ninguno", "ninguna", "nenhum", "nenhuma", "aucun", "keine", "keins", "nessuno", "geen"]
)


class Unreadable(ValueError):
    """A cell that is not what its column holds; `reason` never repeats the cell."""

    def __init__(self, code: Code, reason: str, is_text: bool = False) -> None:
        """`is_text`: it does not even look like one, such as "after summer" for a date."""
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.is_text = is_text


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC; `trouble` where the local time was there twice (the first counts) or not at all."""

    at: dt.datetime
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with two decimals, and its ISO currency where the sign leaves no doubt."""

    amount: Decimal
    currency: str | None = None


def moment(text: str, zone: str, date_format: str | None = None, order: Order | None = None) -> Moment:
    """A time: ISO with or without offset, `2025-03-03 11:00 am`, `3 Mar 2025`, Excel serial, epoch in s, ms or µs.

    `zone` is for times that carry none; `date_format` (strptime) or `order` for 03/04/2026, which is refused without.
    """
    year_first = _YEAR_FIRST.match(text) and not (date_format or "").startswith("%Y")
    if year_first and len(text) >= 19:  # what machines write, read fast
        try:
            return in_zone(dt.datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    if date_format and not year_first:
        return in_zone(_by_format(text, date_format), zone)
    if _NUMBER.fullmatch(text) and not (len(text) == 8 and text.isdigit()):
        return _from_number(text, zone)
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = _month(parts.get("mon") or parts.get("mon2") or "") or int(parts.get("m") or 0)
            day = int(parts.get("d") or parts.get("d2") or 0)
            return in_zone(_built(int(parts.get("y") or parts.get("y2") or 0), month, day, match), zone)
    if match := _TWO_WAYS.fullmatch(text):
        shown_order = order or date_order(text)
        if shown_order == "either":
            raise Unreadable(Code.E_DATE_ORDER, "a date that could be read two ways")
        first, second = int(match["a"]), int(match["b"])
        day, month = (second, first) if shown_order == "mdy" else (first, second)
        return in_zone(_built(int(match["y"]), month, day, match), zone)
    raise Unreadable(Code.E_TIME, "no date or time that is known", is_text=not any(c.isdigit() for c in text))


def date_order(text: str) -> Order | Literal["either"] | None:
    """What a date such as 25/06/2026 proves: day first, month first or either; None: no matter, or no such date."""
    match = _TWO_WAYS.match(text)
    if match is None:
        return None
    a, b = int(match["a"]), int(match["b"])
    if a == b:
        return None
    return "dmy" if 12 < a <= 31 and b <= 12 else "mdy" if 12 < b <= 31 and a <= 12 else "either"


def in_zone(local: dt.datetime, zone: str) -> Moment:
    """The instant of a local time; the first one where clocks were set back. Raises Unreadable out of 1990-2100."""
    trouble: Trouble | None = None
    if local.tzinfo is None:
        where = ZoneInfo(zone)
        first, second = local.replace(tzinfo=where, fold=0), local.replace(tzinfo=where, fold=1)
        if first.utcoffset() != second.utcoffset():
            exists = first.astimezone(UTC).astimezone(where).replace(tzinfo=None) == local
            trouble = "dst_ambiguous" if exists else "dst_gap"
        local = first
    try:
        at = local.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable(Code.E_TIME, "a year outside of 1990 to 2100") from error
    if not EARLIEST <= at < LATEST:
        raise Unreadable(Code.E_TIME, "a year outside of 1990 to 2100")
    return Moment(at, trouble)


def money(text: str, decimal: str | None = None) -> Money:
    """An amount: `$1,200.00`, `1.234,56 €`, `(50)`, `-3`. `decimal` is the sign before the cents, where known.

    Without it, `1.200` is refused: it may be twelve hundred or one and a fifth.
    """
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").strip()
    bare = re.sub(r"(?<=[A-Z$£€¥₹])\s+|\s+(?=[A-Z$£€¥₹])", "", plain)
    signed = re.fullmatch(r"(?:(?P<minus>-)|\+)?(?P<rest>[^()]+)|\((?P<owed>[^()]+)\)", bare)
    match = _MONEY.fullmatch((signed["owed"] or signed["rest"] or "").strip()) if signed else None
    if match is None:
        raise Unreadable(Code.E_MONEY, "no amount of money", is_text=not any(c.isdigit() for c in text))
    amount = Decimal(_digits(match["n"], decimal))
    if amount >= LARGEST:
        raise Unreadable(Code.E_MONEY, "an amount too large to be one")
    sign = match["cur"] or match["cur2"] or ""
    currency = _SIGNS.get(sign) or (sign if len(sign) == 3 and sign.isalpha() else None)
    minuses = bool(signed and (signed["owed"] or signed["minus"])) + bool(match["minus"])
    if minuses > 1:
        raise Unreadable(Code.E_MONEY, "no amount of money")
    return Money((-amount if minuses else amount).quantize(Decimal("0.01")), currency)


def boolean(text: str) -> bool:
    """Yes or no, in any case and the languages of the exports."""
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable(Code.E_SHAPE, "neither yes nor no", is_text=True)


def email(text: str) -> str:
    """An e-mail address in lower case; `mailto:` and `Name <address>` are taken apart."""
    found = _EMAIL.findall(text)
    if len(found) != 1:
        raise Unreadable(Code.E_SHAPE, "no single e-mail address", is_text=True)
    return str(found[0]).removeprefix("mailto:").lower()


def phone(text: str) -> str:
    """A phone number as it stands, without Excel's quoting; at least six digits."""
    kept = text.removeprefix('="').removesuffix('"').lstrip("'").strip()
    if sum(c.isdigit() for c in kept) < 6:
        raise Unreadable(Code.E_SHAPE, "no phone number", is_text=True)
    return kept


def handle(text: str) -> str:
    """An Instagram handle in lower case without @: as such, from the address of a profile, or a text's one @name."""
    if link := _PROFILE.search(text):
        name = link["h"].lower().lstrip("@")
        if name not in _NOT_A_PROFILE and _HANDLE.fullmatch(name):
            return name
    named = re.findall(r"(?<![\w.])@([A-Za-z0-9._]+)", text)
    name = (named[0] if len(named) == 1 else text.strip().lstrip("@")).lower().rstrip(".")
    if not _HANDLE.fullmatch(name) or name in _NO_HANDLE or link:
        raise Unreadable(Code.E_SHAPE, "no Instagram handle", is_text=True)
    return name


def _by_format(text: str, date_format: str) -> dt.datetime:
    """A time by strptime; a format of the date alone also takes a time of day behind it."""
    for tail in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", "T%H:%M:%S", " %I:%M:%S %p"):
        try:
            return dt.datetime.strptime(text, date_format + tail)
        except ValueError:
            continue
    raise Unreadable(Code.E_TIME, "no date of the format given", is_text=not any(c.isdigit() for c in text))


def _from_number(text: str, zone: str) -> Moment:
    """Excel serial (local time) or epoch, told apart by their size alone."""
    number = float(text.replace(",", "."))
    for unit in (1, 1e3, 1e6):  # 2010 to 2100 in s, ms and µs are three ranges that do not touch
        if LAUNCH.timestamp() <= number / unit < LATEST.timestamp():
            return Moment(dt.datetime.fromtimestamp(0, UTC) + dt.timedelta(microseconds=round(number * 1e6 / unit)))
    local = EXCEL_ZERO + dt.timedelta(seconds=round(number * 86400)) if number < 100_000 else EXCEL_ZERO
    if local < LAUNCH.replace(tzinfo=None):
        raise Unreadable(Code.E_TIME, "a number that is no time from 2010 to 2100")
    return in_zone(local, zone)


def _month(name: str) -> int:
    """1-12 for an English month name or its beginning, 0 for none."""
    short = name.lower()[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _built(year: int, month: int, day: int, match: re.Match[str]) -> dt.datetime:
    """A datetime from the parts of a pattern; raises Unreadable for 30 February, 25:00 and 13 pm."""
    hour, minute, second = int(match["H"] or 0), int(match["M"] or 0), int(match["S"] or 0)
    if half := (match["half"] or "").lower():
        if not 1 <= hour <= 12:
            raise Unreadable(Code.E_TIME, "a time of day that does not exist")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    micro = int(((match["f"] or "") + "000000")[:6])
    offset = match["off"] or ""
    zone: dt.tzinfo | None = UTC if offset in ("Z", "UTC", "GMT") else None
    try:
        if offset and zone is None:
            minutes = int(offset[1:3]) * 60 + int(offset[3:].lstrip(":") or 0)
            zone = dt.timezone(dt.timedelta(minutes=minutes if offset[0] == "+" else -minutes))
        return dt.datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)
    except ValueError as error:
        raise Unreadable(Code.E_TIME, "a date or time that does not exist") from error


def _digits(number: str, decimal: str | None) -> str:
    """Digits with a point before the cents. Raises Unreadable where that could be read two ways."""
    bare = number.replace("'", "").replace(" ", "")
    seen = [s for s in ".," if s in bare]
    if decimal is None:
        if len(seen) == 2:
            decimal = max(seen, key=bare.rfind)
        elif seen and bare.count(seen[0]) == 1:
            if len(bare) - bare.index(seen[0]) == 4:
                raise Unreadable(Code.E_MONEY, "an amount that could be read two ways; set decimal in a [[mapping]]")
            decimal = seen[0]
        else:
            decimal = "," if seen == ["."] else "."
    group = "," if decimal == "." else "."
    whole, _, cents = bare.partition(decimal)
    parts = whole.split(group)
    grouped = all(len(p) == 3 for p in parts[1:]) and (len(parts) == 1 or 1 <= len(parts[0]) <= 3)
    if not grouped or group in cents or decimal in cents:
        raise Unreadable(Code.E_MONEY, "no amount in the spelling of this file")
    try:
        return str(Decimal(f"{''.join(parts)}.{cents or '0'}"))
    except InvalidOperation as error:
        raise Unreadable(Code.E_MONEY, "no amount of money") from error
