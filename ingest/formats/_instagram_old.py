"""The `messages.json` of 2018 to 2020: one list of threads, with handles for names and ISO times.

Keys as read by michabirklbauer/instagram_json_viewer and furkantarikgocmen/IG-DM-PARSER.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from ingest.errors import Code, ExportError
from ingest.formats import Export
from ingest.formats._instagram_messages import EPOCH, FIRST_MS, LAST_MS, Said
from ingest.formats._instagram_owner import Me, find_me
from ingest.formats._instagram_texts import HEART, system_text
from ingest.read_json import parse
from ingest.shapes import Outcome, Owner, Reject, Row
from ingest.text import clean

TWO = 2
_KINDS = (  # the first key that a message has says what it is
    ("voice_media", "voice"),
    ("media_share_url", "post_share"),
    ("media_share_caption", "post_share"),
    ("media_owner", "post_share"),
    ("profile_share_username", "post_share"),
    ("media", "photo"),
    ("video_call_action", "call"),
    ("action", "system"),
)


def is_old(data: bytes) -> bool:
    """Whether a file is the old list of threads, by its first signs; cheap."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head[:1] == b"[" and b'"conversation"' in data and b'"participants"' in data


def read_old(export: Export, member: str, claims: frozenset[str], known: Me) -> Iterator[Row | Reject | Owner]:
    """Every message of the two-person threads."""
    try:
        document = parse(export.read(member), keep_bad_numbers=True)[0]
    except ExportError as error:
        yield Reject(Outcome.REFUSED, error.code, f"{error.what}. {error.what_to_do}", member=member, count=0)
        return
    threads = [t for t in document if _is_thread(t)]
    if len(threads) < len(document):
        reason = f"{len(document) - len(threads)} entries are no threads"
        yield Reject(Outcome.QUARANTINED, Code.E_SHAPE, reason, member=member, count=len(document) - len(threads))
    people = [_as_thread(t) for t in threads]
    me = find_me((p for p in people if len(p["participants"]) <= TWO), claims, known)
    if me is None:
        reason = "it cannot be told which participant is the account; set handles under [account] in settings.toml"
        yield Reject(Outcome.REFUSED, Code.E_OWNER, reason, member=member, count=0)
        return
    yield Owner(set(), set(me.names))
    line = 0
    for thread in threads:
        others = [p for p in dict.fromkeys(thread["participants"]) if p not in me.names]
        messages = thread["conversation"]
        if len(others) != 1:
            why = "a group thread" if others else "notes to self"
            yield Reject(Outcome.LEFT_OUT, Code.LEFT_OUT, why, member=member, count=len(messages))
        else:
            for number, message in enumerate(messages, start=line + 1):
                yield _read_message(message, clean(others[0])[0], me, number, member)
        line += len(messages)


def _as_thread(thread: dict[str, Any]) -> dict[str, Any]:
    """The keys of today, for finding out who the account is."""
    messages = [{"content": m.get("text")} for m in thread["conversation"] if isinstance(m, dict)]
    return {"participants": [{"name": p} for p in thread["participants"]], "messages": messages}


def _is_thread(thread: Any) -> bool:
    return (
        isinstance(thread, dict)
        and isinstance(thread.get("participants"), list)
        and all(isinstance(p, str) for p in thread["participants"])
        and isinstance(thread.get("conversation"), list)
    )


def _read_message(message: Any, lead: str, me: Me, line: int, member: str) -> Row | Reject:
    if not isinstance(message, dict) or not isinstance(message.get("sender"), str):
        reason = "sender is missing or no text"
        return Reject(Outcome.QUARANTINED, Code.E_SHAPE, reason, line, message, member)
    at = _instant(message.get("created_at"))
    if at is None:
        reason = "created_at is missing or no ISO time with an offset"
        return Reject(Outcome.QUARANTINED, Code.E_TIME, reason, line, message, member)
    said = _classify(message, me.sure)
    values = {
        "conversation_id": lead,
        "thread_key": lead,
        "participant_handle": lead,
        "sender_name": clean(message["sender"])[0],
        "sent_at": at,
        "direction": "out" if message["sender"] in me.names else "in",
        "kind": said.kind,
        "text": said.text,
        "context": said.context,
        "link": said.link,
    }
    return Row("messages", values, line, message, member)


def _instant(value: object) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    passed = (at - EPOCH) / dt.timedelta(milliseconds=1)
    return at.astimezone(dt.UTC) if FIRST_MS <= passed < LAST_MS else None


def _classify(message: dict[str, Any], sure: bool) -> Said:
    words = _text(message, "text", sure)
    told = system_text(words, message["sender"]) if words else None
    kind, emoji = told or ("", None)
    if kind == "reaction" or (message.get("heart") and not message.get("story_share")):
        return Said("reaction", emoji or _text(message, "heart", sure) or HEART)
    said = Said("text", None if told else words, None, _text(message, "link", sure))
    if story := _text(message, "story_share", sure):
        return said._replace(kind="story_reply", context=story, link=_text(message, "media", sure) or said.link)
    found = next((k for key, k in _KINDS if message.get(key)), None)
    if found == "post_share":
        shared = _text(message, "media_share_caption", sure) or _text(message, "profile_share_username", sure)
        return said._replace(kind=found, context=shared, link=_text(message, "media_share_url", sure) or said.link)
    if found:
        return said._replace(kind=found)
    if told:
        return Said({"attachment": "post_share", "story_reaction": "story_reply"}.get(kind, kind), emoji)
    return said if words else said._replace(kind="post_share")


def _text(message: dict[str, Any], key: str, sure: bool) -> str | None:
    value = message.get(key)
    if isinstance(value, dict):
        value = value.get("link") or value.get("text")
    return clean(value, sure)[0] if isinstance(value, str) and value else None
