"""Checks every labelled conversation in training/conversations against the format and the placement rules.

Run: python training/check.py     (exit 0: all in order; 1: each problem on its own line)
"""

from __future__ import annotations

import collections
import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "conversations"
AS_OF = "2026-09-30T00:00:00Z"
STAGES = (
    "new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed", "won", "lost", "nurture",
)  # fmt: skip
SIGNALS = {"problem", "goal", "timing", "intent", "fit", "objection", "asks_price", "promise", "red_flag"}
OBJECTIONS = {"price", "time", "trust", "partner", "fit", "energy", "other"}
ROLES = {"lead", "coach", "setter", "va", "ai", "automation", "unknown"}
OWNERS = {"coach", "setter", "va", "unknown", "lead", "none"}
PERSON_KINDS = {"new", "old", "referral", "current_client"}
SOURCES = {
    "story_reply", "comment_to_dm", "dm_ad", "keyword", "referral", "outbound", "returning", "organic_dm", "unknown",
}  # fmt: skip
EXCLUSIONS = {"current_client_support", "not_a_prospect"}
KINDS = {
    "text", "voice", "photo", "video", "story_reply", "story_mention", "reel_share", "post_share", "reaction", "unsent",
    "call", "ad_reply",
}  # fmt: skip
REASONS = {
    "not_a_fit", "timing_later", "price_mismatch", "no_response_after_link", "no_show_not_reengaged",
    "chose_another_option", "current_client_or_support", "needs_content_nurture", "needs_offer_change_follow_up",
}  # fmt: skip
KEYS = {
    "id", "niche", "language", "participant_name", "handle", "team", "keywords", "messages", "events", "is_lead",
    "exclude_reason", "person_kind", "source", "stage", "entered", "signals", "objection", "link", "no_show", "reason",
    "needs_follow_up", "next_owner", "human_review", "why",
}  # fmt: skip
EVENTS = {"calendar": {"created", "completed", "no_show", "cancelled"}, "crm": {"won", "lost", "nurture"}}
SHORT = 4  # lead messages with fewer words may repeat ("thank you so much" does in life)
UNSAFE = re.compile(r"[\w.+-]+@(?!(?:[\w-]+\.)*(?:example\.(?:com|org|net)|[\w-]+\.example)\b)[\w-]+\.\w+")

Conversation = dict[str, Any]


def shape(c: Conversation) -> Iterator[str]:
    """Keys, vocabularies, order of the messages."""
    if set(c) - {"booking_links"} != KEYS or set(c["signals"]) != SIGNALS:
        yield f"keys differ: {sorted((set(c) - {'booking_links'}) ^ KEYS)}"
    for field, allowed in (("person_kind", PERSON_KINDS), ("source", SOURCES), ("next_owner", OWNERS)):
        if c[field] not in allowed:
            yield f"{field} {c[field]!r}"
    times = [m["at"] for m in c["messages"]]
    if not times or times != sorted(times) or times[-1] >= AS_OF:
        yield "messages missing, out of order or after the as-of instant"
    for i, m in enumerate(c["messages"]):
        dt.datetime.fromisoformat(m["at"])
        if m["direction"] not in ("in", "out") or m["kind"] not in KINDS or m["sent_by"] not in ROLES | {None}:
            yield f"message {i}: direction, kind or sent_by"
        if m["sent_by"] and (m["sent_by"] == "lead") != (m["direction"] == "in"):
            yield f"message {i}: sent_by is of the other side"
        if not m["text"] and m["kind"] == "text":
            yield f"message {i}: text without words"
        if UNSAFE.search(m["text"]):
            yield f"message {i}: e-mail address outside the example domains"
    for e in c["events"]:
        if e["what"] not in EVENTS.get(e["kind"], set()):
            yield f"event {e['kind']} {e['what']}"


def indexes(c: Conversation) -> Iterator[str]:
    """Every index points at a message of the side that can show it."""
    messages, events = c["messages"], collections.Counter(e["kind"] for e in c["events"])
    for stage, at in c["entered"].items():
        if isinstance(at, str):
            kind, _, number = at.partition(":")
            if int(number) >= events[kind] or stage not in ("booked_call", "call_completed", "won", "lost", "nurture"):
                yield f"entered {stage}: {at}"
            continue
        side = {"engaged": "in", "qualified": "in", "booking_link_sent": "out", "won": "out"}.get(stage)
        if at >= len(messages) or (side and messages[at]["direction"] != side):
            yield f"entered {stage}: message {at} is missing or of the other side"
        if stage in ("booked_call", "call_completed"):
            yield f"entered {stage}: needs an event"
    for signal, at in c["signals"].items():
        side = "out" if signal == "promise" else "in"
        if at is not None and (at >= len(messages) or messages[at]["direction"] != side):
            yield f"signal {signal}: message {at} is missing or of the other side"
    link = c["link"]
    if link["sent"] and not re.search(r"https?://|\w\.\w+/", messages[link["first"]]["text"]):
        yield "link: no address in that message"
    if link["sent"] and messages[link["first"]]["direction"] != "out":
        yield "link: sent by the lead"


