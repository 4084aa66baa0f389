"""One message from one CSV row, whichever columns it came from."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.csv_cells import Sheet, Values, payload
from ingest.errors import Code
from ingest.parse import Unreadable
from ingest.settings import Settings
from ingest.shapes import Row

NEEDED = ("conversation_id", "sent_at", "direction")
ROLES = frozenset(["lead", "coach", "setter", "va", "ai", "automation"])
KINDS = frozenset(["text", "voice", "photo", "video", "reaction", "unsent", "call", "system"]) | frozenset(
    ["story_reply", "story_mention", "reel_share", "post_share", "ad_reply"]
)
# what chat tools call the same things
KIND_WORDS = {"message": "text", "image": "photo", "audio": "voice", "voice_note": "voice", "share": "post_share"}
INCOMING = frozenset(["in", "inbound", "incoming", "received"])
OUTGOING = frozenset(["out", "outbound", "outgoing", "sent"])


def message_rows(sheet: Sheet, values: Values) -> Iterator[Row]:
    """A row as a message. Raises Unreadable for a direction that is none, or that contradicts who sent it."""
    given = values.fields
    word = str(given["direction"]).casefold()
    if word not in INCOMING | OUTGOING:
        raise Unreadable(Code.E_SHAPE, "direction is neither in nor out")
    direction = "in" if word in INCOMING else "out"
    role, sender = _role(given.get("sent_by"), sheet.settings, values)
    if role and (role == "lead") != (direction == "in"):
        raise Unreadable(Code.E_SHAPE, "direction and sent_by contradict each other")
    made = {
        **given,
        "thread_key": given["conversation_id"],
        "direction": direction,
        "sent_by": role,
        "sender_name": sender or (given.get("participant_name") if direction == "in" else None),
        "kind": _kind(given.get("kind"), given.get("text"), values),
    }
    yield Row("messages", made, values.line, payload(sheet, values))


def _role(text: str | None, settings: Settings, values: Values) -> tuple[str | None, str | None]:
    """Role and name of a sender: a role as such, or a member of the team by name or alias; else only the name."""
    word = (text or "").casefold()
    if word in ROLES or word in ("", "unknown"):
        return (word if word in ROLES else None), None
    for member in settings.team:
        if word in {name.casefold() for name in (member.name, *member.aliases)}:
            return member.role, member.name
    values.flags.append((Code.E_LABEL, "sent_by is no role and nobody of the team; add the names to [[team]]"))
    return None, text


def _kind(text: str | None, words: str | None, values: Values) -> str:
    """The kind of a message; an unknown one is flagged and counts as text, or as a system row without words."""
    word = (text or "").casefold().replace(" ", "_").replace("-", "_")
    word = KIND_WORDS.get(word, word)
    if word in KINDS:
        return word
    if word:
        values.flags.append((Code.E_LABEL, "a kind of message that is not known; kept as text"))
    return "text" if words and words.strip() else "system"
