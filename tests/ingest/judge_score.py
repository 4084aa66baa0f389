"""Measures the judge against labelled conversations: stage entries by message, exclusions, links, speakers.

usage: python tests/ingest/judge_score.py [--show] FOLDER_OR_JSONL …

A folder holds an export with its truth.jsonl and settings.toml; a .jsonl file holds conversations with their truth.
Entries are derived here the plain way (first meaningful; problem or goal, with timing or intent, no red flag before).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ingest.judge import Conversation, Judgement, Message, judge_conversation, rulebook

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass
class Case:
    """One labelled conversation."""

    truth: dict[str, Any]
    conversation: Conversation
    settings: Any
    index: list[int] = field(default_factory=list)  # truth's index of each message


def settings_of(account: str, team: list[dict[str, Any]], links: list[str], keywords: dict[str, str]) -> Any:
    """Settings as the judge needs them."""
    members = tuple(SimpleNamespace(name=m["name"], role=m["role"], aliases=tuple(m.get("aliases", ()))) for m in team)
    return SimpleNamespace(
        account_id=account, team=members, booking=SimpleNamespace(links=tuple(links)), keywords=keywords, own=()
    )


def micro(text: str) -> int:
    """Microseconds since 1970 of an ISO time."""
    when = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((when - EPOCH) / dt.timedelta(microseconds=1))


def told(
    key: str, at: str, direction: str, by: str | None, kind: str, text: str | None, context: str | None
) -> Message:
    """A message as the judge reads it."""
    is_lead = direction == "in"
    return Message(key, micro(at), is_lead, "" if is_lead else by or "", kind, text or "", context or "", "")


def cases(path: Path) -> Iterator[Case]:
    """Every labelled conversation under a path."""
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from_jsonl(json.loads(line))
        return
    truths = {
        str(t["thread"]): t for t in map(json.loads, (path / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    }
    toml = tomllib.loads((path / "settings.toml").read_text(encoding="utf-8"))
    settings = settings_of("t", toml.get("team", []), toml["booking"]["links"], toml.get("keywords", {}))
    source = from_zip(next(path.glob("*.zip"))) if list(path.glob("*.zip")) else from_csv(path / "dm_messages.csv")
    for key, name, messages, index in source:
        yield Case(truths[key], Conversation("t", key, name, "", key, messages), settings, index)


def from_jsonl(c: dict[str, Any]) -> Case:
    """A training conversation with messages and truth in one object."""
    settings = settings_of("t", c["team"], c.get("booking_links", []), c["keywords"])
    messages = [
        told(f"{c['id']}-{i}", m["at"], m["direction"], m.get("sent_by"), m["kind"], m["text"], m.get("context"))
        for i, m in enumerate(c["messages"])
    ]
    conversation = Conversation("t", c["id"], c["participant_name"], c.get("handle") or "", c["id"], messages)
    return Case(c, conversation, settings, list(range(len(messages))))


def from_csv(path: Path) -> Iterator[tuple[str, str, list[Message], list[int]]]:
    """dm_messages.csv."""
    threads: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            threads.setdefault(row["conversation_id"], []).append(row)
    for key, rows in threads.items():
        messages = [
            told(f"{key}-{i}", r["sent_at"], r["direction"], r["sent_by"], r["kind"], r["text"], r["context"])
            for i, r in enumerate(rows)
        ]
        yield key, rows[0]["participant_name"], messages, list(range(len(messages)))


def from_zip(path: Path) -> Iterator[tuple[str, str, list[Message], list[int]]]:
    """Instagram threads; a share and its words are one message of the truth."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith("message_1.json"):
                continue
            thread = json.loads(archive.read(name))
            title = mend(thread["title"])
            messages: list[Message] = []
            index: list[int] = []
            for raw in reversed(thread["messages"]):
                text, share = mend(raw.get("content", "")), raw.get("share") or {}
                kind = "text"
                if text.endswith(" sent an attachment."):
                    text, kind = "", "post_share"
                elif "/stories/" in share.get("link", ""):
                    kind = "story_reply"
                elif text.startswith("Reacted "):
                    kind = "reaction"
                elif raw.get("photos"):
                    kind = "photo"
                merged = bool(messages) and messages[-1].kind in ("post_share", "photo") and not messages[-1].text
                index.append(
                    (index[-1] if merged and messages[-1].kind == "post_share" else index[-1] + 1) if index else 0
                )
                key = f"{thread['title']}-{len(messages)}"
                is_lead = mend(raw["sender_name"]) == title
                messages.append(
                    Message(
                        key, raw["timestamp_ms"] * 1000, is_lead, "", kind, text, mend(share.get("share_text", "")), ""
                    )
                )
            yield name.split("/")[-2], title, messages, index


