"""One lead message, read: its words, phrases, times and what it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ingest.judge import values
from ingest.judge.dates import Moment, moments
from ingest.judge.messages import EPOCH, MICRO, Message
from ingest.judge.phrases import Hit
from ingest.judge.state import State, asks, content, laughs
from ingest.judge.words import Words, quote

NEGATABLE = frozenset(["intent", "goal", "paid", "says_booked", "asked_for_link"])
QUANTITY = re.compile(
    r"^\d+(?:[.,:]\d+)?(?:k|kg|kgs|lb|lbs|g|km|m|mo|mos|yrs?|y|w|wks?|d|h|hrs?|min|mins|st|cm|x|%|bb|pm|am)?$"
)
STILL_AN_ANSWER = 21 * 24 * 3600 * 1_000_000  # microseconds after the team last wrote
MONTHS_ASKED_BACK = ("month", "season", "holiday")


class Shown(NamedTuple):
    """One signal of a message before it becomes a judgement."""

    signal: str
    value: str | None
    quote: str | None
    judge: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Said:
    """One lead message, read."""

    message: Message
    words: Words
    hits: dict[str, Hit]  # best per signal
    kinds: list[Hit]  # best per signal and value
    content: list[str]
    moments: list[Moment]
    is_question: bool
    is_first_person: bool
    is_of_self: bool  # first person as the one who acts or owns
    answers: str  # kind of the team's question it answers (state.QUESTION_KINDS)
    laughs: bool

    @property
    def whole(self) -> str:
        """The message as typed, without the space around it."""
        return self.message.text.strip()

    def shown(self, hit: Hit, value: str | None = None, confidence: float | None = None, signal: str = "") -> Shown:
        """A signal with the words that show it."""
        typed = quote(self.words, hit.start, hit.end)
        return Shown(signal or hit.signal, value or hit.value or None, typed, hit.rule, confidence or hit.confidence)

    def typed(self, moment: Moment) -> str:
        """A time as typed."""
        spans = [m.span() for m in re.finditer(r"\S+", self.words.line)]
        return quote(self.words, spans[moment.first][0], spans[moment.last][1])

    @property
    def has_quantity(self) -> bool:
        """Whether it counts or measures something."""
        return any(QUANTITY.match(t) for t in self.content) or any(m.kind in ("length", "span") for m in self.moments)

    @property
    def is_praise(self) -> bool:
        """Friendliness and little else."""
        return (
            "friendly_only" in self.hits
            and len(self.content) <= 7
            and not (self.hits.keys() & {"intent", "goal", "not_now"})
        )


def read_lead(message: Message, state: State) -> Said:
    """Tokens, phrases and structure of a lead's message."""
    seeds = state.rules.seeds
    words, found = seeds.lead(message.text)
    negation = seeds.classes.negation
    kinds = [h for h in found if not (h.signal in NEGATABLE and _negated(words, h, negation))]
    hits: dict[str, Hit] = {}
    for hit in kinds:
        if hit.signal not in hits or hit.confidence > hits[hit.signal].confidence:
            hits[hit.signal] = hit
    times = moments(words, (EPOCH + message.at * MICRO).date(), seeds.times)
    if state.turn.asks_since:  # "how long ago?" - "february"
        times = [t._replace(is_past=True) if t.kind in MONTHS_ASKED_BACK else t for t in times]
    names = state.lead_names | state.rules.people.roles.keys()
    first = seeds.classes.first_person.intersection(words.tokens)
    return Said(
        message,
        words,
        hits,
        kinds,
        content(words, seeds.classes, names),
        times,
        is_question=asks(message, words, seeds.classes),
        is_first_person=bool(first),
        is_of_self=bool(first - seeds.classes.object_pronoun),
        answers=_answers(message, state),
        laughs=laughs(message, words, seeds.classes),
    )


def only_contact(said: Said) -> bool:
    """An e-mail address given for a freebie is no reply."""
    rest = said.message.text
    for _, _, typed in values.contacts(rest):
        rest = rest.replace(typed, " ")
    return rest != said.message.text and len(rest.split()) <= 4


def _answers(message: Message, state: State) -> str:
    """The kind of question a message answers; a reply to a story is none, nor are words weeks later."""
    if message.kind in ("story_reply", "ad_reply") or message.at - state.asked_at > STILL_AN_ANSWER:
        return "none"
    return state.turn.question


def _negated(words: Words, hit: Hit, negation: frozenset[str]) -> bool:
    before = words.line[: hit.start].split()[-3:]
    for at, token in enumerate(before):
        if token[0] in ".?":
            return not negation.isdisjoint(before[at + 1 :])
    return not negation.isdisjoint(before) and "only" not in before
