"""One message of an Instagram thread (`message_N.json`) as a row of `messages`, or the reason why not."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ingest.errors import Code
from ingest.formats._instagram_texts import is_attachment_text, system_text, without_edited
from ingest.shapes import Outcome, Reject, Row
from ingest.text import clean

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MILLISECOND = dt.timedelta(milliseconds=1)
FIRST_MS = 1_286_323_200_000  # 2010-10-06, the day Instagram opened
LAST_MS = 4_102_444_800_000  # 2100-01-01: no clock is asked, so the same file reads the same next year
EDIT_WINDOW = dt.timedelta(minutes=15)  # how long a message can be edited
ALIKE = 0.5  # share of an edited text that its earlier wording must have in common with it

# every key seen in exports of 2021 to 2025; others are kept in the payload and told
KNOWN = frozenset(
    (
        *("sender_name", "timestamp_ms", "content", "type", "reactions", "share", "photos", "videos", "audio_files"),
        *("call_duration", "is_unsent", "is_taken_down", "bumped_message_metadata", "is_geoblocked_for_viewer"),
        *("is_unsent_image_by_messenger_kid_parent", "users", "sender_id_INTERNAL", "sticker", "gifs", "files", "ip"),
    )
)
# keys that say nothing beyond words, sender and time
_PLAIN = frozenset(
    ("sender_name", "timestamp_ms", "content", "is_geoblocked_for_viewer", "is_unsent_image_by_messenger_kid_parent")
)
_TEXT = (str, type(None))
_LISTS = ("photos", "videos", "audio_files", "gifs", "files", "reactions")
_MEDIA = (("audio_files", "voice"), ("videos", "video"), ("photos", "photo"), ("gifs", "photo"), ("sticker", "photo"))


class Said(NamedTuple):
    """What a message is: its kind, the person's words, what it replies to or shares, the address of a share."""

    kind: str
    text: str | None = None
    context: str | None = None
    link: str | None = None


@dataclass(slots=True)
class Thread:
    """What all messages of a thread share."""

    values: dict[str, Any]  # the columns that are the same for each message
    me: frozenset[str]  # display names of the account in this thread
    handles: frozenset[str]  # its handles, in small letters; empty: not known
    sure: bool = False  # every string of the export is garbled
    names: dict[str, str] = field(default_factory=dict)  # repaired names by exported names
    flags: list[Reject] = field(default_factory=list)
    new_keys: dict[str, int] = field(default_factory=dict)


def name_of(thread: Thread, exported: str) -> str:
    """A display name, repaired once a thread."""
    known = thread.names.get(exported)
    if known is None:
        known = thread.names[exported] = clean(exported, thread.sure)[0]
    return known


def instant(value: object) -> dt.datetime | None:
    """A time of the export: milliseconds since 1970; seconds and microseconds are known by their size."""
    if type(value) is not int:
        return None
    if FIRST_MS <= value < LAST_MS:
        return EPOCH + value * MILLISECOND
    if FIRST_MS <= value * 1000 < LAST_MS:
        return EPOCH + dt.timedelta(seconds=value)
    return EPOCH + dt.timedelta(microseconds=value) if FIRST_MS <= value // 1000 < LAST_MS else None


def read_message(message: Any, thread: Thread, line: int, member: str) -> Row | Reject:
    """The row of one message. What could not be kept as typed is noted in `thread.flags`."""
    if type(message) is not dict:
        return Reject(Outcome.QUARANTINED, Code.E_SHAPE, "a message is no object", line, message, member)
    exported, content = message.get("sender_name"), message.get("content")
    at = instant(message.get("timestamp_ms"))
    is_plain = _PLAIN.issuperset(message)
    if at is None or type(exported) is not str or type(content) not in _TEXT or not is_plain:
        if fault := _fault(message, at):
            return Reject(Outcome.QUARANTINED, *fault, line, message, member)
        for key in () if KNOWN.issuperset(message) else message.keys() - KNOWN:
            thread.new_keys[key] = thread.new_keys.get(key, 0) + 1
    sender = thread.names.get(exported) or name_of(thread, exported)  # type: ignore[arg-type]
    if content and (not content.isascii() or "\0" in content):
        content, code = clean(content, thread.sure)
        if code:
            flag(thread, code, line, member)
    is_out = sender in thread.me
    told = system_text(content, sender) if content else None
    if content and told is None and is_plain:
        kind, text, context, link = "text", content, None, None
    else:
        kind, text, context, link = _classify(message, content or "", told, thread, is_out)
    values = {
        **thread.values,
        "sender_name": sender,
        "sent_at": at,
        "direction": "out" if is_out else "in",
        "kind": kind,
        "text": text,
        "context": context,
        "link": link,
    }
    return Row("messages", values, line, message, member)


def flag(thread: Thread, code: Code, line: int | None, member: str) -> None:
    """Note that a row is kept, but not quite as exported."""
    thread.flags.append(Reject(Outcome.FLAGGED, code, code.meaning, line, None, member))


