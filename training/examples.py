"""The labelled conversations as the judge reads them, with what each message should be judged to show."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ingest.judge import features
from ingest.judge.choices import KINDS, SAID_REASONS
from ingest.judge.judge import by_rules
from ingest.judge.messages import EPOCH, MICRO, Conversation, Judgement, Message
from ingest.judge.readings import Reading
from ingest.judge.rules import rulebook

HERE = Path(__file__).resolve().parent
FOLDERS = ("conversations", "reference")
LATER_OF_REASON = {
    "timing_later": "not_now",
    "needs_content_nurture": "wants_nothing_yet",
    "needs_offer_change_follow_up": "wants_other_offer",
}
EXCLUDED_AS = {"current_client_support": "client", "not_a_prospect": "stranger"}
NO, YES, UNKNOWN = 0, 1, -1

Truth = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One labelled conversation with what the rules alone find in it."""

    topic: str
    truth: Truth
    conversation: Conversation
    rows: list[Judgement]
    readings: list[Reading]


def cases(folders: Sequence[str] = FOLDERS) -> list[Case]:
    """Every labelled conversation, in order of its file and line."""
    found = []
    for folder in folders:
        for path in sorted((HERE / folder).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    found.append(case(path.stem, json.loads(line)))
    return found


def case(topic: str, truth: Truth) -> Case:
    """One conversation of a training file, read by the rules."""
    messages = [
        Message(
            f"{truth['id']}-{i}", micro(m["at"]), m["direction"] == "in",
            "" if m["direction"] == "in" else m.get("sent_by") or "", m["kind"], m["text"], m.get("context") or "", "",
        )
        for i, m in enumerate(truth["messages"])
    ]  # fmt: skip
    conversation = Conversation(
        "training", truth["id"], truth["participant_name"], truth.get("handle") or "", truth["id"], messages
    )
    rows, readings = by_rules(conversation, rulebook(settings_of(truth)))
    return Case(topic, truth, conversation, rows, readings)


def settings_of(truth: Truth) -> Any:
    """What the account's settings.toml would say."""
    team = tuple(
        SimpleNamespace(name=m["name"], role=m["role"], aliases=tuple(m.get("aliases", ()))) for m in truth["team"]
    )
    links = tuple(truth.get("booking_links", ()))
    return SimpleNamespace(
        account_id="training", team=team, booking=SimpleNamespace(links=links), keywords=truth["keywords"], own=()
    )


def micro(text: str) -> int:
    """Microseconds since 1970 of an ISO time."""
    return int((dt.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) / MICRO)


def first(truth: Truth, *signals: str) -> int | None:
    """The first message that shows any of the signals."""
    return min((truth["signals"][s] for s in signals if truth["signals"][s] is not None), default=None)


def targets(case: Case) -> Iterator[dict[str, int]]:
    """For every reading of the lead: YES, NO or UNKNOWN by head of the message model."""
    first = next((reading.number for reading in case.readings if reading.is_lead), None)
    for reading in case.readings:
        if reading.is_lead:
            yield _targets(case.truth, reading, reading.number == first)


def _targets(truth: Truth, reading: Reading, is_first: bool) -> dict[str, int]:
    entered, at = truth["entered"], reading.number
    if not truth["is_lead"] or at < (entered.get("new_dm") or 0):
        made = dict.fromkeys(_NEEDS, UNKNOWN) | dict.fromkeys(_COURSE, UNKNOWN)
        if not truth["is_lead"]:
            made |= {"nurture": NO, "lost": NO, "objection": UNKNOWN}
    else:
        made = {
            "engaged": _until(at, _said(entered.get("engaged"))),
            "what": _until(at, first(truth, "problem", "goal")),
            "problem": _until(at, first(truth, "problem")),
            "goal": _until(at, first(truth, "goal")),
            "timing": _until(at, first(truth, "timing")),
            "intent": _until(at, first(truth, "intent")),
            "objection": _until(at, first(truth, "objection")),
            "nurture": _until(at, _said(entered.get("nurture")), NO),
            "lost": _until(at, _said(entered.get("lost")), NO),
        }
        if made["nurture"] == YES:
            made |= {s: int(s == LATER_OF_REASON.get(truth["reason"])) for s in LATER_OF_REASON.values()}
        made |= _reasons(truth, made["lost"])
        if made["objection"] != UNKNOWN:
            made |= {f"objection:{k}": int(made["objection"] == YES and k == truth["objection"]) for k in KINDS}
        if _is_closed_before(truth, at):  # nothing said after a closing is a need, or it would have reopened it
            made |= dict.fromkeys(("engaged", "what", "problem", "goal", "intent"), NO)
    made["sensitive"] = _sensitive(truth, reading)
    return made | _origin(truth, reading, is_first)


def _origin(truth: Truth, reading: Reading, is_first: bool) -> dict[str, int]:
    """Who sent them, or that they come back: told with the first words."""
    if not truth["is_lead"] or not is_first or (truth["entered"].get("new_dm") or 0) > reading.number:
        return {"referred": UNKNOWN, "returning": UNKNOWN}
    return {"referred": int(truth["person_kind"] == "referral"), "returning": int(truth["source"] == "returning")}


def reply_targets(case: Case) -> Iterator[dict[str, int]]:
    """For every first reply of the team: whether it takes the lead's words for a no or a later, or is a no itself."""
    truth = case.truth
    nurture, lost = (_said(truth["entered"].get(s)) for s in ("nurture", "lost"))
    start = truth["entered"].get("new_dm") or 0
    for one in features.replied(case.readings):
        answered, reply = one.answered.number, one.reply.number
        if truth["is_lead"] and reply < start:
            yield {"nurture": UNKNOWN, "lost": UNKNOWN, "closes": UNKNOWN}
            continue
        made = {"nurture": int(nurture == answered), "lost": int(lost == answered), "closes": int(lost == reply)}
        made |= _reasons(truth, made["lost"])
        if made["nurture"] == YES:
            made |= {s: int(s == LATER_OF_REASON.get(truth["reason"])) for s in LATER_OF_REASON.values()}
        yield made


def _reasons(truth: Truth, lost: int) -> dict[str, int]:
    return {f"lost:{r}": int(lost == YES and truth["reason"] == r) for r in SAID_REASONS}


_NEEDS = ("engaged", "what", "problem", "goal", "timing", "intent")
_COURSE = ("objection", "nurture", "lost")


def _said(where: int | str | None) -> int | None:
    return where if isinstance(where, int) else None


def _until(at: int, first_at: int | None, later: int = UNKNOWN) -> int:
    """Labels name the first message: what is before does not show it, what follows may or may not."""
    if first_at is None or at < first_at:
        return NO
    return YES if at == first_at else later


def _is_closed_before(truth: Truth, at: int) -> bool:
    closed = _said(truth["entered"].get(truth["stage"])) if truth["stage"] in ("lost", "nurture") else None
    return closed is not None and at > closed


def _sensitive(truth: Truth, reading: Reading) -> int:
    """Where a person must look: the red flag of a conversation that goes to review; minors alone do not."""
    found = any(name == "rule:sensitive" for name, _ in reading.facts)
    if not truth["human_review"]:
        return NO
    return YES if found or truth["signals"]["red_flag"] == reading.number else UNKNOWN


def heads(examples: Iterable[dict[str, int]]) -> list[str]:
    """Every head that has examples, by name."""
    return sorted({name for one in examples for name in one})
