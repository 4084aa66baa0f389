"""A closer look at the handover to the call: the eight notes, what became of the calls, what was said on them."""

from __future__ import annotations

from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Empty, Head, Row, Section, Table
from reports.cells import Bar, Number, Text, bold, few, rich
from reports.frame import Frame
from reports.rates import wilson
from reports.sections.common import Review
from reports.sections.nine_calls import no_calendar

OUTCOMES: Final = (
    ("completed", "Came"),
    ("no_show", "No-show"),
    ("cancelled_by_invitee", "Cancelled by the lead"),
    ("cancelled_by_host", "Cancelled by us"),
    ("cancelled", "Cancelled, not known by whom"),
    ("unmarked", "Past, no outcome marked"),
)
NOTE_HALF: Final = 0.5  # a note that is there less often than this is marked


def handover(review: Review) -> Section:
    """Handing over to the call: the eight notes, what became of the calls, what was said on them."""
    if not review.window.has_calendar:
        return no_calendar("handover", "")
    calls = review.calls
    recent = calls[calls["is_recent"]]
    if recent.empty:
        return Section(
            "handover", Head(), (Empty("No call in eight weeks", rich("Notes are counted from the first call.")),)
        )
    fields = queries.seed(review.window, "required_context").sort_values("position")
    before = calls[~calls["is_recent"] & ~calls["is_upcoming"]]
    rows, least = [], ("", len(recent) + 1)
    for f in fields.itertuples():
        there = int(recent[f"has_{f.field}"].fillna(False).astype(bool).sum())
        tick = (
            float(before[f"has_{f.field}"].fillna(False).astype(bool).mean())
            if len(before) >= text.SMALL_BASE
            else None
        )
        least = min(least, (str(f.label), there), key=lambda item: item[1])
        share = there / len(recent)
        bar = Bar(share, 1, tick, "warn" if share < NOTE_HALF else "blue")
        base = text.of(there, len(recent)) if len(recent) >= text.SMALL_BASE else ""
        rows.append((share, Row((Text(rich(str(f.label))), Number(text.rate(there, len(recent)), base, "bold"), bar))))
    order = [row for _, row in sorted(rows, key=lambda item: -item[0])]
    notes = Table(
        (Column("Note"), Column("There", "right"), Column(width="broad")),
        tuple(order),
        "plain",
        rich(f"Eight notes, {text.plural(len(recent), 'booked call')}"),
    )
    answer = rich(bold(f"{least[0]} is written down for {text.of(least[1], len(recent))} booked calls."))
    note = rich("Black tick: the 8 weeks before. Under half is marked in rust.")
    return Section("handover", Head(answer, note), (Columns(((notes,), _became(review, recent))),))


def _became(review: Review, recent: Frame) -> tuple[Block, ...]:
    frame = queries.call_outcomes(review.window).set_index("status")
    rows = [
        Row(
            (
                Text(rich(words)),
                Number(str(int(frame["calls"].get(status, 0))), tone="bold"),
                Number(str(int(frame["before"].get(status, 0)))),
            )
        )
        for status, words in OUTCOMES
        if status in frame.index
    ]
    columns = (
        Column(f"{text.plural(int(frame['calls'].sum()), 'call')} due, 8 weeks"),
        Column("Calls", "right"),
        Column("Before", "right"),
    )
    held = recent[recent["status"] == "completed"]
    blocks: list[Block] = [Table(columns, tuple(rows), "plain", rich("What became of the calls"))]
    if not held.empty:
        blocks.append(_on_the_call(held))
    return tuple(blocks)


def _on_the_call(held: Frame) -> Table:
    facts = (
        ("Offer made", held["offer_made"].eq("yes")),
        ("Lead was as described in the DM", held["qualification_accurate"].fillna(False).astype(bool)),
        ("DM notes helped on the call", held["context_helped"].fillna(False).astype(bool)),
        ("Became a client", held["call_outcome"].eq("closed")),
        ("Deciding, follow-up agreed", held["call_outcome"].eq("follow_up")),
    )
    rows = []
    for words, found in facts:
        number = int(found.sum())
        small = len(held) < text.SMALL_BASE
        span = wilson(number, len(held))
        rows.append(
            Row(
                (
                    Text(rich(words)),
                    Number(text.rate(number, len(held)), "" if small else text.of(number, len(held)), "bold"),
                    Text(rich(few(text.TOO_FEW)))
                    if small
                    else Number(text.percent_range(span.low, span.high).split(text.NBSP)[0]),
                )
            )
        )
    title = f"{text.plural(len(held), 'call')} that happened"
    return Table((Column(title), Column("Yes", "right"), Column("Range", "right")), tuple(rows), "plain")