def mend(text: str) -> str:
    """Undo the mojibake of Instagram exports."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def entries(rows: list[Judgement], position: dict[str, int]) -> dict[str, int]:
    """First message index of engaged and qualified, of the first link, of the first flag."""
    first: dict[str, int] = {}
    for row in rows:
        if row.kind == "signal" and row.message_id is not None:
            first[row.signal] = min(first.get(row.signal, 10**6), position[row.message_id])
    out = {}
    if "meaningful" in first:
        out["engaged"] = first["meaningful"]
    what = min((first[s] for s in ("problem", "goal") if s in first), default=None)
    why = min((first[s] for s in ("timing", "intent") if s in first), default=None)
    flag = min((first[s] for s in ("red_flag", "sensitive") if s in first), default=10**6)
    if what is not None and why is not None and flag > max(what, why):
        out["qualified"] = max(what, why)
    if "booking_link" in first:
        out["link"] = first["booking_link"]
    return out


def judged(case: Case) -> tuple[list[Judgement], dict[str, int]]:
    """The judge's rows and the truth index of every message."""
    rows = judge_conversation(case.conversation, rulebook(case.settings))
    return rows, dict(zip((m.message_id for m in case.conversation.messages), case.index, strict=True))


class Tally:
    """Right and wrong per figure, with the cases that were wrong."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.wrong: list[str] = []

    def add(self, name: str, want: Any, got: Any, case: Case) -> None:
        """Count one decision; a boolean one also feeds F1."""
        tp, fp, fn, ok, n = self.counts.setdefault(name, [0, 0, 0, 0, 0])
        same = want == got
        self.counts[name] = [
            tp + bool(want and got),
            fp + bool(got and not want),
            fn + bool(want and not got),
            ok + same,
            n + 1,
        ]
        if not same:
            self.wrong.append(f"{name}: {case.conversation.conversation_id} want {want} got {got}")

    def lines(self) -> Iterator[str]:
        """One line per figure."""
        for name, (tp, fp, fn, ok, n) in self.counts.items():
            f1 = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0
            yield f"{name:34s} accuracy {ok / n:.3f}  F1 {f1:.3f}  cases {n}  tp {tp} fp {fp} fn {fn}"


def score(all_cases: list[Case]) -> Tally:
    """Compare every case."""
    tally = Tally()
    for case in all_cases:
        truth = case.truth
        rows, position = judged(case)
        got, want = entries(rows, position), truth["entered"]
        excluded = next((r.value for r in rows if r.kind == "exclusion"), None)
        tally.add("excluded", not truth["is_lead"], excluded is not None, case)
        if not truth["is_lead"]:
            if excluded:
                tally.add("exclusion reason", truth["exclude_reason"], excluded, case)
        else:
            tally.add("engaged reached", "engaged" in want, "engaged" in got, case)
            tally.add("qualified reached", "qualified" in want, "qualified" in got, case)
            if "engaged" in want and "engaged" in got:
                tally.add("engaged at", want["engaged"], got["engaged"], case)
            if "qualified" in want and "qualified" in got:
                tally.add("qualified at", want["qualified"], got["qualified"], case)
        link = truth["link"]
        tally.add("link sent", bool(link.get("sent")), "link" in got, case)
        if link.get("sent") and "link" in got:
            at = got["link"]
            tied = any(r.signal == "tied_to_words" and position[r.message_id or ""] == at for r in rows)
            tally.add("link too early", bool(link["too_early"]), got.get("qualified", 10**6) > at, case)
            tally.add("link tied", bool(link["tied_to_words"]), tied, case)
            role = next(r.value for r in rows if r.signal == "speaker" and position[r.message_id or ""] == at)
            tally.add("link sent by", link["sent_by"], role, case)
        flags = {r.signal for r in rows} & {"sensitive", "unheard"}
        if truth["human_review"]:
            tally.add("sensitive or unheard flagged", True, bool(flags), case)
        else:
            tally.add("not flagged sensitive", False, "sensitive" in flags, case)
        stage = truth["stage"]
        if truth["is_lead"] and all(v != "crm:0" for v in want.values()):
            nurture = {r.signal for r in rows} & {"not_now", "wants_other_offer", "wants_nothing_yet"}
            tally.add("nurture said", stage == "nurture", bool(nurture), case)
            tally.add(
                "clear no said", isinstance(want.get("lost"), int), any(r.signal == "clear_no" for r in rows), case
            )
        if truth["objection"]:
            kinds = [r.value for r in rows if r.signal == "objection"]
            tally.add("objection (any of kind)", True, truth["objection"] in kinds, case)
            tally.add("objection (last)", truth["objection"], kinds[-1] if kinds else None, case)
    return tally


def main(arguments: list[str]) -> None:
    """Print the table."""
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    found = [c for path in paths for c in cases(path)]
    if "--odd" in arguments:
        found = [c for i, c in enumerate(found) if i % 2]
    if "--even" in arguments:
        found = [c for i, c in enumerate(found) if i % 2 == 0]
    tally = score(found)
    print("\n".join(tally.lines()))
    if "--show" in arguments:
        print("\n".join(tally.wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
