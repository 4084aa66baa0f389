"""Fault group K: what a broken calendar becomes. Every case goes through the format as a load would call it."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

import pytest

from ingest.formats.ics import FORMAT
from ingest.settings import Account, Settings
from ingest.shapes import Reject, Row

SETTINGS = Settings(account=Account(name="Hollis Marsh", timezone="America/New_York"))
GUEST = "ATTENDEE;CN=Ada Wren:mailto:ada@example.com"


@dataclass
class File:
    data: bytes
    name: str = "calendar.ics"
    members: tuple[str, ...] = ()

    def read(self, member: str = "") -> bytes:
        return self.data


def event(*lines: str, start: str = "DTSTART:20260907T100000Z", uid: str = "a@x", guest: str = GUEST) -> list[str]:
    own = [f"UID:{uid}", "CREATED:20260901T080000Z", start, guest, *lines]
    return ["BEGIN:VEVENT", *(line for line in own if line), "END:VEVENT"]


def calendar(*events: list[str], head: tuple[str, ...] = (), end: str = "\r\n") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head, *(line for e in events for line in e), "END:VCALENDAR", ""]
    return end.join(lines).encode()


def read(data: bytes) -> tuple[list[Row], list[Reject]]:
    assert FORMAT.recognises(File(data), SETTINGS)
    items = list(FORMAT.read(File(data), SETTINGS))
    return [i for i in items if isinstance(i, Row)], [i for i in items if isinstance(i, Reject)]


def starts(data: bytes) -> list[str]:
    return [f"{r.values['starts_at'].astimezone(dt.UTC):%Y-%m-%dT%H:%M}" for r in read(data)[0]]


def codes(data: bytes) -> list[tuple[str, str]]:
    return [(r.outcome.value, str(r.code)) for r in read(data)[1]]


KEPT = [
    ("K01 a bad TZID takes the account's zone", "DTSTART;TZID=Mars/Base:20260907T100000", "2026-09-07T14:00", "E_ZONE"),
    ("K02 a Windows TZID", "DTSTART;TZID=W. Europe Standard Time:20260907T100000", "2026-09-07T08:00", None),
    ("K02 a vendor's TZID", "DTSTART;TZID=/x.example/1/Asia/Tokyo:20260907T100000", "2026-09-07T01:00", None),
    ("K02 a quoted TZID", 'DTSTART;TZID="Europe/Berlin":20260907T100000', "2026-09-07T08:00", None),
    ("K03 floating time is the account's", "DTSTART:20260907T100000", "2026-09-07T14:00", None),
    ("K04 a date is its first moment", "DTSTART;VALUE=DATE:20260907", "2026-09-07T04:00", None),
    ("K04 a date without VALUE", "DTSTART:20260907", "2026-09-07T04:00", None),
    ("K05 an hour that exists twice is the first", "DTSTART:20261101T013000", "2026-11-01T05:30", "E_ZONE"),
    ("K06 an hour that does not exist", "DTSTART:20260308T023000", "2026-03-08T07:30", "E_ZONE"),
    ("K19 Unix time in s", "DTSTART:1788775200", "2026-09-07T10:00", None),
    ("K19 Unix time in ms", "DTSTART:1788775200000", "2026-09-07T10:00", None),
    ("K19 Unix time in us", "DTSTART:1788775200000000", "2026-09-07T10:00", None),
    ("K20 an offset is honoured", "DTSTART:20260907T100000+0530", "2026-09-07T04:30", None),
]


@pytest.mark.parametrize(("start", "expected", "flag"), [case[1:] for case in KEPT], ids=[case[0] for case in KEPT])
def test_times_that_are_kept(start: str, expected: str, flag: str | None) -> None:
    data = calendar(event(start=start))
    assert starts(data) == [expected]
    assert codes(data) == ([("flagged", flag)] if flag else [])


LOST = [
    ("K07 no such day", event(start="DTSTART:20260230T100000Z"), "E_TIME"),
    ("K07 no date at all", event(start="DTSTART:soon"), "E_TIME"),
    ("K07 the year zero", event(start="DTSTART:00000101T100000Z"), "E_TIME"),
    ("K08 no start", event(start=""), "E_ICS"),
    ("K08 two starts", event("DTSTART:20260908T100000Z"), "E_ICS"),
    ("K19 out of range", event(start="DTSTART:99990101T100000Z"), "E_TIME"),
]


@pytest.mark.parametrize(("broken", "code"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_an_event_without_a_usable_start_is_quarantined_alone(broken: list[str], code: str) -> None:
    data = calendar(broken, event(uid="good@x"))
    rows, rejects = read(data)
    assert [r.values["booking_key"] for r in rows] == ["good@x"]
    assert codes(data) == [("quarantined", code)]
    assert rejects[0].line == 1
    assert "Ada" not in rejects[0].reason


RULES = [
    ("K09 every second", "RRULE:FREQ=SECONDLY", 1),
    ("K09 every minute with a count", "RRULE:FREQ=MINUTELY;COUNT=5", 1),
    ("K09 every second of a day", f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=1,2,3", 1),
    ("K09 an interval of nothing", "RRULE:FREQ=DAILY;INTERVAL=0", 1),
    ("K09 a day that never comes", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1),
    ("K09 a month's day that never comes", "RRULE:FREQ=MONTHLY;BYMONTH=2,4;BYMONTHDAY=31", 1),
    ("K09 a count of days that never come", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", 1),
    ("K09 the second of one", "RRULE:FREQ=DAILY;BYSETPOS=2", 1),
    ("K09 every seventh day, if a Friday", "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=FR", 1),
    ("K10 unknown frequency", "RRULE:FREQ=OFTEN", 1),
    ("K10 cut short", "RRULE:FREQ=DAILY;UNTIL=", 1),
    ("K10 nonsense day", "RRULE:FREQ=WEEKLY;BYDAY=XX", 1),
    ("K10 ends before it begins", "RRULE:FREQ=DAILY;UNTIL=20200101T000000Z", 1),
    ("K10 a lunar calendar", "RRULE:RSCALE=CHINESE;FREQ=YEARLY", 1),
]


@pytest.mark.parametrize(("rule", "instances"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
def test_a_rule_that_cannot_be_followed_leaves_the_first_instance(rule: str, instances: int) -> None:
    data = calendar(event(rule))
    begun = time.process_time()
    assert starts(data) == ["2026-09-07T10:00"] * instances
    assert time.process_time() - begun < 1
    assert codes(data) == [("flagged", "E_RRULE")]


def test_an_endless_rule_is_capped_at_400_days_and_told_only_where_known_time_is_cut() -> None:
    assert len(starts(calendar(event("RRULE:FREQ=DAILY")))) == 400
    assert codes(calendar(event("RRULE:FREQ=DAILY"))) == []
    old = calendar(event("RRULE:FREQ=DAILY", start="DTSTART:20240101T100000Z"))
    assert codes(old) == [("flagged", "E_RRULE")]


def test_more_than_1000_extra_dates_are_cut() -> None:
    days = [dt.datetime(2026, 9, 7, 11) + dt.timedelta(hours=h) for h in range(1500)]
    data = calendar(event("RDATE:" + ",".join(f"{d:%Y%m%dT%H%M%SZ}" for d in days)))
    assert len(starts(data)) == 1000
    assert codes(data) == [("flagged", "E_RRULE")]


GOOD = calendar(event())
REFUSED = [
    ("K11 no end", GOOD.removesuffix(b"END:VCALENDAR\r\n"), "E_ICS"),
    ("K11 cut inside an event", GOOD[:90], "E_ICS"),
    ("K11 wrong end", GOOD.replace(b"END:VEVENT", b"END:VTODO"), "E_ICS"),
    ("K15 latin-1", GOOD.replace(b"Ada", "Zoë".encode("latin-1")), "E_ENCODING"),
    ("K15 cp1252", GOOD.replace(b"Ada", "“Ada”".encode("cp1252")), "E_ENCODING"),
]


@pytest.mark.parametrize(("data", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_is_not_whole_is_refused(data: bytes, code: str) -> None:
    rows, rejects = read(data)
    assert rows == []
    assert [(r.outcome.value, str(r.code)) for r in rejects] == [("refused", code)]
    assert rejects[0].reason.endswith(("exports", "between"))  # says what to do
    assert FORMAT.exported_at(File(data), SETTINGS) is None


def test_k12_two_calendars_in_a_file_both_load() -> None:
    rows, rejects = read(calendar(event()) + calendar(event(uid="b@x")))
    assert [(r.values["booking_key"], r.line) for r in rows] == [("a@x", 1), ("b@x", 2)]
    assert rejects == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_k13_line_ends(end: str) -> None:
    assert starts(calendar(event(), end=end)) == ["2026-09-07T10:00"]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\r\n\r\n"], ids=["BOM", "blank lines"])
def test_what_stands_before_a_calendar_does_not_matter(mark: bytes) -> None:
    assert starts(mark + calendar(event())) == ["2026-09-07T10:00"]


def test_utf_16_with_its_mark_loads() -> None:
    data = calendar(event(guest="ATTENDEE;CN=Zoë:mailto:zoe@example.com")).decode().encode("utf-16")
    assert read(data)[0][0].values["invitee_name"] == "Zoë"


@pytest.mark.parametrize("at", range(1, 8))
def test_k14_a_fold_in_the_middle_of_a_letter(at: int) -> None:
    name = "Zoë 🌱"
    raw = calendar(event(guest=f"ATTENDEE;CN={name}:mailto:zoe@example.com"))
    cut = raw.index("Zoë".encode()) + at
    rows, _ = read(raw[:cut] + b"\r\n " + raw[cut:])
    assert rows[0].values["invitee_name"] == name


def test_k16_the_latest_version_counts_and_a_cancelled_one_is_kept_as_such() -> None:
    data = calendar(
        event("SEQUENCE:3", "STATUS:CANCELLED", "LAST-MODIFIED:20260905T080000Z"),
        event("SEQUENCE:1", start="DTSTART:20260909T100000Z"),
    )
    rows, rejects = read(data)
    assert [(r.values["status"], r.values["canceled_at"].day) for r in rows] == [("cancelled", 5)]
    assert [(str(r.code), r.count) for r in rejects] == [("LEFT_OUT", 1)]


def test_k16_a_changed_instance_replaces_its_own_and_no_other() -> None:
    data = calendar(
        event("RRULE:FREQ=DAILY;COUNT=3"),
        event("RECURRENCE-ID:20260908T100000Z", start="DTSTART:20260920T150000Z"),
    )
    assert starts(data) == ["2026-09-07T10:00", "2026-09-09T10:00", "2026-09-20T15:00"]


def test_k17_an_attendee_without_an_address_is_kept() -> None:
    rows, _ = read(calendar(event(guest="ATTENDEE;CN=Ada Wren:invalid:nobody")))
    assert rows[0].values["invitee_name"] == "Ada Wren"
    assert "invitee_email" not in rows[0].values


def test_k18_a_moved_event_keeps_its_key_so_that_both_exports_tell_its_history() -> None:
    first, _ = read(calendar(event()))
    later, _ = read(calendar(event("SEQUENCE:1", start="DTSTART:20260910T100000Z")))
    assert first[0].values["booking_key"] == later[0].values["booking_key"]
    assert first[0].values["starts_at"] < later[0].values["starts_at"]


def test_a_zone_that_the_file_defines_is_its_own() -> None:
    def zone(offset: str) -> tuple[str, ...]:
        offsets = (f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}")
        inside = ("BEGIN:STANDARD", "DTSTART:20170101T000000", *offsets, "END:STANDARD")
        return ("BEGIN:VTIMEZONE", "TZID:Office", *inside, "END:VTIMEZONE")

    own = event("RRULE:FREQ=DAILY;COUNT=2", start="DTSTART;TZID=Office:20260907T100000")
    assert starts(calendar(own, head=zone("+1100"))) == ["2026-09-06T23:00", "2026-09-07T23:00"]
    assert starts(calendar(own, head=zone("-0300"))) == ["2026-09-07T13:00", "2026-09-08T13:00"]


def test_the_calendars_own_zone_is_taken_for_floating_times() -> None:
    data = calendar(event(start="DTSTART:20260907T100000"), head=("X-WR-TIMEZONE:Asia/Tokyo",))
    assert starts(data) == ["2026-09-07T01:00"]


def test_a_weekly_call_keeps_its_hour_when_clocks_change() -> None:
    data = calendar(event("RRULE:FREQ=WEEKLY;COUNT=2", start="DTSTART;TZID=Europe/London:20261019T090000"))
    assert starts(data) == ["2026-10-19T08:00", "2026-10-26T09:00"]


def test_the_date_of_an_export_is_its_newest_stamp_and_no_start() -> None:
    data = calendar(event("LAST-MODIFIED:20260903T080000Z", start="DTSTART:20301007T100000Z"))
    at = FORMAT.exported_at(File(data), SETTINGS)
    assert at == dt.datetime(2026, 9, 3, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize("line", ["DTEND:20260901T100000Z", "DTEND:never", "DURATION:soon", "DTEND:20290901T100000Z"])
def test_an_impossible_end_is_dropped_and_told(line: str) -> None:
    data = calendar(event(line))
    assert "ends_at" not in read(data)[0][0].values
    assert codes(data) == [("flagged", "E_TIME")]
