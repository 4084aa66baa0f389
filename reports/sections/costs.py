"""What each leak costs in won clients, costliest first; leaks without a price by how many leads each one took."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, Prose, Row, Section, Table
from reports.cells import Bar, Interval, Number, Rich, Text, bold, few, link, rich
from reports.frame import Frame, is_known
from reports.sections.common import Review
from reports.sections.places import PLACES

LEAK_WORDS: Final = {
    "link_too_early": "Link sent too early",
    "sitting_still": "Sitting still",
    "link_without_follow_up": "No follow-up after the link",
    "link_not_booked": "Link, no call",
    "no_show": "No-show",
    "no_show_left_alone": "No-show, nobody got back to them",
    "weak_handoff": "Weak notes before the call",
    "slow_first_reply": "Slow first reply",
    "unclear_ownership": "No clear owner",
    "close_out": "To close out",
    "lost_without_reason": "Lost without a reason",
    "stage_confusion": "Unclear stage",
    "nurture_overdue": "Nurture past its date",
    "asked_link_then_gone": "Asked for the link, then gone",
    "engaged_to_qualified": "Faults between engaged and qualified",
    "reopen_worthy": "Lost, worth a second message",
    "nurture_without_date": "Nurture without a date",
    "outcome_missing": "Call without an outcome",
    "source_call_quality": "Calls of a weak source",
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
WHY_NOT: Final = {  # why a leak has no change this week
    "running": "Its change has begun",
    "would_mix": "Waits: another change on the same number is being judged",
    "made_it_worse": "Its change was tried, and made it worse",
    "not_sure": "Not sure that it costs anything",
    "costs_little": "Costs less than one client",
}


def leak_costs(review: Review) -> Section:
    """Ranked prices of the leaks in won clients, and under them the leaks that have none."""
    prices = queries.optional(review.window, "rpt_leak_ranking")
    counts = _counts(review)
    if prices is None or prices["extra_won"].isna().all():
        return _leaks_found(review, counts, prices)
    ranked = prices[prices["extra_won"].notna()].sort_values("rank")
    scale = max(1.0, float(ranked["high"].max()))
    top: Any = ranked.iloc[0]
    columns = (
        Column("Leak", phone="title"),
        Column("Leads, 8 weeks", "right", "half"),
        Column("Clients", "right", "figure"),
        Column("Before", "right", "half"),
        Column("Range", phone="half", nowrap=True),
        Column(width="mid", ends=("0", text.plural(round(scale), "client"))),
        Column("Costliest?", "right", "half"),
    )
    table = Table(columns, tuple(_price_row(review, row, scale) for _, row in ranked.iterrows()))
    told = (
        "Each is a ceiling and they overlap: fixing two does not add up. The price compares leads with and without "
        "the fault within the same source, so it shows what goes together, not proof of cause. Range: 8 times in 10. "
        "Before: the cases of the eight weeks before, at the same price each."
    )
    answer = rich(
        bold(f"{_name(top['leak'])}: about {float(top['extra_won']):.1f} clients in eight weeks."),
        f" That it is the costliest: {text.chances(float(top['p_top']))}.",
    )
    rest = _unpriced(prices, counts)
    blocks: list[Block] = [table, Prose(rich(told))]
    if rest is not None:
        blocks.append(rest)
    return Section("cost", Head(answer), tuple(blocks))


def _counts(review: Review) -> dict[str, int]:
    """Leads of eight weeks per leak that is a fault, most first."""
    faults = review.recent_leaks[~review.recent_leaks["leak"].isin(NOT_FAULTS)]
    counts = faults.groupby("leak")["journey_id"].nunique().sort_values(ascending=False, kind="stable")
    return {str(leak): int(number) for leak, number in counts.items()}


def _name(leak: Any) -> str:
    return LEAK_WORDS.get(str(leak), str(leak).replace("_", " ").capitalize())


def _named(leak: Any) -> Rich:
    place = PLACES.get(str(leak))
    return rich(link(_name(leak), place) if place else _name(leak))


def _price_row(review: Review, row: Any, scale: float) -> Row:
    is_top = int(row["rank"]) == 1
    drawn = Interval(
        float(row["low"]), float(row["high"]), scale, float(row["extra_won"]), tone="warn" if is_top else "blue"
    )
    return Row(
        (
            Text(_named(row["leak"]), rich(_state(row))),
            Number(text.number(int(row["found"]))),
            Number(f"{float(row['extra_won']):.1f}", tone="big"),
            Number(f"{float(row['extra_won_before']):.1f}" if is_known(row["extra_won_before"]) else "–"),
            Text(rich(f"{float(row['low']):.1f}–{float(row['high']):.1f}")),
            drawn,
            Number(text.percent(float(row["p_top"]))),
        )
    )


def _state(row: Any) -> str:
    return "This week’s change" if row["is_suggested"] else WHY_NOT.get(text.clean(row["why_not"]), "")


def _unpriced(prices: Frame, counts: dict[str, int]) -> Table | None:
    """Leaks without a price: how many leads, and what is missing for one."""
    priced = {str(leak) for leak in prices.loc[prices["extra_won"].notna(), "leak"]}
    needs = {str(r.leak): int(r.needs) for r in prices.itertuples() if is_known(r.needs) and int(r.needs)}
    rest = [(leak, number) for leak, number in counts.items() if leak not in priced]
    if not rest:
        return None
    rows = []
    for leak, number in rest:
        missing = needs.get(leak, 0)
        why = rich(few(f"too few to say, {text.plural(missing, 'more case')}")) if missing else ()
        rows.append(Row((Text(_named(leak), why), Number(text.number(number), tone="bold"))))
    columns = (Column("Counted, without a price"), Column("Leads, 8 weeks", "right"))
    return Table(columns, tuple(rows), "plain")


def _leaks_found(review: Review, counts: dict[str, int], prices: Frame | None) -> Section:
    if not counts:
        return Section("cost", Head(), (Empty("No leak found", rich("Every lead moved as the rules say.")),))
    most = max(counts.values())
    rows = [
        Row((Text(_named(leak)), Number(text.number(number), tone="big"), Bar(number, most / 0.95)))
        for leak, number in counts.items()
    ]
    columns = (Column("Leak", phone="title"), Column("Leads", "right", "figure"), Column(width="broad"))
    begin = "Not priced yet." if prices is None else "Too few to price."
    answer = rich(
        bold(begin), " How many leads each leak took in eight weeks; the most frequent is not always the costliest."
    )
    blocks: tuple[Block, ...] = (
        Table(columns, tuple(rows)),
        Prose(rich("A lead can be in several rows, so the rows do not add up.")),
    )
    return Section("cost", Head(answer), blocks)
