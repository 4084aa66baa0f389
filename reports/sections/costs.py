"""What each leak costs in won clients; before prices are worked out, how many leads each one took."""

from __future__ import annotations

from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, Prose, Row, Section, Table
from reports.cells import Bar, Interval, Number, Text, bold, rich
from reports.sections.common import Review

LEAK_WORDS: Final = {
    "link_too_early": "Link sent too early",
    "sitting_still": "Sitting still",
    "link_without_follow_up": "No follow-up after the link",
    "link_not_booked": "Link, no call",
    "no_show": "No-show",
    "weak_handoff": "Weak notes before the call",
    "slow_first_reply": "Slow first reply",
    "unclear_ownership": "No clear owner",
    "close_out": "To close out",
    "lost_without_reason": "Lost without a reason",
    "stage_confusion": "Unclear stage",
    "nurture_overdue": "Nurture past its date",
    "asked_link_then_gone": "Asked for the link, then gone",
    "qualified_by_friendliness": "Called qualified for being friendly",
    "label_fault": "Label that says nothing",
    "reopen_worthy": "Lost, worth a second message",
    "nurture_without_date": "Nurture without a date",
    "outcome_missing": "Call without an outcome",
}
NOT_FAULTS: Final = (
    "hot",
    "needs_follow_up",
    "qualified",
    "sales_conversations",
    "source_call_quality",
    "repeating_reasons",
    "booked_without_notes",
    "reopen_worthy",
)


def leak_costs(review: Review) -> Section:
    """Ranked prices of the leaks in won clients; before they are worked out, how often each was found."""
    prices = queries.optional(review.window, "rpt_leak_ranking")
    if prices is None:
        return _leaks_found(review)
    ranked = prices.sort_values(["extra_won", "leak"], ascending=[False, True])
    scale = max(1.0, float(ranked["high"].max()))
    rows = []
    for index, row in enumerate(ranked.itertuples()):
        low, high = f"{row.low:.1f}", f"{row.high:.1f}"
        drawn = Interval(float(row.low), float(row.high), scale, float(row.extra_won), tone="blue" if index else "warn")
        rows.append(
            Row(
                (
                    Text(rich(LEAK_WORDS.get(row.leak, str(row.leak).replace("_", " ")))),
                    Number(text.number(row.found)),
                    Number(f"{row.extra_won:.1f}", tone="big"),
                    Text(rich(f"{low}–{high}")),
                    drawn,
                    Number(text.percent(row.p_top)),
                )
            )
        )
    columns = (
        Column("Leak", phone="title"),
        Column("Leads, 8 weeks", "right", "half"),
        Column("Clients", "right", "figure"),
        Column("Range", phone="half", nowrap=True),
        Column(width="broad", ends=("0", f"{scale:.0f} clients")),
        Column("Costliest?", "right", "half"),
    )
    told = (
        "Each is a ceiling and they overlap: fixing two does not add up. The price compares leads with and without "
        "the fault within the same source, so it shows what goes together, not proof of cause."
    )
    return Section("cost", Head(), (Table(columns, tuple(rows)), Prose(rich(told))))


def _leaks_found(review: Review) -> Section:
    faults = review.recent_leaks[~review.recent_leaks["leak"].isin(NOT_FAULTS)]
    counts = faults.groupby("leak")["journey_id"].nunique().sort_values(ascending=False, kind="stable")
    if counts.empty:
        return Section("cost", Head(), (Empty("No leak found", rich("Every lead moved as the rules say.")),))
    rows = []
    for leak, number in counts.items():
        name = LEAK_WORDS.get(str(leak), str(leak).replace("_", " ").capitalize())
        rows.append(
            Row(
                (
                    Text(rich(name)),
                    Number(text.number(int(number)), tone="big"),
                    Bar(int(number), float(counts.max()) / 0.95),
                )
            )
        )
    columns = (Column("Leak", phone="title"), Column("Leads", "right", "figure"), Column(width="broad"))
    answer = rich(
        bold("Not priced yet."),
        " How many leads each leak took in eight weeks; the most frequent is not always the costliest.",
    )
    blocks: tuple[Block, ...] = (
        Table(columns, tuple(rows)),
        Prose(rich("A lead can be in several rows, so the rows do not add up.")),
    )
    return Section("cost", Head(answer), blocks)
