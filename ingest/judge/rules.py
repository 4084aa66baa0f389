"""Everything the judge knows, read from the seeds once, and what an account's settings add."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.judge.dates import TimeWords, time_words
from ingest.judge.links import LinkBook, link_book
from ingest.judge.messages import AccountSettings
from ingest.judge.model_file import model_version
from ingest.judge.phrases import Hit, lexicon, searched
from ingest.judge.roles import Team, team_of
from ingest.judge.topics import Topics, topics
from ingest.judge.words import Words, fold
from ingest.seeds import read_seed, seed_fingerprint

SEEDS = ("signal_phrases", "booking_hosts", "link_words", "time_words", "word_classes", "topic_words")
Searched = Callable[[str], tuple[Words, tuple[Hit, ...]]]
CODE_VERSION = "1"  # raise it when the code judges differently


@dataclass(frozen=True, slots=True)
class Classes:
    """Words by what they do in a sentence (seed `word_classes`), folded."""

    filler: frozenset[str]  # greetings, thanks, laughs, little words: they say nothing by themselves
    first_person: frozenset[str]
    second_person: frozenset[str]
    laugh: frozenset[str]
    question: frozenset[str]  # words that open a question
    trigger: frozenset[str]  # the one word that asks for a freebie, the price, more
    kin: frozenset[str]
    pitch_name: frozenset[str]  # words in the name of a business that sells to coaches
    partner: frozenset[str]  # people who have a say at home
    money: frozenset[str]
    busy: frozenset[str]
    discuss: frozenset[str]
    hedge: frozenset[str]
    pitch_word: frozenset[str]  # several of these in one message sell something
    client_word: frozenset[str]  # several of these in one message are about a programme they are in
    generic: frozenset[str]  # topic words of everyone
    stop: frozenset[str]
    negation: frozenset[str]
    object_pronoun: frozenset[str]  # first person, but acted upon: "tell me"
    before_weekday: frozenset[str]  # make a weekday a deadline: "by friday"
    after: frozenset[str]  # put something off until what follows
    again: frozenset[str]  # ask to be spoken to later
    answer: frozenset[str]  # trigger words that can also answer a question ("me", "yes")
    counted: frozenset[str]  # what a number of ten to seventeen also counts, so that it is no age
    opens_question: frozenset[str]  # without a mark: words that open a question alone
    follows_question: frozenset[str]  # and what must follow the other question words
    wish: frozenset[str]  # "want", "ready" in a question of the team
    introduces: frozenset[str]  # a message without any of these and no name of the team introduces nobody
    no_name: frozenset[str]  # capitalised words that are no names
    duration: frozenset[str]  # after a number: the length of a call
    comment_word: frozenset[str]  # begins the context of a message that a comment set off


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What the seeds say, the same for every account."""

    lead: Searched
    team: Searched
    times: TimeWords
    classes: Classes
    topics: Topics


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """The seeds and one account's people, booking pages and keywords."""

    seeds: Knowledge
    links: LinkBook
    people: Team
    keywords: Mapping[str, str]  # folded (or the emoji itself) -> as written in the settings


@cache
def knowledge() -> Knowledge:
    """The seeds, compiled; a tenth of a second, once per process."""
    phrases = read_seed("signal_phrases")
    by: dict[str, set[str]] = {}
    for row in read_seed("word_classes"):
        by.setdefault(row["kind"], set()).add(row["word"])
    classes = Classes(**{kind: frozenset(by[kind]) for kind in Classes.__dataclass_fields__})
    common = frozenset(by["common"])
    times = time_words(read_seed("time_words"))
    lead, team = (searched(lexicon(phrases, side, common)) for side in ("lead", "team"))
    return Knowledge(lead, team, times, classes, topics(read_seed("topic_words")))


def rulebook(settings: AccountSettings) -> Rulebook:
    """The rules for one account."""
    book = link_book(read_seed("booking_hosts"), read_seed("link_words"), settings.booking.links)
    keywords = {fold(word).strip(): word for word in settings.keywords if word.strip()}
    return Rulebook(knowledge(), book, team_of(settings), keywords)


@cache
def rules_version() -> str:
    """Hash of the seeds, the model and the code's version: under one version the same text is judged the same."""
    return hashlib.sha256(f"{CODE_VERSION}\0{model_version()}\0{seed_fingerprint(*SEEDS)}".encode()).hexdigest()[:12]


def account_version(settings: AccountSettings) -> str:
    """Hash of what an account's settings add to the rules: part of the key of its cached judgements."""
    people = [(m.name, m.role, tuple(m.aliases)) for m in settings.team]
    parts = (rules_version(), people, sorted(settings.keywords.items()), sorted(settings.booking.links))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
