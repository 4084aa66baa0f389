"""What a message looks like to the model: its words, its structure and what the rules made of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, compress
from typing import NamedTuple

from ingest.judge import values
from ingest.judge.facts import SURELY, Fact, Group, group, passing, surely
from ingest.judge.said import VALUED, Said, Shown
from ingest.judge.state import State
from ingest.judge.words import REMEMBERED, Words

SIZES = (0, 1, 2, 3, 5, 8, 12, 20, 40)
HOURS = (1 / 6, 1, 24, 24 * 7, 24 * 21)
HOUR = 3600 * 1_000_000  # microseconds
COUNTS = (0, 1, 2, 3, 5, 8)
SCORES = (0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5)
SIZE, COUNT = (tuple(bisect_right(steps, n) for n in range(steps[-1] + 1)) for steps in (SIZES, COUNTS))
CLIENT, STRANGER = (
    tuple(surely([f"{name}={step}"]) for step in range(len(SCORES) + 1)) for name in ("client", "stranger")
)
OF_TURN = frozenset(
    [
        "automation", "booking_link", "freebie_link", "payment_link", "other_link", "proposes_time", "promise",
        "reminder", "confirms_client", "says_no_show", "closes_file", "proposes_coaching", "offers_freebie",
        "diagnoses", "feedback_question", "logistics", "client_words", "declines_pitch",
    ]
)  # fmt: skip
FLAGS = (
    "asked", "mark", "end", "quantity", "laughs", "open_offer", "when", "age", "since", "context", "many", "prompted",
    "echo", "excluded",
)  # fmt: skip
REPLIES = ("agrees", "denies", "thanks_only", "put_off")
NO_READING = ("reaction", "unheard")


class Reading(NamedTuple):
    """One message as the model sees it; nothing in it depends on a later message."""

    number: int  # which message of the conversation
    is_lead: bool
    words: Words
    groups: tuple[Group, ...]  # named features: structure, and what the rules found here and before; no name twice
    telling: tuple[Group, ...]  # of these, the ones that tell of the person
    until: str | None = None  # the day or the event that is still ahead, as far as the words tell

    @property
    def tokens(self) -> tuple[str, ...]:
        """Its words."""
        return self.words.tokens

    @property
    def facts(self) -> Iterator[Fact]:
        """Those of all groups."""
        return chain.from_iterable(one.facts for one in self.groups)


def team_reading(number: int, words: Words, shown: Iterable[Shown], state: State) -> Reading:
    """A team message: its words, the signals it carries, and who the other side seems to be by now."""
    found = frozenset([(s.signal, s.value if s.signal == "question" else None) for s in shown])
    groups = (_carried(found), *_who(state))
    return Reading(number, False, words, groups, groups)


def lead_reading(number: int, said: Said, shown: list[Shown], state: State) -> Reading | None:
    """A lead's message, before the state remembers it; None where it has no words to be read."""
    if not said.words.tokens or (shown and shown[0].signal in NO_READING):
        return None
    until = values.when(said.moments) or said.text.awaited
    found = tuple([(s.signal, s.value if s.signal in VALUED else None, s.confidence, s.judge) for s in shown])
    telling = (said.text.facts, said.text.topics, _ruled(found), *_who(state))
    return Reading(number, True, said.words, (*_structure(said, state), *telling), telling, until)


def _structure(said: Said, state: State) -> tuple[Group, ...]:
    """How a message is made, when it was said and where it stands."""
    turn, message, hits = state.turn, said.message, said.hits
    size, length = SIZE[min(len(said.content), SIZES[-1])], SIZE[min(len(said.words.tokens), SIZES[-1])]
    leads, teams = COUNT[min(state.lead_count, COUNTS[-1])], COUNT[min(state.team_count, COUNTS[-1])]
    first = "self" if said.is_of_self else "me" if said.is_first_person else "none"
    replies = tuple([name for name in REPLIES if name in hits])
    flags = (
        said.is_question, "?" in message.text, said.text.ends_asking, said.has_quantity, said.laughs, state.open_offer,
        turn.asks_when, turn.asks_age, turn.asks_since, bool(message.context), said.text.is_long, not turn.is_over,
        not turn.options.isdisjoint(said.content), state.is_excluded,
    )  # fmt: skip
    hours = bisect_right(HOURS, (message.at - state.asked_at) / HOUR) if state.asked_at else -1
    return (
        _form(size, length, first, message.kind, said.answers, said.is_question, replies),
        _flags(flags),
        _place(turn.question, leads, teams, hours),
        _named("turn", OF_TURN.intersection(turn.signals)),
        _named("seen", state.signals),
        _times(tuple([(m.kind, m.is_past) for m in said.moments])),
    )


@lru_cache(maxsize=REMEMBERED)
def _form(
    size: int, length: int, first: str, kind: str, answers: str, is_question: bool, replies: tuple[str, ...]
) -> Group:
    """How long a message is, whom it is about, what it answers and how, and each two of these together."""
    names = [
        f"size={size}", f"length={length}", f"person={first}", f"kind={kind}", f"answers={answers}",
        f"answers={answers}&size={size}", f"person={first}&size={size}", f"kind={kind}&size={size}",
        f"question={int(is_question)}&answers={answers}",
    ]  # fmt: skip
    for signal in replies:
        names += [f"{signal}&answers={answers}", f"{signal}&size={size}"]
    return surely(names)


@lru_cache(maxsize=REMEMBERED)
def _flags(flags: tuple[bool, ...]) -> Group:
    return passing(compress(FLAGS, flags))


@lru_cache(maxsize=REMEMBERED)
def _place(question: str, leads: int, teams: int, hours: int) -> Group:
    """Where in the conversation a message stands; hours below zero: the team has not written yet."""
    names = [f"turn={question}", f"leads={leads}", f"teams={teams}"]
    return surely([*names, f"hours={hours}"] if hours >= 0 else names)


@lru_cache(maxsize=REMEMBERED)
def _named(kind: str, signals: frozenset[str]) -> Group:
    return passing([f"{kind}:{signal}" for signal in sorted(signals)])


@lru_cache(maxsize=REMEMBERED)
def _ruled(found: tuple[tuple[str, str | None, float, str], ...]) -> Group:
    """What the rules make of a message, and by which reading where that is one of structure."""
    facts: list[Fact] = []
    for signal, value, confidence, judge in found:
        sure = round(confidence * SURELY)
        facts.append((f"rule:{signal}", sure))
        if value:
            facts.append((f"rule:{signal}:{value}", sure))
        if judge.startswith("structure-"):
            facts.append((f"by:{signal}:{judge}", SURELY))
    return group(facts)


@lru_cache(maxsize=REMEMBERED)
def _times(moments: tuple[tuple[str, bool], ...]) -> Group:
    return surely(f"moment:{kind}:{'past' if is_past else 'ahead'}" for kind, is_past in moments)


@lru_cache(maxsize=REMEMBERED)
def _carried(found: frozenset[tuple[str, str | None]]) -> Group:
    """Signals of a team message, and what it asks."""
    names = {f"t:{signal}" for signal, _ in found} | {f"t:question={v}" for signal, v in found if signal == "question"}
    return surely(sorted(names - {"t:speaker"}))


def _who(state: State) -> tuple[Group, Group]:
    """How much they seem to be a client, and somebody else."""
    return CLIENT[bisect_right(SCORES, state.client_score)], STRANGER[bisect_right(SCORES, state.stranger_score)]
