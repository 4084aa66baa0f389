"""Calendars: which events are bookings, what their words say, and 242 calendars of three peer suites."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from ingest.errors import ExportError
from ingest.formats.ics import FORMAT
from ingest.ical.lines import calendars, is_calendar, read_line
from ingest.ical.people import Person, owners_of, person_of
from ingest.ical.words import handle_in, is_call_title, marks_of, name_in_title, read_description
from ingest.settings import Account, Settings, TeamMember
from ingest.shapes import Outcome, Reject, Row

SETTINGS = Settings(account=Account(name="Hollis Marsh", timezone="Europe/London"))
SUITE_FOLDERS = ("icalendar_calendars", "recurring_ical_calendars", "icaljs_samples")
OWN = frozenset(["hollis marsh"])


class File:
    members: tuple[str, ...] = ()
    name = "calendar.ics"

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, member: str = "") -> bytes:
        return self.data


def with_guests(data: bytes) -> bytes:
    """The calendar as if every event had a guest, so that every event is read."""
    return data.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\nATTENDEE;CN=Ada Wren:mailto:ada.wren@example.com")


def suite_files(suites: Path) -> list[Path]:
    return sorted(p for folder in SUITE_FOLDERS for p in (suites / folder).rglob("*") if p.is_file())


@pytest.mark.suite
def test_every_event_of_the_peer_suites_is_read_or_rejected_with_a_reason(suites: Path) -> None:
    seen: Counter[str] = Counter()
    for path in suite_files(suites):
        seen["files"] += 1
        data = with_guests(path.read_bytes())
        if not is_calendar(data):
            seen["not a calendar"] += 1  # the loader reports it as an unknown file
            continue
        begun = time.process_time()
        items = list(FORMAT.read(File(data), SETTINGS))
        assert time.process_time() - begun < 5, path.name
        refused = [i for i in items if isinstance(i, Reject) and i.outcome is Outcome.REFUSED]
        if refused:
            assert len(items) == 1
            assert refused[0].reason
            seen["refused"] += 1
            continue
        rows = {i.line for i in items if isinstance(i, Row)}
        bad = {i.line for i in items if isinstance(i, Reject) and i.outcome is Outcome.QUARANTINED}
        out = sum(i.count for i in items if isinstance(i, Reject) and i.outcome is Outcome.LEFT_OUT)
        events = sum(len(c.events) for c in calendars(data))
        assert len(rows) + len(bad) + out == events, path.name
        seen.update({"events": events, "events read": len(rows), "events quarantined": len(bad), "left out": out})
    assert seen["files"] == 242
    assert seen["refused"] == 5
    assert seen["not a calendar"] == 11
    assert seen["events quarantined"] == 37
    assert seen["events"] == 1353


@pytest.mark.suite
def test_no_file_of_the_peer_suites_gives_a_row_without_guests_or_marks(suites: Path) -> None:
    for path in suite_files(suites):
        data = path.read_bytes()
        if is_calendar(data) and b"ATTENDEE" not in data.upper():
            rows = [i for i in FORMAT.read(File(data), SETTINGS) if isinstance(i, Row)]
            assert rows == [] or b"cal.com" in data.lower(), path.name


LINES = [
    ("plain", "SUMMARY:Call", ("SUMMARY", {}, "Call")),
    ("parameters", 'ATTENDEE;CN="Wren, Ada";X=Y:mailto:a@b', ("ATTENDEE", {"CN": "Wren, Ada", "X": "Y"}, "mailto:a@b")),
    ("colon in quotes", 'DTSTART;TZID="a:b":2026', ("DTSTART", {"TZID": "a:b"}, "2026")),
    ("two semicolons", "DTSTART;;VALUE=DATE:20260907", ("DTSTART", {"VALUE": "DATE"}, "20260907")),
    ("carets", "ATTENDEE;CN=^'Ada^':x", ("ATTENDEE", {"CN": '"Ada"'}, "x")),
    ("lower case", "summary:x", ("SUMMARY", {}, "x")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), [c[1:] for c in LINES], ids=[c[0] for c in LINES])
def test_a_content_line_in_its_parts(line: str, expected: tuple[str, dict[str, str], str]) -> None:
    prop = read_line(line)
    assert prop is not None
    assert (prop.name, prop.params, prop.value) == expected


@pytest.mark.parametrize("line", ["", "no colon", ":value", "X"])
def test_what_is_no_content_line(line: str) -> None:
    assert read_line(line) is None


def test_text_is_unescaped() -> None:
    prop = read_line(r"DESCRIPTION:a\, b\; c\nd\\n")
    assert prop is not None
    assert prop.text == "a, b; c\nd\\n"


def test_alarms_inside_an_event_are_not_its_own_lines() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nDESCRIPTION:beep\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert calendars(text.encode())[0].events[0].lines == ("UID:1",)


def test_deep_nesting_is_no_recursion() -> None:
    with pytest.raises(ExportError):
        calendars(b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000)


NO_SHOWS = [
    *("No-show", "no show", "NO SHOW!!", "Marked as No-Show: Yes", "- no-show", "noshow, texted her"),
    *("didn't show up", "Nicht erschienen", "no se presentó", "no-show :("),
]
SHOWS = [
    *("No-show fee: 20", "no show policy: 24h notice", "Marked as No-Show: No", "no-shows are charged"),
    *("she showed", "Nobody shows me how", "no shower here"),
]


@pytest.mark.parametrize("line", NO_SHOWS)
def test_a_line_that_marks_a_no_show(line: str) -> None:
    assert read_description(f"Event Name: Call\n{line}\nlovely person").no_show


@pytest.mark.parametrize("line", SHOWS)
def test_a_line_that_only_sounds_like_it(line: str) -> None:
    assert not read_description(f"Event Name: Call\n{line}").no_show


def test_a_no_show_under_an_answer_is_no_answer() -> None:
    form = read_description("How did you hear about us?\nPodcast\nNo-show")
    assert form.no_show
    assert form.answers == ["How did you hear about us?: Podcast"]


CANCELS = [
    ("Cancelled by invitee: mum is ill", "invitee", "mum is ill"),
    ("Canceled by: Ada Wren\nCancellation reason: work", "Ada Wren", "work"),
    ("Cancelled", "", ""),
    ("Abgesagt: krank", "", "krank"),
]


@pytest.mark.parametrize(("text", "by", "why"), CANCELS)
def test_a_line_that_cancels(text: str, by: str, why: str) -> None:
    form = read_description(text)
    assert (form.cancelled, form.canceled_by, form.cancel_reason) == (True, by, why)


def test_answers_notes_and_tool_lines_are_told_apart() -> None:
    form = read_description(
        "Event Name: Discovery Call\nLocation: Zoom\nWhat's your goal?: run, 5k\nPhone: +44 7700 900111\n"
        "Your Instagram: https://www.instagram.com/ada.wren/?hl=en\nspoke to her sister\nhttps://zoom.example/j/1\n"
        "Need to make changes to this event?\n"
    )
    assert form.event_name == "Discovery Call"
    assert form.answers == [
        "What's your goal?: run, 5k",
        "Phone: +44 7700 900111",
        "Your Instagram: https://www.instagram.com/ada.wren/?hl=en",
    ]
    assert (form.phone, form.handle, form.notes) == ("+44 7700 900111", "ada.wren", ["spoke to her sister"])
    assert form.is_marked


@pytest.mark.parametrize("answer", ["not on there", "a b c", "", "ada@example.com"])
def test_what_is_no_handle(answer: str) -> None:
    assert handle_in(answer) == ""


TITLES = [
    ("Discovery Call - Ada Wren", "Discovery Call", "Ada Wren"),
    ("Ada Wren: Discovery Call", "Discovery Call", "Ada Wren"),
    ("Ada Wren - Strategy Session", "", "Ada Wren"),
    ("Intro call with Ada Wren", "", "Ada Wren"),
    ("Ada Wren and Hollis Marsh", "", "Ada Wren"),
    ("Fit call between Hollis Marsh and Ada Wren", "", "Ada Wren"),
    ("Kennenlerngespräch mit Ada Wren", "", "Ada Wren"),
    ("Gym", "", ""),
    ("Lunch with mum", "", ""),
    ("Planning - Q3", "", ""),
    ("Discovery Call - Hollis Marsh", "Discovery Call", ""),
]


@pytest.mark.parametrize(("title", "event_name", "name"), TITLES)
def test_the_name_in_a_title(title: str, event_name: str, name: str) -> None:
    assert name_in_title(title, event_name, OWN) == name


@pytest.mark.parametrize(
    "title", ["Gym", "Lunch with mum", "Call mum", "Sales meeting", "Consultant dinner", "School run"]
)
def test_a_private_title_names_no_sales_call(title: str) -> None:
    assert not is_call_title(title)


MARKS = [
    ("Canceled: Call - Ada", "Call - Ada", "cancelled"),
    ("Call - Ada - no show", "Call - Ada", "no_show"),
    ("Call - Ada (NO SHOW)", "Call - Ada", "no_show"),
    ("Rescheduled: Call", "Call", "rescheduled"),
    ("Cancelled clients review", "Cancelled clients review", ""),
]


@pytest.mark.parametrize(("title", "rest", "mark"), MARKS)
def test_the_mark_of_a_title(title: str, rest: str, mark: str) -> None:
    assert marks_of(title) == (rest, mark)


PEOPLE = [
    ("mailto in capitals", "ATTENDEE;CN=Ada:MAILTO:Ada@Example.com", Person("Ada", "ada@example.com")),
    ("address as name", "ATTENDEE;CN=ada@example.com:mailto:ada@example.com", Person("", "ada@example.com")),
    ("no address", "ATTENDEE;CN=Ada:invalid:nomail", Person("Ada", "")),
    ("room", "ATTENDEE;CUTYPE=RESOURCE;CN=Room:mailto:room@x.example", None),
    ("calendar", "ATTENDEE;CN=x:mailto:c_1@resource.calendar.google.com", None),
    ("nobody", "ATTENDEE:", None),
]


@pytest.mark.parametrize(("line", "expected"), [c[1:] for c in PEOPLE], ids=[c[0] for c in PEOPLE])
def test_a_person_of_an_event(line: str, expected: Person | None) -> None:
    prop = read_line(line)
    assert prop is not None
    assert person_of(prop) == expected


def test_a_lead_with_the_first_name_of_a_setter_is_no_team_member() -> None:
    settings = Settings(team=(TeamMember(name="Tyler", role="setter", aliases=("tyler@studio.example",)),))
    owners = owners_of(settings, "")
    assert owners.include(Person("Tyler", "tyler@studio.example"))
    assert owners.include(Person("Tyler", ""))
    assert not owners.include(Person("Tyler", "tyler.odom@example.com"))


def test_a_damaged_byte_anywhere_gives_rows_or_reasons_and_nothing_else() -> None:
    golden = Path(__file__).parent / "golden" / "ics"
    whole = [path.read_bytes() for path in sorted(golden.glob("*/*.ics"))]
    chosen = random.Random(5)
    for number in range(600):
        data = bytearray(whole[number % len(whole)])
        for _ in range(chosen.choice([1, 1, 3, 20])):
            at = chosen.randrange(len(data))
            match chosen.randrange(4):
                case 0:
                    data[at] = chosen.randrange(256)
                case 1:
                    del data[at : at + chosen.randrange(1, 40)]
                case 2:
                    data[at:at] = data[chosen.randrange(len(data)) :][:30]
                case _:
                    data[at] = chosen.choice(b'\r\n ;:,=\\"0Z')
        file = File(bytes(data))
        if FORMAT.recognises(file, SETTINGS):
            FORMAT.exported_at(file, SETTINGS)
            for item in FORMAT.read(file, SETTINGS):
                assert isinstance(item, Row | Reject)
                assert "\N{REPLACEMENT CHARACTER}" not in str(item)
