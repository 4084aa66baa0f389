"""The bytes of an .ics file as calendars, events and properties; nothing is interpreted (RFC 5545, section 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import Code, ExportError

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAMETER = re.compile(r'\s*;+\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
ESCAPED = re.compile(r"\\([\\;,nN])")
CARET = re.compile(r"\^([n'^])")
KEPT = ("VEVENT", "VTIMEZONE")


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: upper-case name, parameters by upper-case name, the raw value."""

    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        r"""The value as text: `\n`, `\,`, `\;` and `\\` undone."""
        return ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value)


@dataclass(frozen=True, slots=True)
class Component:
    """One VEVENT or VTIMEZONE: 1-based position among its kind in the file, and its lines as they stand."""

    name: str
    position: int
    lines: tuple[str, ...] = ()  # own lines of an event; all lines, nested ones too, of a time zone

    @property
    def properties(self) -> tuple[Property, ...]:
        """Every line that is a property; a line that is none is dropped."""
        return tuple(p for line in self.lines if (p := read_line(line)) is not None)


@dataclass(slots=True)
class CalendarText:
    """One VCALENDAR: its own properties, its events and its time zones."""

    properties: list[Property] = field(default_factory=list)
    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)

    def first(self, name: str) -> str:
        """Text of the first property of that name, stripped; empty without one."""
        return next((p.text.strip() for p in self.properties if p.name == name), "")


def read_line(line: str) -> Property | None:
    """A content line in its parts; None for what is no content line."""
    name = NAME.match(line)
    if name is None:
        return None
    at, params = name.end(), dict[str, str]()
    while found := PARAMETER.match(line, at):
        params.setdefault(found[1].upper(), CARET.sub(_uncaret, found[2].replace('"', "").strip()))
        at = found.end()
    rest = line[at:].lstrip()
    return Property(name[0].upper(), params, rest[1:]) if rest.startswith(":") else None


def _uncaret(found: re.Match[str]) -> str:
    """RFC 6868: how a parameter writes a line break, a quote and a caret."""
    return {"n": "\n", "'": '"', "^": "^"}[found[1]]


def decode(data: bytes) -> str:
    """The text of a calendar, unfolded before decoding: a fold may stand in the middle of a UTF-8 character.

    Raises ExportError (E_ENCODING) for anything but UTF-8 or UTF-16 with its mark; a byte is never replaced.
    """
    try:
        if data.startswith(UTF16_MARKS):
            data = data.decode("utf-16").encode("utf-8")
        return FOLD.sub(b"", data.removeprefix(b"\xef\xbb\xbf")).decode("utf-8")
    except UnicodeDecodeError as error:
        fix = "Export the calendar again and do not save it with another program in between"
        raise ExportError(Code.E_ENCODING, "the calendar is not UTF-8 text", what_to_do=fix) from error


def is_calendar(head: bytes) -> bool:
    """Whether the first bytes of a file begin a calendar; case, marks and blank lines before it do not matter."""
    if head.startswith(UTF16_MARKS):
        head = head.decode("utf-16", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def calendars(data: bytes) -> list[CalendarText]:
    """Every calendar of a file.

    Raises ExportError: E_ENCODING, or E_ICS where BEGIN and END do not match (a file cut short lacks an END).
    """
    found: list[CalendarText] = []
    stack: list[str] = []
    kept: list[str] | None = None  # lines of the event or zone that is open
    counts = dict.fromkeys(KEPT, 0)
    for number, line in enumerate(_lines(decode(data)), 1):
        mark, _, value = line.partition(":")
        mark, name = mark.strip().upper(), value.strip().upper()
        if mark == "BEGIN":
            stack.append(name)
            if name == "VCALENDAR":
                found.append(CalendarText())
            elif name in KEPT and stack[0] == "VCALENDAR" and kept is None:
                kept = []
        elif mark == "END" and (not stack or stack.pop() != name):
            raise _broken(f"BEGIN and END do not match at line {number}")
        if kept is not None:
            _keep(kept, line, stack, mark, name)
            if mark == "END" and name in KEPT and not _inside(stack):
                counts[name] += 1
                _close(found[-1], Component(name, counts[name], tuple(kept)))
                kept = None
        elif stack == ["VCALENDAR"] and (own := read_line(line)) is not None and mark not in ("BEGIN", "END"):
            found[-1].properties.append(own)
    if stack:
        raise _broken(f"the file ends inside {stack[-1][:20]}: it is cut short")
    return found


def _lines(text: str) -> Iterator[str]:
    """Lines that are not blank; only CR and LF end a line, as a description may hold other separators."""
    return (line for line in re.split(r"\r\n|\n|\r", text) if line.strip())


def _keep(kept: list[str], line: str, stack: list[str], mark: str, name: str) -> None:
    """Own lines of an event, without those of its alarms; every line of a time zone."""
    is_zone = "VTIMEZONE" in stack or name == "VTIMEZONE"
    if is_zone or (stack[-1:] == ["VEVENT"] and mark not in ("BEGIN", "END")):
        kept.append(line)


def _inside(stack: list[str]) -> bool:
    return any(name in KEPT for name in stack)


def _close(calendar: CalendarText, component: Component) -> None:
    (calendar.events if component.name == "VEVENT" else calendar.zones).append(component)


def _broken(what: str) -> ExportError:
    fix = "Download the calendar again and put the whole file into exports"
    return ExportError(Code.E_ICS, what, what_to_do=fix)
