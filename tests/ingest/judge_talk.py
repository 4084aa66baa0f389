"""Small invented conversations for the tests of the judge: one line a message."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ingest.judge import Conversation, Judgement, Message, judge_conversation, rulebook
from ingest.judge.judge import by_rules

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
BEGIN = 1_788_771_600_000_000  # 2026-09-07 09:00 UTC

TEAM = (
    SimpleNamespace(name="Ingrid Falk", role="coach", aliases=()),
    SimpleNamespace(name="Dario", role="setter", aliases=("dario@studio.example",)),
    SimpleNamespace(name="Wilma", role="va", aliases=()),
)


def settings(
    team: tuple[Any, ...] = TEAM, keywords: dict[str, str] | None = None, links: tuple[str, ...] = ()
) -> SimpleNamespace:
    """The settings the judge reads."""
    booking = SimpleNamespace(links=links)
    return SimpleNamespace(account_id="a", team=team, keywords=keywords or {}, booking=booking)


def line(number: int, said: str, after: int = 10) -> Message:
    """One message from "L: text" (lead), "T: text" (team); a kind or role in brackets: "L[voice]:", "T[va]:".

    "+N" before the text sets the seconds since the message before: "T:+4 Here is the guide".
    """
    head, _, text = said.partition(":")
    mark = head[2:-1] if "[" in head else ""
    is_lead = head[0] == "L"
    kind, context = "text", ""
    if is_lead and mark:
        kind = mark
    if mark == "commented":
        context = 'commented "tips" on reel: three drills'
        mark = ""
    sent_by = mark if not is_lead else ""
    return Message(f"m{number}", 0, is_lead, sent_by, kind, text.strip(), context, "")


def conversation(*lines: str, name: str = "Petra Lindqvist") -> Conversation:
    """A thread of the given lines, ten minutes apart unless a line says otherwise."""
    messages, at = [], BEGIN
    for number, said in enumerate(lines):
        head, _, rest = said.partition(":")
        gap = 10 * MINUTE
        if rest.startswith("+"):
            seconds, _, rest = rest[1:].partition(" ")
            gap = int(float(seconds) * 1_000_000)
        at += gap if number else 0
        messages.append(line(number, f"{head}:{rest}")._replace(at=at))
    return Conversation("a", "t1", name, "petra.lq", "h", messages)


def judge(*lines: str, name: str = "Petra Lindqvist", **given: Any) -> list[Judgement]:
    """What the rules find in a small conversation."""
    return by_rules(conversation(*lines, name=name), rulebook(settings(**given)))[0]


def judge_all(*lines: str, name: str = "Petra Lindqvist", **given: Any) -> list[Judgement]:
    """The judgements of a small conversation, the model's over the rules'."""
    return judge_conversation(conversation(*lines, name=name), rulebook(settings(**given)))


def shown(rows: list[Judgement], message: int) -> set[str]:
    """Signals of one message; those with a value also as "signal:value"."""
    own = [r for r in rows if r.message_id == f"m{message}" and r.kind == "signal"]
    return {r.signal for r in own} | {f"{r.signal}:{r.value}" for r in own if r.value}


def excluded(rows: list[Judgement]) -> str | None:
    """Why the conversation is no prospect's, or None."""
    return next((r.value for r in rows if r.kind == "exclusion"), None)
