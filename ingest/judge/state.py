"""What a conversation has shown so far: the only memory a message is judged with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.judge.messages import Conversation, Message
from ingest.judge.phrases import Hit
from ingest.judge.roles import Speaker
from ingest.judge.rules import Classes, Rulebook
from ingest.judge.words import Words, fold

SPOKEN = frozenset(["text", "story_reply", "story_mention", "reel_share", "post_share", "ad_reply", "photo", "video"])
LAUGHS = re.compile("[\U0001f600-\U0001f606\U0001f923\U0001f639\U0001f480]")
NAME = re.compile(r"[^\W\d_]{2,}")
INVITES = (
    " tell ",
    " cuentame",
    " conta",
    " raconte",
    " erzahl",
    " vertel",
    " beratta",
    " dimmi",
    " raccontami",
    " share ",
)
# how much a team's question asks for: the stronger the question, the less an answer has to say
QUESTION_KINDS = ("none", "freebie", "logistics", "weak", "feedback", "offer", "diagnosis")


@dataclass(slots=True)
class Turn:
    """The team's messages since the lead last wrote."""

    question: str = "none"  # one of QUESTION_KINDS
    asks_when: bool = False
    asks_age: bool = False
    asks_since: bool = False
    signals: set[str] = field(default_factory=set)
    options: frozenset[str] = frozenset()  # words of the question, to recognise an echo ("in or out?" - "in")
    is_over: bool = True  # the lead has answered: the next team message opens a new turn


@dataclass(slots=True)
class State:
    """The conversation up to the message being judged."""

    rules: Rulebook
    conversation: Conversation
    lead_names: frozenset[str]
    names: frozenset[str]  # of both sides: they say nothing by themselves
    turn: Turn = field(default_factory=Turn)
    seen: dict[str, int] = field(default_factory=dict)  # signal (or signal:value) -> how often so far
    signals: frozenset[str] = frozenset()  # the same without their values
    lead_count: int = 0
    team_count: int = 0
    lead_words: list[Words] = field(default_factory=list)  # of each message but triggers
    last_team_text: str = ""
    told_before: int = 0  # how many lead messages the last team message had before it
    open_offer: bool = False  # help, a call or a place was offered and neither taken nor declined
    asked_at: int = 0  # when the team last wrote
    last_lead: Message | None = None
    last_lead_is_short: bool = False
    lead_places: set[str] = field(default_factory=set)  # addresses the lead sent
    speaker: Speaker | None = None
    was_fast: bool = False
    client_score: float = 0.0
    stranger_score: float = 0.0
    is_excluded: bool = False

    def has(self, *signals: str) -> bool:
        """Whether any of the signals was shown before."""
        return not self.seen.keys().isdisjoint(signals)


def begin(conversation: Conversation, rules: Rulebook) -> State:
    """The state before the first message."""
    names = {fold(n) for n in NAME.findall(conversation.participant_name)}
    names |= {fold(n) for n in NAME.findall(conversation.participant_handle)}
    return State(rules, conversation, frozenset(names), frozenset(names | rules.people.roles.keys()))


def note(state: State, hits: Iterable[tuple[str, str | None]]) -> None:
    """Remember the signals of a message."""
    seen = state.seen
    before = len(seen)
    for signal, value in hits:
        seen[signal] = seen.get(signal, 0) + 1
        if value:
            key = f"{signal}:{value}"
            seen[key] = seen.get(key, 0) + 1
    if len(seen) > before:
        state.signals = state.signals.union([signal for signal, _ in hits])


def laughs(words: Words, classes: Classes) -> bool:
    """Whether a message laughs."""
    return not classes.laugh.isdisjoint(words.tokens) or (
        not words.text.isascii() and LAUGHS.search(words.text) is not None
    )


def asks(words: Words, classes: Classes) -> bool:
    """Whether a message asks something, with or without the mark."""
    if "?" in words.text:
        return True
    tokens = words.tokens
    if classes.question.isdisjoint(tokens):
        return False
    for at, token in enumerate(tokens):
        is_start = at == 0 or tokens[at - 1][0] == "." or (at == 1 and tokens[0] in classes.filler)
        if is_start and token in classes.question:
            follows = at + 1 < len(tokens) and tokens[at + 1] in classes.follows_question
            if follows or token in classes.opens_question:
                return True
    return False


def question_kind(words: Words, hits: Iterable[Hit], rules: Rulebook) -> str:
    """What kind of question a team message asks (one of QUESTION_KINDS)."""
    found = {h.signal for h in hits}
    classes = rules.seeds.classes
    is_question = asks(words, classes)
    if not is_question and not words.line.startswith(INVITES):
        found.discard("diagnoses")
    if not is_question and not found & {"diagnoses", "proposes_coaching", "offers_freebie"}:
        return "none"
    if "feedback_question" in found:
        return "feedback"
    if "logistics" in found and "diagnoses" not in found:
        return "logistics"
    is_wish = not classes.wish.isdisjoint(words.tokens) and not rules.people.roles.keys().isdisjoint(words.tokens)
    if ("proposes_coaching" in found or (is_wish and is_question)) and not (
        "offers_freebie" in found and not is_question
    ):
        return "offer"
    asked = [t for t in words.tokens if t[0] not in ".?"]
    if "diagnoses" in found and not (laughs(words, classes) and len(asked) <= 6):
        return "diagnosis"
    if "offers_freebie" in found:
        return "freebie"
    return "weak" if is_question else "none"