def merge_edits(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Rows of a thread with each edited message once, and the earlier wordings that fell away.

    An edit is exported as a message of its own whose text ends in " (edited)" (mlomb/chat-analytics issue 114). It
    takes the place and the time of the message it replaces: the same sender's likest text of the quarter hour before.
    """
    edits = [(r, t) for r in rows if r.values["text"] and (t := without_edited(r.values["text"])) is not None]
    gone: set[int] = set()
    for row, text in sorted(edits, key=lambda e: e[0].values["sent_at"]):
        row.values["text"] = text
        best, likeness = None, ALIKE
        for other in rows:
            apart = row.values["sent_at"] - other.values["sent_at"]
            if other is row or id(other) in gone or not dt.timedelta(0) <= apart <= EDIT_WINDOW:
                continue
            if other.values["sender_name"] == row.values["sender_name"] and other.values["text"]:
                alike = difflib.SequenceMatcher(None, other.values["text"], text, autojunk=False).ratio()
                if alike >= likeness:
                    best, likeness = other, alike
        if best is not None:
            row.values["sent_at"] = best.values["sent_at"]
            gone.add(id(best))
    return [r for r in rows if id(r) not in gone], [r for r in rows if id(r) in gone]


def _fault(message: dict[str, Any], at: dt.datetime | None) -> tuple[Code, str] | None:
    """Why a message cannot be a row: named by key, never by what stands there."""
    if type(message.get("sender_name")) is not str:
        return Code.E_SHAPE, "sender_name is missing or no text"
    if at is None:
        return Code.E_TIME, "timestamp_ms is missing, no whole number, or not a time since 2010"
    if type(message.get("content")) not in _TEXT:
        return Code.E_SHAPE, "content is no text"
    if type(message.get("share")) not in (dict, type(None)):
        return Code.E_SHAPE, "share is no object"
    wrong = next((key for key in _LISTS if type(message.get(key)) not in (list, type(None))), None)
    return (Code.E_SHAPE, f"{wrong} is no list") if wrong else None


def _classify(
    message: dict[str, Any], content: str, told: tuple[str, str | None] | None, thread: Thread, is_out: bool
) -> Said:
    """A message that is more than plain words."""
    share = message.get("share") or {}
    context, link = _text(share, "share_text", thread.sure), _text(share, "link", thread.sure)
    if message.get("is_unsent"):
        return Said("unsent")
    what, emoji = told or ("", None)
    if what == "reaction":
        return Said("reaction", emoji)
    if what == "story_reaction":
        return Said("story_reply", emoji, context, link)
    if what in ("call", "ad_reply", "unsent", "system", "story_mention"):
        return Said(what, None, context, link)
    media = next((kind for key, kind in _MEDIA if message.get(key)), None)
    sender = name_of(thread, message["sender_name"])
    if what == "attachment" or ((share or media) and is_attachment_text(content, sender)):
        content = ""
    words = content or None
    if "call_duration" in message:
        return Said("call")
    if share:
        return _shared(share, Said("text", words, context, link), thread, is_out)
    if media:
        return Said(media, words)
    if message.get("type") in ("Subscribe", "Unsubscribe") or message.get("users"):
        return Said("system")
    # nothing at all: exports leave out what some shared posts and reels were (karlicoss/HPI)
    return Said("text", words) if words else Said("post_share")


def _shared(share: dict[str, Any], said: Said, thread: Thread, is_out: bool) -> Said:
    """A share: of a story (mostly a reply to it), a reel, a post or profile, or a link in somebody's words."""
    host, _, path = (said.link or "").partition("://")[2].partition("/")
    if host.removeprefix("www.").removeprefix("m.") == "instagram.com":
        first, _, rest = path.partition("/")
        if first == "stories":
            is_answer = _answers_story(thread, rest.partition("/")[0], is_out)
            return said._replace(kind="story_reply" if is_answer else "post_share")
        return said._replace(kind="reel_share" if first in ("reel", "reels", "tv") else "post_share")
    if said.link:
        return said._replace(kind="text" if said.text else "post_share")
    owner = _text(share, "original_content_owner", thread.sure)
    if owner:  # a story that is gone: only whose it was is left
        return said._replace(kind="story_reply" if _answers_story(thread, owner, is_out) else "post_share")
    profile = _text(share, "profile_share_username", thread.sure) or _text(share, "profile_share_name", thread.sure)
    context = said.context or profile
    return said._replace(kind="text" if said.text and not context else "post_share", context=context)


def _answers_story(thread: Thread, owner: str, is_out: bool) -> bool:
    """Whether a shared story is a reply to it: the lead's to ours, ours to the lead's. Else it is passed on."""
    if not thread.handles:
        return True  # whose story it is cannot be told: in exports it nearly always is a reply
    return (owner.casefold() in thread.handles) != is_out


def _text(share: dict[str, Any], key: str, sure: bool) -> str | None:
    value = share.get(key)
    return clean(value, sure)[0] if type(value) is str and value else None
