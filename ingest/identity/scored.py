"""People without a conversation and the conversations they may be: name and time, one to one, or to review."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz.distance import DamerauLevenshtein

from ingest.identity.keys import slug
from ingest.identity.names import HANDLE_OF_BOTH, IN_COMMON, IN_HANDLE, INITIAL, ONE_WORD, TWO_WORDS, nicknames, words
from ingest.identity.people import People
from ingest.identity.records import Record, last_before

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SAID = timedelta(minutes=10)  # a lead says "booked" at most this long after booking
CLOSE = 0.1  # candidates nearer to each other than this cannot be told apart
POSSIBLE = 0.5  # from here on a person should look
MANY = 3  # with more equal candidates a look would not help either
MOST_CANDIDATES = 300
BEGINNING = "…"  # behind a key that is how a word begins: finds candidates, and counts for nothing
WEAK, WEAK_ROW = (30 * DAY, 0.4), (7 * DAY, 0.7)  # one word in common counts within this, and from this time score on
TOLD, TOLD_CONFIDENCE = 9, 0.9  # several people have the record's key, and one of them its name
TYPO_CONFIDENCE = 0.85
SLUG_CONFIDENCE = 0.9

Table = tuple[tuple[float, tuple[tuple[float, float], ...]], ...]

# confidence by how well the names fit, and by time: from the first row whose name score is reached, by time score
BOOKING_TABLE: Table = (
    (TWO_WORDS, ((0.7, 0.95), (0.4, 0.9), (0.0, 0.65))),
    (INITIAL, ((0.9, 0.9), (0.7, 0.8), (0.4, 0.72), (0.0, 0.5))),
    (HANDLE_OF_BOTH, ((0.9, 0.85), (0.7, 0.75), (0.4, 0.6), (0.0, 0.45))),
    (ONE_WORD, ((0.9, 0.8), (0.7, 0.72), (0.4, 0.6), (0.0, 0.4))),
    (IN_HANDLE, ((0.9, 0.75), (0.7, 0.55), (0.0, 0.3))),
    (IN_COMMON, ((0.9, 0.5), (0.0, 0.2))),
)
CRM_TABLE: Table = (
    (TWO_WORDS, ((0.7, 0.95), (0.0, 0.8))),
    (INITIAL, ((0.7, 0.85), (0.4, 0.72), (0.0, 0.6))),
    (HANDLE_OF_BOTH, ((0.7, 0.8), (0.4, 0.65), (0.0, 0.5))),
    (ONE_WORD, ((1.0, 0.75), (0.7, 0.6), (0.0, 0.4))),
    (IN_HANDLE, ((1.0, 0.6), (0.0, 0.3))),
    (IN_COMMON, ((0.0, 0.2),)),
)
ROW_TABLE: Table = ((TWO_WORDS, ((0.7, 0.85), (0.4, 0.72), (0.0, 0.6))), (INITIAL, ((0.7, 0.72), (0.0, 0.4))))


@dataclass(frozen=True, slots=True)
class Match:
    """A group that joins another: how, how surely, and whether a person should look."""

    group: int
    target: int
    method: str
    confidence: float
    is_uncertain: bool = False


def near_emails(people: People) -> list[Match]:
    """Groups whose e-mail addresses differ by a slip of the keys (up to two letters) and that share a name.

    Digits must agree: ada1@ and ada2@ are two people.
    """
    blocks: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for group in people.groups():
        emails = sorted(people.values(group, "email"))
        own = sorted({word for name in people.names(group) for word in words(name)}) if emails else ()
        for email in emails:
            local, _, domain = email.partition("@")
            for word in own:
                blocks[(word, domain)].append((email, group))
                blocks[(word, f"{local}@")].append((email, group))
    found: dict[tuple[int, int], Match] = {}
    for _, holders in sorted(blocks.items()):
        for at, (email, group) in enumerate(holders[:MOST_CANDIDATES]):
            for other_email, other in holders[:at]:
                if group != other and _is_slip(email, other_email):
                    first, second = sorted((group, other))
                    found[(first, second)] = Match(second, first, "email", TYPO_CONFIDENCE)
    return [found[pair] for pair in sorted(found)]


def _is_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 10 or abs(len(one) - len(other)) > 2:
        return False
    if (one[0] != other[0] and one[1] != other[1]) or [c for c in one if c.isdigit()] != [
        c for c in other if c.isdigit()
    ]:
        return False
    return DamerauLevenshtein.distance(one, other, score_cutoff=2) <= 2


def by_slug(people: People, free: list[int], leads: list[int]) -> list[Match]:
    """A handle whose letters are the name of exactly one thread folder, and of no other handle's."""
    folders: dict[str, set[int]] = defaultdict(set)
    for lead in leads:
        if not people.values(lead, "handle"):
            for record in people.members(lead):
                if record.slug:
                    folders[record.slug].add(lead)
    handles: dict[str, set[int]] = defaultdict(set)
    for group in free:
        for handle in people.values(group, "handle"):
            handles[slug(handle)].add(group)
    pairs = [(handles[name], folders[name]) for name in sorted(handles) if name in folders]
    return [
        Match(min(groups), min(found), "handle", SLUG_CONFIDENCE)
        for groups, found in pairs
        if len(groups) == len(found) == 1
    ]


