"""The labelled exports as raw rows, read by hand: what this tests does not depend on the loaders of other formats."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.formats.ics import FORMAT
from ingest.settings import Settings
from ingest.shapes import Row

AS_OF = dt.datetime(2026, 9, 30, tzinfo=dt.UTC)
BOOKED = re.compile(r"\b(booked|sorted|locked in|i took|done|reserved)\b", re.IGNORECASE)
LINK = re.compile(r"https?://\S+")
HOSTS = ("calendly.com/", "cal.com/", "calendar.app.google/")

Rows = list[dict[str, Any]]


class File:
    """An export of one plain file."""

    members: tuple[str, ...] = ()

    def __init__(self, data: bytes, name: str = "calendar.ics") -> None:
        self.data, self.name = data, name

    def read(self, member: str = "") -> bytes:
        return self.data


def utc(text: str | None, pattern: str = "%Y-%m-%d %H:%M") -> dt.datetime | None:
    return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC) if text else None


def iso(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_of(folder: Path) -> Settings:
    return Settings.model_validate(tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8")))


def threads_of(messages: Rows) -> Rows:
    found: dict[str, dict[str, Any]] = {}
    for m in sorted(messages, key=lambda m: m["sent_at"]):
        names = {k: m[k] for k in ("conversation_id", "thread_key", "participant_name", "participant_handle")}
        thread = found.setdefault(m["conversation_id"], {**names, "first_message_at": m["sent_at"]})
        thread["last_message_at"] = m["sent_at"]
    return list(found.values())


def signals_of(messages: Rows, links: tuple[str, ...]) -> Rows:
    """What judging gives, by the roughest of rules."""
    hosts = (*HOSTS, *links)
    found: Rows = []
    for m in messages:
        text = m["text"] or ""
        base = {
            "conversation_id": m["conversation_id"],
            "message_id": m["message_id"],
            "at": m["sent_at"],
            "value": None,
        }
        if m["direction"] == "out" and any(h in link for link in LINK.findall(text) for h in hosts):
            found.append({**base, "signal": "booking_link"})
        if BOOKED.search(text):
            found.append({**base, "signal": "says_booked"})
    return found


def _with_ids(messages: Rows) -> Rows:
    return [{**m, "message_id": f"{m['conversation_id']}-{i}"} for i, m in enumerate(messages)]


def generic(folder: Path) -> dict[str, Any]:
    settings = settings_of(folder)
    messages = _with_ids(
        [
            {**r, "thread_key": r["conversation_id"], "sent_at": iso(r["sent_at"].replace("Z", "+00:00"))}
            for r in table(folder / "dm_messages.csv")
        ]
    )
    crm = [
        {
            "system": "gohighlevel", "record_kind": "deal", "lead_key": r["Opportunity ID"],
            "contact_key": r["Contact ID"], "display_name": r["Contact Name"], "email": r["email"], "phone": r["phone"],
            "instagram_handle": r["Instagram Handle"], "created_at": iso(r["Created on"].replace("Z", "+00:00")),
        }
        for r in table(folder / "opportunities.csv")
    ]  # fmt: skip
    ics = FORMAT.read(File((folder / "coach-studio.ics").read_bytes()), settings)
    bookings = [item.values for item in ics if isinstance(item, Row)]
    return _all(messages, crm, bookings, settings)


def instagram(folder: Path) -> dict[str, Any]:
    settings = settings_of(folder)
    archive = zipfile.ZipFile(next(folder.glob("*.zip")))
    messages: Rows = []
    for name in sorted(n for n in archive.namelist() if n.endswith("message_1.json")):
        thread = json.loads(archive.read(name))
        key = thread["thread_path"].removeprefix("inbox/")
        title = _plain(thread["title"])
        for m in thread["messages"]:
            is_team = _plain(m["sender_name"]) == "Coach Studio"
            messages.append(
                {
                    "conversation_id": key, "thread_key": key.rpartition("_")[2], "participant_name": title,
                    "participant_handle": None, "direction": "out" if is_team else "in",
                    "text": _plain(m.get("content", "")),
                    "sent_at": dt.datetime.fromtimestamp(m["timestamp_ms"] / 1000, dt.UTC),
                }
            )  # fmt: skip
    return _all(_with_ids(messages), _hubspot(folder) + _manychat(folder), _calendly(folder), settings)


def _plain(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _hubspot(folder: Path) -> Rows:
    contacts = [
        {
            "system": "hubspot", "record_kind": "contact", "lead_key": r["Record ID"], "contact_key": r["Record ID"],
            "display_name": f"{r['First Name']} {r['Last Name']}", "email": r["Email"], "phone": r["Phone Number"],
            "instagram_handle": r["Instagram Handle"], "created_at": utc(r["Create Date"]),
        }
        for r in table(next(folder.glob("*contacts*.csv")))
    ]  # fmt: skip
    return contacts + [
        {
            "system": "hubspot", "record_kind": "deal", "lead_key": r["Record ID"],
            "contact_key": r["Associated Contact IDs"], "display_name": r["Deal Name"].removesuffix(" - coaching"),
            "instagram_handle": r["Instagram Handle"], "created_at": utc(r["Create Date"]),
        }
        for r in table(next(folder.glob("*deals*.csv")))
    ]  # fmt: skip


def _manychat(folder: Path) -> Rows:
    return [
        {
            "system": "manychat", "record_kind": "subscriber", "lead_key": r["Subscriber ID"],
            "display_name": f"{r['First Name']} {r['Last Name']}", "instagram_handle": r["ig_username"],
            "created_at": utc(r["subscribed"]),
        }
        for r in table(folder / "manychat-contacts.csv")
    ]  # fmt: skip


def _calendly(folder: Path) -> Rows:
    def answer(r: dict[str, str], word: str) -> str | None:
        return r["Response 1"] if word in r["Question 1"].casefold() else None

    return [
        {
            "booking_key": r["Invitee UUID"], "invitee_name": r["Invitee Name"], "invitee_email": r["Invitee Email"],
            "invitee_phone": answer(r, "phone"), "instagram_handle": answer(r, "instagram"),
            "created_at": utc(r["Event Created Date & Time"], "%Y-%m-%d %I:%M %p"),
            "answers": f"{r['Question 1']}: {r['Response 1']}",
        }
        for r in table(folder / "calendly-events-export.csv")
    ]  # fmt: skip


def _all(messages: Rows, crm: Rows, bookings: Rows, settings: Settings) -> dict[str, Any]:
    return {
        "messages": messages, "conversations": threads_of(messages), "crm_leads": crm, "stage_changes": [],
        "bookings": bookings, "judgements": signals_of(messages, settings.booking.links), "settings": settings,
        "decisions": [], "as_of": AS_OF,
    }  # fmt: skip


SETS: dict[str, Callable[[Path], dict[str, Any]]] = {"generic": generic, "instagram": instagram}