def placement(c: Conversation) -> Iterator[str]:
    """The placement rules, as far as they can be checked without reading the words."""
    entered, signals, link = c["entered"], c["signals"], c["link"]
    if list(entered) != [s for s in STAGES if s in entered]:
        yield "entered: not in the order of the stages"
    if c["exclude_reason"] not in ({None} if c["is_lead"] else EXCLUSIONS):
        yield "exclude_reason"
    if not c["is_lead"]:
        if c["stage"] is not None or entered or any(v is not None for v in signals.values()):
            yield "excluded with a stage, entries or signals"
        return
    if c["stage"] not in entered or "new_dm" not in entered:
        yield f"stage {c['stage']} was never entered"
    engaged, qualified = entered.get("engaged"), entered.get("qualified")
    if qualified is not None:
        what = [signals[s] for s in ("problem", "goal") if signals[s] is not None and signals[s] <= qualified]
        why_now = [signals[s] for s in ("timing", "intent") if signals[s] is not None and signals[s] <= qualified]
        if engaged is None or engaged > qualified or not what or not why_now:
            yield "qualified: what, or timing and intent, or engaged is missing"
        elif max(min(what), min(why_now)) != qualified:
            yield "qualified: not at the last missing piece"
        if signals["red_flag"] is not None and signals["red_flag"] <= qualified:
            yield "qualified in spite of a red flag"
    if link["sent"] and link["too_early"] != (qualified is None or qualified > link["first"]):
        yield "link: too_early"
    if link["sent"] and entered.get("booking_link_sent", 10**6) > link["first"]:
        yield "link: booking_link_sent not entered at the first link"


def outcome(c: Conversation) -> Iterator[str]:
    """Stage now, reason, owner and review belong together."""
    entered, signals, stage = c["entered"], c["signals"], c["stage"]
    if (stage in ("lost", "nurture")) != (c["reason"] is not None) or c["reason"] not in REASONS | {None}:
        yield f"reason {c['reason']!r} with stage {stage}"
    if (c["objection"] is None) != (signals["objection"] is None) and not c["events"]:
        yield "objection: kind and message do not agree"
    if c["objection"] not in OBJECTIONS | {None}:
        yield f"objection {c['objection']!r}"
    if c["is_lead"] and (c["next_owner"] == "none") != (stage in ("won", "lost") and not c["needs_follow_up"]):
        yield f"next_owner {c['next_owner']} with stage {stage}"
    if c["needs_follow_up"] and c["next_owner"] in ("lead", "none"):
        yield "a follow-up is needed, but not by the team"
    waits = c["is_lead"] and not c["needs_follow_up"] and stage not in ("nurture", "booked_call")
    if waits and c["next_owner"] not in ("lead", "none"):
        yield "the team owns an open step without a follow-up"
    if c["human_review"] and not c["needs_follow_up"]:
        yield "an open review without a follow-up"
    furthest = [s for s in entered if s not in ("lost", "nurture")]
    if c["is_lead"] and stage not in ("lost", "nurture") and stage != furthest[-1] and not c["events"]:
        yield f"stage {stage}, but {furthest[-1]} was entered"
    if c["no_show"] != any(e["what"] == "no_show" for e in c["events"]):
        yield "no_show without its event"


def words(text: str) -> str:
    """A message without case, punctuation and emoji, to compare with others."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def main() -> int:
    """Print every problem; 0 when there is none."""
    problems: list[str] = []
    seen: dict[str, str] = {}
    ids: set[str] = set()
    total = 0
    for path in sorted(HERE.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            c: Conversation = json.loads(line)
            total += 1
            name = f"{path.name} {c['id']}"
            problems += [f"{name}: {p}" for check in (shape, indexes, placement, outcome) for p in check(c)]
            if c["id"] in ids:
                problems.append(f"{name}: id used twice")
            ids.add(c["id"])
            for m in c["messages"]:
                said = words(m["text"])
                compared = m["direction"] == "in" and len(said.split()) >= SHORT
                if compared and seen.setdefault(said, c["id"]) != c["id"]:
                    problems.append(f"{name}: same lead sentence as {seen[said]}: {said[:60]}")
    print("\n".join([*problems, f"{total} conversations, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
