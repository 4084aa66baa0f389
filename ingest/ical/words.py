"""What stands in an event's DESCRIPTION and SUMMARY: the booking form's answers, marks people type, tools' own lines.

Calendly writes "Event Name: …", "Invitee: …" and the form as "question: answer"; Cal.com "What: …", "Who:" with lines
below; Google's appointment schedules "<b>Booked by</b>" with name and address below; Acuity "Name: …", "Phone: …".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from ingest import parse
from ingest.ical.people import MAIL

BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d)\s*/?>", re.IGNORECASE)
BOLD = re.compile(r"<\s*(?:b|strong)\s*>(.*?)<\s*/\s*(?:b|strong)\s*>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
PAIR = re.compile(r"^(?P<key>[^:]{1,200}?\S)\s*:(?:\s+(?P<value>.*))?$")
ASKED = re.compile(r"^(?P<key>[^?]{2,200}\?)(?=[\s:]|$)\s*:?\s*(?P<value>.*)$")
RULER = re.compile(r"^[=\-_*~\s]{3,}$")
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
NUMBER = re.compile(r"\+?\d[\d\s().-]{6,18}\d")
ALONE = ("event name", "event type", "booked by", "invitee")  # labels that some tools write without a colon
HEADING = "\x00"  # before a line that was bold on its own

EVENT_NAME = re.compile(r"^(event name|event type|event|what|appointment type|type|meeting|terminart|tipo de evento)$")
NAME = re.compile(r"^(invitee|invitee name|name|full name|your name|client|booked by|nombre|nom|nome|naam)$")
EMAIL = re.compile(r"^(invitee email|e-?mail|email address|your e-?mail|correo.*|adresse e-?mail)$")
PHONE = re.compile(r"\b(phone|mobile|cell|whats\s?app|telefon\w*|tel[eé]fono|t[eé]l[eé]phone|celular|handy\w*|tel)\b")
INSTAGRAM = re.compile(r"\b(insta(gram)?|ig)\b|instagram")
TOOL = re.compile(
    r"^(location|where|when|who|date & time|date|time|invitee time ?zone|time ?zone|duration|price|paid online|join|"
    r"meeting id|passcode|password|dial|powered by.*|view event.*|need to make.*|make changes.*|cancel|reschedule|"
    r"cancel or reschedule|organizer|host|calendar|guests?|one tap mobile|your answers?|additional notes from.*)$"
)
TOOL_LINE = re.compile(
    r"^(powered by|need to make (a )?changes?|view (or edit )?this|to (cancel|reschedule|join)|cancel:|reschedule:|"
    r"join (zoom|the meeting|with google)|this is a (zoom|google meet)|you can join|meeting id|one tap|passcode|"
    r"-::~|do not edit|please do not edit|learn more about meet|created by|\(?created by|sent from)",
    re.IGNORECASE,
)
MISSED = (
    r"(?:marked as )?no[\s-]?show(?:s|ed)?|(?:didn'?t|did not|never) show(?:ed)?(?: up)?|nicht erschienen|"
    r"no se present[oó]|pas venue?|ne s'est pas pr[eé]sent[eé]e?|n[aã]o compareceu|non si [eè] presentat[oa]|"
    r"niet (?:komen opdagen|verschenen)|ikke m[oø]dt(?: op)?|d[oö]k inte upp"
)
OFF = (
    r"cancell?ed|abgesagt|storniert|annul[eé]e?|cancelad[oa]|annullat[oa]|geannuleerd|avbokad|aflyst|avlyst|odwo[lł]ane"
)
MOVED = r"rescheduled|verschoben|reprogramad[oa]|report[eé]e?|remarcad[oa]|verplaatst"
NO_SHOW = re.compile(rf"^[\W_]*(?:{MISSED})\b(?P<rest>.{{0,60}})$", re.IGNORECASE)
NO_SHOW_RULE = re.compile(r"\b(fee|policy|charge|will|may|means|are|result|twice)\b", re.IGNORECASE)
DENIED = re.compile(r"^\W*(no|false|none|nein|non|n[aã]o|0)\b", re.IGNORECASE)
CANCELLED = re.compile(
    rf"^[\W_]*(?:{OFF})\b(?:\s+by\s+(?P<by>[^:,.]{{1,60}}))?\s*[:\-–,.]?\s*(?P<why>.*)$", re.IGNORECASE
)
TITLE_MARKS = {
    mark: re.compile(rf"^\W*(?:{words})\s*(?:[:\-–—|\])]\s*|$)|\s*[\-–—|(\[:]\s*(?:{words})\W*$", re.IGNORECASE)
    for mark, words in (("cancelled", OFF), ("rescheduled", MOVED), ("no_show", MISSED))
}
MARKS = re.compile(
    r"calendly\.com/|cal\.com/(booking|reschedule)|acuityscheduling\.com|youcanbook\.me|savvycal\.com|tidycal\.com|"
    r"oncehub\.com|scheduleonce\.com|setmore\.com|simplybook|koalendar\.com|zcal\.co|meetings\.hubspot\.com|"
    r"leadconnectorhq\.com|msgsndr\.com|calendar\.app\.google|appointments/schedules|powered by calendly|"
    r"<b>booked by</b>",
    re.IGNORECASE,
)
MARK_UID = re.compile(r"@(cal\.com|calendly\.com|acuityscheduling\.com|youcanbook\.me|savvycal\.com)$", re.IGNORECASE)
CALL = re.compile(
    r"\b((discovery|clarity|strategy|breakthrough|intro(ductory)?|consult(ation)?|fit|sales|free|connection|assessment|"
    r"alignment|chemistry|enrol?ment|qualification|taster|triage)[\s-]+(call|session|chat|zoom|consult\w*)|"
    r"kennenlern\w*|erstgespr[aä]ch\w*|strategiegespr[aä]ch\w*|appel (d[eé]couverte|strat[eé]gique)|"
    r"(llamada|sesi[oó]n) (de )?(descubrimiento|estrat[eé]gica|valoraci[oó]n)|"
    r"sess[aã]o (de )?(descoberta|estrat[eé]gica)|chiamata conoscitiva|kennismaking\w*)\b",
    re.IGNORECASE,
)
HOST_OF = re.compile(r"^(you|host|organi[sz]er|coach|team|us)\b", re.IGNORECASE)
SIDES = re.compile(r"\s+(?:and|&|<>|und|et|y|e|og|en)\s+")
SEPARATOR = re.compile(r"\s+[-–—|:]\s+|:\s+")


@dataclass(slots=True)
class Form:
    """What a description says."""

    event_name: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    handle: str = ""
    answers: list[str] = field(default_factory=list)  # "question: answer"
    notes: list[str] = field(default_factory=list)  # what people typed
    no_show: bool = False
    cancelled: bool = False
    canceled_by: str = ""  # as the line says it: a name, "host", "invitee"
    cancel_reason: str = ""
    is_marked: bool = False  # a booking tool wrote it


def read_description(text: str) -> Form:
    """A description in its parts; HTML of web calendars is taken off, nothing is guessed from free words."""
    form = Form(is_marked=bool(MARKS.search(text)))
    for question, answer in _parts(_lines(text)):
        if question:
            _take_pair(form, question, answer)
        else:
            _take_line(form, answer)
    form.is_marked = form.is_marked or bool(form.name and (form.email or form.phone))  # Acuity says no more
    return form


def handle_in(answer: str) -> str:
    """An Instagram handle in an answer ("@name", "instagram.com/name", "name"), lower case; else empty."""
    try:
        return parse.handle(answer)
    except parse.Unreadable:
        return ""


def is_call_title(summary: str) -> bool:
    """Whether a title names a sales call: "Discovery Call - Ada Wren", not "Gym" or "Call mum"."""
    return bool(CALL.search(summary))


def marks_of(summary: str) -> tuple[str, str]:
    """A title without its mark ("Canceled: …", "… - no show"), and the mark: cancelled, rescheduled, no_show or ""."""
    for mark, pattern in TITLE_MARKS.items():
        if pattern.search(summary):
            return pattern.sub("", summary, count=1).strip(), mark
    return summary.strip(), ""


def name_in_title(summary: str, event_name: str, own_names: frozenset[str]) -> str:
    """The other person's name in "Discovery Call - Ada Wren", "Ada Wren and Coach" or "Call between Coach and Ada"."""
    title = marks_of(summary)[0]
    if event_name and event_name.casefold() in title.casefold():
        at = title.casefold().index(event_name.casefold())
        rest = f"{title[:at]} {title[at + len(event_name) :]}".strip(" -–—|:()")
        return _without_own(rest, own_names)
    parts = SEPARATOR.split(title)
    if len(parts) == 2 and is_call_title(title):
        return _without_own(parts[0] if is_call_title(parts[1]) else parts[1], own_names)
    sides = SIDES.split(title)
    if len(sides) == 2 and len([s for s in sides if s.strip().casefold() in own_names]) == 1:
        return _without_own(title, own_names)
    named = re.search(r"\b(?:between|with|mit|avec|con|com|med|met) (.+)$", title, re.IGNORECASE)
    return _without_own(named[1], own_names) if named and is_call_title(title) else ""


