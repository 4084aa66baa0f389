"""Identities: one lead for all that one person is, with how each record was matched and how surely."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest.identity.keys import reader_of
from ingest.identity.people import People, unite_exactly
from ingest.identity.records import Facts, Record, Source, records_of, sent_by
from ingest.identity.scored import Match, by_slug, candidates, near_emails, one_to_one
from ingest.identity.suggest import Suggestion, suggested, thread_of
from ingest.identity.timing import Clock, by_link_time, clock_of
from ingest.settings import Settings

METHODS = ("email", "phone", "handle", "token")
FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Work:
    """Groups as they grow, how each record joined, and what a person should look at."""

    people: People
    threshold: float
    alone: frozenset[int]  # a person said: nobody's
    contested: dict[int, frozenset[int]]
    joined: dict[int, Match] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)  # records
    scored: list[Match] = field(default_factory=list)  # every candidate, matched or not
    clock: Clock = field(default_factory=lambda: Clock([], []))


def identify(
    messages: Source,
    conversations: Source,
    crm_leads: Source,
    stage_changes: Source,
    bookings: Source,
    judgements: Source,
    settings: Settings,
    decisions: Sequence[Mapping[str, Any]],
    as_of: datetime,
) -> list[dict[str, Any]]:
    """Rows of IDENTITIES of one account: every conversation, CRM row and booking known at `as_of`, and its lead.

    Each source is an Arrow table or a sequence of rows in its raw shape, with the rows of this account alone; times are
    aware UTC. `judgements` gives what leads typed (email, phone, handle), booking_link, proposes_time and says_booked.
    `decisions` are what people decided: record_kind (crm | booking), system, record_key and conversation_id, which is
    None where the record is nobody's; the last one about a record counts. The answer does not depend on any order of
    rows. Exact keys unite first; then names with time, one to one; then the clock alone. What stays under
    `settings.thresholds.review_confidence` keeps its own lead and is uncertain.
    """
    messages = sent_by(messages, as_of)
    facts = Facts(conversations, messages, crm_leads, stage_changes, bookings, judgements, as_of)
    records = records_of(facts, reader_of(settings))
    work = _begin(records, decisions, settings.thresholds.review_confidence)
    _join(work, near_emails(work.people))
    if any(r.kind != "conversation" for r in records):
        _match_all(work, messages)
    return _identities(work, settings.account_id)


def _match_all(work: Work, messages: Source) -> None:
    """Everything that exact keys leave open about CRM rows and bookings."""
    _join(work, by_slug(work.people, _free(work), _threads(work)))
    _match(work, [g for g in _free(work) if work.people.has(g, "crm")], _threads(work))
    _match_systems(work)
    without_crm = [g for g in _free(work) if not work.people.has(g, "crm")]
    scored = _match(work, without_crm, _threads(work))
    rows_alone = [g for g in work.people.groups() if work.people.has(g, "crm") and _is_free(work, g)]
    scored += _match(work, [g for g in _free(work) if not work.people.has(g, "crm")], rows_alone)
    _match_by_clock(work, scored, messages)


def _begin(records: list[Record], decisions: Sequence[Mapping[str, Any]], threshold: float) -> Work:
    """Groups by people's decisions and by exact keys."""
    at = {(r.kind, r.system or "", r.key): i for i, r in enumerate(records)}
    placed: dict[int, int | None] = {}
    for row in decisions:
        record = at.get((str(row["record_kind"]), str(row.get("system") or ""), str(row["record_key"])))
        thread = at.get(("conversation", "", str(row.get("conversation_id") or "")))
        if record is not None and (thread is not None or not row.get("conversation_id")):
            placed[record] = thread
    people = People(records, frozenset(i for i, thread in placed.items() if thread is not None))
    work = Work(people, threshold, frozenset(i for i, thread in placed.items() if thread is None), {})
    for record, thread in sorted(placed.items()):
        if thread is not None:
            people.unite(record, thread)
        work.joined[record] = Match(record, record if thread is None else thread, "person", 1.0)
    work.contested = unite_exactly(people, work.alone)
    return work


def _is_free(work: Work, group: int) -> bool:
    """Whether a group has no conversation yet and no person decided about it."""
    return not work.people.has(group, "conversation") and not work.alone.intersection(work.people.indexes(group))


def _free(work: Work) -> list[int]:
    return [g for g in work.people.groups() if _is_free(work, g)]


def _threads(work: Work) -> list[int]:
    return [g for g in work.people.groups() if work.people.has(g, "conversation")]


def _match(work: Work, free: list[int], leads: list[int]) -> list[Match]:
    """Match by name and time; returns every candidate, matched or not."""
    contested = {
        work.people.of(i): frozenset(work.people.of(g) for g in groups) for i, groups in work.contested.items()
    }
    contested = {g: c & set(leads) for g, c in contested.items() if g in free and c & set(leads)}
    found = candidates(work.people, free, leads, contested)
    chosen, unsure = one_to_one(work.people, found, work.threshold)
    unsure |= contested.keys() - {match.group for match in chosen}
    work.unsure |= {i for group in unsure for i in work.people.indexes(group)}
    _join(work, chosen)
    work.scored += found
    return found


