"""Whose an unmatched booking or CRM row may be: up to three conversations with a score and the reasons, for a person.

The scores are those that matching computed and found too low, or too close to each other, to match by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ingest.identity.names import HANDLE_OF_BOTH, IN_COMMON, IN_HANDLE, INITIAL, ONE_WORD, TWO_WORDS, fit
from ingest.identity.people import People
from ingest.identity.records import Record, last_before
from ingest.identity.scored import DAY, HOUR, MINUTE, SAID, Match
from ingest.identity.timing import CONFIDENCE, Clock, explained_by

MOST = 3
LEAST = 0.3  # a lower score is no help
SHARED_KEY = 0.5  # one address of two people: it says one of them
NAMES = (
    (TWO_WORDS, "first and last name agree"),
    (INITIAL, "first name and initial agree"),
    (HANDLE_OF_BOTH, "the handle holds the name"),
    (ONE_WORD, "one name agrees"),
    (IN_HANDLE, "a name stands in the handle"),
    (IN_COMMON, "the names have something in common"),
    (0.0, "the names do not agree"),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A conversation that a record may belong to; `why` holds nobody's words."""

    conversation_id: str
    score: float
    why: str


def suggested(
    people: People, free: Iterable[int], scored: Iterable[Match], contested: Mapping[int, Iterable[int]], clock: Clock
) -> dict[int, tuple[Suggestion, ...]]:
    """Suggestions by record, for every booking and CRM row of the groups `free`, the likeliest first.

    `scored`: candidates that were not matched; `contested`: groups that share a record's key.
    """
    wanted = set(free)
    best: dict[int, dict[int, float]] = defaultdict(dict)
    for match in (*scored, *_by_key(people, wanted, contested), *_by_clock(people, wanted, clock)):
        group, lead = people.of(match.group), people.of(match.target)
        if group in wanted and match.confidence >= LEAST and people.has(lead, "conversation"):
            best[group][lead] = max(match.confidence, best[group].get(lead, 0.0))
    found: dict[int, tuple[Suggestion, ...]] = {}
    for group, scores in best.items():
        for i in people.indexes(group):
            made = [_suggestion(people, i, lead, score) for lead, score in scores.items()]
            found[i] = tuple(sorted(made, key=lambda s: (-s.score, s.conversation_id))[:MOST])
    return found


def thread_of(record: Record, threads: list[Record]) -> Record | None:
    """The conversation a record belongs to, of those of its lead: the last one begun before it, else the first."""
    begun = [t for t in threads if record.at is None or (t.at is not None and t.at <= record.at)]
    return begun[-1] if begun else threads[0] if threads else None


def _by_key(people: People, wanted: set[int], contested: Mapping[int, Iterable[int]]) -> list[Match]:
    pairs = [(people.of(i), group) for i, groups in contested.items() for group in groups]
    return [Match(group, lead, "email", SHARED_KEY) for group, lead in pairs if group in wanted]


def _by_clock(people: People, wanted: set[int], clock: Clock) -> list[Match]:
    """Every lead whose link or words explain the moment of a booking, the less likely the more they are."""
    found: list[Match] = []
    for group in sorted(wanted):
        leads = explained_by(people, group, clock) if people.has(group, "booking") else []
        found += [Match(group, lead, "link_time", round(CONFIDENCE / len(leads), 2)) for lead in leads]
    return found


def _suggestion(people: People, index: int, lead: int, score: float) -> Suggestion:
    record = people.records[index]
    threads = [r for r in people.members(lead) if r.kind == "conversation"]
    thread = thread_of(record, sorted(threads, key=lambda r: (r.at is None, r.at, r.key)))
    assert thread is not None  # `suggested` asks for leads with a conversation only
    own = fit((record.names, record.values("handle")), (people.names(lead), people.values(lead, "handle")))
    whole = people.fit(index, lead)
    # a couple with one address is one group, and each of their records has its own name
    score = round(score * own / whole, 2) if own < whole else score
    parts = [next(words for least, words in NAMES if own >= least), _keys(people, index, lead), _time(record, thread)]
    return Suggestion(thread.key, score, "; ".join(part for part in parts if part))


def _keys(people: People, index: int, lead: int) -> str:
    shared = any(people.values(index, kind) & people.values(lead, kind) for kind in ("email", "phone"))
    return "they share an e-mail or a number" if shared else ""


def _time(record: Record, thread: Record) -> str:
    """How the moment of a record lies to a conversation, in words; empty where either has none."""
    at = record.at
    if at is None or thread.at is None or thread.until is None:
        return ""
    made = "booked" if record.kind == "booking" else "created"
    if record.kind == "booking":
        if any(at - MINUTE <= said <= at + SAID for said in thread.says_booked):
            return "booked right before they said so"
        link = last_before(thread.links, at + MINUTE)
        if link is not None:
            return f"booked {_span(at - link)} after the link"
    if at < thread.at:
        return f"{made} {_span(thread.at - at)} before the first message"
    if at > thread.until:
        return f"{made} {_span(at - thread.until)} after the last message"
    return f"{made} while they were writing"


def _span(span: timedelta) -> str:
    """A length of time in its largest useful unit."""
    span = max(span, MINUTE)
    steps = ((2 * DAY, DAY, "days"), (2 * HOUR, HOUR, "hours"), (MINUTE, MINUTE, "minutes"))
    unit, name = next((unit, name) for least, unit, name in steps if span >= least)
    number = span // unit
    return f"{number} {name if number != 1 else name.removesuffix('s')}"
