"""Exact keys in one spelling: e-mail, phone in E.164, Instagram handle, tracking token, slug of a thread folder."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ingest import parse
from ingest.settings import Settings

EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+\.[^\s@<>(),;:\"\[\].]+")
PLACEHOLDER = re.compile(r"^(no-?reply|no-?e?mail|none|test|unknown|n\.?a)@|@(example|test|none)$")
PHONE = re.compile(r"\+?\d[\d\s().\-/]{6,20}\d")
FOLDER_ID = re.compile(r"_([0-9]{6,}|[a-z0-9]{10})$")


@dataclass(frozen=True, slots=True)
class Reader:
    """How this account's keys are read: the country of numbers without one, and keys of the account's own people."""

    region: str | None
    own: frozenset[str]

    def emails(self, *texts: str | None) -> frozenset[str]:
        """Every e-mail address in some texts, lower case, without the team's."""
        found = {m.casefold().removeprefix("mailto:") for text in texts if text for m in EMAIL.findall(text)}
        return frozenset(e for e in found if e not in self.own and not PLACEHOLDER.search(e))

    def phones(self, *texts: str | None) -> frozenset[str]:
        """Every possible phone number in some texts as E.164; without a country code only in the account's region."""
        found = {e164(m, self.region) for text in texts if text for m in PHONE.findall(text)}
        return frozenset(p for p in found if p and p not in self.own)

    def handle(self, text: str | None) -> frozenset[str]:
        """The Instagram handle in a field, if there is exactly one and it is not the account's."""
        try:
            name = parse.handle(text) if text else ""
        except parse.Unreadable:
            return frozenset()
        return frozenset([name] if name and name not in self.own else [])


def reader_of(settings: Settings) -> Reader:
    """The reader of one account."""
    region = region_of(settings.account.timezone)
    words = [*settings.account.handles, *(alias for member in settings.team for alias in member.aliases)]
    plain = {word.strip().lstrip("@").casefold() for word in words if word.strip()}
    return Reader(region, frozenset(plain | {p for w in plain if (p := e164(w, region))}))


@cache
def region_of(timezone: str) -> str | None:
    """ISO country of an IANA zone ("Europe/London" -> "GB"); None for UTC and zones of several countries."""
    try:
        table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return None
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return next((row[0] for row in rows if len(row) > 2 and row[2] == timezone), None)


@cache
def e164(text: str, region: str | None) -> str | None:
    """A number as +<country><number>; None where it is not possible, or has no country code and no region is known."""
    import phonenumbers

    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not digits.startswith("+") and region is None:
        return None
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def slug(name: str) -> str:
    """Letters, digits and underscores in lower case: what Instagram makes of a display name for a thread's folder."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isascii() and (c.isalnum() or c == "_"))


def folder_slug(conversation_id: str) -> str:
    """The slug in the name of a thread folder; empty for the id of a CSV and for a deleted account."""
    found = FOLDER_ID.search(conversation_id)
    name = conversation_id[: found.start()] if found else ""
    return "" if name in ("instagramuser", "") else name
