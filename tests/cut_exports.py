"""The sample's exports as they would have been downloaded earlier: every format cut at an instant.

A download of an earlier day holds what was written by then. A fact that carries its own time is cut by that time. One
that carries none (why a deal was lost, what its call came to) stands as it does today where the deal had been closed by
then, and is empty elsewhere: what it was before nobody knows. Names, addresses, owners and tags stay as they are.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SERIAL_ZERO = dt.datetime(1899, 12, 30)
UNTOUCHED = dt.datetime(1980, 1, 1).timetuple()[:6]
# of a deal, what no column dates
UNDATED = ("Closed Lost Reason", "Main Objection", "Nurture Until", "Notes", "Call Outcome", "Offer Made")
ENTERED = re.compile(r'Date entered "(?P<stage>.+) \(Coaching\)"')
CALENDLY_STATE = {"Canceled": "false", "Canceled By": "", "Cancellation reason": "", "Marked as No-Show": "No"}

Cells = dict[str, str]
Keep = Callable[[Cells], Cells | None]


def cut_exports(exports: Path, target: Path, at: dt.datetime, without: tuple[str, ...] = ()) -> None:
    """Write to `target` what the sample's `exports` would have been at `at` (aware); columns `without` stay empty."""
    target.mkdir(parents=True)
    for path in sorted(exports.glob("*.zip")):
        _cut_instagram(path, target / "instagram.zip", at)
    _cut_table(exports / "ManyChat contacts.tsv", target / "ManyChat contacts.tsv", lambda row: _subscriber(row, at))
    (contacts,) = exports.glob("hubspot-crm-exports-all-contacts-*.csv")
    _cut_table(contacts, target / "contacts.csv", lambda row: _contact(row, at))
    (deals,) = exports.glob("hubspot-crm-exports-all-deals-*.csv")
    _cut_table(deals, target / "deals.csv", lambda row: _deal(row, at, without))
    _cut_calendly(sorted((exports / "calendly").glob("*.csv")), target, at)
    (calendar,) = exports.glob("*.ics")
    _cut_calendar(calendar, target / "calendar.ics", at)


def _cut_table(path: Path, target: Path, keep: Keep) -> None:
    """Rows that there were, as they were."""
    text = path.read_text(encoding="utf-8")
    delimiter = "\t" if path.suffix == ".tsv" else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    kept = [row for row in map(keep, rows) if row is not None]
    _write_table(target, list(rows.fieldnames or ()), kept, delimiter)


def _write_table(target: Path, header: list[str], rows: list[Cells], delimiter: str = ",") -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _is_later(cell: str, at: dt.datetime) -> bool:
    """Whether a local date or minute of an export is after the cut; a bare day begins at midnight."""
    return bool(cell) and dt.datetime.fromisoformat(cell).replace(tzinfo=LONDON) > at


def _subscriber(row: Cells, at: dt.datetime) -> Cells | None:
    since = SERIAL_ZERO + dt.timedelta(days=float(row["subscribed"].replace(",", ".")))
    return row if since.replace(tzinfo=LONDON) <= at else None


def _contact(row: Cells, at: dt.datetime) -> Cells | None:
    if _is_later(row["Create Date"], at):
        return None
    return row | {"Client Since": ""} if _is_later(row["Client Since"], at) else row


def _deal(row: Cells, at: dt.datetime, without: tuple[str, ...]) -> Cells | None:
    """A deal with the dates there were. It rests when the stage it stands in today was entered by then."""
    if _is_later(row["Create Date"], at):
        return None
    entered = {m["stage"]: name for name in row if (m := ENTERED.fullmatch(name))}
    since = (row[entered[row["Deal Stage"]]] if row["Deal Stage"] in entered else "") or row["Close Date"]
    later = [name for name in (*entered.values(), "Close Date") if _is_later(row[name], at)]
    rests = bool(since) and not _is_later(since, at)
    empty = [*later, *without, *(() if rests else ("Deal Stage", "Amount", *UNDATED))]
    return row | dict.fromkeys(empty, "")


def _cut_calendly(paths: list[Path], target: Path, at: dt.datetime) -> None:
    """The exports there were, and one of that day: its bookings cancelled or missed as the exports before it know."""
    state: dict[str, Cells] = {}
    for number, path in enumerate(paths):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            found, header = list(rows), list(rows.fieldnames or ())
        is_whole = not any(_is_later(_minute(row), at) for row in found)
        if not is_whole:
            found = [row for row in found if not _is_later(_minute(row), at)]
            found = [row | state.get(row["Event UUID"], CALENDLY_STATE) for row in found]
        _write_table(target / f"calendly {number}.csv", header, found)
        if not is_whole:
            return
        state = {row["Event UUID"]: {name: row[name] for name in CALENDLY_STATE} for row in found}


def _minute(row: Cells) -> str:
    return dt.datetime.strptime(row["Event Created Date & Time"], "%Y-%m-%d %I:%M %p").isoformat()


def _cut_calendar(path: Path, target: Path, at: dt.datetime) -> None:
    """Events there were; one that was changed later stands as it was made."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\n ", "").removesuffix("END:VCALENDAR\n")
    head, *events = re.split(r"(?=^BEGIN:VEVENT)", text, flags=re.M)
    stamp = f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    kept = [_as_then(event, stamp) for event in events if _stamps(event)["CREATED"] <= stamp]
    target.write_bytes("".join([head, *kept, "END:VCALENDAR\n"]).replace("\n", "\r\n").encode())


def _stamps(event: str) -> Cells:
    return dict(re.findall(r"^(CREATED|LAST-MODIFIED|DTSTAMP):(\d{8}T\d{6}Z)$", event, re.M))


def _as_then(event: str, stamp: str) -> str:
    stamps = _stamps(event)
    if stamps["LAST-MODIFIED"] > stamp:
        event = event.replace(f"LAST-MODIFIED:{stamps['LAST-MODIFIED']}", f"LAST-MODIFIED:{stamps['CREATED']}")
        event = event.replace("\\nNo-show\n", "\n").replace("STATUS:CANCELLED", "STATUS:CONFIRMED")
    return event.replace(f"DTSTAMP:{stamps['DTSTAMP']}", f"DTSTAMP:{min(stamps['DTSTAMP'], stamp)}")


def _cut_instagram(path: Path, target: Path, at: dt.datetime) -> None:
    """Messages and reactions there were; a thread without any did not exist yet."""
    until = at.timestamp()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(target, "w") as cut:
        for member in sorted(whole.namelist()):
            document = json.loads(whole.read(member))
            if "/messages/" in f"/{member}":
                document["messages"] = list(_messages(document["messages"], until))
                if not document["messages"]:
                    continue
            elif "followers" in member:
                document = [f for f in document if f["string_list_data"][0]["timestamp"] <= until]
            cut.writestr(zipfile.ZipInfo(member, UNTOUCHED), json.dumps(document))


def _messages(messages: list[dict[str, Any]], until: float) -> Iterator[dict[str, Any]]:
    for message in messages:
        if message["timestamp_ms"] > until * 1000:
            continue
        reactions = [r for r in message.get("reactions", ()) if r["timestamp"] <= until]
        kept = {k: v for k, v in message.items() if k != "reactions"}
        yield kept | ({"reactions": reactions} if reactions else {})