def candidates(people: People, free: list[int], leads: list[int], contested: dict[int, frozenset[int]]) -> list[Match]:
    """Every plausible lead of every group without a conversation, with its confidence by name and time."""
    if not free:
        return []
    index = _index(people, leads)
    threads = {lead: [r for r in people.members(lead) if r.kind == "conversation"] for lead in leads}
    spans = {lead: _span(people.members(lead), MINUTE) for lead in leads}
    found: list[Match] = []
    for group in free:
        wanted = dict.fromkeys(contested[group], TOLD) if group in contested else _looked_up(people, group, index)
        own = people.members(group)
        reach, least = WEAK if people.has(group, "booking") else WEAK_ROW
        first, last = _span(own, reach)
        for lead, shared in sorted(wanted.items()):
            if shared == 1 and (last < spans[lead][0] or first > spans[lead][1]):
                continue
            times = [(record, _time(record, threads[lead], people, lead)) for record in own]
            if shared > 1 or max(time for _, time in times) >= least:
                score = _confidence(people, group, lead, times, bool(threads[lead]))
                if group in contested and people.fit(group, lead) >= IN_COMMON:
                    score = max(score, TOLD_CONFIDENCE)
                if score >= IN_COMMON:
                    found.append(Match(group, lead, "name_time", score))
    return found


def one_to_one(people: People, found: Iterable[Match], threshold: float) -> tuple[list[Match], set[int]]:
    """The best match of each group, and the groups that a person should look at instead.

    A group whose two best leads cannot be told apart goes to nobody. Two groups of one system that both want one lead
    are told apart by confidence, or both join where nothing speaks against their being one person.
    """
    by_group: dict[int, list[Match]] = defaultdict(list)
    for match in found:
        by_group[match.group].append(match)
    chosen: list[Match] = []
    unsure: set[int] = set()
    for group, matches in sorted(by_group.items()):
        best, *others = sorted(matches, key=lambda m: (-m.confidence, m.target))
        rivals = [m for m in others if m.confidence > best.confidence - CLOSE]
        if best.confidence >= threshold and not rivals:
            chosen.append(best)
        elif best.confidence >= POSSIBLE and len(rivals) < MANY:
            unsure.add(group)
    return _without_doubles(people, chosen, unsure), unsure


def _without_doubles(people: People, chosen: list[Match], unsure: set[int]) -> list[Match]:
    """Of two people of one system who want one lead only the better one, unless they may be one person."""
    kept: list[Match] = []
    for match in sorted(chosen, key=lambda m: (-m.confidence, m.group)):
        rivals = [
            other for other in kept if other.target == match.target and _are_two(people, match.group, other.group)
        ]
        if not rivals:
            kept.append(match)
            continue
        unsure.add(match.group)
        for rival in (r for r in rivals if r.confidence < match.confidence + CLOSE):
            kept.remove(rival)
            unsure.add(rival.group)
    return kept


def _are_two(people: People, one: int, other: int) -> bool:
    """Whether two groups have CRM rows of one system and keys that differ: then they are two people."""
    systems = [{r.system for r in people.members(g) if r.kind == "crm"} for g in (one, other)]
    if not systems[0] & systems[1]:
        return False
    keys = ((people.values(one, kind), people.values(other, kind)) for kind in ("email", "phone", "handle"))
    return any(a and b and not a & b for a, b in keys)


def _confidence(people: People, group: int, lead: int, times: list[tuple[Record, float]], has_thread: bool) -> float:
    """How surely a group without a conversation is a lead, from their names and the best time among its records."""
    handles, there = people.values(group, "handle"), people.values(lead, "handle")
    if (handles and there and not handles & there) or not people.can_be_one(group, lead):
        return 0.0
    name = people.fit(group, lead)
    if name < IN_COMMON:
        return 0.0
    tables: dict[str, Table] = (
        {"booking": BOOKING_TABLE, "crm": CRM_TABLE} if has_thread else {"booking": ROW_TABLE, "crm": ROW_TABLE}
    )
    return max(_look_up(tables[record.kind], name, time) for record, time in times)