def _without_own(rest: str, own_names: frozenset[str]) -> str:
    """A name after "with", "between" or "and"; empty where both sides are own people or neither is."""
    rest = re.sub(r"^(with|between|mit|avec|con|com|med|met)\s+", "", rest.strip(), flags=re.IGNORECASE)
    sides = SIDES.split(rest)
    if len(sides) == 2:
        foreign = [side for side in sides if side.strip().casefold() not in own_names]
        return foreign[0].strip() if len(foreign) == 1 else ""
    return "" if rest.casefold() in own_names else rest.strip()


def _lines(text: str) -> list[str]:
    """Plain lines; a line that was bold on its own begins with HEADING."""
    text = BREAK.sub("\n", text)
    text = BOLD.sub(lambda m: f"{HEADING}{m[1]}" if len(m[1]) < 120 else m[1], text)
    lines = [" ".join(html.unescape(TAG.sub("", line)).split()) for line in text.split("\n")]
    return [HEADING * line.startswith(HEADING) + line.replace(HEADING, "") for line in lines]


def _parts(lines: list[str]) -> list[tuple[str, str]]:
    """(question, answer) or ("", free line). A question alone on its line has its answer below, up to a blank line."""
    found: list[tuple[str, str]] = []
    pending = ""
    for line in lines:
        question, answer, is_open = _split(line)
        if pending and line and not question and not NO_SHOW.match(line):
            found[-1] = (pending, f"{found[-1][1]}\n{answer}".strip())
            continue
        pending = question if is_open else ""
        if line:
            found.append((question, answer))
    return found


