"""Single messages with what they show: cheaper to write than conversations, and of every way to say a thing.

A line of `utterances/*.jsonl`: `language`, `before` (the team's message it answers, or empty), `text`, `reply` (what
the team answers; may be left out), `shows` (all that a careful reader finds in it), `unsure` (what may be found or not;
nothing is learnt of that).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.judge import features
from ingest.judge.facts import Group, group
from ingest.judge.judge import by_rules
from ingest.judge.messages import Conversation, Message
from ingest.judge.rules import rulebook
from training.examples import HERE, LATER_OF_REASON, NO, UNKNOWN, YES, settings_of

FOLDER = HERE / "utterances"
KEPT = (
    "hit:", "t:", "topic:", "size=", "length=", "person=", "?", "mark", "quantity", "moment:", "when",
)  # facts of the words themselves  # fmt: skip
LATER = frozenset(LATER_OF_REASON.values())
SHOWN = frozenset(
    [
        "meaningful", "problem", "goal", "timing", "intent", "objection:price", "objection:time", "objection:trust",
        "objection:partner", "objection:fit", "objection:energy", "objection:other", *LATER, "clear_no",
        "clear_no:chose_another_option", "clear_no:price_mismatch", "put_off", "thanks", "support", "pitch", "friendly",
        "sensitive", "referred", "returning", "closes_file",
    ]
)  # fmt: skip
NOT_OF_LEADS = frozenset(["support", "pitch"])


@dataclass(frozen=True)
class Utterance:
    """One message, read by the rules alone, with what it shows."""

    said: features.Said
    replied: features.Replied | None
    shows: frozenset[str]
    unsure: frozenset[str]


def utterances() -> list[Utterance]:
    """All of them, in order of file and line. Raises ValueError for a label that is none."""
    found = []
    for path in sorted(FOLDER.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            made = _utterance(json.loads(line), f"{path.stem}-{number}")
            if made:
                found.append(made)
    return found


def _utterance(told: Mapping[str, object], name: str) -> Utterance | None:
    """Read one line; None where there are no words in it."""
    shows, unsure = (frozenset(told.get(key) or ()) for key in ("shows", "unsure"))  # type: ignore[call-overload]
    unknown = (shows | unsure) - SHOWN
    if unknown:
        raise ValueError(f"{name}: {sorted(unknown)[0]} is no label")
    messages = [Message(f"{name}-1", 3_600_000_000, True, "", "text", str(told["text"]), "", "")]
    if told.get("before"):
        messages.insert(0, Message(f"{name}-0", 0, False, "", "text", str(told["before"]), "", ""))
    if told.get("reply"):
        messages.append(Message(f"{name}-2", 7_200_000_000, False, "", "text", str(told["reply"]), "", ""))
    conversation = Conversation("training", name, "", "", name, messages)
    found = by_rules(conversation, rulebook(settings_of({"team": (), "keywords": {}})))[1]
    readings = [r._replace(groups=_kept(r.groups), telling=_kept(r.telling)) for r in found]
    said, replied = features.said(readings), features.replied(readings)
    return Utterance(said[0], replied[0] if replied else None, shows, unsure) if said else None


def _kept(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Without the facts that a place in a conversation gives: there is none."""
    return tuple(group((name, value) for name, value in one.facts if name.startswith(KEPT)) for one in groups)


def message_targets(one: Utterance, heads: Iterable[str]) -> dict[str, int]:
    """YES, NO or UNKNOWN by head of the message model."""
    meant = {head: _heads(head) for head in heads}
    made = {h: YES if names & one.shows else UNKNOWN if names & one.unsure else NO for h, names in meant.items()}
    if one.shows & NOT_OF_LEADS:  # of other people nothing is learnt about needs
        made |= dict.fromkeys(("engaged", "what", "problem", "goal", "timing", "intent", "objection"), UNKNOWN)
    if "objection" in made and made["objection"] != YES:
        made |= {head: made["objection"] for head in made if head.startswith("objection:")}
    return made


def reply_targets(one: Utterance, heads: Iterable[str]) -> dict[str, int]:
    """The same by head of the reply model."""
    made = message_targets(one, heads)
    return made | {"closes": YES if "closes_file" in one.shows else NO}


def _heads(head: str) -> frozenset[str]:
    """Labels of which one makes a head true."""
    if head == "engaged":
        return frozenset(["meaningful", "problem", "goal"])
    if head == "what":
        return frozenset(["problem", "goal"])
    if head == "nurture":
        return LATER
    if head == "lost":
        return frozenset(s for s in SHOWN if s.startswith("clear_no"))
    if head == "objection":
        return frozenset(s for s in SHOWN if s.startswith("objection:"))
    if head.startswith("lost:"):
        return frozenset([head.replace("lost:", "clear_no:")])
    return frozenset([head])