def _match_systems(work: Work) -> None:
    """People without a conversation whom several systems know: each system's against those before it."""
    systems = sorted({r.system or "" for r in work.people.records if r.kind == "crm"})
    for at, system in enumerate(systems[1:], 1):
        free = [g for g in _free(work) if work.people.has(g, "crm")]
        of = {g: {r.system or "" for r in work.people.members(g) if r.kind == "crm"} for g in free}
        later = [g for g in free if of[g] == {system}]
        before = [g for g in free if of[g] & set(systems[:at]) and system not in of[g]]
        _match(work, later, before)


def _match_by_clock(work: Work, scored: list[Match], messages: Source) -> None:
    """Match what only the clock explains, until nothing more is explained."""
    work.clock = clock_of(work.people.records)
    while True:
        free = [g for g in _free(work) if work.people.has(g, "booking")]
        matches, unsure = by_link_time(work.people, free, scored, work.clock, messages)
        if not matches:
            work.unsure |= {i for group in unsure for i in work.people.indexes(group)}
            return
        _join(work, matches)


def _join(work: Work, matches: Iterable[Match]) -> None:
    """Unite matched groups and note on every record of the joining one how it got there."""
    people = work.people
    for match in matches:
        group, target = people.of(match.group), people.of(match.target)
        if people.has(group, "conversation") and not people.has(target, "conversation"):
            group, target = target, group
        is_placed = work.alone.intersection((*people.indexes(group), *people.indexes(target)))
        if group == target or is_placed or not people.can_be_one(group, target):
            continue
        for i in people.indexes(group):
            before = work.joined.get(i)
            confidence = min(match.confidence, before.confidence if before else 1.0)
            method = before.method if before else match.method
            uncertain = match.is_uncertain or bool(before and before.is_uncertain)
            work.joined[i] = Match(group, target, method, confidence, uncertain)
            work.unsure.discard(i)
        people.unite(group, target)


def _identities(work: Work, account_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    suggestions = suggested(work.people, _free(work), work.scored, work.contested, work.clock)
    for group in work.people.groups():
        members = work.people.members(group)
        lead_id = _lead_id(account_id, members)
        threads = sorted((r for r in members if r.kind == "conversation"), key=lambda r: (r.at or FIRST, r.key))
        for i in work.people.indexes(group):
            record, joined = work.people.records[i], work.joined.get(i)
            thread = record if record.kind == "conversation" else thread_of(record, threads)
            rows.append(
                {
                    "account_id": account_id,
                    "record_kind": record.kind,
                    "system": record.system or None,
                    "crm_record_kind": record.sort_key[2] if record.kind == "crm" else None,
                    "record_key": record.key,
                    "lead_id": lead_id,
                    "match_method": _method(record, members, joined),
                    "match_confidence": joined.confidence if joined else 1.0,
                    "is_uncertain": i in work.unsure or bool(joined and joined.is_uncertain),
                    "conversation_id": thread.key if thread else None,
                    "suggestions": _as_json(suggestions.get(i, ())),
                }
            )
    return sorted(rows, key=lambda r: (r["record_kind"], r["system"] or "", r["record_key"], r["lead_id"]))


def _lead_id(account_id: str, members: list[Record]) -> str:
    """Hash of the account and the record a lead is known by: the oldest conversation, else CRM row, else booking."""
    order = ("conversation", "crm", "booking")
    anchor = min(members, key=lambda r: (order.index(r.kind), r.at is None, r.at or FIRST, r.system or "", r.key))
    contact = sorted(value for value in anchor.values("contact")) if anchor.kind == "crm" else []
    name = anchor.thread_key or (contact[0] if contact else anchor.key)
    parts = (account_id, anchor.kind, anchor.system or "", name)
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def _as_json(suggestions: Sequence[Suggestion]) -> str | None:
    return orjson.dumps(suggestions).decode() if suggestions else None


def _method(record: Record, members: list[Record], joined: Match | None) -> str | None:
    """How a record got to its lead: a key shared with the conversation or a CRM row, else how its group was matched."""
    if record.kind == "conversation":
        return None
    if joined and joined.method == "person":
        return "person"
    shared = {
        kind: _shared(record, [r for r in members if r.kind == kind]) for kind in ("conversation", "crm", "booking")
    }
    exact = shared["conversation"] or (shared["crm"] if record.kind == "booking" else None)
    return exact or (joined.method if joined else shared["crm"] or shared["booking"])


def _shared(record: Record, others: list[Record]) -> str | None:
    """The strongest kind of key that a record shares with others."""
    for method in METHODS:
        own = record.values(method)
        offered = "offers" if method == "token" else method
        if any(own & other.values(offered) for other in others if other is not record):
            return method
    return None
