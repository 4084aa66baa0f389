"""Bookings that only the clock explains: made right after a link, or right before the lead says so (`link_time`)."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.identity.names import IN_COMMON, words
from ingest.identity.people import People
from ingest.identity.records import Record, Source, last_before, lead_words
from ingest.identity.scored import DAY, HOUR, MANY, MINUTE, POSSIBLE, SAID, Match, moment_of
from ingest.seeds import read_seed

CONFIDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Clock:
    """Every booking link and every lead's own "booked" of the account, by time."""

    links: list[tuple[datetime, int]]  # time, record
    said: list[tuple[datetime, int]]


def clock_of(records: list[Record]) -> Clock:
    """The clock of an account."""
    links = sorted((at, i) for i, record in enumerate(records) for at in record.links)
    return Clock(links, sorted((at, i) for i, record in enumerate(records) for at in record.says_booked))


def by_link_time(
    people: People, free: list[int], scored: list[Match], clock: Clock, messages: Source
) -> tuple[list[Match], set[int]]:
    """Bookings without any other lead that exactly one open link, or one lead's own words, explain.

    Returns the matches, and the groups whose moment is explained in more than one way. One link explains one booking;
    as the matches close links, asking again may explain more.
    """
    elsewhere: dict[int, set[int]] = defaultdict(set)
    for match in scored:
        if match.confidence >= POSSIBLE:
            elsewhere[match.group].add(people.of(match.target))
    wanted: dict[int, list[int]] = defaultdict(list)  # lead -> groups
    unsure: set[int] = set()
    for group in free:
        found = explained_by(people, group, clock)
        if len(found) == 1 and not elsewhere[group] - set(found):
            wanted[found[0]].append(group)
        elif 0 < len(found) <= MANY:
            unsure.add(group)
    matches: list[Match] = []
    for lead, groups in sorted(wanted.items()):
        best = _one_of(people, lead, groups)
        unsure |= set(groups) - {best}
        if best is not None:
            is_uncertain = not _is_explained(people, best, lead, messages)
            matches.append(Match(best, lead, "link_time", CONFIDENCE, is_uncertain))
    return matches, unsure


def explained_by(people: People, group: int, clock: Clock) -> list[int]:
    """Leads with an open link of the last hour; of several those who say that they booked; else who says so."""
    at = moment_of(people, group)
    if at is None or _was_known(people, group, at):
        return []
    linked = {g for g in _leads(people, clock.links, at - HOUR - MINUTE, at + MINUTE) if _open_link(people, g, at)}
    saying = {g for g in _leads(people, clock.said, at - MINUTE, at + SAID + MINUTE) if _says_so(people, g, at)}
    able = [
        lead
        for lead in sorted(linked | saying)
        if people.can_be_one(group, lead) and not _has_other_handle(people, group, lead)
    ]
    both = [lead for lead in able if lead in linked and lead in saying]
    return both if len(both) == 1 else able


def _was_known(people: People, group: int, at: datetime) -> bool:
    """Whether a CRM knew this person before: a lead of its own. A row that the booking itself made says nothing."""
    return any(r.kind == "crm" and (r.at is None or r.at < at - HOUR) for r in people.members(group))


def _leads(people: People, times: list[tuple[datetime, int]], since: datetime, until: datetime) -> set[int]:
    """Whose times lie in a span."""
    first, last = bisect.bisect_left(times, (since, -1)), bisect.bisect_right(times, (until, len(people.records)))
    return {people.of(record) for _, record in times[first:last]}


def _has_other_handle(people: People, group: int, lead: int) -> bool:
    handles, there = people.values(group, "handle"), people.values(lead, "handle")
    return bool(handles and there and not handles & there)


def _threads(people: People, lead: int) -> list[Record]:
    return [r for r in people.members(lead) if r.kind == "conversation"]


def _bookings(people: People, lead: int) -> list[datetime]:
    return [r.at for r in people.members(lead) if r.kind == "booking" and r.at is not None]


def _open_link(people: People, lead: int, at: datetime) -> bool:
    """Whether a link was sent at most an hour before (a calendar may know only minutes), and no booking since."""
    for thread in _threads(people, lead):
        link = last_before(thread.links, at + MINUTE - timedelta(microseconds=1))
        if (
            link is not None
            and at - link <= HOUR
            and not any(link <= b + MINUTE and b < at for b in _bookings(people, lead))
        ):
            return True
    return False


def _says_so(people: People, lead: int, at: datetime) -> bool:
    """Whether the lead says within ten minutes that it is booked, and no other booking of the lead explains that."""
    said = [s for t in _threads(people, lead) for s in t.says_booked if at - MINUTE < s <= at + SAID + MINUTE]
    return any(not any(b - MINUTE < s <= b + SAID for b in _bookings(people, lead)) for s in said)


def _one_of(people: People, lead: int, groups: list[int]) -> int | None:
    """Of several bookings that one link explains the only one whose name fits; None where that does not decide."""
    if len(groups) == 1:
        return groups[0]
    fitting = [g for g in groups if people.fit(g, lead) >= IN_COMMON]
    return fitting[0] if len(fitting) == 1 else None


def _is_explained(people: People, group: int, lead: int, messages: Source) -> bool:
    """Whether the names have something in common, or an answer or a message of the lead says why they do not."""
    if people.fit(group, lead) >= IN_COMMON:
        return True
    lead_names = {w for name in people.names(lead) for w in words(name) if len(w) >= 3}
    handles = {w for h in people.values(lead, "handle") for w in re.findall("[a-z]{3,}", h)}
    bookings = [r for r in people.members(group) if r.kind == "booking"]
    if any(set(words(line)) & (lead_names | handles) for r in bookings for line in _lines(r.words)):
        return True
    at = moment_of(people, group) or datetime.min.replace(tzinfo=UTC) + DAY
    invitee = {w for r in bookings for name in r.names for w in words(name) if len(w) >= 3}
    said = [t for r in _threads(people, lead) for t in lead_words(messages, r.key, at - DAY, at + DAY)]
    reasons = [re.compile(row["pattern"], re.IGNORECASE) for row in read_seed("booked_for_others")]
    return any(set(words(text)) & invitee or any(r.search(text) for r in reasons) for text in said)


def _lines(text: str) -> list[str]:
    """Lines of answers in pieces that `words` does not cut."""
    return [part for line in text.split("\n") for part in re.split(r"[|(•·/–—-]", line)]
