"""Where leads are lost between two steps: engaged to qualified, and after the link."""

from __future__ import annotations

from typing import Any, Final

from reports import text
from reports.blocks import Block, Column, Empty, Head, Row, Section, Table
from reports.cells import Bar, Number, Rich, Text, bold, rich
from reports.sections.common import DETAIL_WORDS, Review, details, lead_list

FAULTS: Final = (
    ("no_question_asked", "Ask one question on fit, problem, timing or intent"),
    ("price_without_question", "Answer the price in one line, then ask what it is for"),
    ("link_before_qualified", "Ask what they want and why now before the link"),
    ("booked_before_qualified", "Write the missing notes before the call"),
    ("qualified_by_label_only", "Set the CRM back to engaged and ask"),
    ("qualified_for_being_friendly", "Friendly is not qualified: ask what they want help with"),
)
GONE: Final = (
    ("no_need_said", "It was curiosity: ask what they would want from the call"),
    ("no_timing_said", "It was not the time: ask what would make it matter now"),
    ("booking_friction", "Something held them back at booking: offer two times yourself"),
)


def engaged_to_qualified(review: Review) -> Section:
    """Faults between engaged and qualified, where most bad calls begin."""
    found = review.recent_leaks[review.recent_leaks["leak"] == "engaged_to_qualified"]
    found = found[found["detail"].isin([code for code, _ in FAULTS])]
    if found.empty:
        words = rich("Every engaged lead of eight weeks was asked the next question before anything else.")
        return Section("between", Head(), (Empty("No fault between engaged and qualified", words),))
    counts = found.groupby("detail")["journey_id"].nunique()
    rows = _rows(FAULTS, {str(k): int(v) for k, v in counts.items()})
    columns = _columns("Fault, 8 weeks", "What to do instead")
    top = max(FAULTS, key=lambda fault: int(counts.get(fault[0], 0)))[0]
    answer = rich(
        bold(f"{DETAIL_WORDS[top]}:"),
        f" {text.plural(int(counts[top]), 'lead')} in eight weeks, of {text.number(found['journey_id'].nunique())} "
        "with a fault between engaged and qualified.",
    )
    note = rich("Most calls that go nowhere are spoiled here: the lead was engaged, and nobody asked what for.")
    why = details(review, "engaged_to_qualified")
    ids = [str(j) for j in found["journey_id"].drop_duplicates() if j in review.in_play.index]
    leads = lead_list(
        review,
        "In play, with such a fault",
        review.promising(ids),
        "with such a fault",
        next_move=lambda row: rich(f"{why.get(row.journey_id, '')} ", text.sentence(text.clean(row.next_action))),
    )
    return Section("between", Head(answer, note), (Table(columns, rows), *((leads,) if leads else ())))


def _columns(first: str, last: str) -> tuple[Column, ...]:
    return (Column(first, phone="title"), Column("Leads", "right", "figure"), Column(width="narrow"), Column(last))


def _rows(faults: tuple[tuple[str, str], ...], counts: dict[str, int]) -> tuple[Row, ...]:
    most = max(counts.values(), default=1)
    faults = tuple(sorted(faults, key=lambda fault: -counts.get(fault[0], 0)))
    return tuple(
        Row(
            (
                Text(rich(DETAIL_WORDS[code])),
                Number(text.number(counts[code]), tone="bold"),
                Bar(counts[code], most / 0.93),
                Text(rich(text.stop(instead))),
            )
        )
        for code, instead in faults
        if counts.get(code)
    )


def unfollowed_links(review: Review) -> Section:
    """Links that nobody followed up, and leads who asked for the link and then disappeared."""
    found = review.leak("link_without_follow_up")
    gone = review.leak("asked_link_then_gone")
    if found.empty and gone.empty:
        words = rich("Every open link has had one message after it, and nobody who asked for the link has gone.")
        return Section("unfollowed", Head(), (Empty("Every link was followed up", words),))
    ids = review.promising([str(j) for j in found["journey_id"]])
    by = [review.person(text.clean(role) or "unknown") for role in found["detail"]]
    most = max(sorted(set(by)), key=by.count) if by else ""
    sender = f" Most were sent by {most}: {by.count(most)}." if by else ""
    answer = rich(bold(f"{text.plural(len(ids), 'open link')} nobody wrote a word after."), sender)
    days = review.window.follow_up_days
    note = rich(
        f"Open for over {text.plural(days, 'day')}, not booked, no message of ours since. One message that names what "
        "they said is enough."
    )
    blocks: list[Block | None] = [
        lead_list(review, "Link sent, never followed up", ids, "without a follow-up", shown=5),
        *_gone(review),
    ]
    return Section("unfollowed", Head(answer, note), tuple(b for b in blocks if b is not None))


def _gone(review: Review) -> tuple[Block | None, ...]:
    """Who asked for the link and disappeared: what was missing, and who."""
    gone = review.leak("asked_link_then_gone")
    if gone.empty:
        words = rich("Nobody who asked for the link has disappeared since.")
        return (Empty("Asked for the link, then gone: nobody", words),)
    codes = [text.clean(d) for d in gone["detail"]]
    why: dict[str, Rich] = {str(r.journey_id): _missing(r) for r in gone.itertuples()}
    table = Table(
        _columns("Asked for the link, then gone", "What to try"), _rows(GONE, {c: codes.count(c) for c in set(codes)})
    )
    ids = review.promising([str(j) for j in gone["journey_id"]])
    leads = lead_list(
        review,
        "Asked for the link, then gone",
        ids,
        "who asked and went",
        next_move=lambda row: rich(why[row.journey_id], " ", text.sentence(text.clean(row.next_action))),
    )
    return (table if table.rows else None, leads)


def _missing(row: Any) -> Rich:
    return rich(text.sentence(DETAIL_WORDS.get(text.clean(row.detail), "")))