def _split(line: str) -> tuple[str, str, bool]:
    """Question, answer, and whether the answer stands below."""
    if line.startswith(HEADING) or line.casefold() in ALONE:
        return line.lstrip(HEADING).rstrip(":"), "", True
    if TOOL_LINE.match(line) or LINK.match(line):
        return "", line, False
    pair = ASKED.match(line) or PAIR.match(line)
    if pair is None or pair["key"].casefold().startswith(("http", "www.")) or RULER.match(line):
        return "", line, False
    if "?" in line and pair["key"].endswith("?") and not pair["value"]:
        return pair["key"], "", True
    return pair["key"], (pair["value"] or "").strip(), not (pair["value"] or "").strip()


def _take_pair(form: Form, question: str, answer: str) -> None:
    """A labelled line: one of the tool's own fields, or a question the invitee answered."""
    key = question.casefold().strip(" ?*:")
    first = answer.partition("\n")[0].strip()
    if NO_SHOW.match(key) and not NO_SHOW_RULE.search(key):
        form.no_show = form.no_show or not DENIED.match(first)
        return
    if cancelled := CANCELLED.match(question):
        is_by = key.endswith(" by")
        form.cancelled = form.cancelled or not DENIED.match(first)
        form.canceled_by = form.canceled_by or (first if is_by else (cancelled["by"] or "").strip())
        form.cancel_reason = form.cancel_reason or ("" if is_by or DENIED.match(first) else answer)
        return
    if key in ("cancellation reason", "reason for cancellation"):
        form.cancel_reason = form.cancel_reason or answer
        return
    if not answer or _take_field(form, key, answer) or TOOL.match(key):
        return
    flat = " ".join(answer.split())
    form.answers.append(f"{question.rstrip(':* ')}: {flat}")
    if INSTAGRAM.search(key):
        form.handle = form.handle or handle_in(first)
    elif PHONE.search(key):
        form.phone = form.phone or first


def _take_field(form: Form, key: str, answer: str) -> bool:
    """Fields that say who and what, which are no answers of a form."""
    first = answer.partition("\n")[0].strip()
    if EVENT_NAME.match(key):
        form.event_name = form.event_name or first
        form.is_marked = form.is_marked or key.startswith("event")
    elif NAME.match(key):
        form.name = form.name or first
        form.email = form.email or _mail(answer)
        number = NUMBER.search(answer)
        form.phone = form.phone or (number[0] if number else "")
        form.is_marked = form.is_marked or key in ("invitee", "booked by")
    elif EMAIL.match(key):
        form.email = form.email or _mail(answer)
        form.is_marked = form.is_marked or key == "invitee email"
    else:
        return False
    return True


def _take_line(form: Form, line: str) -> None:
    """A line of its own: a mark, a tool's, or what somebody typed."""
    no_show = NO_SHOW.match(line)
    if no_show and not NO_SHOW_RULE.search(no_show["rest"]):
        form.no_show = True
    elif cancelled := CANCELLED.match(line):
        form.cancelled = True
        form.canceled_by = form.canceled_by or (cancelled["by"] or "").strip()
        form.cancel_reason = form.cancel_reason or cancelled["why"].strip()
    elif line and not TOOL_LINE.match(line) and not RULER.match(line) and LINK.sub("", line).strip():
        form.notes.append(line)


def _mail(text: str) -> str:
    found = MAIL.search(text)
    return found[0].casefold() if found else ""