def _span(records: list[Record], reach: timedelta) -> tuple[float, float]:
    """From the first to the last time of some records and as much around as `reach` says; in seconds."""
    times = [at.timestamp() for r in records for at in (r.at, r.until) if at is not None]
    margin = reach.total_seconds()
    return (min(times) - margin, max(times) + margin) if times else (-math.inf, math.inf)


def _time(record: Record, threads: list[Record], people: People, lead: int) -> float:
    """How well the moment of a record fits a lead, 0 to 1."""
    if not threads:
        return max(_row_time(record, row) for row in people.members(lead))
    by_kind = _booking_time if record.kind == "booking" else _crm_time
    return max(by_kind(record, thread) for thread in threads)


def _look_up(table: Table, name: float, time: float) -> float:
    row = next((cells for least, cells in table if name >= least), ())
    return next((confidence for least, confidence in row if time >= least), 0.0)


def _booking_time(booking: Record, thread: Record) -> float:
    """How well the moment of a booking fits a conversation: soon after a link, right before the lead says so."""
    at = booking.at
    if at is None:
        return 0.0
    if any(at - MINUTE <= said <= at + SAID for said in thread.says_booked):
        return 1.0
    link = last_before(thread.links, at + MINUTE)
    steps = ((HOUR, 1.0), (DAY, 0.9), (7 * DAY, 0.7), (30 * DAY, 0.4))
    by_link = next((score for span, score in steps if link and at - link <= span), 0.0)
    proposal = last_before(thread.proposals, at + MINUTE)
    by_proposal = 0.7 if proposal and at - proposal <= 7 * DAY else 0.0
    is_active = thread.at is not None and thread.until is not None and thread.at - DAY <= at <= thread.until + 3 * DAY
    return max(by_link, by_proposal, 0.5 if is_active else 0.0)


def _crm_time(row: Record, thread: Record) -> float:
    """How well the creation of a CRM row fits a conversation: within it, soon after, or far away."""
    if row.at is None or thread.at is None or thread.until is None:
        return 0.3
    steps = ((DAY, 1.0), (7 * DAY, 0.7), (30 * DAY, 0.4))
    distance = max(thread.at - row.at, row.at - thread.until, timedelta(0))
    return next((score for span, score in steps if distance <= span), 0.2)


def _row_time(record: Record, row: Record) -> float:
    """How near two records without a conversation were created."""
    if record.at is None or row.at is None:
        return 0.0
    distance = abs(record.at - row.at)
    return 0.7 if distance <= 3 * DAY else 0.4 if distance <= 30 * DAY else 0.0


def _index(people: People, leads: list[int]) -> dict[str, set[int]]:
    """Leads by every word that may stand for them: of names with all they may be short for, of handles, beginnings."""
    found: dict[str, set[int]] = defaultdict(set)
    for lead in leads:
        for word in _search_words(people, lead):
            found[word].add(lead)
    return found


def _search_words(people: People, group: int) -> dict[str, str]:
    """What a group is looked up by, with the word behind it.

    Words of names and handles, all that a name may be short for, how a longer word begins, and whole names.
    """
    found: dict[str, str] = {}
    texts = [handle.replace(".", " ").replace("_", " ") for handle in people.values(group, "handle")]
    for word in sorted({w for text in (*texts, *people.names(group)) for w in words(text) if len(w) > 1}):
        for key in (word, *sorted(nicknames().get(word, ()))):
            found.setdefault(key, word)
        found[f"{word[:4]}…"] = BEGINNING
    return found | {f"={name.casefold()}": "=" for name in people.names(group)}


def _looked_up(people: People, group: int, index: dict[str, set[int]]) -> dict[int, int]:
    """Leads that share a word, the rarest words first until there are many, and how many words they share."""
    found: dict[int, set[str]] = defaultdict(set)
    own = _search_words(people, group)
    for key in sorted(own.keys() & index.keys(), key=lambda k: (len(index[k]), k)):
        is_full = bool(found) and len(found) + len(index[key]) > MOST_CANDIDATES
        for lead in found.keys() & index[key] if is_full else index[key]:
            found[lead].add(own[key])
    return {lead: max(1, len(shared - {BEGINNING})) for lead, shared in found.items()}


def moment_of(people: People, group: int) -> datetime | None:
    """When the first booking of a group was made."""
    return min((r.at for r in people.members(group) if r.kind == "booking" and r.at), default=None)
