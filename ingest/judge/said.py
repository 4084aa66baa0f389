"""One lead message, read: its words, phrases, times and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ingest.judge import values
from ingest.judge.dates import Moment, holds_time, moments
from ingest.judge.facts import SURELY, Fact, Group, group
from ingest.judge.links import Link, links_in
from ingest.judge.messages import Message, day_of
from ingest.judge.phrases import Hit
from ingest.judge.roles import called
from ingest.judge.rules import Knowledge
from ingest.judge.state import State, asks, laughs
from ingest.judge.topics import about
from ingest.judge.words import REMEMBERED, Words, has_words, quote, typed

NEGATABLE = frozenset(["intent", "goal", "paid", "says_booked", "asked_for_link"])
MORE_THAN_PRAISE = ("intent", "goal", "not_now")
VALUED = frozenset(["objection", "sensitive", "red_flag", "clear_no"])  # of these the model sees the kind, too
# eating less than a thousand calories, in any language
STARVING = re.compile(
    r" (?:eat|eating|ate|on|under|eet|esse|mange|como|mangio|ater|jem|only|just|nur|max|around|about)"
    r"((?: [^ .?]+){0,2} [2-9]\d\d (?:kcals?|cals?|calories|calorias|calorie|kalorien|kalorier|kalorii))(?= )"
)
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


class Said(NamedTuple):
    """One lead message, read."""

    message: Message
    words: Words
    hits: Mapping[str, Hit]  # best per signal
    kinds: tuple[Hit, ...]  # best per signal and value
    content: tuple[str, ...]  # the words that say something: no fillers, sentence marks or names of the two sides
    moments: list[Moment]
    is_question: bool
    is_first_person: bool
    is_of_self: bool  # first person as the one who acts or owns
    answers: str  # kind of the team's question it answers (state.QUESTION_KINDS)
    laughs: bool
    measures: bool  # a number among the words that counts or measures something
    text: Heard

    @property
    def whole(self) -> str:
        """The message as typed, without the space around it."""
        return self.message.text.strip()

    def shown(self, hit: Hit, value: str | None = None, confidence: float | None = None, signal: str = "") -> Shown:
        """A signal with the words that show it."""
        words = quote(self.words, hit.start, hit.end)
        return Shown(signal or hit.signal, value or hit.value or None, words, hit.rule, confidence or hit.confidence)

    def typed(self, moment: Moment) -> str:
        """A time as typed."""
        return typed(self.words, moment.first, moment.last)

    @property
    def has_quantity(self) -> bool:
        """Whether it counts or measures something."""
        return self.measures or (bool(self.moments) and any(m.kind in ("length", "span") for m in self.moments))

    @property
    def is_praise(self) -> bool:
        """Friendliness and little else."""
        hits = self.hits
        return "friendly_only" in hits and len(self.content) <= 7 and hits.keys().isdisjoint(MORE_THAN_PRAISE)


class Heard(NamedTuple):
    """What a text is by itself, whoever wrote it and whenever; shared by all messages with the same text."""

    words: Words
    hits: Mapping[str, Hit]
    kinds: tuple[Hit, ...]
    content: tuple[str, ...]  # but names
    is_question: bool
    is_first_person: bool
    is_of_self: bool
    laughs: bool
    measures: bool
    holds_time: bool
    has_words: bool
    client_words: int  # different words of people who are in a programme
    pitch_words: int  # and of people who sell something
    is_to_you: bool  # speaks to somebody
    ends_asking: bool  # with the mark
    is_long: bool  # of several sentences or lines
    awaited: str | None  # the event that is waited for
    starving: tuple[int, int] | None  # where in `words.line` it is told
    links: tuple[Link, ...]
    contacts: tuple[tuple[str, str, str], ...]  # as `values.contacts` gives them
    called: tuple[tuple[str, str], ...]  # names that may be those of whom it speaks to, folded and as typed
    plain: tuple[str, ...]  # tokens but sentence marks
    facts: Group  # what the phrases found, for the model
    topics: Group  # what it is about


@lru_cache(maxsize=REMEMBERED)
def heard(text: str, seeds: Knowledge) -> Heard:
    """Read a lead's text. Texts that come again ("thank you") are read once per process."""
    classes = seeds.classes
    words, found = seeds.lead(text)
    kinds = tuple(h for h in found if not (h.signal in NEGATABLE and _negated(words, h, classes.negation)))
    hits: dict[str, Hit] = {}
    for hit in kinds:
        if hit.signal not in hits or hit.confidence > hits[hit.signal].confidence:
            hits[hit.signal] = hit
    first = classes.first_person.intersection(words.tokens)
    content = tuple(t for t in words.tokens if t not in classes.filler and t[0] not in ".?")
    is_of_self = bool(first - classes.object_pronoun)
    return Heard(
        words,
        hits,
        kinds,
        content,
        asks(words, classes),
        bool(first),
        is_of_self,
        laughs(words, classes),
        measures=any(QUANTITY.match(t) for t in content),
        holds_time=holds_time(words, seeds.times),
        has_words=has_words(text),
        client_words=len(classes.client_word.intersection(words.tokens)),
        pitch_words=len(classes.pitch_word.intersection(words.tokens)),
        is_to_you=not classes.second_person.isdisjoint(words.tokens),
        ends_asking=text.rstrip().endswith("?"),
        is_long=text.count(".") + text.count("\n") > 2,
        awaited=values.awaited(words),
        starving=match.span(1) if (match := STARVING.search(words.line)) else None,
        links=links_in(text),
        contacts=values.contacts(text),
        called=called(text),
        plain=tuple(t for t in words.tokens if t[0] not in ".?"),
        facts=group(_facts(kinds)),
        topics=about(seeds.topics, words.tokens),
    )


def _facts(kinds: Iterable[Hit]) -> Iterator[Fact]:
    for hit in kinds:
        yield f"hit:{hit.signal}", round(hit.confidence * SURELY)
        if hit.signal in VALUED and hit.value:
            yield f"hit:{hit.signal}:{hit.value}", SURELY


def read_lead(message: Message, state: State) -> Said:
    """Tokens, phrases and structure of a lead's message."""
    seeds = state.rules.seeds
    text = heard(message.text, seeds)
    times: list[Moment] = []
    if text.holds_time:
        times = moments(text.words, day_of(message.at), seeds.times)
    if times and state.turn.asks_since:  # "how long ago?" - "february"
        times = [t._replace(is_past=True) if t.kind in MONTHS_ASKED_BACK else t for t in times]
    says, measures = text.content, text.measures
    if not state.names.isdisjoint(says):
        says = tuple(t for t in says if t not in state.names)
        measures = any(QUANTITY.match(t) for t in says)
    return Said(
        message,
        text.words,
        text.hits,
        text.kinds,
        says,
        times,
        text.is_question,
        text.is_first_person,
        text.is_of_self,
        _answers(message, state),
        text.laughs,
        measures,
        text,
    )


def only_contact(said: Said) -> bool:
    """An e-mail address given for a freebie is no reply."""
    contacts = said.text.contacts
    if not contacts:
        return False
    rest = said.message.text
    for _, _, words in contacts:
        rest = rest.replace(words, " ")
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
