"""Writes the Instagram download: one zip, threads newest first, every string in the export's own broken encoding."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from random import Random
from typing import Any

from .model import Case, Message
from .people import thread_number

OWNER = "Maren Holloway | Desk Strong"
HANDLE = "maren.deskstrong"
BASE = "your_instagram_activity/messages"
FLAGS = {"is_geoblocked_for_viewer": False, "is_unsent_image_by_messenger_kid_parent": False}


def broken(text: str) -> str:
    """UTF-8 bytes written as latin-1 code points, as the export does."""
    return text.encode("utf-8").decode("latin-1")


def _millis(at: dt.datetime) -> int:
    return int(at.timestamp()) * 1000 + int(at.timestamp()) % 7 * 113


def _message(message: Message, name: str, folder: str) -> dict[str, Any]:
    sender = name if message.actor == "lead" else OWNER
    row: dict[str, Any] = {"sender_name": broken(sender), "timestamp_ms": _millis(message.at)}
    second, extra = row["timestamp_ms"] // 1000, message.extra
    if message.text:
        row["content"] = broken(message.text)
    elif message.kind == "reel_share":
        row["content"] = broken(f"{name} sent an attachment.")
    elif message.kind == "call":
        row["content"], row["call_duration"] = broken(f"{name} missed an audio call"), 0
    if "share" in extra:
        row["share"] = {k: broken(str(v)) for k, v in extra["share"].items()}
    if extra.get("voice"):
        row["audio_files"] = [
            {"uri": f"{BASE}/{folder}/audio/audioclip{row['timestamp_ms']}.mp4", "creation_timestamp": second}
        ]
    if extra.get("photo"):
        row["photos"] = [{"uri": f"{BASE}/{folder}/photos/{row['timestamp_ms']}.jpg", "creation_timestamp": second}]
    if extra.get("unsent"):
        row["is_unsent"] = True
    if "reactions" in extra:
        row["reactions"] = [
            {"reaction": broken(e), "actor": broken(a), "timestamp": t} for e, a, t in extra["reactions"]
        ]
    return {**row, **FLAGS}


def thread_json(case: Case) -> dict[str, Any]:
    """One thread's message_1.json."""
    assert case.person is not None
    box = "message_requests" if case.pending else "inbox"
    folder = f"{box}/{case.thread}"
    name = case.person.display
    body: dict[str, Any] = {
        "participants": [{"name": broken(name)}, {"name": broken(OWNER)}],
        "messages": [_message(m, name, folder) for m in reversed(case.messages)],
        "title": broken(name),
        "is_still_participant": True,
        "thread_path": folder,
        "magic_words": [],
    }
    if case.pending:
        body["is_pending"] = True
    return body


def _crowd(rng: Random) -> dict[str, dict[str, Any]]:
    """A group thread and a broadcast channel: neither is a lead's conversation."""
    start = int(dt.datetime(2026, 10, 6, 6, 40, tzinfo=dt.UTC).timestamp() * 1000)
    people = ("Gwen Tollard", "Ruth Averill", "Dee Kincaid")
    said = (
        ("Gwen Tollard", "who's on at 7 tomorrow"),
        ("Ruth Averill", "me, with coffee"),
        (OWNER, "Bring the long band, all of you."),
        ("Dee Kincaid", "broke mine 😂"),
        ("Gwen Tollard", "spare one in my car"),
    )
    group = f"tuesdaygroup_{thread_number(rng)}"
    channel = f"deskstrongdaily_{thread_number(rng)}"
    lines = [
        {"sender_name": broken(w), "timestamp_ms": start + i * 93000, "content": broken(t), **FLAGS}
        for i, (w, t) in enumerate(said)
    ]
    posts = [
        {"sender_name": broken(OWNER), "timestamp_ms": start + i * 86400000, "content": broken(t), **FLAGS}
        for i, t in enumerate(
            (
                "Monday: ten hinges before your first call.",
                "Tuesday: walk while you ring someone.",
                "Wednesday: hang from something.",
            )
        )
    ]
    return {
        f"{BASE}/inbox/{group}/message_1.json": {
            "participants": [{"name": broken(p)} for p in (*people, OWNER)],
            "messages": lines[::-1],
            "title": broken("Tuesday group 7am ☕"),
            "is_still_participant": True,
            "thread_path": f"inbox/{group}",
            "magic_words": [],
            "joinable_mode": {"mode": 1, "link": ""},
        },
        f"{BASE}/broadcast/{channel}/message_1.json": {
            "participants": [{"name": broken(OWNER)}],
            "messages": posts[::-1],
            "title": "Desk Strong Daily",
            "is_still_participant": True,
            "thread_path": f"broadcast/{channel}",
            "magic_words": [],
        },
    }


def _followers(cases: list[Case], rng: Random) -> list[dict[str, Any]]:
    rows = []
    for case in cases:
        if case.person and rng.random() < 0.6:
            at = int((case.start - dt.timedelta(days=rng.uniform(0.01, 300))).timestamp())
            link = f"https://www.instagram.com/{case.person.handle}"
            rows.append(
                {
                    "title": "",
                    "media_list_data": [],
                    "string_list_data": [{"href": link, "value": case.person.handle, "timestamp": at}],
                }
            )
    return sorted(rows, key=lambda r: -r["string_list_data"][0]["timestamp"])


def decorate(cases: list[Case], rng: Random) -> None:
    """Hearts on messages, as people leave them without a word."""
    for case in cases:
        for before, message in zip(case.messages, case.messages[1:], strict=False):
            if message.actor == "lead" and before.actor not in ("lead", "auto") and rng.random() < 0.06 and case.person:
                at = int(before.at.timestamp()) + 40
                before.extra["reactions"] = [(rng.choice(("❤", "😂", "🙏", "👍")), case.person.display, at)]


def instagram_zip(cases: list[Case], rng: Random) -> bytes:
    """The whole download as bytes; stored, not squeezed, so that no library version can change it."""
    files: dict[str, Any] = {
        "personal_information/personal_information/personal_information.json": {
            "profile_user": [
                {
                    "title": "",
                    "media_map_data": {},
                    "string_map_data": {
                        "Email": {"href": "", "value": "maren@deskstrong.example", "timestamp": 0},
                        "Username": {"href": "", "value": HANDLE, "timestamp": 0},
                        "Name": {"href": "", "value": OWNER, "timestamp": 0},
                    },
                }
            ]
        },
        "connections/followers_and_following/followers_1.json": _followers(cases, rng),
        **_crowd(rng),
    }
    for case in cases:
        box = "message_requests" if case.pending else "inbox"
        files[f"{BASE}/{box}/{case.thread}/message_1.json"] = thread_json(case)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as out:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, (2026, 11, 22, 23, 50, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            out.writestr(info, json.dumps(files[path], separators=(",", ":")))
    return buffer.getvalue()
